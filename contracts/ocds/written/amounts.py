"""
Amounts as people write them → exact decimals.

``1.234.567,89``, ``1,234,567.89``, ``R$ 1.250,50``, ``USD 2.5 millones``, ``$36´949,077.48``, ``dois mil reais``. What
may mean two numbers is refused, never guessed: ``1.234`` is a thousand in Bogotá and a little more than one in Mexico
City.
"""

import re
from collections.abc import Iterable
from decimal import Decimal

from msgspec import Struct

from contracts.ocds.codelists.currencies import UnclearCurrencyError, read_currency
from contracts.ocds.fixture_tables import as_listed
from contracts.ocds.written.spelled import read_spelled

MAX_LENGTH = 80
# With the same in words behind it.
MAX_WRITTEN = 200
# Spaces that office programs put between groups, and the marks of Mexico and Switzerland.
_GROUP_MARKS = str.maketrans(dict.fromkeys("’´`ʼ", "'") | dict.fromkeys("\xa0\u2007\u2009\u202f", " "))
_PARTS = re.compile(r"\A(?P<before>[^\d-]*)(?P<number>-?\s?\d[\d.,' ]*)(?P<after>\D*)")
# One kind of mark, but for the one of millions: 36'949,077.
_GROUPED = re.compile(r"\d{1,3}(?:'\d{3})*(?:(?P<mark>[., ])\d{3}(?:(?P=mark)\d{3})*)?")
_PLAIN = re.compile(r"\d+")
# "1.500.-" and "1.500,-" are whole amounts; "Bs.- 1.500" has the mark of its currency.
_MARK_AND_DASH = re.compile(r"(?<!\d)[.,]\s*-+|(?<=\d)[.,]\s*-+(?!\d)")
_WHOLE = re.compile(r"\d\s*[.,]\s*-")
# Powers of ten.
SCALES = {
    **dict.fromkeys(("mil", "miles", "milhares", "thousand", "thousands", "k"), 3),
    # "M" is a thousand in Santiago, and a million in Miami; "BI" is a billion in Brazil, and a tax base in Spain.
    **dict.fromkeys(("millon", "millones", "mill", "mm", "milhao", "milhoes", "mi", "million", "millions"), 6),
    **dict.fromkeys(("mil millones", "bilhao", "bilhoes", "billion", "billions", "millardo", "millardos"), 9),
    **dict.fromkeys(("billon", "billones", "trilhao", "trilhoes", "trillion", "trillions"), 12),
}
# "250 mdp" in Mexico, "Monto (MM$)" in Chile.
_ABBREVIATED = {"mdp": "millones de pesos", "mdd": "millones de dolares", "mm$": "mm $"}
# "1.250,00 (UN MIL DOSCIENTOS CINCUENTA 00/100 BOLIVIANOS)" says the same again: its currency alone may be new.
_IN_WORDS = re.compile(r"\((?P<words>[^()\d]*)(?P<cents>\d{1,2})/100\b(?P<currency>[^()\d]*)\)")
# So does "R$ 1.250,00 (mil duzentos e cinquenta reais)", as every contract of Brazil has it.
_REPEATED = re.compile(r"\A(?P<digits>[^()]*)\((?P<words>[^()\d]+)\)[\s.,;]*")
# Of notes below the table.
_NOTE_MARKS = "*†‡¹²³⁴⁵⁶⁷⁸⁹ "
# "EUR 3.000 + IVA", "69.151,00 € (sin impuestos)": with or without, it is the amount of the contract.
_TAXES = re.compile(
    r"[\s(,;+-]*(?:\b(?:mas|mais|plus|con|sin|com|sem|sense|amb|excl|excluding|without|inc|incl|including|includes|incluye"
    r"|inclui|incluido|incluidos|incluso|inclusos|no|nao|not|antes|before|de|el|los|os)\b[\s.+]*|[cs]/\s*)*"
    r"\b(?:iva|i\.v\.a\.?|igv|i\.g\.v\.?|itbis|itbms|isv|vat|impuestos?|impostos?|tributos|taxes)"
    r"(?:[\s(,;+-]+(?:no|nao|not|incl|incluidos?|incluso|inclusos|included|inc|excluidos?|excluded|de ley|aparte))*"
    r"[\s).,;*]*\Z"
)
_SCALED = re.compile(rf"(?P<scale>{'|'.join(sorted(SCALES, key=len, reverse=True))})\b(?:\s+(?:de|of)\b)?(?P<rest>.*)")


