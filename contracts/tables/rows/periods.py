"""A period in one cell: "01/01/2024 a 31/12/2024", "del 16 de enero al 15 de junio de 2014"."""

import re

from contracts.ocds.written.days import UnclearDateError, read_date

_MAX_LENGTH = 80
_TO = re.compile(r"\s(?:al?|até|ate|hasta|to|until)\s(?:el\s)?|\s[-–—]\s", re.IGNORECASE)
_FROM = re.compile(r"(?:del?|desde|de|from)\s(?:el\s)?", re.IGNORECASE)
_YEAR = re.compile(r"\d{4}")
# What parts the year from the day and month before it: " de 2014", "/2014".
_OF_YEAR = re.compile(r"(?:\s(?:de|del|do)\s|[\s/.,-])\s?\d{4}\Z")


def period_of(text: str, *, month_first: bool | None = False) -> tuple[str, str] | None:
    """
    Return the texts of the two days of a period; ``None`` if the text is not one.

    The first day may leave out the year.

    :param month_first: as in ``read_date``; with ``None``, a period with an ambiguous day is not one
    """
    parts = _TO.split(" ".join(text.split())) if len(text) <= _MAX_LENGTH else []
    if len(parts) != 2:
        return None
    start, end = (
        _FROM.sub("", part.strip(" .;"), count=1) if _FROM.match(part) else part.strip(" .;") for part in parts
    )
    if not _YEAR.search(start) and (year := _OF_YEAR.search(end)):
        start += year.group()
    try:
        days = [read_date(day, month_first=month_first) for day in (start, end)]
    except UnclearDateError:
        return None
    return (start, end) if all(days) else None
