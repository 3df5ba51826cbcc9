"""
How the records of sources fill their fields and which months they are of, as it was counted last
(``audits.cohorts.habits``), for reports.

Rows hold codes; ``told`` adds the texts, in the reader's language, and the rules that read them.
"""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from django.utils.translation import gettext

from audits.judging.figures.habits import HABITS, NO, is_habit
from audits.judging.figures.processes import SOURCE_HABITS
from audits.models import Cohort
from audits.rules import RULES

Rows = dict[str, Any]


def habits_of_source(source: str) -> Rows:
    """Return the habits and method labels of a source: the slug of a publisher, or a prefix of ocids."""
    return habits_by_source([source]).get(source) or rows_of({})


def habits_by_source(sources: Iterable[str]) -> dict[str, Rows]:
    """Return source → habits and method labels, in one query."""
    found = Cohort.objects.filter(name=SOURCE_HABITS, key__in=list(sources)).values_list("key", "figures")
    return {key: rows_of(figures) for key, figures in found}


def rows_of(figures: Mapping[str, Any]) -> Rows:
    """
    Return the figures of a ``Cohort`` as rows. Pure.

    ``habits``: name, answer, how many records give it (``same``) of how many that give one (``records``), the share,
    and whether it is what most do; ``methods``: name, code, records. ``months``: the first and last month of which
    the source has records (``2024-01``), how many of those between are held, whether all are, and how many records
    a usual one has; ``None`` where it has no purchases.
    """
    return {
        "habits": [
            {
                "habit": name,
                "field": HABITS[name].field,
                "answer": counts["answer"],
                "same": counts["same"],
                "records": counts["n"],
                "share": counts["same"] * 100 // counts["n"] / 100,
                "is_common": counts["answer"] != NO and is_habit(counts["same"], counts["n"]),
            }
            for name, counts in figures.get("habits", {}).items()
            if name in HABITS
        ],
        "methods": [
            {"name": label, "code": code, "records": records}
            for label, codes in figures.get("methods", {}).items()
            for code, records in codes.items()
        ],
        "months": _months(figures.get("coverage", {})),
    }


def _months(coverage: Mapping[str, Any]) -> dict[str, Any] | None:
    held = coverage.get("months")
    if not held:
        return None
    return {
        "first": held[0],
        "last": held[-1],
        "held": len(held),
        "without_gaps": coverage["without_gaps"],
        "records": coverage["records"],
    }


def habits_in_words(rows: Mapping[str, Any]) -> dict[str, Any]:
    """Return rows with what each habit is, in the reader's language, and the codes of the rules that read it."""
    known = [row for row in rows["habits"] if row["habit"] in HABITS]
    return {
        **rows,
        "habits": [
            row | {"text": gettext(HABITS[row["habit"]].text), "rules": list(_rules_reading(row["habit"]))}
            for row in known
        ],
    }


@cache
def _rules_reading(habit: str) -> tuple[str, ...]:
    return tuple(code for code, rule in sorted(RULES.items()) if f"{SOURCE_HABITS}.{habit}" in rule.reads)
