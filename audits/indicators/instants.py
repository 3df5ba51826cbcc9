"""
Moments in time as publishers write them.

`strict` reads RFC 3339 as Cardinal does; `lenient` also what is usual in published records: no offset (taken as UTC),
no seconds, no time at all. Fractions of a second are kept to the nanosecond, further digits are cut.
"""

import re
from datetime import date
from typing import NamedTuple

DAY = 86_400
_SECOND = 1_000_000_000

_STRICT = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})[Tt ]([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]+))?"
    r"(?:([Zz])|([+\-−])([0-9]{2}):([0-9]{2}))"
)
_LENIENT = re.compile(
    r"\s*([0-9]{4})-([0-9]{2})-([0-9]{2})(?:[Tt ]+([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:[.,]([0-9]+))?)?"
    r"\s*(?:([Zz]|UTC)|([+\-−])([0-9]{2}):?([0-9]{2})?)?)?\s*"
)


class Instant(NamedTuple):
    """
    `day` and `second` count in UTC, `fraction` is in nanoseconds (a whole second or more in second 60).

    `date` is the day as it was written, in its own offset; `zoned` tells whether the text gave an offset, `timed`
    whether it gave a time of day.
    """

    day: int
    second: int
    fraction: int
    date: int
    zoned: bool = True
    timed: bool = True


def strict(text: str) -> Instant | None:
    """The instant, if `text` is a full RFC 3339 date-time (a space for T and second 60 pass), else None."""
    match = _STRICT.fullmatch(text)
    return None if match is None else _instant(match)


def lenient(text: str) -> Instant | None:
    """The instant of a date or date-time of ISO 8601's extended format; without an offset it is taken as UTC."""
    match = _LENIENT.fullmatch(text)
    return None if match is None else _instant(match)


def _instant(match: re.Match[str]) -> Instant | None:
    year, month, day, hour, minute, second, fraction, zulu, sign, offset_hour, offset_minute = match.groups()
    number = _day_number(int(year), int(month), int(day))
    clock = (int(hour or 0), int(minute or 0), int(second or 0))
    east = (int(offset_hour or 0), int(offset_minute or 0))
    if number is None or clock > (23, 59, 60) or clock[1] > 59 or clock[2] > 60 or east > (23, 59) or east[1] > 59:
        return None
    leap, nanoseconds = clock[2] == 60, int((fraction or "0")[:9].ljust(9, "0"))
    seconds = clock[0] * 3600 + clock[1] * 60 + (59 if leap else clock[2])
    seconds -= (east[0] * 3600 + east[1] * 60) * (1 if sign == "+" else -1)
    days, seconds = divmod(seconds, DAY)
    return Instant(
        number + days,
        seconds,
        nanoseconds + _SECOND * leap,
        number,
        zoned=bool(zulu or sign),
        timed=hour is not None,
    )


def _day_number(year: int, month: int, day: int) -> int | None:
    # datetime knows no year 0; the calendar repeats every 400 years.
    shift = 0 if year else 400
    try:
        return date(year + shift, month, day).toordinal() - (146_097 if shift else 0)
    except ValueError:
        return None


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


def whole_days_between(start: Instant, end: Instant) -> int:
    """Whole days of 24 hours from `start` to `end`, cut toward zero."""
    elapsed = nanoseconds_between(start, end)
    days = abs(elapsed) // (DAY * _SECOND)
    return days if elapsed >= 0 else -days
