"""The text and number of a cell, placeholders and error values, and leading zeros that office programs dropped."""

import re
from datetime import date, timedelta
from decimal import Decimal

from contracts.ocds.fixture_tables import as_listed, fixture_rows
from contracts.ocds.written.tax_numbers import CPF, REGISTERS
from contracts.tables.headers.names import key
from contracts.tables.sheets.left_out.sheet import is_error
from contracts.tables.sheets.rows import Cell

# Texts that portals print for empty values, folded.
_NOTHING = frozenset(row["text"] for row in fixture_rows("reading/empty_cells"))
# Folding each short cell would take longer than reading it, so their first letters are checked before.
_NOTHING_BEGINS = frozenset(letter for text in _NOTHING for letter in (text[0], text[0].upper()))
# Marks for "as above", folded; by themselves they are not values.
_DITTO_WORDS = frozenset({"idem", "idem.", "id.", "ditto", "do.", "-do-", "-id-", "-idem-"})
_DITTO_SIGNS = frozenset({'"', "''", "“", "”", "„", "«", "»", "〃", ",,", "´´", "``"})
_DITTO_LENGTH = 8
_DITTO_BEGINS = frozenset("\"'“”„«»〃,´`iIíÍdD-")
DITTO = "ditto"
_STANDS_BEGINS = _DITTO_BEGINS | frozenset("#E")
# Office programs keep at most this many digits; further ones are rounding errors.
DIGITS = 15
_CUT_SHORT = re.compile(r"\d(?:[.,]\d+)?[Ee]\+\d{2}")

# The day from which office programs count, and the numbers of the days from 1990 to 2049.
_DAY_ZERO = date(1899, 12, 30)
_DAYS_COUNTED = range(32874, 54789)
_COUNTED = re.compile(r"(\d{5})(?:[.,]\d+)?")


def counted_day(text: str) -> str:
    """Return the day (ISO 8601) that an office program's number stands for; ``""`` if it is not one."""
    match = _COUNTED.fullmatch(text)
    number = int(match[1]) if match else 0
    return (_DAY_ZERO + timedelta(days=number)).isoformat() if number in _DAYS_COUNTED else ""


def cell_text(cell: Cell) -> str:
    """Return a cell as text; ``""`` for texts that portals print for empty values."""
    text = str(cell).strip() if not isinstance(cell, float) else f"{exact(cell)}"
    return "" if text[:1] in _NOTHING_BEGINS and len(text) < 20 and as_listed(text) in _NOTHING else text


def stands_for(cell: Cell) -> str:
    """Return ``error`` or ``ditto`` for a cell that shows one instead of a value, ``""`` for any other."""
    if not isinstance(cell, str) or cell[:1] not in _STANDS_BEGINS:
        return ""
    if (
        cell[:1] in _DITTO_BEGINS
        and len(cell) <= _DITTO_LENGTH
        and (cell.strip() in _DITTO_SIGNS or as_listed(cell) in _DITTO_WORDS)
    ):
        return DITTO
    return "error" if is_error(cell) else ""


def exact(number: float) -> Decimal:
    """Return a number as the cell shows it: not as ``1.5e+16`` or ``0.30000000000000004``."""
    return Decimal(number) if isinstance(number, int) else Decimal(f"{Decimal(f'{number:.{DIGITS}g}'):f}")


# Office programs take tax numbers for amounts and drop leading zeros. Word of a header, number of digits, register.
_NUMBERS = (("cnpj", 14, REGISTERS["BR"]), ("cpf", 11, CPF), ("ruc", 13, REGISTERS["EC"]))


def is_cut_short(text: str) -> bool:
    """Return whether an office program wrote a long number as a power of ten, without its last digits."""
    return _CUT_SHORT.fullmatch(text) is not None


def with_zeros(digits: str, header: str) -> str:
    """
    Return a number with its leading zeros, if its check digits show that they were dropped.

    :param digits: decimal digits only, not ``²``
    """
    name = key(header)
    for part, length, register in _NUMBERS:
        whole = digits.zfill(length)
        if part in name and len(digits) < length and register.own_number(whole):
            return whole
    return digits
