"""
A bid that arrived after the deadline won.

## Why it matters

The last bidder may know what the others bid. A deadline that binds only some is no deadline.

## Method

Flag the process if a valid bid is dated after the end of the tender period and one of its tenderers is the supplier of
an active award.

* Times are compared across time zones.
* A deadline without a time lasts to the end of that day.
* Other awards need not be final.

## Exclusions

* Cancelled tenders.
* Bids that are not valid or have no status.
* Records with the same start and end of the bidding period, if over half of the records of their source do that.

Some dates belong to the deadline, the opening or the decision, not to the bid. Reported as insufficient data are:

* the exact time of the deadline;
* the day of the award, or a later one;
* the same time for all bids of several tenderers.

## Sources

Open Contracting Partnership, Red flags for integrity: R030. OCDS Cardinal, R030, which compares dates as text.
"""

from collections.abc import Iterator

from audits.facts.competition.bids import (
    bids_with_status,
    cites,
    doubt_of_arrival,
    ids_of,
    is_late,
    names,
    require_award_status,
)
from audits.facts.stages import standing_tender
from audits.judging.dossiers.process import Dossier
from audits.judging.rule.vocabulary import (
    Evidence,
    Finding,
    InsufficientDataError,
    NotApplicableError,
    Severity,
    Stage,
    rule,
)
from contracts.ocds.parsing.objects import Process


@rule(
    code="R030",
    title="Late bid won",
    stage=Stage.AWARD,
    severity=Severity.HIGH,
    version=5,
    reads=("source_habits.tender_in_one_moment",),
    sentences={
        "default": "The winning bid of {names} is dated {date:date}, after the deadline of {deadline:date}.",
    },
    reasons={
        "dated_by_decision": "the bids are dated the day of the award or later",
        "dated_by_deadline": "the bids are dated the very moment of the deadline",
        "dated_together": "all bids are dated one moment",
        "no_bid_of_supplier": "no valid bid of a supplier is on record",
    },
)
def late_bid_won(dossier: Dossier) -> Iterator[Finding]:
    tender = standing_tender(dossier)
    period = tender.tender_period
    if period is None or period.end is None:
        raise InsufficientDataError("/tender/tenderPeriod/endDate")
    suppliers = _suppliers(dossier.process)
    won = [
        bid for bid in bids_with_status(dossier.process) if bid.status == "valid" and ids_of(bid.tenderers) & suppliers
    ]
    if not won:
        raise NotApplicableError("no_bid_of_supplier")
    if all(bid.date is None for bid in won):
        raise InsufficientDataError("/bids/details/date")
    late = [bid for bid in won if is_late(bid, period)]
    asked = late or [bid for bid in won if bid.date is not None]
    doubts = [doubt_of_arrival(dossier.process, bid, period) for bid in asked]
    if all(doubts):
        raise InsufficientDataError("/bids/details/date", doubts[0])
    for bid, doubt in zip(asked, doubts, strict=True):
        if bid.date is not None and is_late(bid, period) and not doubt:
            winners = [tenderer for tenderer in bid.tenderers if tenderer.id in suppliers]
            yield Finding(
                evidence=(
                    Evidence(f"{bid.path}/date", bid.date.isoformat()),
                    Evidence(f"{period.path}/endDate", period.end.isoformat()),
                ),
                values={
                    "names": names(dossier, winners),
                    "date": bid.date.isoformat(),
                    "deadline": period.end.date().isoformat() if period.end_is_day else period.end.isoformat(),
                },
                cites=cites(ids_of(winners), bid.related_lots),
            )


def _suppliers(process: Process) -> frozenset[str]:
    """Return the ids of the suppliers of active awards."""
    require_award_status(process)
    active = [award for award in process.awards if award.status == "active"]
    if not active:
        raise NotApplicableError("no_active_award")
    suppliers = ids_of(supplier for award in active for supplier in award.suppliers)
    if not suppliers:
        raise InsufficientDataError("/awards/suppliers/id")
    return suppliers