class Amount(Struct, frozen=True):
    """An amount that was read, and the currency beside it, ``""`` if none stands there."""

    number: Decimal
    currency: str = ""


class UnclearAmountError(ValueError):
    """Raised if an amount may mean two numbers; ``readings`` are both, ``whole`` that without cents."""

    def __init__(self, *readings: Decimal) -> None:
        super().__init__(*readings)
        self.readings = readings
        self.whole = max(readings)


def read_amount(
    text: str, *, country: str = "", decimal_mark: str = "", power: int = 0, needs_currency: bool = True
) -> Amount | None:
    """
    Read an amount, ``None`` if the text is not one.

    :param country: ISO 3166-1, to tell whose ``$`` or peso it is
    :param decimal_mark: ``.`` or ``,`` where it is known, as in a column of a table
    :param power: the power of ten that it is raised by where its text names none, as in a column of millions
    :param needs_currency: whether a sign of several currencies is refused, or left out
    :raises UnclearAmountError: if it may mean two numbers, or its words say another one than its digits
    :raises UnclearCurrencyError: if it may mean two currencies
    """
    if len(text) > MAX_WRITTEN:
        return None
    written = _in_digits(text)
    if len(written.text) > MAX_LENGTH:
        return None
    if written.is_spelled:
        decimal_mark, power = ".", 0
    text = written.text.translate(_GROUP_MARKS).replace("\N{MINUS SIGN}", "-").rstrip(_NOTE_MARKS)
    parts = _PARTS.fullmatch(_MARK_AND_DASH.sub("", text).strip())
    if parts is None:
        return None
    after = _TAXES.sub("", full_words(as_listed(parts["after"])))
    scaled = _SCALED.fullmatch(after)
    digits = parts["number"].strip(" .,'")
    # Whoever writes "1.500 millones" means no 1.5, whatever mark others of the column have.
    is_grouped = scaled and digits.endswith("0") and digits[-4:-3] == decimal_mark
    # Nor does who writes "Bs. 12.000.-" mean cents.
    is_whole = digits[0].isdigit() and _WHOLE.search(text) is not None
    try:
        number = _number(digits, "" if is_grouped or is_whole else decimal_mark)
    except UnclearAmountError as unclear:
        # "Gs. 378.226 (trescientos setenta y ocho mil ...)" says itself which it is.
        number = unclear.whole if is_whole and written.in_words is None else written.in_words
        if number not in unclear.readings:
            raise
    if number is None:
        return None
    if scaled:
        after, power = scaled["rest"].strip(), SCALES[scaled["scale"]]
    currency = _currency_of([parts["before"].strip(" :"), after], country, needs_currency=needs_currency)
    if currency is None:
        return None
    read = Decimal(f"{number.scaleb(power):f}")
    if written.in_words is not None and read != written.in_words:
        raise UnclearAmountError(read, written.in_words)
    return Amount(read, currency)


class _Written(Struct):
    """An amount in digits, the number that words beside it say, and whether there were no digits but these words."""

    text: str
    in_words: Decimal | None = None
    is_spelled: bool = False


