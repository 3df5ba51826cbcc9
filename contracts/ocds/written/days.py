"""Dates as people write them, in numbers or words → ISO 8601, as in OCDS."""

import re
from datetime import date, datetime

from contracts.ocds.fixture_tables import as_listed, fixture_rows
from contracts.ocds.written.spelled import read_spelled

# Including the place before it, and the same date in words and digits.
MAX_LENGTH = 120
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_ISO = re.compile(
    r"\d{4}-\d{2}-\d{2}(?:[Tt ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?\s?(?:[Zz]|[+-]\d{2}:?\d{2}| GMT| UTC)?)?"
)
# ISO 8601 without separators, with the time or not. A date with the day first never looks like this: no month is 19
# or 20.
_COMPACT = re.compile(r"((?:19|20)\d{2})(\d{2})(\d{2})(?:T?([0-2]\d)([0-5]\d)([0-5]\d))?")
_DAY_PARTS = 3
# "22/5/ 2019", with a typed space.
_SPACE_AT_MARK = re.compile(r"(?<=\d) (?=[/.-]\d)|(?<=\d[/.-]) (?=\d)")
# Signatures in a PDF: "2024.08.27 16:21:21 -03'00'", of which the day is kept.
_YEAR_FIRST = re.compile(
    r"(?P<year>\d{4})[/.](?P<month>\d{1,2})[/.](?P<day>\d{1,2})"
    r"(?: \d{1,2}:\d{2}(?::\d{2})?(?: ?[+-]\d{2}'?:?\d{2}'?)?)?"
)
_NUMBERS = re.compile(
    r"(?P<first>\d{1,2})(?P<mark>[/.-])(?P<second>\d{1,2})(?P=mark)(?P<year>\d{4})"
    r"(?:,?\s+(?:(?:as|a las|at) )?(?P<hour>\d{1,2})[:h](?P<minute>\d{2})(?::(?P<seconds>\d{2}))?"
    r"\s*(?P<half>[ap]\.?\s?m\.?)?(?:h|hs|hrs|min)?\.?)?"
)
_SHORT_YEAR = re.compile(r"\d{1,2}([/.-])(?:\d{1,2}|[A-Za-z]{3,4}\.?)\1\d{2}")
_SHORT_NUMBERS = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{2})")
# Minimum numbers of different days (more than there are months) and days per year in a column with such years; later
# years are in the last century.
_MIN_DAYS = 13
_DAYS_A_YEAR = 3
_LAST_SHORT_YEAR = "49"
# Between slashes, no short format of our languages begins with a year of two digits (Unicode CLDR: d/M/yy in Spanish
# America, MM/dd/yy in Panama). Smaller numbers are rather days: few contracts on record are older.
_SLASHED = re.compile(r"\d{1,2}/\d{1,2}/\d{2}")
# Nor does one with the month in letters: "15-mar-23", as Excel in Spanish writes dates by itself.
_LETTERED = re.compile(r"\d{1,2}(?P<mark>[/. -])[A-Za-z]{3,10}\.?(?P=mark)\d{2}")
_FIRST_LIKELY_YEAR = "08"
# "marzo 2024", "octubre de 2021", "fev/2024", "12/2024", "2024-05", "2023".
_WITHOUT_DAY = re.compile(
    r"(?:(?P<month>[a-z]{3,12})\.?[ /-]{1,3}(?:del? )?|\d{1,2}[/.-])?(?:19|20)\d{2}|(?:19|20)\d{2}[/.-]\d{1,2}"
)
# A date with the month in words, such as "junio 7 de 2024" or "a los quince días del mes de mayo de dos mil veinte",
# is parsed without connecting words.
_PIECE = re.compile("[0-9]+|[a-z]+")
_LINKING = re.compile(
    r"(?<![a-z])(?:a|al|ao|aos|as|day|de|del|dia|dias|d[ao]|e|el|e[mnr]|las?|los?|ano|mes|of|on|os?|ro|st|[nr]d|the?|y)"
    r"(?![a-z])"
)
# Words before a date, for a place or weekday: "Ciudad del Este, 15 de marzo de 2024".
_MAX_WORDS_BEFORE = 4
# The number after such a word is not a day: "Cuota 3, marzo 2024", "Q1 marzo 2024".
_COUNTED = frozenset(
    {
        *("bimestre", "cuota", "etapa", "fase", "folio", "fojas", "folhas", "item", "lote", "medicao", "mensualidad"),
        *("numero", "pagina", "pago", "parcela", "parte", "planilla", "q", "quarter", "quincena", "quota", "semana"),
        *("semestre", "trimestre", "week"),
    }
)
# Smaller numbers are years of two digits.
_MIN_YEAR = 1000
_MONTHS = {row["name"]: int(row["number"]) for row in fixture_rows("facts/months")}


