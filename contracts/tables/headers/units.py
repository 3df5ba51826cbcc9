"""Units of amounts (currency and power of ten) in headers ("Valor (R$)", "Monto en miles de soles"), notes, cells."""

import re
from collections.abc import Iterable
from functools import lru_cache

from msgspec import Struct

from contracts.ocds.codelists.currencies import UnclearCurrencyError, currency_or_none, known_currencies, read_currency
from contracts.ocds.fixture_tables import as_listed
from contracts.ocds.problems import Problem
from contracts.ocds.written.amounts import SCALES, full_words
from contracts.tables.sheets.left_out.number_formats import Beside

# Separates the rows of a nested header.
NESTED = " / "
MAX_LENGTH = 200
_BRACKETS = {")": "(", "]": "["}
_BRACKET = re.compile(r"[()\[\]]")
# "en soles", "expresado em reais"; "miles de soles".
_BEFORE_UNITS = ("en", "em", "in")
_LINKING = frozenset({"de", "of", "expresado", "expresados", "expresadas", "expresso", "expressos", "expressed"})
# In Spanish "real" means actual ("Monto real", "Costo (real)"); it is a currency only after "em" or "en".
_ACTUAL = "real"
# Subjects of a note above a table; it may also begin with its unit: "(En miles de pesos)".
_FIGURES = ("cifra", "monto", "valor", "importe", "precio", "preco", "amount", "figure", "value")
_MAX_NOTE_LENGTH = 120


class Unit(Struct, frozen=True):
    """The currency of a column, as written there, and the power of ten to multiply its numbers by."""

    currency: str = ""
    power: int = 0


class UnitNote(Struct, frozen=True):
    """A note above a table, and the unit that it states for all amounts."""

    note: str = ""
    unit: Unit = Unit()


NO_NOTE = UnitNote()


@lru_cache(maxsize=512)  # called for each row
def with_unit(header: str) -> tuple[str, Unit]:
    """
    Return the name of a column and its unit; the header unchanged if it has none.

    For a nested header, the unit of its last row counts, then that of its first: "Monto (Q) / Adjudicado" is "Monto /
    Adjudicado" in quetzales.
    """
    header = " ".join(header.split())
    if len(header) > MAX_LENGTH:
        return header, Unit()
    if found := _name_and_unit(header):
        return found
    group, nested, last = header.partition(NESTED)
    if nested and (found := _name_and_unit(group)):
        return f"{found[0]}{NESTED}{last}", found[1]
    return header, Unit()


def _name_and_unit(header: str) -> tuple[str, Unit] | None:
    for name, beside, is_introduced in _parted(header.replace("_", " ")):
        unit = _unit(beside, is_introduced=is_introduced)
        if name.strip() and unit:
            return name.strip(), unit
    return None


@lru_cache(maxsize=512)
def unit_of(text: str) -> Unit | None:
    """Return the unit in the text beside a number, ``None`` if it is not one."""
    return _unit(text) if text else Unit()


def unit_note(notes: Iterable[str], before: UnitNote = NO_NOTE) -> UnitNote:
    """
    Return the first note above a table that says that all amounts are in thousands or millions, or else one that gives
    their currency.

    :param before: the note above an earlier table of the sheet, valid until another note names a unit
    """
    found = before
    for note in notes:
        for part in _BRACKET.split(note) if len(note) <= _MAX_NOTE_LENGTH else ():
            unit = _unit_of_all(part)
            if unit and unit.power:
                return UnitNote(note, unit)
            if unit:
                found = UnitNote(note, unit)
    return found


def with_unit_of_all(unit: Unit, of_all: Unit) -> Unit:
    """Return the unit of a column combined with that of all amounts, unless their currencies differ."""
    if is_code(unit.currency) and is_code(of_all.currency) and unit.currency != of_all.currency:
        return unit
    return Unit(unit.currency or (of_all.currency if is_code(of_all.currency) else ""), unit.power or of_all.power)


def is_code(currency: str) -> bool:
    """Return whether a currency was read; "pesos" could be of several countries."""
    return currency in known_currencies()


def _unit_of_all(note: str) -> Unit | None:
    """Return the unit in a note or in its brackets; ``None`` if the note is about something else."""
    words = as_listed(note).strip("*.,;:- ").split()
    at = next((at for at, word in enumerate(words) if word in _BEFORE_UNITS), len(words))
    unit = _unit(" ".join(words[at + 1 :]))
    is_about = at == 0 or any(word.startswith(_FIGURES) for word in words[:at])
    # "Contratos 2023, en miles de soles" is about amounts too.
    return unit if unit and (is_about or (unit.power and unit.currency)) else None


def _parted(header: str) -> Iterable[tuple[str, str, bool]]:
    """Yield each way to split a header into name and unit, and whether a word introduces the unit."""
    opening = _BRACKETS.get(header[-1:])
    if opening and opening in header:
        name, _bracket, beside = header[:-1].rpartition(opening)
        yield name, beside, False
    words = header.split()
    for at, word in enumerate(words):
        if as_listed(word) in _BEFORE_UNITS:
            yield " ".join(words[:at]), " ".join(words[at + 1 :]), True
    if len(words) > 1:
        yield " ".join(words[:-1]), words[-1], False


def _unit(text: str, *, is_introduced: bool = True) -> Unit | None:
    """
    Parse a unit, ``None`` if the text is not one.

    :param is_introduced: whether a word before it introduces it as a unit
    """
    words = [
        word for word in full_words(as_listed(text).strip("()[]. ")).split() if word not in (*_BEFORE_UNITS, *_LINKING)
    ]
    power = 0
    for scale in sorted(SCALES, key=len, reverse=True):
        parts = scale.split()
        if words[: len(parts)] == parts or words[len(words) - len(parts) :] == parts:
            words = words[len(parts) :] if words[: len(parts)] == parts else words[: len(words) - len(parts)]
            power = SCALES[scale]
            break
    rest = " ".join(words)
    if rest == _ACTUAL and not power and not is_introduced:
        return Unit()
    if not rest:
        return Unit("", power) if power else None
    try:
        return Unit(code, power) if (code := read_currency(rest)) else None
    except UnclearCurrencyError:
        return Unit(rest, power)  # the country may decide


def unit_as_shown(column: Unit, beside: Beside, *, named: str, country: str) -> tuple[Unit, Problem | None]:
    """
    Return the unit of a number as its cell shows it ("R$ 1.200", 1500000 as "1,500"), and the problem to report.

    A number that is shown divided is the whole amount, whatever its header says. Office programs choose formats by
    themselves, so a currency in the header or row takes precedence.

    :param column: the unit of its column
    :param named: the currency in its row, as written
    :param country: ISO 3166-1, for ``$`` and pesos
    """
    shown_unit = unit_of(beside.text)
    own = currency_or_none(named or column.currency, country)
    shown = currency_or_none(shown_unit.currency if shown_unit else "", country)
    power = shown_unit.power if shown_unit else 0
    problem = None
    if beside.power:
        problem = Problem("number_format", "divided", {"number": 10**beside.power})
    elif shown_unit is None:
        problem = Problem("number_format", "unread", {"text": beside.text})
    elif shown and own and shown != own:
        problem = Problem("number_format", "currencies", {"text": beside.text, "currency": own})
    elif power:
        problem = Problem("number_format", "scaled", {"text": beside.text, "number": 10**power})
    currency = (
        column.currency if named or own else shown or column.currency or (shown_unit.currency if shown_unit else "")
    )
    return Unit(currency, 0 if beside.power else power or column.power), problem
