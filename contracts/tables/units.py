"""What stands beside the name of a column of amounts: "Valor (R$)", "Monto en miles de soles", "Precio USD"."""

from collections.abc import Iterable
from functools import lru_cache

from msgspec import Struct

from contracts.ocds.amounts import SCALES
from contracts.ocds.currencies import UnclearCurrencyError, read_currency
from contracts.ocds.fact_tables import fold

MAX_LENGTH = 200
_BRACKETS = {")": "(", "]": "["}
# "en soles", "expresado em reais"; "miles de soles".
_BEFORE_UNITS = ("en", "em", "in")
_LINKING = frozenset({"de", "of", "expresado", "expresados", "expresadas", "expresso", "expressos", "expressed"})
# Spanish says "real" of what was not estimated ("Monto real", "Costo (real)"): a currency behind "em" or "en" alone.
_ACTUAL = "real"
# What a note above a table speaks of; it may also begin with its unit: "(En miles de pesos)".
_FIGURES = ("cifra", "monto", "valor", "importe", "precio", "preco", "amount", "figure", "value")
_LONGEST_NOTE = 120


class Unit(Struct, frozen=True):
    """The currency of a column, as it is written there, and the power of ten that its numbers are to be raised by."""

    currency: str = ""
    power: int = 0


@lru_cache(maxsize=512)  # of each row again
def with_unit(header: str) -> tuple[str, Unit]:
    """Return the name of a column and its unit, or the header as it is with none."""
    header = " ".join(header.split())
    if len(header) <= MAX_LENGTH:
        for name, beside, is_told in _parted(header):
            unit = _unit(beside, is_told=is_told)
            if name.strip() and unit:
                return name.strip(), unit
    return header, Unit()


def power_told(notes: Iterable[str], before: tuple[str, int] = ("", 0)) -> tuple[str, int]:
    """
    Return the first of the notes above a table that says that all amounts are in thousands or millions, and its power.

    :param before: what was told above an earlier table of the sheet: it holds on where no note names any unit
    """
    told = before
    for note in notes:
        words = fold(note).strip("()[]*. ").split()
        at = next((at for at, word in enumerate(words) if word in _BEFORE_UNITS), len(words))
        is_about = at == 0 or any(word.startswith(_FIGURES) for word in words[:at])
        unit = _unit(" ".join(words[at + 1 :])) if is_about and len(note) <= _LONGEST_NOTE else None
        if unit and unit.power:
            return note, unit.power
        if unit:
            told = ("", 0)
    return told


def _parted(header: str) -> Iterable[tuple[str, str, bool]]:
    """Yield each way in which a header may be a name and a unit, and whether a word before the unit tells it."""
    opening = _BRACKETS.get(header[-1:])
    if opening and opening in header:
        name, _bracket, beside = header[:-1].rpartition(opening)
        yield name, beside, False
    words = header.split()
    for at, word in enumerate(words):
        if fold(word) in _BEFORE_UNITS:
            yield " ".join(words[:at]), " ".join(words[at + 1 :]), True
    if len(words) > 1:
        yield " ".join(words[:-1]), words[-1], False


def _unit(text: str, *, is_told: bool = True) -> Unit | None:
    """
    Return a unit, ``None`` if the text is none.

    :param is_told: whether a word before it tells that it is one
    """
    words = [word for word in fold(text).strip("()[]. ").split() if word not in (*_BEFORE_UNITS, *_LINKING)]
    power = 0
    for scale in sorted(SCALES, key=len, reverse=True):
        parts = scale.split()
        if words[: len(parts)] == parts or words[len(words) - len(parts) :] == parts:
            words = words[len(parts) :] if words[: len(parts)] == parts else words[: len(words) - len(parts)]
            power = SCALES[scale]
            break
    rest = " ".join(words)
    if rest == _ACTUAL and not power and not is_told:
        return Unit()
    if not rest:
        return Unit("", power) if power else None
    try:
        return Unit(code, power) if (code := read_currency(rest)) else None
    except UnclearCurrencyError:
        return Unit(rest, power)  # its country may tell