class UnclearDateError(ValueError):
    """Raised if a date is ambiguous; ``readings`` are both days, in ISO 8601."""

    def __init__(self, *readings: str) -> None:
        super().__init__(*readings)
        self.readings = readings


def read_date(
    text: str, *, month_first: bool | None = False, is_turned: bool = False, short_years: bool | None = None
) -> str | None:
    """
    Return a date, or a date with time, in ISO 8601; ``None`` if the text is not one.

    ISO 8601 is returned unchanged.

    :param month_first: whether ``03/04/2024`` is the fourth of March; ``None`` if unknown
    :param is_turned: whether ``2024-03-04`` may be the third of April, see ``may_be_turned``
    :param short_years: whether ``23-12-25`` has its year last, see ``have_short_years``
    :raises UnclearDateError: if it is ambiguous
    """
    text = with_century(text.strip(), short_years=short_years)
    if len(text) > MAX_LENGTH:
        return None
    if is_turned and (turned := _turned(text)):
        raise UnclearDateError(text[:10], turned)
    try:
        if _ISO.fullmatch(text):
            return _iso(text)
        if compact := _COMPACT.fullmatch(text):
            parts = [int(part) for part in compact.groups() if part]
            return (datetime if len(parts) > _DAY_PARTS else date)(*parts).isoformat()
        return _spelled(as_listed(_SPACE_AT_MARK.sub("", text)), month_first=month_first)
    except UnclearDateError:
        raise
    except (ValueError, OverflowError):  # The thirtieth of February; "marzo de dos mil billones".
        return None


def lack_of(text: str) -> str:
    """
    Return why a text is not a date, as the suffix of a problem's variant.

    ``_year``: its year has two digits, and century or position is unknown; ``_day``: it is only a month or year;
    ``""`` for anything else.
    """
    text = text.strip()
    if len(text) > MAX_LENGTH:
        return ""
    if _SHORT_YEAR.fullmatch(text):
        return "_year"
    match = _WITHOUT_DAY.fullmatch(as_listed(text))
    return "_day" if match and (match["month"] is None or match["month"] in _MONTHS) else ""


def have_short_years(texts: list[str]) -> bool | None:
    """
    Return whether the dates of a column end with years of two digits, as LibreOffice writes them in CSV; ``None`` if
    the column does not show it.

    A table has few years and many days: if it is the other way round, the year rather comes first.
    """
    parts = [match.groups() for match in map(_SHORT_NUMBERS.fullmatch, map(str.strip, texts)) if match]
    first, second, years = ({part[place] for part in parts} for place in range(3))
    is_clear = max(len(first), len(second)) >= max(_MIN_DAYS, _DAYS_A_YEAR * len(years))
    if is_clear and len(parts) == len(texts):
        return True
    return False if len(years) > len(first) and all(map(_is_likely_year, first)) else None


def with_century(text: str, *, short_years: bool | None) -> str:
    """Return a date with its two-digit year, not of the last century, written with four digits."""
    year = text[-2:]
    if short_years:
        is_short = (_SHORT_NUMBERS.fullmatch(text) or _LETTERED.fullmatch(text)) and year <= _LAST_SHORT_YEAR
    else:
        is_last = _SLASHED.fullmatch(text) or _LETTERED.fullmatch(text)
        is_short = short_years is None and is_last and _is_likely_year(year)
    return f"{text[:-2]}20{year}" if is_short else text


def _is_likely_year(digits: str) -> bool:
    return _FIRST_LIKELY_YEAR <= digits.zfill(2) <= _LAST_SHORT_YEAR


def is_month_first(texts: list[str]) -> bool | None:
    """
    Return the order of day and month in a column; ``None`` if no date shows it, or if they contradict
    each other.
    """
    orders = _orders(texts)
    return orders.pop() if len(orders) == 1 else None


def _orders(texts: list[str]) -> set[bool]:
    """Return the orders shown by numeric dates: whether the month comes first."""
    return {order for order in map(_order_of, texts) if order is not None}


