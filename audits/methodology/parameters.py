"""The parameters of a rule as they are in force: its own values, and where people set other ones."""

import json
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _lazy
from msgspec import Struct

from audits.judging.rule.vocabulary import Rule
from audits.reference.rule_sets import settings_in_force
from contracts.pages.display import amount, country_in_words, in_words

# Columns and codes of the tables of legal limits and terms; others stay as they are.
_COLUMNS = {
    "country": _lazy("country"),
    "kind": _lazy("limit of"),
    "method": _lazy("method"),
    "procedure": _lazy("procedure"),
    "category": _lazy("category"),
    "amount": _lazy("amount"),
    "days": _lazy("days"),
    "cut_to": _lazy("can be cut to"),
    "count": _lazy("counted as"),
    "valid_from": _lazy("from"),
    "valid_to": _lazy("until"),
    "source": _lazy("source"),
    "url": _lazy("link"),
}
_CODES = {
    ("kind", "competitive"): _lazy("competitive procedures"),
    ("kind", "direct"): _lazy("direct awards"),
    ("count", "calendar"): _lazy("calendar days"),
    ("count", "working"): _lazy("working days"),
}
_BETWEEN = " | "


class Value(Struct, frozen=True):
    """A value as a page shows it: ``text``, or ``rows`` of (name, text) where it is a list of mappings."""

    text: str = ""
    rows: tuple[tuple[tuple[str, str], ...], ...] = ()


class ShownSetting(Struct, frozen=True):
    """A value in a country, by its name, or (``""``) everywhere, and its source."""

    country: str
    value: Value
    source: str


class ShownParameter(Struct, frozen=True):
    name: str
    value: Value
    settings: tuple[ShownSetting, ...]


class ShownParameters(Struct, frozen=True):
    """The parameters of a rule, and where it is switched off: (name of the country or ``""``, source)."""

    parameters: tuple[ShownParameter, ...]
    switched_off: tuple[tuple[str, str], ...]


def parameters_in_force(rule: Rule) -> ShownParameters:
    """Return the parameters of a rule with the values in force beside them: one query."""
    settings = [setting for setting in settings_in_force() if setting.rule == rule.code]
    return ShownParameters(
        tuple(
            ShownParameter(
                name,
                shown_value(value),
                tuple(
                    ShownSetting(country_in_words(setting.country), shown_value(setting.value), setting.source)
                    for setting in settings
                    if setting.parameter == name
                ),
            )
            for name, value in rule.parameters.items()
        ),
        tuple((country_in_words(setting.country), setting.source) for setting in settings if not setting.parameter),
    )


def shown_value(value: Any) -> Value:
    """Return a value of a parameter, JSON or a tuple of it, as a page shows it."""
    if value is None or value in ([], (), {}, ""):
        return Value()
    if isinstance(value, list | tuple):
        if all(isinstance(member, Mapping) for member in value):
            return Value(rows=tuple(tuple(_cells(member)) for member in value))
        return Value(", ".join(_text(member) for member in value))
    if isinstance(value, Mapping):
        return Value(", ".join(f"{name}: {_text(member)}" for name, member in value.items()))
    return Value(_text(value))


def _cells(row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the cells of a row that hold something, with their names in words; a currency stands with its amount."""
    for name, cell in row.items():
        if cell is None or cell == "" or (name == "currency" and "amount" in row):
            continue
        yield str(_COLUMNS.get(name, name)), _cell(name, cell, row)


def _cell(name: str, cell: Any, row: Mapping[str, Any]) -> str:
    text = _text(cell)
    if name == "amount":
        return amount(Decimal(text), str(row.get("currency", "")))
    if name in {"valid_from", "valid_to"}:
        return date_format(date.fromisoformat(text))
    if name == "country":
        return country_in_words(text)
    if name in {"method", "category"}:
        return in_words(*text.split(_BETWEEN))
    if name == "procedure":
        return text.replace(_BETWEEN, ", ")
    return str(_CODES.get((name, text), text))


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
