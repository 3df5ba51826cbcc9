"""
Legal limits of procurement methods: ``fixtures/reference/thresholds.csv`` → values of the parameter ``thresholds``.

A row that is off, or that has no amount, is no law that a rule may cite. Rules see only what stands here or in an
override of their parameter, so that the digest of the rule set covers it.
"""

import csv
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from audits.rules.base import Rule
from audits.rules.limits import COMPETITIVE, DIRECT

PARAMETER = "thresholds"

_KEPT = (
    "country",
    "kind",
    "method",
    "procedure",
    "category",
    "currency",
    "amount",
    "valid_from",
    "valid_to",
    "source",
)


def read_thresholds(path: Path) -> tuple[dict[str, str], ...]:
    """
    Return the rows that are on, as mappings of text that ``audits.rules.limits`` describes, in the order of the file.

    :raises ValueError: if a row that is on has no source, or an amount, date or kind that can't be read
    """
    with path.open(encoding="utf-8", newline="") as file:
        rows = [(number, row) for number, row in enumerate(csv.DictReader(file), 2) if row["enabled"].strip() == "yes"]
    return tuple(_checked(row, f"{path.name}, row {number}") for number, row in rows)


def _checked(row: Mapping[str, str], place: str) -> dict[str, str]:
    kept = {name: row[name].strip() for name in _KEPT}
    try:
        amount = Decimal(kept["amount"])
        for name in ("valid_from", "valid_to"):
            if kept[name]:
                date.fromisoformat(kept[name])
    except (InvalidOperation, ValueError) as error:
        raise ValueError(f"{place}: {error}") from error
    if amount <= 0 or kept["kind"] not in {DIRECT, COMPETITIVE} or not kept["source"] or not kept["currency"]:
        raise ValueError(f"{place}: a threshold needs an amount above 0, a currency, a kind and a source")
    return kept


def threshold_parameters(
    thresholds: Iterable[Mapping[str, str]], rules: Iterable[Rule]
) -> dict[str, dict[str, dict[str, Any]]]:
    """Return ``{country: {rule code: {"thresholds": […]}}}`` for every rule that has this parameter."""
    by_country: dict[str, list[dict[str, str]]] = {}
    for threshold in thresholds:
        by_country.setdefault(threshold["country"], []).append(dict(threshold))
    codes = [rule.code for rule in rules if PARAMETER in rule.parameters]
    return {country: {code: {PARAMETER: rows} for code in codes} for country, rows in by_country.items()}
