"""
The parameters of a rule as they are in force: its own values, and where people set other ones.

``fixtures/wording/parameters.csv`` names each in words, and says in which form its value is read.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext
from msgspec import Struct

from audits.judging.rule.pages import Named
from audits.judging.rule.parameters import is_number
from audits.judging.rule.vocabulary import Rule
from audits.reference.rule_sets import settings_in_force
from contracts.ocds.codelists.codes import CATEGORIES, DOCUMENT_TYPES, word_of
from contracts.ocds.fixture_tables import fixture_rows
from contracts.ocds.portuguese import PORTUGAL, in_portugal
from contracts.pages.display import amount, country_in_words, in_words
from contracts.translating import variety_in_force

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
# Name → form and words by language.
NAMES = {row["name"]: row for row in fixture_rows("wording/parameters")}
# Maximum number of members of a list shown in the middle of a sentence; of a longer one, only the name.
_MAX_IN_PROSE = 4
# Keys of amounts, see ``audits.facts.methods.small_purchases.bound_of``.
_UNTIL = re.compile(r"(?P<currency>[A-Z]{3}) until (?P<year>\d{4})")
_OF_COUNTRY = re.compile(r"(?P<country>[A-Z]{2}) (?P<currency>[A-Z]{3})")


class Value(Struct, frozen=True):
    """A value as a page shows it: ``text``, or ``rows`` of (name, text) where it is a table."""

    text: str = ""
    rows: tuple[tuple[tuple[str, str], ...], ...] = ()

    @property
    def is_short(self) -> bool:
        """Return whether each row is one cell."""
        return all(len(row) == 1 for row in self.rows)


class ShownSetting(Struct, frozen=True):
    """A value in a country, by its name, or (``""``) everywhere, and its source."""

    country: str
    value: Value
    source: str


class ShownParameter(Struct, frozen=True):
    """A parameter by its name in the API and its ``label`` in words."""

    name: str
    label: str
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
                label(name),
                shown_value(name, value),
                tuple(
                    ShownSetting(country_in_words(setting.country), shown_value(name, setting.value), setting.source)
                    for setting in settings
                    if setting.parameter == name
                ),
            )
            for name, value in rule.parameters.items()
        ),
        tuple((country_in_words(setting.country), setting.source) for setting in settings if not setting.parameter),
    )


def label(name: str) -> str:
    """Return the name of a parameter in the reader's language; the parameter itself if no rule has it."""
    if name not in NAMES:
        return name
    language = variety_in_force()
    return in_portugal(NAMES[name]["pt"]) if language == PORTUGAL else NAMES[name][language]


def in_prose(shown: ShownParameters) -> dict[str, Named]:
    """
    Return what the prose of a rule shows in place of the name of each parameter of any rule.

    That is the value in force, with those of countries; for what is not set or is a table, what it is called.
    """
    of_this_rule = {parameter.name: parameter for parameter in shown.parameters}
    return {
        name: Named(label(name), *_text_and_place(of_this_rule[name]))
        if name in of_this_rule
        else Named(label(name), label(name))
        for name in NAMES
    }


def _text_and_place(parameter: ShownParameter) -> tuple[str, str]:
    everywhere = next((setting.value for setting in parameter.settings if not setting.country), parameter.value)
    place, form = f"#{parameter.name}", NAMES[parameter.name]["form"]
    if not everywhere.text or form == "yes":
        return (parameter.label, place)
    if form in {"methods", "documents"}:
        is_short = everywhere.text.count(",") < _MAX_IN_PROSE
        return (f"{parameter.label} ({everywhere.text})" if is_short else parameter.label, place)
    elsewhere = [f"{setting.country}: {setting.value.text}" for setting in parameter.settings if setting.country]
    return (f"{everywhere.text} ({'; '.join(elsewhere)})" if elsewhere else everywhere.text, place)


def shown_value(name: str, value: Any) -> Value:
    """Return a value of a parameter, JSON or a tuple of it, as a page shows it."""
    form = NAMES[name]["form"] if name in NAMES else ""
    if value is None or value in ([], (), {}, "") or (form == "days" and value == 0):
        return Value()
    if isinstance(value, list | tuple):
        if all(isinstance(member, Mapping) for member in value):
            return Value(rows=tuple(tuple(_cells(member)) for member in value))
        return Value(", ".join(_members(form, value)))
    if isinstance(value, Mapping):
        if form == "amounts":
            return Value(rows=tuple((("", _bound(key, member)),) for key, member in value.items()))
        return Value("; ".join(f"{_key(key)}: {_written(form, member)}" for key, member in value.items()))
    return Value(_written(form, value))


def _members(form: str, codes: Iterable[Any]) -> Iterator[str]:
    for code in codes:
        text = _text(code)
        yield word_of(text, variety_in_force(), DOCUMENT_TYPES) if form == "documents" else in_words(text)


def _key(key: str) -> str:
    """Return the key of a mapping in words: a country, else a method."""
    country = country_in_words(key)
    return country if country != key else in_words(key)


def _bound(key: str, number: Any) -> str:
    """Return an amount by its key: ``AUD``, ``GHS until 2013``, ``MX USD``, ``MXN works``."""
    if not is_number(number):
        return f"{key}: {_text(number)}"
    value = Decimal(str(number))
    if until := _UNTIL.fullmatch(key):
        return _("%(amount)s until %(year)s") % {"amount": amount(value, until["currency"]), "year": until["year"]}
    if of_country := _OF_COUNTRY.fullmatch(key):
        return f"{amount(value, of_country['currency'])} ({country_in_words(of_country['country'])})"
    currency, _space, category = key.partition(" ")
    words = word_of(category, variety_in_force(), CATEGORIES)
    return f"{amount(value, currency)} ({words})" if category else amount(value, currency)


def _written(form: str, value: Any) -> str:
    """Return a number in its form, ``5 %`` or ``90 days``, as the reader writes it."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if not is_number(value):
        return _text(value)
    if form == "percent":
        # 0.07 * 100 is 7.000000000000001.
        return f"{number_format((Decimal(str(value)) * 100).normalize() + 0)} %"
    written = number_format(value, force_grouping=True)
    if form == "days":
        return ngettext("%(number)s day", "%(number)s days", round(value)) % {"number": written}
    return str(written)


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
