import base64
import hashlib
import hmac

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class SavedSearch(models.Model):
    """
    A search that its owner wants to hear of: by e-mail once a day, or by a webhook soon.

    ``told`` is the number of the last change that was told; ``telling`` ends a message that was not delivered yet, so
    that it is sent again with the same id and the same content.
    """

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved_searches", verbose_name=_("owner")
    )
    name = models.CharField(_("name"), max_length=200)
    query = models.TextField(_("query"), blank=True, help_text=_("As in the address of /search/."))
    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES)
    url = models.URLField(_("webhook"), max_length=500, blank=True, help_text=_("Empty: by e-mail, once a day."))
    created_at = models.DateTimeField(_("saved"), db_default=models.functions.Now())
    told = models.BigIntegerField(_("last change told"), default=0)
    telling = models.BigIntegerField(_("last change of the message under way"), null=True)
    told_on = models.DateField(_("day of the last message"), null=True)
    failures = models.PositiveIntegerField(_("failures in a row"), default=0)
    next_try_at = models.DateTimeField(_("next try"), null=True)
    enabled = models.BooleanField(_("enabled"), default=True)

    class Meta:
        verbose_name = _("saved search")
        verbose_name_plural = _("saved searches")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def secret(self) -> str:
        """The secret that signs the messages to the webhook; it is derived, so that none lies in the database."""
        key = hmac.digest(settings.SECRET_KEY.encode(), f"saved search {self.pk}".encode(), hashlib.sha256)
        return "whsec_" + base64.b64encode(key).decode()
