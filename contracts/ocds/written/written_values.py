"""
Parse the values of a simple contract as people write them: amounts, currencies, dates, countries, methods.

Normalised values are reported for the sender to confirm; ambiguous ones are problems at their place.
"""

from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from types import NoneType
from typing import Any

from msgspec import Struct

from contracts.ocds.caching import remembered
from contracts.ocds.codelists.countries import country_code
from contracts.ocds.codelists.currencies import UnclearCurrencyError, read_currency
from contracts.ocds.codelists.languages import language_code
from contracts.ocds.fixture_tables import as_listed, fixture_rows
from contracts.ocds.links import without_trackers
from contracts.ocds.pointers import escape
from contracts.ocds.problems import Problem
from contracts.ocds.written.amounts import MAX_WRITTEN, Amount, UnclearAmountError, is_range, read_amount
from contracts.ocds.written.days import UnclearDateError, lack_of, read_date

Json = dict[str, Any]

# Countries that write the month first.
_MONTH_FIRST_COUNTRIES = frozenset({"US"})
# Amounts in texts are computed with this many digits; more would be rounded.
MAX_DIGITS = 28


class Understood(Struct, frozen=True):
    """A value that was normalised: ``used`` is the value in the record."""

    pointer: str
    found: str
    used: str


class Notation(Struct, frozen=True):
    """
    The notation of values, as far as known: a whole column of a table shows more than one value.

    ``decimal_mark`` is ``.``, ``,`` or, if unknown, ``""``; ``has_thousandths`` unless no amount beside it shows three
    decimals: "1.250" is ambiguous then; ``month_first`` is ``None`` if unknown; with
    ``may_be_either``, the custom of the country does not decide. ``is_turned``: an office program may have swapped
    month and day. ``short_years``: numeric dates end with two-digit years, ``None`` if unknown. ``power`` is the power
    of ten of amounts, and with ``may_lack_currency``, an ambiguous currency sign is ignored.
    """

    decimal_mark: str = ""
    has_thousandths: bool = True
    month_first: bool | None = None
    may_be_either: bool = False
    is_turned: bool = False
    short_years: bool | None = None
    power: int = 0
    may_lack_currency: bool = False


