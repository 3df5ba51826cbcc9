"""Periods of a release that end before they begin: one of the two dates is wrong, but it is unknown which."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

from contracts.ocds.corrections import MemberReader

_OF_TENDER = ("tenderPeriod", "enquiryPeriod", "awardPeriod", "contractPeriod")


class Reversed(NamedTuple):
    """A period that ends before it begins; ``pointer`` is that of its end."""

    pointer: str
    start: datetime
    end: datetime


def reversed_periods(release: dict[str, Any]) -> Iterator[Reversed]:
    """Yield the periods of a release that end before they begin. Pure."""
    reader = MemberReader()
    for path, period in _periods(release, reader):
        start = reader.instant(period, "startDate", path)
        end = reader.instant(period, "endDate", path, is_term=True)
        if start is None or end is None or end >= start:
            continue
        # A day means all of it.
        if not reader.is_day(period, "endDate") or end.date() < start.date():
            yield Reversed(f"{path}/endDate", start, end)


def _periods(release: dict[str, Any], reader: MemberReader) -> Iterator[tuple[str, dict[str, Any]]]:
    tender = reader.mapping(release, "tender", "")
    for member in _OF_TENDER:
        yield f"/tender/{member}", reader.mapping(tender, member, "/tender")
    for parent, at, members, member in (
        (tender, "/tender", "lots", "contractPeriod"),
        (release, "", "awards", "contractPeriod"),
        (release, "", "contracts", "period"),
    ):
        for path, entry in reader.mappings(parent, members, at):
            yield f"{path}/{member}", reader.mapping(entry, member, path)
