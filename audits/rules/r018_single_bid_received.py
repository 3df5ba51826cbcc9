"""
Only one bid was received.

## Why it matters

A competitive procedure with a single bidder may have been written for that bidder, announced too quietly, or given too
little time. It may also be a market with one supplier. Either way nobody competed on price.

## Method

The procurement method is one of `methods`. Flag the process if exactly one tenderer is counted. The count is taken
from the first of these that the record gives: `/tender/numberOfTenderers`, `/tender/tenderers`, the tenderers of
submitted bids, `/bids/statistics`. Of the statistics the first of the measures `bidders`, `bids`,
`qualifiedBidders` and `validBids` counts, and of several counts of one measure the latest; where only one of the
last two is given, the sentence says so. The evidence names the field, or the measure.

## Exclusions

Direct and limited procedures: their single supplier is no surprise, and other rules ask about it. Cancelled
tenders. Bids that were only invited, or were withdrawn, are not counted. Statistics of single lots are left out where
there are several lots.

## Sources

Open Contracting Partnership, Red flags for integrity: R018. OCDS Cardinal reads the first field only; the fallbacks
are ours, since records of Latin America seldom give it. Measures: OCDS extension "Bid statistics and details",
codelist bidStatistics.csv, https://extensions.open-contracting.org/en/extensions/bids/.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from audits.judging.dossier import Dossier
from audits.judging.vocabulary import (
    Change,
    Evidence,
    Finding,
    InsufficientDataError,
    NotApplicableError,
    Severity,
    Stage,
    rule,
)
from contracts.ocds.views import BidStatistic, Process

# Of the codelist of the bid extension: who bid, before any was discounted; then what was left after an evaluation.
AFTER_EVALUATION = ("qualifiedBidders", "validBids")
MEASURES = ("bidders", "bids", *AFTER_EVALUATION)
_NEVER = datetime.min.replace(tzinfo=UTC)
NOT_SUBMITTED = frozenset({"invited", "withdrawn"})


@rule(
    code="R018",
    title="Single bid received",
    stage=Stage.TENDER,
    severity=Severity.MEDIUM,
    version=2,
    changes={
        2: Change(
            "2026-11-24",
            "Where a record gives neither tenderers nor bids, the number in the statistics of bids counts.",
        ),
    },
    sentences={
        "default": "The record counts {count} tenderer in a procedure of method “{method}”.",
        "evaluated": "In a procedure of method “{method}” the record counts {count} valid bid or qualified bidder; it "
        "does not say how many there were.",
    },
)
def single_bid_received(dossier: Dossier, *, methods: Sequence[str] = ("open", "selective")) -> Iterable[Finding]:
    tender = dossier.process.tender
    if not tender.method:
        raise InsufficientDataError("/tender/procurementMethod")
    if tender.method not in methods:
        raise NotApplicableError("method_is", method=tender.method)
    if tender.status == "cancelled":
        raise NotApplicableError("tender_cancelled")
    count, evidence = _count(dossier.process)
    if count == 1:
        method = Evidence(f"{tender.path}/procurementMethod", tender.method)
        sentence = "evaluated" if evidence.note in AFTER_EVALUATION else "default"
        yield Finding((evidence, method), {"count": count, "method": tender.method}, sentence=sentence)


def _count(process: Process) -> tuple[int, Evidence]:
    tender = process.tender
    if tender.number_of_tenderers is not None:
        path = f"{tender.path}/numberOfTenderers"
        return tender.number_of_tenderers, Evidence(path, tender.number_of_tenderers, note="numberOfTenderers")
    if tender.tenderers:
        names = [tenderer.name or tenderer.id for tenderer in tender.tenderers]
        return len(set(names)), Evidence(f"{tender.path}/tenderers", names, note="tenderers")
    bidders = {
        tenderer.id or tenderer.name
        for bid in process.bids
        if bid.status not in NOT_SUBMITTED
        for tenderer in bid.tenderers
    }
    if bidders:
        return len(bidders), Evidence("/bids/details", sorted(bidders), note="bids")
    return _statistic(process)


def _statistic(process: Process) -> tuple[int, Evidence]:
    """Return the count of the whole process that the bid extension gives."""
    single_lot = len(process.tender.lots) < 2
    latest: dict[str, BidStatistic] = {}
    for entry in sorted(process.bid_statistics, key=lambda entry: entry.date or _NEVER):
        whole = entry.value is not None and entry.value == entry.value.to_integral_value()
        if whole and (single_lot or not entry.related_lots):
            latest[entry.measure] = entry
    for measure in MEASURES:
        if found := latest.get(measure):
            value = int(found.value or 0)
            return value, Evidence(f"{found.path}/value", value, note=measure)
    raise InsufficientDataError("/tender/numberOfTenderers")
