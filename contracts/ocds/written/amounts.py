"""
Amounts as people write them → exact decimals.

``1.234.567,89``, ``1,234,567.89``, ``R$ 1.250,50``, ``USD 2.5 millones``, ``$36´949,077.48``, ``dois mil reais``.
Ambiguous amounts are refused, never guessed: ``1.234`` is a thousand in Bogotá and a little more than one in Mexico
City.
"""

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from decimal import Decimal

from msgspec import Struct

from contracts.ocds.codelists.currencies import UnclearCurrencyError, read_currency
from contracts.ocds.fixture_tables import as_listed
from contracts.ocds.written.spelled import read_spelled

MAX_LENGTH = 80
# Decimals of money.
_CENTS = 2
# Including the same amount in words.
MAX_WRITTEN = 200
# Spaces that office programs put between groups, and the marks of Mexico and Switzerland.
_GROUP_MARKS = str.maketrans(dict.fromkeys("’´`ʼ", "'") | dict.fromkeys("\xa0\u2007\u2009\u202f", " "))
_PARTS = re.compile(r"\A(?P<before>[^\d-]*)(?P<number>-?\s?\d[\d.,' ]*)(?P<after>\D*)")
# One kind of mark, except the one for millions: 36'949,077.
_GROUPED = re.compile(r"\d{1,3}(?:'\d{3})*(?:(?P<mark>[., ])\d{3}(?:(?P=mark)\d{3})*)?")
_PLAIN = re.compile(r"\d+")
# "1.500.-" and "1.500,-" are whole amounts; in "Bs.- 1.500" the mark belongs to the currency.
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
# "1.250,00 (UN MIL DOSCIENTOS CINCUENTA 00/100 BOLIVIANOS)" repeats the amount; only the currency may be new.
_IN_WORDS = re.compile(r"\((?P<words>[^()\d]*)(?P<cents>\d{1,2})/100\b(?P<currency>[^()\d]*)\)")
# So does "R$ 1.250,00 (mil duzentos e cinquenta reais)", usual in contracts in Brazil.
_REPEATED = re.compile(r"\A(?P<digits>[^()]*)\((?P<words>[^()\d]+)\)[\s.,;]*")
# References to footnotes.
_NOTE_MARKS = "*†‡¹²³⁴⁵⁶⁷⁸⁹ "
# "EUR 3.000 + IVA", "69.151,00 € (sin impuestos)": with or without tax, it is the amount of the contract.
_TAXES = re.compile(
    r"(?<![\s(,;+-])[\s(,;+-]*(?:\b(?:mas|mais|plus|con|sin|com|sem|sense|amb|excl|excluding|without|inc|incl|including"
    r"|includes|incluye|inclui|incluido|incluidos|incluso|inclusos|no|nao|not|antes|before|de|el|los|os)\b[\s.+]*"
    r"|[cs]/\s*){0,6}"
    r"\b(?:iva|i\.v\.a\.?|igv|i\.g\.v\.?|itbis|itbms|isv|vat|impuestos?|impostos?|tributos|taxes)"
    r"(?:[\s(,;+-]+(?:no|nao|not|incl|incluidos?|incluso|inclusos|included|inc|excluidos?|excluded|de ley|aparte))*"
    r"[\s).,;*]*\Z"
)
# "MONTO MÍNIMO $22,000.00 MONTO MÁXIMO $220,000.00", "entre 100 y 200": what an open contract may come to.
_LOWEST = re.compile(r"\b(?:min|minimo|minima|minimum|entre|between|desde|from)\b")
_HIGHEST = re.compile(r"\b(?:max|maximo|maxima|maximum|y|e|and|hasta|ate|to|a)\b")
_DIGITS = re.compile(r"\d[\d.,']*")
# "De 100 a 200", "100-200 USD".
_FROM = re.compile(r"^(?:de|desde|entre|from|between)\b")
_BETWEEN = re.compile(r"\s(?:a|al|hasta|ate|to|y|e|and)\s|(?<!\s)\s*+[-–—]\s*+")
_SCALED = re.compile(rf"(?P<scale>{'|'.join(sorted(SCALES, key=len, reverse=True))})\b(?:\s+(?:de|of)\b)?(?P<rest>.*)")


class Amount(Struct, frozen=True):
    """A parsed amount, and the currency next to it, ``""`` if there is none."""

    number: Decimal
    currency: str = ""


class UnclearAmountError(ValueError):
    """Raised if an amount is ambiguous; ``readings`` are both values, ``whole`` the one without cents."""

    def __init__(self, *readings: Decimal) -> None:
        super().__init__(*readings)
        self.readings = readings
        self.whole = max(readings)


