"""The time for bidding, if the dates of a record are consistent."""

from datetime import datetime
from typing import NamedTuple

from audits.judging.rule.vocabulary import Evidence, InsufficientDataError
from contracts.ocds.parsing.objects import Tender


class TimeToBid(NamedTuple):
    start: datetime
    end: datetime
    evidence: tuple[Evidence, ...]

    @property
    def days(self) -> int:
        return calendar_days(self.start, self.end)


def calendar_days(start: datetime, end: datetime) -> int:
    """Return the number of days from the start day to the end day, as laws count them."""
    return (end.astimezone(start.tzinfo).date() - start.date()).days


def time_to_bid(tender: Tender) -> TimeToBid:
    """
    Return the time from the start of bids or, if earlier, enquiries, to the end.

    :raises InsufficientDataError: if start or end is missing, or they are not a period
    """
    period, enquiry = tender.tender_period, tender.enquiry_period
    if period is None or period.start is None:
        raise InsufficientDataError("/tender/tenderPeriod/startDate")
    if period.end is None:
        raise InsufficientDataError("/tender/tenderPeriod/endDate")
    if period.end <= period.start:
        reason = "period_is_moment" if period.end == period.start else "period_reversed"
        raise InsufficientDataError("/tender/tenderPeriod/endDate", reason)
    if period.duration_days and abs((period.end - period.start).days - period.duration_days) > 1:
        raise InsufficientDataError(
            "/tender/tenderPeriod/durationInDays", "duration_differs", days=period.duration_days
        )
    start, path = period.start, period.path
    if enquiry is not None and enquiry.start is not None and enquiry.start < start:
        start, path = enquiry.start, enquiry.path
    if not calendar_days(start, period.end):
        raise InsufficientDataError("/tender/tenderPeriod/endDate", "period_is_session")
    evidence = (
        Evidence(f"{path}/startDate", start.isoformat()),
        Evidence(f"{period.path}/endDate", period.end.isoformat()),
    )
    return TimeToBid(start, period.end, evidence)
