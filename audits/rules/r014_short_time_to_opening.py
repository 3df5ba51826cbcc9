"""
Bids were opened early.

## Why it matters

Anyone who opens bids before the deadline knows prices while others can still bid. If only the opening date is
published, a short time from the notice to the opening limits bidders like a short submission period (R003).

## Method

The opening is the date in `bidOpening`, and no other. Flag the process if:

* the opening is before the end of the tender period; or
* the record gives no end, and the opening follows the start of the tender period after fewer calendar days than the
  country's law requires (`legal_terms`, as in R003). An installation may set its own term for methods without one,
  `minimum_days`; 0 means none.

A short time from the notice is **context** (needs no decision) if the purchase costs less than one of the `trifles`
(by currency, about ten thousand euros).

## Exclusions

* Tenders that are cancelled, or whose items or lots all are.
* Direct and limited procedures, by their code, name, reason or number; call-offs and agreements.
* The award period is not read as an opening: publishers copy the tender period or the contract period into it.
* Short periods with an end of the tender period: R003 asks about them, so that one short period does not count twice.
* An opening before the deadline that lies after the day of the record, of its awards and of its contracts is a plan,
  often of another phase: it is reported as insufficient data.
* An opening before the start is an error in the record, reported as insufficient data.

## Sources

Open Contracting Partnership, Red flags for integrity: R014.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime

from audits.facts.competition.submission_period import calendar_days
from audits.facts.methods.legal_limits import Thresholds, legal_days
from audits.facts.methods.procedures import require_competition, require_not_all_cancelled
from audits.facts.methods.small_purchases import TRIFLES, trifle
from audits.facts.stages import standing_tender
from audits.judging.dossiers.process import Dossier
from audits.judging.rule.vocabulary import Evidence, Finding, InsufficientDataError, Severity, Stage, rule
from contracts.ocds.parsing.objects import Period, Process


@rule(
    code="R014",
    title="Short time to opening",
    stage=Stage.TENDER,
    severity=Severity.HIGH,
    version=13,
    on_trial=True,
    sentences={
        "default": "Bids were opened {days:calendar day|calendar days} after the notice; the rule asks for {minimum}.",
        "legal": "Bids were opened {days:calendar day|calendar days} after the notice; the law gives at least "
        "{minimum} ({source}).",
        "early": "Bids were opened on {opening:date}, before the deadline of {end:date}.",
    },
    reasons={
        "opening_planned": "the record is of {record:date}, when nothing had been opened: the date is a plan",
        "opening_before_start": "the opening is before the start of the tender period",
        "term_unknown": "no end is given, and no law on record sets a term to this procedure",
    },
)
def short_time_to_opening(
    dossier: Dossier,
    *,
    minimum_days: int = 0,
    legal_terms: Thresholds = (),
    trifles: Mapping[str, int] = TRIFLES,
) -> Iterator[Finding]:
    tender = standing_tender(dossier)
    require_competition(dossier)
    require_not_all_cancelled(dossier.process)
    opening, period = tender.bid_opening, tender.tender_period
    if opening is None:
        raise InsufficientDataError("/tender/bidOpening/date")
    if period is None or (period.start is None and period.end is None):
        raise InsufficientDataError("/tender/tenderPeriod/startDate")
    if period.start is not None and opening < period.start:
        raise InsufficientDataError("/tender/bidOpening/date", "opening_before_start")
    place = Evidence(f"{tender.path}/bidOpening/date", opening.isoformat())
    if period.end is not None:
        if _is_before_end(opening, period.end, period):
            known = _known_until(dossier.process)
            if known is not None and opening.date() > known.date():
                raise InsufficientDataError("/tender/bidOpening/date", "opening_planned", record=known.isoformat())
            yield Finding(
                evidence=(place, Evidence(f"{period.path}/endDate", period.end.isoformat())),
                values={"opening": opening.isoformat(), "end": period.end.isoformat()},
                sentence="early",
            )
    elif period.start is not None:
        law = legal_days(legal_terms, dossier.process, on=period.start.date())
        if law is None and not minimum_days:
            raise InsufficientDataError("/tender/tenderPeriod/endDate", "term_unknown")
        days = calendar_days(period.start, opening)
        minimum = law.cut_to if law else minimum_days
        if days < minimum:
            start = Evidence(f"{period.path}/startDate", period.start.isoformat())
            yield Finding(
                evidence=(place, start, *((law.cited,) if law else ())),
                values={"days": days, "minimum": minimum, **({"source": law.source} if law else {})},
                sentence="legal" if law else "default",
                severity=Severity.MEDIUM,
                context=trifle(dossier, trifles),
            )


def _known_until(process: Process) -> datetime | None:
    """Return the last day that a record tells of: some are dated as their first notice, and tell of an award too."""
    days = (
        process.date,
        *(award.date for award in process.awards),
        *(entry.date_signed for entry in process.contracts),
    )
    return max((day for day in days if day), default=None) if process.date else None


def _is_before_end(opening: datetime, end: datetime, period: Period) -> bool:
    # A deadline that names a day says nothing of the hour: bids may be opened later on that day.
    return opening.date() < end.date() if period.end_is_day else opening < end