def _order_of(text: str) -> bool | None:
    """Return whether the month comes first in a numeric date; ``None`` if it does not show that."""
    match = _NUMBERS.match(text.strip()) if len(text) <= MAX_LENGTH else None
    if match is None or (int(match["first"]) > 12) == (int(match["second"]) > 12):
        return None
    return int(match["second"]) > 12


def contradicts(texts: list[str]) -> bool:
    """Return whether dates of a column show both orders, so that the order of other dates is unknown."""
    return len(_orders(texts)) > 1


def may_be_turned(texts: list[str]) -> bool:
    """
    Return whether an office program may have swapped day and month in a column.

    A program that expects the month first reads 03/04/2024 as the fourth of March, and leaves 25/04/2024, which it
    cannot read, as text. So dates that can all be swapped occur beside texts that all cannot.
    """
    days = [text for text in texts if _DAY.match(text)]
    left = [text for text in texts if not _DAY.match(text) and _NUMBERS.match(text)]
    return bool(days and left) and all(map(_can_be_turned, days)) and all(_order_of(text) is not None for text in left)


def _can_be_turned(text: str) -> bool:
    return int(text[8:10]) <= 12


def _turned(text: str) -> str:
    """Return a day with day and month swapped; ``""`` if that is not another day."""
    if not _DAY.match(text) or not _can_be_turned(text) or text[5:7] == text[8:10]:
        return ""
    return f"{text[:4]}-{text[8:10]}-{text[5:7]}"


def _iso(text: str) -> str:
    if _DAY.fullmatch(text):
        date.fromisoformat(text)
        return text
    plain = re.sub(r"\s?(GMT|UTC)$", "Z", text)
    datetime.fromisoformat(plain.upper().replace(" ", "T", 1).replace(" ", ""))
    return text if plain == text else plain.replace(" ", "T", 1)


def _spelled(text: str, *, month_first: bool | None) -> str | None:
    if match := _YEAR_FIRST.fullmatch(text):
        return date(int(match["year"]), int(match["month"]), int(match["day"])).isoformat()
    if match := _NUMBERS.fullmatch(text):
        return _of_numbers(match, month_first=month_first)
    return _of_words(_PIECE.findall(_LINKING.sub(" ", text)))


def _of_words(pieces: list[str]) -> str | None:
    """Parse a date with the month in words: the day comes before it, the year after it."""
    # The last one: Mar del Plata is a place.
    place = max((place for place, piece in enumerate(pieces) if piece in _MONTHS), default=None)
    if place is None:
        return None
    before, behind = pieces[:place], pieces[place + 1 :]
    first = next((number for number, piece in enumerate(before) if _number([piece])), len(before))
    # "enero a 31 de diciembre de 2024" are two dates.
    if first > _MAX_WORDS_BEFORE or (first and (before[first - 1] in _MONTHS or before[first - 1] in _COUNTED)):
        return None
    # "junio 7 de 2024" has its day after the month.
    of_day, of_year = (before[first:], behind) if before[first:] else (behind[:1], behind[1:])
    day, year = _number(of_day), _number(of_year)
    return date(year, _MONTHS[pieces[place]], day).isoformat() if day and year >= _MIN_YEAR else None


def _number(pieces: list[str]) -> int:
    """Return the number in digits or words, or both if equal; 0 if there is none, or two."""
    numbers = {int(piece) for piece in pieces if piece.isdigit()}
    if words := " ".join(piece for piece in pieces if not piece.isdigit()):
        spelled = read_spelled(words)
        numbers.add(int(spelled.number) if spelled and not spelled.currency else 0)
    return numbers.pop() if len(numbers) == 1 else 0


def _of_numbers(match: re.Match[str], *, month_first: bool | None) -> str:
    year, first, second = (int(match[name]) for name in ("year", "first", "second"))
    if first > 12 or second > 12 or first == second:
        day, month = (second, first) if second > 12 else (first, second)
    elif month_first is None:
        raise UnclearDateError(date(year, second, first).isoformat(), date(year, first, second).isoformat())
    else:
        day, month = (second, first) if month_first else (first, second)
    read = date(year, month, day)
    if match["hour"] is None:
        return read.isoformat()
    hour, half = int(match["hour"]), (match["half"] or "")[:1]
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    return datetime(  # noqa: DTZ001 - the zone is the publisher's, and read later
        year, month, day, hour, int(match["minute"]), int(match["seconds"] or 0)
    ).isoformat()
