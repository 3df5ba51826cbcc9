"""
Bids were opened early.

## Why it matters

Who opens bids before the deadline knows prices while others can still bid. Where only the opening is published, a
short time from the notice to it leaves bidders as little time as a short submission period (R003).

## Method

The opening is the date of the bid opening, else the start of the award period. Flag the process if the opening is
before the end of the tender period: severity high by the date of the opening, medium by the award period. Where the
record gives no end, flag it if there are fewer than `minimum_days` whole days from the start of the tender period to
the opening.

## Exclusions

Cancelled tenders. Where the end of the tender period is given, R003 asks about short periods, so that one short term
does not count twice. An opening before the start is an error in the record: it is reported as insufficient data.

## Sources

Open Contracting Partnership, Red flags for integrity: R014.
"""

from collections.abc import Iterator
from datetime import datetime

from audits.facts.stages import standing_tender
from audits.judging.dossier import Dossier
from audits.judging.vocabulary import (
    Evidence,
    Finding,
    InsufficientDataError,
    NotApplicableError,
    Severity,
    Stage,
    rule,
)
from contracts.ocds.views import Period, Tender


@rule(
    code="R014",
    title="Short time to opening",
    stage=Stage.TENDER,
    severity=Severity.MEDIUM,
    version=1,
    sentences={
        "default": "Bids were opened {days} whole days after the notice; the rule asks for {minimum}.",
        "early": "Bids were opened on {opening}, before the deadline of {end}.",
    },
    reasons={
        "no_opening": "a direct award opens no bids",
        "opening_before_start": "the opening is before the start of the tender period",
    },
)
def short_time_to_opening(dossier: Dossier, *, minimum_days: int = 15) -> Iterator[Finding]:
    tender = standing_tender(dossier)
    if tender.method == "direct":
        raise NotApplicableError("no_opening")
    opening, place = _opening(tender)
    period = tender.tender_period
    if period is None or (period.start is None and period.end is None):
        raise InsufficientDataError("/tender/tenderPeriod/startDate")
    if period.start is not None and opening < period.start:
        raise InsufficientDataError(place.path, "opening_before_start")
    if period.end is not None:
        if _is_before_end(opening, period.end, period):
            yield Finding(
                evidence=(place, Evidence(f"{period.path}/endDate", period.end.isoformat())),
                values={"opening": opening.isoformat(), "end": period.end.isoformat()},
                sentence="early",
                severity=Severity.HIGH if tender.bid_opening else Severity.MEDIUM,
            )
    elif period.start is not None and (opening - period.start).days < minimum_days:
        yield Finding(
            evidence=(place, Evidence(f"{period.path}/startDate", period.start.isoformat())),
            values={"days": (opening - period.start).days, "minimum": minimum_days},
        )


def _opening(tender: Tender) -> tuple[datetime, Evidence]:
    if tender.bid_opening is not None:
        return tender.bid_opening, Evidence(f"{tender.path}/bidOpening/date", tender.bid_opening.isoformat())
    award_period = tender.award_period
    if award_period is not None and award_period.start is not None:
        return award_period.start, Evidence(f"{award_period.path}/startDate", award_period.start.isoformat())
    raise InsufficientDataError("/tender/bidOpening/date")


def _is_before_end(opening: datetime, end: datetime, period: Period) -> bool:
    # A deadline that names a day says nothing of the hour: bids may be opened later on that day.
    return opening.date() < end.date() if period.end_is_day else opening < end