def read_amount(
    text: str,
    *,
    country: str = "",
    decimal_mark: str = "",
    has_thousandths: bool = True,
    power: int = 0,
    needs_currency: bool = True,
) -> Amount | None:
    """
    Parse an amount; ``None`` if the text is not one.

    :param country: ISO 3166-1, to resolve ``$`` and pesos
    :param decimal_mark: ``.`` or ``,`` if known, as for a column of a table
    :param has_thousandths: whether three decimals may be meant; else "1.250" is ambiguous even where ``.`` is the mark
    :param power: power of ten if its text names none, as for a column of millions
    :param needs_currency: whether an ambiguous currency sign is refused, or ignored
    :raises UnclearAmountError: if it is ambiguous, or its words and digits differ
    :raises UnclearCurrencyError: if its currency is ambiguous
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
    # "1.500 millones" is not 1.5 millions, whatever the decimal mark of the column.
    is_grouped = scaled and digits.endswith("0") and digits[-4:-3] == decimal_mark
    # Nor are there cents in "Bs. 12.000.-".
    is_whole = digits[0].isdigit() and _WHOLE.search(text) is not None
    try:
        # Millions have three decimals more often than money.
        has_thousandths = has_thousandths or bool(scaled or power)
        number = _number(digits, "" if is_grouped or is_whole else decimal_mark, has_thousandths=has_thousandths)
    except UnclearAmountError as unclear:
        # "Gs. 378.226 (trescientos setenta y ocho mil ...)" resolves its own ambiguity.
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


def is_range(text: str) -> bool:
    """Tell whether a text names a lowest and a highest amount: neither is the amount of a contract."""
    if len(text) > MAX_WRITTEN:
        return False
    words = as_listed(text)
    if len(_DIGITS.findall(text)) > 1 and _LOWEST.search(words) and _HIGHEST.search(words):
        return True
    ends = [_number_of(end) for end in _BETWEEN.split(_FROM.sub("", words))]
    # "900.123.456-7" is a tax number.
    return len(ends) == 2 and 0 < ends[0] < ends[1]


def _number_of(text: str) -> Decimal:
    """Return a text as an amount, the larger one of two readings; 0 if it is not an amount."""
    try:
        amount = read_amount(text.strip(), needs_currency=False)
    except UnclearAmountError as unclear:
        return unclear.whole
    return amount.number if amount else Decimal(0)


class _Written(Struct):
    """An amount in digits, the number in words next to it, and whether there were only words."""

    text: str
    in_words: Decimal | None = None
    is_spelled: bool = False


def _in_digits(text: str) -> _Written:
    """Split digits and words: "1.250,00 (mil duzentos e cinquenta reais)" is "1.250,00 BRL", and 1250 in words."""
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
    """Return the one currency next to a number; ``""`` without text, ``None`` if it is not a currency, or two."""
    currencies: set[str] = set()
    unclear = ""
    for text in filter(None, beside):
        try:
            currencies.add(read_currency(text, country))
        except UnclearCurrencyError:
            unclear = text
    # "$ 100 MXN": the sign adds nothing to the code.
    if unclear and not currencies and needs_currency:
        raise UnclearCurrencyError(unclear)
    if "" in currencies or len(currencies) > 1:
        return None
    return currencies.pop() if currencies else ""


def full_words(unit: str) -> str:
    """Return a folded unit with abbreviations expanded."""
    return " ".join(_ABBREVIATED.get(word, word) for word in unit.split())


def decimal_mark_of(texts: Iterable[str]) -> str:
    """Return the decimal mark of a column of amounts; ``""`` if none shows it, or if they contradict each other."""
    marks = set(map(_mark_shown, _clear_numbers(texts))) - {""}
    return marks.pop() if len(marks) == 1 else ""


def show_thousandths(texts: Iterable[str], decimal_mark: str) -> bool:
    """
    Return whether a column of amounts shows that three decimals may be meant: another has three or more, or they vary
    in number, as where a program wrote them.
    """
    numbers = (number for number in _clear_numbers(texts) if _mark_shown(number) == decimal_mark)
    decimals = {len(number.rpartition(decimal_mark)[2]) for number in numbers if number.count(decimal_mark) == 1}
    return max(decimals, default=0) > _CENTS or len(decimals) > 1


def _clear_numbers(texts: Iterable[str]) -> Iterator[str]:
    """Yield the digits and marks of amounts that can be read only one way."""
    for text in texts:
        parts = _PARTS.fullmatch(text.translate(_GROUP_MARKS).strip()) if len(text) <= MAX_LENGTH else None
        digits = parts["number"].strip(" .,'") if parts else ""
        with suppress(UnclearAmountError):
            if digits and _number(digits, "") is not None:
                yield digits


def _mark_shown(digits: str) -> str:
    last = max(digits.rfind("."), digits.rfind(","))
    if last < 0:
        return ""
    mark = digits[last]
    if digits.count(mark) > 1:  # groups
        return "." if mark == "," else ","
    return mark


def _number(digits: str, decimal_mark: str, *, has_thousandths: bool = True) -> Decimal | None:
    """Parse digits with marks; ``None`` if the groups are not valid."""
    sign = -1 if digits.startswith("-") else 1
    digits = digits.lstrip("- ")
    marks = {mark for mark in ".," if mark in digits}
    if len(marks) == 2:
        decimal = max(marks, key=digits.rfind)
    elif marks:
        (mark,) = marks
        decimal = _lone_mark(digits, mark, decimal_mark, has_thousandths=has_thousandths)
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


def _lone_mark(digits: str, mark: str, decimal_mark: str, *, has_thousandths: bool) -> str:
    """Return the mark if its only kind separates decimals; ``""`` if it separates groups."""
    if digits.count(mark) > 1:
        return ""
    whole, _, fraction = digits.partition(mark)
    if len(fraction) != 3 or len(whole) > 3 or whole == "0" or not (whole + fraction).isdigit():
        return mark
    if decimal_mark and (mark != decimal_mark or has_thousandths):
        return mark if mark == decimal_mark else ""
    raise UnclearAmountError(Decimal(whole + fraction), Decimal(f"{whole}.{fraction}"))
