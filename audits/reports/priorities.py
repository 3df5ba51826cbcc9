"""Refreshes the figures that the order of the queue rests on, and moves waiting flags."""

from collections.abc import Mapping
from decimal import Decimal

from django.db import transaction
from django.db.models import F, QuerySet

from audits.models import Flag, QueueWeight
from audits.models.flag_locks import hold_flags
from audits.reports.rule_health import Decisions, refresh_decisions
from contracts.postgres.querying import query

# Flags are moved only for a figure that has changed by more than this share: each costs a write.
NOTICEABLE = Decimal("0.1")
BATCH = 1000
# What a record names otherwise is kept as it stands ("DÓLAR NORTEAMERI"), and is no currency to compare in.
_MEDIANS = """
    SELECT currency, percentile_cont(0.5) WITHIN GROUP (ORDER BY amount)
    FROM contracts_contractingprocess WHERE amount > 0 AND currency ~ '^[A-Z]{3}$' GROUP BY currency
"""


def precision_factor(decisions: Decisions) -> Decimal:
    """
    Return the factor of a rule: twice the share of its decided flags that were confirmed, by one person or two. Pure.

    Two made-up decisions, one of each, keep a rule with few near 1, and none at 0.
    """
    return round(Decimal(2 * (decisions.confirmed_so_far + 1)) / (decisions.decided + 2), 4)


def refresh_priorities() -> int:
    """Count the figures anew, and move the flags that await review and rest on one that changed; return how many."""
    present = {
        (QueueWeight.Kind.PRECISION.value, code): precision_factor(decisions)
        for code, decisions in refresh_decisions().items()
    }
    for currency, median in query(_MEDIANS):
        present[QueueWeight.Kind.MEDIAN_AMOUNT.value, currency] = round(Decimal(median), 4)
    with transaction.atomic():
        before = {(row.kind, row.key): row.number for row in QueueWeight.objects.select_for_update()}
        changed = {key: number for key, number in present.items() if _differs(before.get(key), number)}
        QueueWeight.objects.bulk_create(
            (QueueWeight(kind=kind, key=key, number=number) for (kind, key), number in changed.items()),
            update_conflicts=True,
            unique_fields=["kind", "key"],
            update_fields=["number"],
        )
    keys = list(_resting_on(changed).order_by("pk").values_list("pk", flat=True)) if changed else []
    for start in range(0, len(keys), BATCH):
        batch = keys[start : start + BATCH]
        with transaction.atomic():
            hold_flags(batch)
            # The trigger works it out.
            Flag.objects.filter(pk__in=batch).update(priority=F("priority"))
    return len(keys)


def _differs(before: Decimal | None, number: Decimal) -> bool:
    return before is None or abs(before - number) > NOTICEABLE * before


def _resting_on(changed: Mapping[tuple[str, str], Decimal]) -> QuerySet[Flag]:
    rules = [key for kind, key in changed if kind == QueueWeight.Kind.PRECISION]
    currencies = [key for kind, key in changed if kind == QueueWeight.Kind.MEDIAN_AMOUNT]
    waiting = Flag.objects.awaiting_review()
    return waiting.filter(rule__in=rules) | waiting.filter(process__currency__in=currencies)
