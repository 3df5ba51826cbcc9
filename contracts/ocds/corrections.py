"""
Read the values of an OCDS document: text, amounts, times, currencies, lists and objects.

Nothing here changes the document: each value that is not read literally is logged as a ``Correction``, and a value
that cannot be read without guessing is ``None``.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from decimal import Context, Decimal
from typing import Any

from msgspec import Struct

from contracts.ocds.caching import remembered
from contracts.ocds.codelists.currencies import known_currencies
from contracts.ocds.entities import without_entities
from contracts.ocds.members import KNOWN, misspelled
from contracts.ocds.placeholders import MAX_LENGTH, NUMBER, TEXT, is_placeholder
from contracts.ocds.pointers import escape

# Precision of amounts, with ten decimals; the column has the same type.
AMOUNT_DIGITS = 30
AMOUNT_PLACES = 10

# The default context of 28 digits would round, or refuse, what the column can store.
_EXACT = Context(prec=1000)
_HUNDREDTH, _TENTH = Decimal("0.01"), Decimal("0.1")
_PLAIN_NUMBER = re.compile(r"[+-]?\d{1,40}(\.\d{1,40})?")
# Also as "20240301".
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}|\d{8}", re.ASCII)
# The format of nearly all publishers: strict RFC 3339, with an offset that PostgreSQL supports.
_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{3}|\.\d{6})?(Z|[+-](0\d|1[0-4]):[0-5]\d)", re.ASCII)
# Python reads at most six digits of a second's fraction; some publishers print seven, and some a point and none.
_LONG_FRACTION = re.compile(r"(\.\d{6})\d+|(?<=:\d\d)\.(?!\d)")
_MIDNIGHT = re.compile(r"[Tt ]24:00(?::00(?:\.0{1,6})?)?")
# Whether all members of an object are standard ones, so that a missing one is not misspelt either.
_are_known = KNOWN.issuperset
# Also the marks that turn round what follows them, which no name needs.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\u202a-\u202e\u2066-\u2069]")

# No purchase record reaches further back, and none plans further ahead, except for terms of contracts.
FIRST_YEAR = 1990
YEARS_AHEAD = 30
YEARS_OF_TERM = 100
_NONE_APART: Mapping[str, Sequence[tuple[str, dict[str, Any]]]] = {}

# Value of ``Correction.used`` if only the structure changed.
OBJECT, ARRAY = "object", "array"


class Correction(Struct, frozen=True, gc=False):
    """
    One value that was not read literally.

    ``path`` is a JSON Pointer, ``found`` the value there (shortened), ``used`` the value used instead (``OBJECT`` or
    ``ARRAY`` if only its structure differs), or ``None`` if it is not used; ``reason`` is a code of
    ``messages.CORRECTIONS``.
    """

    path: str
    found: Any
    used: Any
    reason: str


def shorten(value: Any) -> Any:
    """
    Return a value as shown in corrections: text up to 100 characters, lists and objects by size, in signs that people
    of all languages read: ``[…] (2)``, ``{…} (3)``.
    """
    if isinstance(value, str):
        return value if len(value) <= 100 else value[:100] + "…"
    if isinstance(value, dict | list):
        return f"{'{…}' if isinstance(value, dict) else '[…]'} ({len(value)})"
    return str(value) if isinstance(value, Decimal) else value


def _as_number(value: Any) -> Decimal | None:
    """Return a number, or a text that is exactly a number, as an exact decimal; otherwise ``None``."""
    if type(value) is Decimal:
        return value
    if type(value) is int or isinstance(value, Decimal):
        return Decimal(value)
    if isinstance(value, float):
        return Decimal(repr(value))
    if isinstance(value, str) and _PLAIN_NUMBER.fullmatch(value.strip()):
        return Decimal(value.strip())
    return None


def are_entries(value: dict[str, Any]) -> bool:
    """Return whether the members of an object are entries of a list, keyed by index or id, as PHP may write them."""
    return bool(value) and all(
        isinstance(entry, dict) and (name.isdecimal() or entry.get("id") == name) for name, entry in value.items()
    )


class MemberReader:
    """
    Reads members of JSON objects, and logs corrections.

    :param zone: the publisher's time zone, for dates without one
    :param year: year of the record; dates too far ahead of it are not used
    :param apart: entries to read in place of a list's entry, by its pointer, see ``contracts.ocds.merging.same_ids``
    """

    def __init__(
        self,
        zone: tzinfo = UTC,
        *,
        year: int = 9999,
        apart: Mapping[str, Sequence[tuple[str, dict[str, Any]]]] = _NONE_APART,
    ) -> None:
        self.zone = zone
        self.year = year
        self.apart = apart
        self.corrections: list[Correction] = []

    def note(self, path: str, found: Any, used: Any, reason: str) -> None:
        self.corrections.append(Correction(path, shorten(found), shorten(used), reason))

    def name_of(self, parent: dict[str, Any], key: str, path: str) -> str:
        """Return the name under which an object has a member; another than the standard's is logged."""
        if key in parent:
            return key
        name, is_sure = misspelled(parent, key)
        if not name:
            return key
        self.note(
            f"{path}/{escape(name)}", name, key if is_sure else None, "member_read" if is_sure else "member_unread"
        )
        return name if is_sure else key

    def _member(self, parent: dict[str, Any], key: str, path: str) -> tuple[str, Any]:
        """Return the name under which an object has a member, and its value."""
        value = parent.get(key)
        if value is None and not _are_known(parent) and (name := self.name_of(parent, key, path)) != key:
            return name, parent[name]
        return key, value

    def text(self, parent: dict[str, Any], key: str, path: str, *, kind: str = TEXT) -> str:
        """
        Return a text without surrounding spaces, ``""`` for none or a placeholder. Numbers become text, logged.

        :param kind: a list of ``contracts.ocds.placeholders``
        """
        key, value = self._member(parent, key, path)
        if value is None:
            return ""
        # Nearly all texts are printable, and checking that costs less than a search.
        is_plain = type(value) is str and value.isprintable() and "&" not in value
        text = value.strip() if is_plain else self.written(parent, key, path)
        if 0 < len(text) <= MAX_LENGTH and is_placeholder(text, kind):
            self.note(f"{path}/{escape(key)}", text, None, "placeholder")
            return ""
        if kind == NUMBER and text.endswith(".0") and (digits := text[:-2]).isdecimal():
            self.note(f"{path}/{escape(key)}", text, digits, "number_with_decimals")
            return digits
        return text

    def written(self, parent: dict[str, Any], key: str, path: str) -> str:
        """Return a text as ``text`` does, but keep placeholders."""
        key, value = self._member(parent, key, path)
        if value is None:
            return ""
        if type(value) is str:
            if (read := without_entities(value)) is not value:
                self.note(f"{path}/{escape(key)}", value, read.strip(), "entities_read")
                value = read
            if not value.isprintable() and _CONTROL.search(value):
                cleaned = _CONTROL.sub("", value).strip()
                self.note(f"{path}/{escape(key)}", value, cleaned, "control_character_removed")
                return cleaned
            return value.strip()
        if isinstance(value, bool | dict | list):
            self.note(f"{path}/{escape(key)}", value, None, "text_expected")
            return ""
        if isinstance(value, Decimal):
            # 800.0 and 800 are the same number, and the same id.
            used = format(value.to_integral_value() if value == value.to_integral_value() else value, "f")
        else:
            used = str(value)
        self.note(f"{path}/{escape(key)}", value, used, "number_as_text")
        return used

    def is_number(self, parent: dict[str, Any], key: str) -> bool:
        """Return whether a member is a number, or a text that is exactly a number."""
        return _as_number(parent.get(key)) is not None

    def amount(self, parent: dict[str, Any], key: str, path: str) -> Decimal | None:
        """Return an exact decimal; ``None`` if there is none or it cannot be read without guessing."""
        key, value = self._member(parent, key, path)
        at = f"{path}/{escape(key)}"
        number = self._number(value, at)
        if number is not None and number < 0:
            self.note(at, number, str(number), "number_negative")
        return number

    def _number(self, value: Any, at: str) -> Decimal | None:
        if value is None or value == "":
            return None
        number = _as_number(value)
        if number is None:
            self.note(at, value, None, "number_expected")
            return None
        if isinstance(value, str):
            self.note(at, value, str(number), "text_as_number")
        return self._fit(number, at)

    def _fit(self, number: Decimal, at: str) -> Decimal | None:
        if not number.is_finite() or number.adjusted() >= AMOUNT_DIGITS - AMOUNT_PLACES:
            self.note(at, number, None, "number_out_of_range")
            return None
        if number.same_quantum(_HUNDREDTH) or number.same_quantum(_TENTH):
            return number  # True for nearly all; reading the exponent takes six times as long.
        exponent = number.as_tuple().exponent
        if isinstance(exponent, int) and exponent < -AMOUNT_PLACES:
            rounded = number.quantize(Decimal(1).scaleb(-AMOUNT_PLACES), context=_EXACT)
            if rounded.adjusted() >= AMOUNT_DIGITS - AMOUNT_PLACES:
                self.note(at, number, None, "number_out_of_range")
                return None
            self.note(at, number, str(rounded), "number_rounded")
            return rounded
        return number

    def integer(self, parent: dict[str, Any], key: str, path: str) -> int | None:
        """Return a non-negative integer that fits PostgreSQL's integer, or ``None``."""
        key, value = self._member(parent, key, path)
        at = f"{path}/{escape(key)}"
        number = self._number(value, at)
        if number is None:
            return None
        if number != number.to_integral_value() or not 0 <= number < 2**31:
            self.note(at, number, None, "whole_number_expected")
            return None
        return int(number)

    def currency(self, parent: dict[str, Any], key: str, path: str) -> str:
        """Return a currency code in upper case. A code that is not in ISO 4217 is kept, and logged."""
        value = self.text(parent, key, path)
        if not value or value in known_currencies():
            return value
        used = value.upper()
        at = f"{path}/{escape(self._member(parent, key, path)[0])}"
        if used not in known_currencies():
            self.note(at, value, value[:16], "currency_unknown")
            return value[:16]
        self.note(at, value, used, "currency_case")
        return used

    def instant(self, parent: dict[str, Any], key: str, path: str, *, is_term: bool = False) -> datetime | None:
        """
        Return an aware time. A date without zone is in the publisher's, one without time is its midnight.

        :param is_term: whether it is the end of a term, which may be generations away
        """
        key, value = self._member(parent, key, path)
        if value is None or value == "":
            return None
        read = _parse_instant(value) if isinstance(value, str) else None
        last = self.year + (YEARS_OF_TERM if is_term else YEARS_AHEAD)
        if read is not None and 1 < read.year < 9999 and not FIRST_YEAR <= read.year <= last:
            self.note(f"{path}/{escape(key)}", value, None, "date_impossible")
            return None
        if read is not None and read.tzinfo is not None and 1 < read.year < 9999:
            return read
        at = f"{path}/{escape(key)}"
        if read is None:
            self.note(at, value, None, "date_unreadable")
            return None
        if read.year <= 1 or read.year >= 9999:
            self.note(at, value, None, "date_placeholder")
            return None
        read = read.replace(tzinfo=self.zone)
        reason = "date_without_time" if self.is_day(parent, key) else "date_without_zone"
        self.note(at, value, read.isoformat(), reason)
        return read

    def is_day(self, parent: dict[str, Any], key: str) -> bool:
        """Return whether a date names a day and no time."""
        value = parent.get(key)
        return isinstance(value, str) and _DATE.fullmatch(value.strip()) is not None

    def mapping(self, parent: dict[str, Any], key: str, path: str) -> dict[str, Any]:
        """Return an object, ``{}`` if there is none. A list with one object is read as the object, logged."""
        value = parent.get(key)
        if type(value) is dict:
            return value
        if value is None:
            key, value = self._member(parent, key, path)
            if value is None:
                return {}
            if type(value) is dict:
                return value
        if isinstance(value, list) and len(value) == 1 and isinstance(value[0], dict):
            self.note(f"{path}/{escape(key)}", value, OBJECT, "array_where_object")
            return value[0]
        self.note(f"{path}/{escape(key)}", value, None, "object_expected")
        return {}

    def mappings(self, parent: dict[str, Any], key: str, path: str) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield ``(JSON Pointer, object)`` of a list. An object is read as one entry, or as several, logged."""
        key, value = self._member(parent, key, path)
        if value is None:
            return
        at = f"{path}/{escape(key)}"
        if isinstance(value, dict):
            if are_entries(value):
                self.note(at, value, ARRAY, "object_of_entries")
                yield from ((f"{at}/{escape(name)}", entry) for name, entry in value.items())
            else:
                self.note(at, value, ARRAY, "object_where_array")
                yield at, value
            return
        if not isinstance(value, list):
            self.note(at, value, None, "array_expected")
            return
        for index, entry in enumerate(value):
            if isinstance(entry, dict):
                pointer = f"{at}/{index}"
                yield from self.apart.get(pointer, ((pointer, entry),))
            elif entry is not None:
                self.note(f"{at}/{index}", entry, None, "object_expected")

    def texts(self, parent: dict[str, Any], key: str, path: str) -> tuple[str, ...]:
        """Return a list of texts. A single text is read as a list as in spreadsheets, ``a;b``, logged."""
        key, value = self._member(parent, key, path)
        if value is None:
            return ()
        at = f"{path}/{escape(key)}"
        if isinstance(value, str):
            self.note(at, value, ARRAY, "text_where_array")
            return tuple(filter(None, map(str.strip, value.split(";"))))
        if not isinstance(value, list):
            self.note(at, value, None, "array_expected")
            return ()
        return tuple(entry.strip() for entry in value if isinstance(entry, str))


@remembered
def _parse_instant(value: str) -> datetime | None:
    if "24:00" in value:
        value = _MIDNIGHT.sub("T23:59:59", value)  # The end of a day belongs to that day.
    if _INSTANT.fullmatch(value):
        try:
            read = datetime.fromisoformat(value)
        except ValueError:
            return None
        if 1 < read.year < 9999:
            return read
    text = _LONG_FRACTION.sub(r"\1", value.strip())
    if text.endswith("z"):  # RFC 3339 allows it, Python does not
        text = text[:-1] + "Z"
    try:
        if _DATE.fullmatch(text):
            return datetime.combine(date.fromisoformat(text), time.min)
        read = datetime.fromisoformat(text)
        if read.tzinfo is not None:
            # The limits of the calendar have no UTC form: 0001-01-01T00:00:00+14:00 is not a valid time. PostgreSQL
            # supports no offset above 15:59 and none with fractions of a second.
            instant = read.astimezone(UTC)
            offset = read.utcoffset() or timedelta()
            if abs(offset) >= timedelta(hours=15) or offset % timedelta(minutes=1):
                read = instant
    except (ValueError, OverflowError):
        return None
    # fromisoformat also reads dates of weeks; OCDS does not.
    return read if text[4:5] == "-" and text[7:8] == "-" else None
