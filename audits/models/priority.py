"""The order of the queue (severity × value × newness × precision of the rule, as one number), and identical flags."""

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

SEVERITY_FACTORS = {"high": 8, "medium": 4, "low": 2, "context": 1}
# Half-life of the weight of a flag. All weights decay alike, which keeps their order, so the logarithm is stored once,
# and newer flags start higher.
HALF_LIFE_DAYS = 30
MAX_VALUE_FACTOR = 4

_SEVERITY = " ".join(f"WHEN '{severity}' THEN {factor}" for severity, factor in SEVERITY_FACTORS.items())
# Flags are identical if rule, severity, words and buyer are the same, regardless of the number of cited places. As
# float: the logarithm of a decimal takes ten times as long.
_PLACE = f"""
    SELECT coalesce(process.buyer_id::text, nullif('=' || process.buyer_name, '=')),
           process.amount::float8 / median.number::float8, precision.number
    INTO buyer, worth, precise
    FROM (SELECT) AS this -- a row for a flag on an organization too
    LEFT JOIN contracts_contractingprocess process ON process.id = NEW.process_id
    LEFT JOIN audits_queueweight median ON median.kind = 'median_amount' AND median.key = process.currency
        AND process.amount > 0 AND median.number > 0
    LEFT JOIN audits_queueweight precision ON precision.kind = 'precision' AND precision.key = NEW.rule;
    NEW.cause := CASE WHEN buyer IS NOT NULL THEN md5(jsonb_build_array(
        NEW.rule, NEW.severity, NEW.sentence, NEW.values - 'places', buyer
    )::text)::uuid END;
    graveness := CASE NEW.severity {_SEVERITY} ELSE 1 END;
    -- least and greatest pass over what is unknown
    worth := CASE WHEN worth IS NULL THEN 1
        ELSE least({MAX_VALUE_FACTOR}, greatest(1.0 / {MAX_VALUE_FACTOR}, power(2, log(worth)))) END;
    worth := round(worth::numeric, 2);
    precise := round(coalesce(precise, 1), 2);
    NEW.weights := jsonb_build_object('severity', graveness, 'value', worth::numeric, 'precision', precise);
    NEW.priority := ln(graveness * worth * precise::float8) / ln(2::float8)
        + date_part('epoch', NEW.raised_at) / 86400 / {HALF_LIFE_DAYS};
    RETURN NEW;
"""  # noqa: S608  -- our own numbers


def takes_place_in_queue() -> pgtrigger.Trigger:
    """Return the trigger that writes ``cause``, ``weights`` (factors) and ``priority`` of a flag, whoever writes."""
    return pgtrigger.Trigger(
        name="place_in_queue",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update,
        declare=[("buyer", "TEXT"), ("graveness", "INTEGER"), ("worth", "FLOAT8"), ("precise", "NUMERIC")],
        func=_PLACE,
    )


class QueueWeight(models.Model):
    """A figure for the order of the queue, computed by ``audits.reports.priorities``."""

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
