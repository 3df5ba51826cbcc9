from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class SentBytes(models.Model):
    """
    The bytes that an account sent on the latest day, of UTC, on which it sent any.

    One row an account, removed when its day is over: it must not become a history of who sent something when.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", primary_key=True, verbose_name=_("user")
    )
    day = models.DateField(_("day"))
    bytes = models.BigIntegerField(_("bytes"))

    class Meta:
        verbose_name = _("bytes sent")
        verbose_name_plural = _("bytes sent")

    def __str__(self) -> str:
        return f"{self.day}: {self.bytes}"
