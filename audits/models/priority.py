"""What comes first in the queue: severity × value × newness × precision of the rule, as one indexed number."""

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

SEVERITY_FACTORS = {"high": 8, "medium": 4, "low": 2, "context": 1}
# A flag counts half as much when it is so many days older. A product that halves with time keeps its order, so that
# its logarithm is stored once: what is newer only begins higher.
HALF_LIFE_DAYS = 30
MAX_VALUE_FACTOR = 4

_SEVERITY = " ".join(f"WHEN '{severity}' THEN {factor}" for severity, factor in SEVERITY_FACTORS.items())
_PRIORITY = f"""
    SELECT least({MAX_VALUE_FACTOR}, greatest(1.0 / {MAX_VALUE_FACTOR}, power(2, log(p.amount / w.number)))) INTO worth
    FROM contracts_contractingprocess p
    JOIN audits_queueweight w ON w.kind = 'median_amount' AND w.key = p.currency
    WHERE p.id = NEW.process_id AND p.amount > 0 AND w.number > 0;
    SELECT number INTO precise FROM audits_queueweight WHERE kind = 'precision' AND key = NEW.rule;
    NEW.weights := jsonb_build_object(
        'severity', CASE NEW.severity {_SEVERITY} ELSE 1 END,
        'value', round(coalesce(worth, 1), 2), 'precision', round(coalesce(precise, 1), 2));
    NEW.priority := log(2, (NEW.weights ->> 'severity')::numeric * (NEW.weights ->> 'value')::numeric
        * (NEW.weights ->> 'precision')::numeric)
        + extract(epoch FROM NEW.raised_at) / 86400 / {HALF_LIFE_DAYS};
    RETURN NEW;
"""  # noqa: S608  -- our own numbers


def sets_priority() -> pgtrigger.Trigger:
    """Return the trigger that writes factors (``weights``) and ``priority`` of a flag, whoever writes it."""
    return pgtrigger.Trigger(
        name="priority",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update,
        declare=[("worth", "NUMERIC"), ("precise", "NUMERIC")],
        func=_PRIORITY,
    )


class QueueWeight(models.Model):
    """A figure that the order of the queue rests on, by ``audits.reports.priorities``."""

    class Kind(models.TextChoices):
        MEDIAN_AMOUNT = "median_amount", _("median value of processes, by currency")
        PRECISION = "precision", _("twice the share of decided flags that were confirmed, by rule")

    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    key = models.CharField(_("key"), max_length=10)
    number = models.DecimalField(_("number"), max_digits=30, decimal_places=4)

    class Meta:
        verbose_name = _("weight of the queue")
        verbose_name_plural = _("weights of the queue")
        constraints = [models.UniqueConstraint(fields=["kind", "key"], name="queue_weight_unique")]

    def __str__(self) -> str:
        return f"{self.kind} {self.key} {self.number}"
