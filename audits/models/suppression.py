"""Questions that need not be asked again for a while: a rule, of one buyer or of one supplier."""

from datetime import date, timedelta

import pghistory
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contracts.models.person import person_field
from contracts.postgres.conditions import SqlCondition

MAX_DAYS = 366


class IsUnsuppressed(SqlCondition):
    """
    Whether no suppression in force is about a flag, or it is not new.

    Whether there is any comes first: it is asked once, and each flag only where it must be, by a function that a
    migration makes.
    """

    sql = """NOT (
        EXISTS (SELECT FROM audits_suppression s WHERE s.enabled AND s.until >= %s)
        AND {3} = 'new' AND flag_is_suppressed({0}, {1}, {2}, {4})
    )"""

    def __init__(self) -> None:
        super().__init__("rule", "process_id", "organization_id", "state", "suppliers", given=(timezone.localdate(),))


@pghistory.track()
class Suppression(models.Model):
    """
    A lead's word that new flags of a rule on one buyer or supplier need no look until a date.

    It decides nothing: the flags stay, are counted and listed, and are back in the queue when it ends.
    """

    class Role(models.TextChoices):
        BUYER = "buyer", _("as the buyer")
        SUPPLIER = "supplier", _("as a supplier")

    rule = models.CharField(_("rule"), max_length=10)
    organization = models.ForeignKey(
        "contracts.Organization", on_delete=models.PROTECT, related_name="+", verbose_name=_("organization")
    )
    role = models.CharField(_("role"), max_length=10, choices=Role)
    until = models.DateField(_("until"), help_text=_("The last day. At most a year ahead."))
    reason = models.TextField(_("reason"))
    owner = person_field(_("owner"), editable=False)
    enabled = models.BooleanField(_("enabled"), default=True)

    class Meta:
        verbose_name = _("suppression")
        verbose_name_plural = _("suppressions")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["rule", "organization", "role"], name="suppression_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.rule} {self.organization}"

    @property
    def is_in_force(self) -> bool:
        return self.enabled and self.until >= timezone.localdate()

    def clean(self) -> None:
        latest: date = timezone.localdate() + timedelta(days=MAX_DAYS)
        if self.until and self.until > latest:
            raise ValidationError({"until": _("Give a day at most a year ahead: whoever works then looks again.")})
