"""Base of all decisions of people on records."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from contracts.models.person import person_field


def latest_decision_field(model: str) -> Any:
    """Return a column for the latest decision on a row, for lists."""
    return models.OneToOneField(
        model, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("decision")
    )


def given_reason(reason: str) -> str:
    """Return the reason of a decision, without space around it; raises ValidationError if there is none."""
    if not reason.strip():
        raise ValidationError({"reason": gettext("Say why: the decision must be defended later.")})
    return reason.strip()


class Decision(models.Model):
    """
    A decision on a row, with its reason. Never changed: to revise it, another one is added; the last one counts.

    ``chain`` is the SHA-256 of the decision and of the chain before it, as of decisions on flags.
    """

    reason = models.TextField(_("reason"))
    decided_by = person_field(_("decided by"))
    decided_at = models.DateTimeField(_("decided"), default=timezone.now)
    number = models.BigIntegerField(_("number"), unique=True, editable=False, db_default=0)
    chain = models.BinaryField(_("chain"), max_length=32, db_default=b"")

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.decided_at:%Y-%m-%d}"  # type: ignore[attr-defined]