def _in_digits(text: str) -> _Written:
    """Part digits and words: "1.250,00 (mil duzentos e cinquenta reais)" is "1.250,00 BRL", and 1250 is said."""
    if in_words := _IN_WORDS.search(text):
        spelled = read_spelled(in_words["words"])
        said = spelled.number + Decimal(in_words["cents"]).scaleb(-2) if spelled else None
        return _Written(_IN_WORDS.sub(r"\g<currency>", text), said)
    if repeated := _REPEATED.fullmatch(text):
        spelled = read_spelled(repeated["words"])
        return (
            _Written(f"{repeated['digits'].strip()} {spelled.currency}", spelled.number) if spelled else _Written(text)
        )
    spelled = read_spelled(text)
    if spelled and spelled.currency:
        return _Written(f"{spelled.number} {spelled.currency}", is_spelled=True)
    return _Written(text)


def _currency_of(beside: Iterable[str], country: str, *, needs_currency: bool) -> str | None:
    """Return the one currency that stands beside a number, ``""`` if nothing does, ``None`` if it is none, or two."""
    currencies: set[str] = set()
    unclear = ""
    for text in filter(None, beside):
        try:
            currencies.add(read_currency(text, country))
        except UnclearCurrencyError:
            unclear = text
    # "$ 100 MXN": the sign says no more than the code.
    if unclear and not currencies and needs_currency:
        raise UnclearCurrencyError(unclear)
    if "" in currencies or len(currencies) > 1:
        return None
    return currencies.pop() if currencies else ""


def full_words(unit: str) -> str:
    """Return a folded unit with words for its abbreviations."""
    return " ".join(_ABBREVIATED.get(word, word) for word in unit.split())


def decimal_mark_of(texts: list[str]) -> str:
    """Return the decimal mark of a column of amounts, ``""`` if none of them shows it, or if they contradict."""
    marks = set()
    for text in texts:
        parts = _PARTS.fullmatch(text.translate(_GROUP_MARKS).strip()) if len(text) <= MAX_LENGTH else None
        if parts:
            digits = parts["number"].strip(" .,'")
            try:
                if _number(digits, "") is not None:
                    marks.add(_mark_shown(digits))
            except UnclearAmountError:
                continue
    marks.discard("")
    return marks.pop() if len(marks) == 1 else ""


def _mark_shown(digits: str) -> str:
    last = max(digits.rfind("."), digits.rfind(","))
    if last < 0:
        return ""
    mark = digits[last]
    if digits.count(mark) > 1:  # groups
        return "." if mark == "," else ","
    return mark


def _number(digits: str, decimal_mark: str) -> Decimal | None:
    """Read digits with marks; ``None`` if the groups do not fit."""
    sign = -1 if digits.startswith("-") else 1
    digits = digits.lstrip("- ")
    marks = {mark for mark in ".," if mark in digits}
    if len(marks) == 2:
        decimal = max(marks, key=digits.rfind)
    elif marks:
        (mark,) = marks
        decimal = _lone_mark(digits, mark, decimal_mark)
    else:
        decimal = ""
    if decimal and decimal_mark and decimal != decimal_mark:
        return None
    whole, _, fraction = digits.rpartition(decimal) if decimal else (digits, "", "")
    if fraction and not _PLAIN.fullmatch(fraction):
        return None
    if _GROUPED.fullmatch(whole):
        whole = re.sub(r"\D", "", whole)
    if not _PLAIN.fullmatch(whole):
        return None
    return sign * Decimal(f"{whole}.{fraction}" if fraction else whole)


def _lone_mark(digits: str, mark: str, decimal_mark: str) -> str:
    """Tell whether the only kind of mark parts decimals; ``""`` if it parts groups."""
    if digits.count(mark) > 1:
        return ""
    whole, _, fraction = digits.partition(mark)
    if len(fraction) != 3 or len(whole) > 3 or whole == "0" or not (whole + fraction).isdigit():
        return mark
    if decimal_mark:
        return mark if mark == decimal_mark else ""
    raise UnclearAmountError(Decimal(whole + fraction), Decimal(f"{whole}.{fraction}"))
