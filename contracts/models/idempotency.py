from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class IdempotencyKey(models.Model):
    """
    A key that a client gave to a submission, so that a request it repeats is not a second one; removed after a day.

    `digest` is of account and key: the key itself is not kept.
    """

    digest = models.CharField(_("SHA-256"), max_length=64, primary_key=True)
    body_sha256 = models.CharField(_("SHA-256 of the body"), max_length=64)
    submission = models.ForeignKey(
        "contracts.Submission", on_delete=models.CASCADE, related_name="+", verbose_name=_("submission")
    )
    received_at = models.DateTimeField(_("received"), default=timezone.now)

    class Meta:
        verbose_name = _("idempotency key")
        verbose_name_plural = _("idempotency keys")

    def __str__(self) -> str:
        return self.digest[:12]
