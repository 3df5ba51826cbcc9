"""Counts of flags by rule, severity and country, each by state."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Count

from audits.models import Flag

_TABLES = ("by_rule", "by_severity", "by_country")


def count_flags() -> dict[str, Any]:
    """
    Count all flags on public subjects, in one query.

    :returns: ``total``, ``by_state``, and ``by_rule`` and so on as name → state → flags
    """
    flags = Flag.objects.on_public_subjects().out_of_shadow().order_by()
    grouped = flags.values_list("state", "rule", "severity", "country").annotate(number=Count("pk"))
    return total_flags(grouped.order_by("rule", "severity", "country"))


def total_flags(counts: Iterable[tuple[str, str, str, str, int]]) -> dict[str, Any]:
    """Total counts of flags: (state, rule, severity, country, flags). Pure."""
    by_state: dict[str, int] = dict.fromkeys(Flag.State.values, 0)
    tables: dict[str, dict[str, dict[str, int]]] = {table: {} for table in _TABLES}
    for state, *names, number in counts:
        by_state[state] += number
        for table, name in zip(_TABLES, names, strict=True):
            states = tables[table].setdefault(name, {})
            states[state] = states.get(state, 0) + number
    return {"total": sum(by_state.values()), "by_state": by_state, **tables}
