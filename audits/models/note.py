from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

MAX_NOTE = 4000


class FlagNote(models.Model):
    """
    What a person of the desk tells colleagues about a flag. It decides nothing, and is published nowhere.

    It goes with the flag, with the records that it is about, and at the word of who wrote it; the desk log keeps that
    it was written.
    """

    flag = models.ForeignKey("audits.Flag", on_delete=models.CASCADE, related_name="notes")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("author")
    )
    text = models.TextField(_("text"), max_length=MAX_NOTE)
    at = models.DateTimeField(_("time"), db_default=models.functions.Now())

    class Meta:
        verbose_name = _("note on a flag")
        verbose_name_plural = _("notes on flags")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.author} {self.flag_id}"
