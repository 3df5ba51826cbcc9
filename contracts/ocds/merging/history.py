"""
Which of several releases of one source and ocid count, in whatever order they arrived.

Publishers change a release under its id: the content with the latest date counts; with equal dates, the last received.
A compiled release says everything known on its date: it replaces earlier releases, and later ones are merged onto it.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from contracts.ocds.corrections import MemberReader

_FIRST = datetime.min.replace(tzinfo=UTC)


class ReleaseStamp(NamedTuple):
    """The data that decide whether a release counts; ``release_id`` is ``""`` if it has none."""

    release_id: str
    date: datetime | None
    is_compiled: bool = False


class History(NamedTuple):
    """
    Positions in the order of arrival: of releases that count, and of those replaced by another content
    of their id.
    """

    counted: list[int]
    replaced: list[int]


def read_history(stamps: Sequence[ReleaseStamp]) -> History:
    """
    Return which releases of one source count.

    :param stamps: in order of arrival
    """
    compiled = _last([place for place, release in enumerate(stamps) if release.is_compiled], stamps)
    by_id: dict[str, list[int]] = {}
    for place, release in enumerate(stamps):
        if not release.is_compiled:
            by_id.setdefault(release.release_id or f"#{place}", []).append(place)
    latest = [_last(places, stamps) for places in by_id.values()]
    counted = sorted(place for place in latest if place is not None)
    if compiled is not None and (not counted or _adds(stamps[compiled], [stamps[place] for place in counted])):
        until = stamps[compiled].date
        counted = [place for place in counted if (date := stamps[place].date) is None or until is None or date > until]
        counted = sorted([compiled, *counted])
    return History(counted, sorted({place for places in by_id.values() for place in places} - set(latest)))


def date_of(release: dict[str, Any]) -> datetime | None:
    """Return the date of a release; ``None`` without a readable one."""
    return MemberReader().instant(release, "date", "")


def stamp_of(release: dict[str, Any], *, is_of_record: bool) -> ReleaseStamp:
    """
    Return the data that decide whether a release counts.

    :param is_of_record: whether it is the compiled release of a record, whatever its tag
    """
    own, tag = release.get("id"), release.get("tag")
    is_compiled = is_of_record or tag == "compiled" or (isinstance(tag, list) and "compiled" in tag)
    return ReleaseStamp(str(own) if isinstance(own, str | int) else "", date_of(release), is_compiled)


def oldest_first(release: dict[str, Any]) -> tuple[datetime, str]:
    """Return the sort key of releases; those without a readable date come first."""
    date = date_of(release)
    return (date, "") if date else (_FIRST, str(release.get("date") or ""))


def _last(places: Sequence[int], stamps: Sequence[ReleaseStamp]) -> int | None:
    return max(places, key=lambda place: (stamps[place].date or _FIRST, place), default=None)


def _adds(compiled: ReleaseStamp, releases: Sequence[ReleaseStamp]) -> bool:
    """Return whether a compiled release adds to other releases: not if the last release it was made from is there."""
    return compiled.date is not None and all(release.date != compiled.date for release in releases)