class ValueReader:
    """
    Parses members of a JSON object; ``problems``, ``understood`` and ``warnings`` have JSON Pointers into it.

    :param notations: name of a member → its notation, if known
    """

    def __init__(self, notations: Mapping[str, Notation] | None = None) -> None:
        self.problems: list[Problem] = []
        self.understood: list[Understood] = []
        self.warnings: list[Problem] = []
        self.notations = notations or {}
        self.language = ""
        self.country = ""

    def problem(self, pointer: str, variant: str, **values: Any) -> None:
        self.problems.append(Problem("simple_contract", variant, values, pointer))

    def warn(self, code: str, pointer: str, **values: Any) -> None:
        """Warn about an accepted value that is likely a mistake: the source may contain it."""
        self.warnings.append(Problem(code, values=values, pointer=pointer))

    def note(self, pointer: str, found: Any, used: str) -> None:
        if found != used:
            self.understood.append(Understood(pointer, str(found)[:80], used))

    def text(self, parent: Json, name: str, at: str) -> str:
        found = parent.get(name)
        if found is None:
            return ""
        if isinstance(found, str):
            return found.strip()
        self.problem(f"{at}/{escape(name)}", "text", **kind_of(found))
        return ""

    def identity(self, parent: Json, name: str, at: str) -> str:
        found = parent.get(name)
        if isinstance(found, int) and not isinstance(found, bool):
            return str(found)
        return self.text(parent, name, at)

    def country_of(self, parent: Json, at: str) -> str:
        name = self.text(parent, "country", at)
        code = country_code(name)
        if name and not code:
            self.problem(f"{at}/country", "country", text=name[:60])
        elif name:
            self.note(f"{at}/country", name, code)
        return code

    def date(self, parent: Json, name: str, at: str) -> str:
        text = self.text(parent, name, at)
        if not text:
            return ""
        notation = self.notations.get(name, Notation())
        order = notation.month_first
        is_open = notation.may_be_either or self.language == "en" or self.country in _MONTH_FIRST_COUNTRIES
        if order is None and not is_open:
            order = False
        try:
            read = read_date(text, month_first=order, is_turned=notation.is_turned, short_years=notation.short_years)
        except UnclearDateError as unclear:
            self.problem(f"{at}/{name}", "date_unclear", text=text[:60], readings=" / ".join(unclear.readings))
            return ""
        if read is None:
            self.problem(f"{at}/{name}", f"date{lack_of(text)}", text=text[:60])
            return ""
        self.note(f"{at}/{name}", text, read)
        return read

    def language_of(self, text: str) -> str:
        """Return the code of a language; if it is unknown, the text, with a warning."""
        code = language_code(text)
        if not code and text:
            self.warn("language_unknown", "/language", text=text[:60])
        elif code.lower() != text.lower():
            self.note("/language", text, code)
        return code or text

    def method(self, text: str) -> str:
        """Return the OCDS method; ``""``, with a warning, if the text is not decisive."""
        method = read_method(text, self.country)
        if method:
            self.note("/method", text, method)
        elif text:
            self.warn("method_unclear", "/method", text=text[:60])
        return method

    def category(self, text: str) -> str:
        """Return the OCDS main category; if it is unknown, the text, with a warning."""
        category = _categories().get(as_listed(text))
        if category is None:
            if text:
                self.warn("category_unknown", "/category", text=text[:60])
            return text
        self.note("/category", text, category)
        return category

    def money(self, found: Any, at: str, currency: str, currency_at: str) -> Json:
        """Parse an amount with its currency, which is next to it or in a separate member."""
        code = self.currency(currency, currency_at)
        amount = self.amount(found, at, is_named=bool(code))
        if amount is None:
            return {}
        if amount.currency and code and amount.currency != code:
            self.problem(at, "currencies", first=amount.currency, second=code)
        code = code or amount.currency
        if isinstance(found, str) and found.strip() != str(amount.number):
            self.note(at, found, f"{amount.number:f} {amount.currency}".strip())
        return {"amount": amount.number} | ({"currency": code} if code else {})

    def amount(self, found: Any, at: str, *, is_named: bool) -> Amount | None:
        """Parse a number, or a text with a number and its currency; a "$" is ignored if the currency ``is_named``."""
        if found is None or found == "":
            return None
        notation = self.notations.get(at.rpartition("/")[2], Notation())
        if isinstance(found, Decimal) and notation.power:
            return Amount(Decimal(f"{found.scaleb(notation.power):f}"))
        if isinstance(found, int | float | Decimal) and not isinstance(found, bool):
            return Amount(found)  # type: ignore[arg-type]  # as the JSON has it: the parser reads all of them exactly
        amount = None
        if isinstance(found, str):
            if sum(map(str.isdigit, found)) > MAX_DIGITS:
                self.problem(at, "amount_long", text=found[:60], limit=MAX_DIGITS)
                return None
            try:
                amount = read_amount(
                    found.strip(),
                    country=self.country,
                    decimal_mark=notation.decimal_mark,
                    has_thousandths=notation.has_thousandths,
                    power=notation.power,
                    needs_currency=not (is_named or notation.may_lack_currency),
                )
            except UnclearAmountError as unclear:
                readings = " / ".join(f"{reading.normalize():f}" for reading in unclear.readings)
                self.problem(at, "amount_unclear", text=found[:60], readings=readings)
                return None
            except UnclearCurrencyError:
                self.problem(at, "currency_unclear", text=found[:60])
                return None
        if amount is None and isinstance(found, str) and is_range(found):
            self.problem(at, "amount_range", text=" ".join(found.split())[:MAX_WRITTEN])
        elif amount is None:
            self.problem(at, "number", **kind_of(found))
        return amount

    def link(self, text: str, at: str) -> str:
        """Return a link without parameters that identify who shared it."""
        read = without_trackers(text)
        self.note(at, text, read)
        return read

    def currency(self, text: str, at: str) -> str:
        """Return a code; an unknown one is kept in upper case, with a warning."""
        if not text:
            return ""
        try:
            code = read_currency(text, self.country)
        except UnclearCurrencyError:
            self.problem(at, "currency_unclear", text=text[:60])
            return ""
        if code:
            self.note(at, text, code)
            return code
        self.warn("currency_unknown", at, currency=text[:16])
        return text.upper()


def kind_of(value: Any) -> Json:
    """Return the kind of a JSON value (one of ``messages.FOUND``) as a value of a problem, and text shortened."""
    if isinstance(value, str):
        return {"found": "text", "text": value[:40]}
    kinds: dict[type, str] = {NoneType: "null", bool: "boolean", dict: "object", list: "list"}
    return {"found": kinds.get(type(value), "number")}


@cache
def _phrases() -> tuple[tuple[str, dict[str, str]], ...]:
    """Return phrases, the longest first, each with country → method."""
    phrases: dict[str, dict[str, str]] = {}
    for row in fixture_rows("facts/methods"):
        phrases.setdefault(row["phrase"], {})[row["country"]] = row["method"]
    return tuple(sorted(phrases.items(), key=lambda entry: -len(entry[0])))


@remembered
def read_method(text: str, country: str = "") -> str:
    """
    Return the OCDS method (open, selective, limited, direct); ``""`` if the name of the method is not decisive.

    :param country: ISO 3166-1: laws use one name for different methods
    """
    folded = as_listed(text)
    for phrase, methods in _phrases():
        if folded == phrase or folded.startswith(f"{phrase} "):
            return methods.get(country, methods.get("", ""))
    return ""


def is_category(text: str) -> bool:
    """Tell whether a text is one of OCDS's main procurement categories, as people call them, and nothing else."""
    return as_listed(text) in _categories()


@cache
def _categories() -> dict[str, str]:
    """Return phrase → OCDS's main procurement category (goods, services, works)."""
    return {row["phrase"]: row["category"] for row in fixture_rows("facts/categories")}
