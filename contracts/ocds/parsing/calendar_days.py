"""The calendar day that the author of a record meant by an instant."""

from datetime import UTC, date, datetime, time, timedelta, tzinfo

# Days that somebody wrote as UTC without meaning a time: their start, and their end.
_STARTS, _ENDS = time(0, 0), time(23, 59)


def start_of_day(instant: datetime) -> datetime:
    """Return the midnight before an instant: what is kept of when somebody sent what is held."""
    return instant.replace(hour=0, minute=0, second=0, microsecond=0)


def day_of(instant: datetime, zone: tzinfo = UTC) -> date:
    """
    Return the day of an instant: as it is written if it names an offset, else in the publisher's time zone.

    Midnight in UTC, and the last minute before it, are days of which a program made an instant: they stay what they
    are. ``2017-01-25T00:00:00+02:00`` and ``2017-01-25T00:00:00Z`` are the 25th everywhere.

    :param instant: aware, with the offset that the record gives
    """
    if instant.utcoffset() != timedelta() or instant.time().replace(second=0, microsecond=0) in (_STARTS, _ENDS):
        return instant.date()
    return instant.astimezone(zone).date()
