from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class OutcomeCount(models.Model):
    """
    How often a rule gave one kind of outcome over the current audits, when it was last counted.

    To count takes every audit apart, which no page can wait for: the schedule does it, and replaces all rows.
    """

    rule = models.CharField(_("rule"), max_length=10)
    kind = models.CharField(_("outcome"), max_length=20)
    field = models.TextField(_("missing field"), blank=True)
    records = models.PositiveBigIntegerField(_("records"))
    counted_at = models.DateTimeField(_("counted"), default=timezone.now)

    class Meta:
        verbose_name = _("outcome count")
        verbose_name_plural = _("outcome counts")
        constraints = [models.UniqueConstraint(fields=["rule", "kind", "field"], name="outcome_count_unique")]

    def __str__(self) -> str:
        return f"{self.rule} {self.kind} {self.field}".strip()
