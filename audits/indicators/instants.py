"""
Moments in time as publishers write them.

`strict` reads RFC 3339 as Cardinal does; `lenient` also what is usual in published records: no offset (taken as UTC),
no seconds, no time at all. Fractions of a second are kept to the nanosecond, further digits are cut.
"""

import re
from datetime import date
from typing import NamedTuple

from contracts.ocds.caching import remembered

DAY = 86_400
_SECOND = 1_000_000_000

_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_CLOCK = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9]):([0-5][0-9]|60)")
_OFFSET = re.compile(r"[Zz]|([+\-−])([01][0-9]|2[0-3]):([0-5][0-9])")
_LENIENT = re.compile(
    r"(?P<date>[0-9]{4}-[0-9]{2}-[0-9]{2})"
    r"(?:(?:[Tt]|\s+)(?P<minute>[0-9]{2}:[0-9]{2})(?P<second>:[0-9]{2})?(?:[.,](?P<fraction>[0-9]+))?"
    r"\s*(?:(?P<zulu>[Zz]|UTC|GMT)|(?P<hours>[+\-−][0-9]{2})(?::?(?P<minutes>[0-9]{2}))?)?)?"
)


class Instant(NamedTuple):
    """
    `day` and `second` count in UTC, `fraction` is in nanoseconds (a whole second or more in second 60).

    `date` is the day as it was written, in its own offset, which is `east` seconds; `zoned` tells whether the text
    gave an offset, `timed` whether it gave a time of day.
    """

    day: int
    second: int
    fraction: int
    date: int
    east: int = 0
    zoned: bool = True
    timed: bool = True


# The same moments, days, hours and offsets come again and again.
@remembered
def strict(text: str) -> Instant | None:
    """The instant, if `text` is a full RFC 3339 date-time (a space for T and second 60 pass), else None."""
    fraction, offset = "", text[19:]
    if offset[:1] == ".":
        digits = len(offset) - len(offset[1:].lstrip("0123456789"))
        fraction, offset = offset[1:digits], offset[digits:]
        if not fraction:
            return None
    if text[10:11] not in {"T", "t", " "}:
        return None
    return _instant(text[:10], text[11:19], fraction, offset)


def lenient(text: str) -> Instant | None:
    """The instant of a date or date-time of ISO 8601's extended format; without an offset it is taken as UTC."""
    instant = strict(text)
    if instant is not None or (match := _LENIENT.fullmatch(text.strip())) is None:
        return instant
    part = match.groupdict(default="")
    offset = f"{part['hours']}:{part['minutes'] or '00'}" if part["hours"] else "Z"
    clock = (part["minute"] or "00:00") + (part["second"] or ":00")
    instant = _instant(part["date"], clock, part["fraction"], offset)
    if instant is None:
        return None
    return instant._replace(zoned=bool(part["zulu"] or part["hours"]), timed=bool(part["minute"]))


def _instant(day: str, clock: str, fraction: str, offset: str) -> Instant | None:
    number, second, east = _day(day), _clock(clock), _offset(offset)
    if number is None or second is None or east is None:
        return None
    nanoseconds = int(fraction[:9].ljust(9, "0")) if fraction else 0
    if second < 0:
        second, nanoseconds = -second, nanoseconds + _SECOND
    days, second = divmod(second - east, DAY)
    return Instant(number + days, second, nanoseconds, number, east)


@remembered
def _day(text: str) -> int | None:
    if (match := _DATE.fullmatch(text)) is None:
        return None
    year, month, day = map(int, match.groups())
    shift = 0 if year else 400  # date knows no year 0, and the calendar repeats every 400 years
    try:
        return date(year + shift, month, day).toordinal() - (146_097 if shift else 0)
    except ValueError:
        return None


@remembered
def _clock(text: str) -> int | None:
    """Seconds since midnight, negative for those of second 59 that stand for second 60."""
    if (match := _CLOCK.fullmatch(text)) is None:
        return None
    hour, minute, second = map(int, match.groups())
    seconds = hour * 3600 + minute * 60 + min(second, 59)
    return -seconds if second == 60 else seconds


@remembered
def _offset(text: str) -> int | None:
    """Seconds east of UTC."""
    if (match := _OFFSET.fullmatch(text)) is None:
        return None
    sign, hours, minutes = match.groups()
    if sign is None:
        return 0
    seconds = int(hours) * 3600 + int(minutes) * 60
    return seconds if sign == "+" else -seconds


def nanoseconds_between(start: Instant, end: Instant) -> int:
    """
    Elapsed nanoseconds from `start` to `end`, negative if `end` is earlier.

    A leap second (second 60) lasts where one of the two falls into it, as in Rust's chrono.
    """
    seconds = (end.day - start.day) * DAY + end.second - start.second
    if end.second > start.second and start.fraction >= _SECOND:
        seconds += 1
    elif end.second < start.second and end.fraction >= _SECOND:
        seconds -= 1
    return seconds * _SECOND + end.fraction - start.fraction


def calendar_days_between(start: Instant, end: Instant) -> int:
    """Days from that of `start` to that of `end`, both in the offset of `start`."""
    return end.day + (end.second + start.east) // DAY - start.date


def whole_days_between(start: Instant, end: Instant) -> int:
    """Whole days of 24 hours from `start` to `end`, cut toward zero."""
    elapsed = nanoseconds_between(start, end)
    days = abs(elapsed) // (DAY * _SECOND)
    return days if elapsed >= 0 else -days
