"""
Legal limits of procurement methods: ``thresholds.csv`` and ``submission_days.csv`` of ``fixtures/reference`` → values
of the parameters ``thresholds`` and ``legal_terms``.

A row that is off, or that has no amount, is no law that a rule may cite. A row is on from the first to the last day on
which its law is known to have been in force, by the sources named. Rules see only what stands here or in an override
of their parameter, so that the digest of the rule set covers it.
"""

import csv
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from audits.facts.methods.legal_limits import CALENDAR, COMPETITIVE, DIRECT, WORKING, choices
from audits.judging.rule.vocabulary import Rule
from audits.matching.reference.files import check_days

THRESHOLDS = "thresholds"
LEGAL_TERMS = "legal_terms"
CATEGORIES = frozenset({"goods", "services", "works"})

Rows = tuple[dict[str, str], ...]
# Country → code of a rule → its parameter, with rows.
Parameters = dict[str, dict[str, dict[str, Any]]]

_LIMIT = ("country", "kind", "method", "procedure", "category", "currency", "amount")
_DAYS = ("country", "procedure", "category", "days", "cut_to", "count")
_SOURCE = ("valid_from", "valid_to", "source", "url")


def read_thresholds(path: Path) -> Rows:
    """
    Return the limits that are on, in the order of the file, as mappings for ``audits.facts.methods.legal_limits``.

    :raises ValueError: if a row that is on lacks its source, currency or method, or has an amount, date, kind or
        category that can't be read
    """
    return _read(path, _checked_limit)


def read_submission_days(path: Path) -> Rows:
    """
    Return the rows on the time to bid that are on, as mappings of text.

    :raises ValueError: if a row that is on lacks its country, procedure or source, or has days, dates, a way to count
        or a category that can't be read
    """
    return _read(path, _checked_days)


def _read(path: Path, checked: Callable[[Mapping[str, str], str], dict[str, str]]) -> Rows:
    with path.open(encoding="utf-8", newline="") as file:
        rows = [(number, row) for number, row in enumerate(csv.DictReader(file), 2) if row["enabled"].strip() == "yes"]
    return tuple(checked(row, f"{path.name}, row {number}") for number, row in rows)


def _checked_days(row: Mapping[str, str], place: str) -> dict[str, str]:
    kept = {name: row[name].strip() for name in _DAYS + _SOURCE}
    try:
        days, cut_to = int(kept["days"]), int(kept["cut_to"] or kept["days"])
    except ValueError as error:
        raise ValueError(f"{place}: {error}") from error
    if kept["count"] not in {CALENDAR, WORKING} or not (kept["country"] and kept["source"]):
        raise ValueError(f"{place}: a time to bid needs a country, how its days count, and a source")
    if not 0 < cut_to <= days:
        raise ValueError(f"{place}: a time to bid needs days above 0, and may be cut to fewer of them")
    if not kept["procedure"] or not CATEGORIES.issuperset(choices(kept, "category")):
        raise ValueError(f"{place}: a time to bid needs a procedure and known categories")
    check_days(kept["valid_from"], kept["valid_to"], place)
    return kept


def _checked_limit(row: Mapping[str, str], place: str) -> dict[str, str]:
    read = {name: row[name].strip() for name in _LIMIT + _SOURCE}
    try:
        amount = Decimal(read["amount"])
    except InvalidOperation as error:
        raise ValueError(f"{place}: {error}") from error
    if amount <= 0 or read["kind"] not in {DIRECT, COMPETITIVE} or not read["source"] or not read["currency"]:
        raise ValueError(f"{place}: a threshold needs an amount above 0, a currency, a kind and a source")
    if not read["method"] and not read["procedure"]:
        raise ValueError(f"{place}: a threshold needs a method or a procedure")
    if not CATEGORIES.issuperset(choices(read, "category")):
        raise ValueError(f"{place}: a category is not one of {', '.join(sorted(CATEGORIES))}")
    check_days(read["valid_from"], read["valid_to"], place)
    return read


def threshold_parameters(thresholds: Iterable[Mapping[str, str]], rules: Iterable[Rule]) -> Parameters:
    """
    Return ``{country: {rule code: {"thresholds": […]}}}`` for the rules that have this parameter.

    A rule is given the limits of the kind that it declares, and no entry in a country that has none.
    """
    kinds = {rule.code: rule.limits for rule in rules if THRESHOLDS in rule.parameters}
    return _parameters(THRESHOLDS, ((code, row) for row in thresholds for code in kinds if kinds[code] == row["kind"]))


def submission_day_parameters(days: Iterable[Mapping[str, str]], rules: Iterable[Rule]) -> Parameters:
    """Return ``{country: {rule code: {"legal_terms": […]}}}`` for the rules that have this parameter."""
    codes = [rule.code for rule in rules if LEGAL_TERMS in rule.parameters]
    return _parameters(LEGAL_TERMS, ((code, row) for row in days for code in codes))


def _parameters(name: str, rows: Iterable[tuple[str, Mapping[str, str]]]) -> Parameters:
    found: Parameters = {}
    for code, row in rows:
        found.setdefault(row["country"], {}).setdefault(code, {name: []})[name].append(dict(row))
    return found
