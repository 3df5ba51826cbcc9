"""The calendar day that the author of a record meant by a time."""

from datetime import UTC, date, datetime, time, timedelta, tzinfo

# Times that mean a day in UTC, without a time: its start, and its end.
_STARTS, _ENDS = time(0, 0), time(23, 59)


def start_of_day(instant: datetime) -> datetime:
    """Return the midnight before a time, which is stored for held submissions."""
    return instant.replace(hour=0, minute=0, second=0, microsecond=0)


def day_of(instant: datetime, zone: tzinfo = UTC) -> date:
    """
    Return the day of a time: as written if it has an offset, otherwise in the publisher's time zone.

    Midnight in UTC, and the last minute before it, come from programs that turn days into times: they stay the same
    day. ``2017-01-25T00:00:00+02:00`` and ``2017-01-25T00:00:00Z`` are the 25th everywhere.

    :param instant: aware, with the offset of the record
    """
    if instant.utcoffset() != timedelta() or instant.time().replace(second=0, microsecond=0) in (_STARTS, _ENDS):
        return instant.date()
    return instant.astimezone(zone).date()
