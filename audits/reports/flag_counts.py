"""Counts of flags by rule, severity and country, each by state."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Count

from audits.models import Flag
from audits.models.flag_queryset import FlagQuerySet

TABLES = ("by_rule", "by_severity", "by_country")


def count_flags(flags: FlagQuerySet | None = None) -> dict[str, Any]:
    """
    Count flags in one query: without an argument all on public subjects, see ``settled``.

    :returns: ``total``, ``by_state``, and ``by_rule`` and so on as name → state → flags
    """
    flags = Flag.objects.on_public_subjects().out_of_shadow().settled() if flags is None else flags
    grouped = flags.order_by().values_list("state", "rule", "severity", "country").annotate(number=Count("pk"))
    return total_flags(grouped.order_by("rule", "severity", "country"))


def total_flags(counts: Iterable[tuple[str, str, str, str, int]]) -> dict[str, Any]:
    """Total counts of flags: (state, rule, severity, country, flags). Pure."""
    by_state: dict[str, int] = dict.fromkeys(Flag.State.values, 0)
    tables: dict[str, dict[str, dict[str, int]]] = {table: {} for table in TABLES}
    for state, *names, number in counts:
        by_state[state] += number
        for table, name in zip(TABLES, names, strict=True):
            states = tables[table].setdefault(name, {})
            states[state] = states.get(state, 0) + number
    return {"total": sum(by_state.values()), "by_state": by_state, **tables}
