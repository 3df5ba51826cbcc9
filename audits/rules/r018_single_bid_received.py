"""
Only one bid was received.

Why it matters
--------------
A competitive procedure with a single bidder may have been written for that bidder, announced too quietly, or given too
little time. It may also be a market with one supplier. Either way nobody competed on price.

Method
------
The procurement method is one of ``methods``. Flag the process if exactly one tenderer is counted. The count is taken
from the first of these that the record gives: ``/tender/numberOfTenderers``, ``/tender/tenderers``, the tenderers of
submitted bids.

Exclusions
----------
Direct and limited procedures: their single supplier is no surprise, and other rules ask about it. Cancelled
tenders. Bids that were only invited, or were withdrawn, are not counted.

Sources
-------
Open Contracting Partnership, Red flags for integrity: R018. OCDS Cardinal reads the first field only; the fallbacks
are ours, since records of Latin America seldom give it.
"""

from collections.abc import Iterable, Sequence

from audits.dossier import Dossier
from audits.rules.base import (
    Evidence,
    Finding,
    InsufficientDataError,
    NotApplicableError,
    Severity,
    Stage,
    rule,
)
from contracts.ocds.views import Process

NOT_SUBMITTED = frozenset({"invited", "withdrawn"})


@rule(
    code="R018",
    title={"en": "Single bid received", "es": "Una sola oferta recibida", "pt": "Uma única proposta recebida"},
    stage=Stage.TENDER,
    severity=Severity.MEDIUM,
    version=1,
    sentences={
        "default": {
            "en": "The record counts {count} tenderer in a procedure of method “{method}”.",
            "es": "El registro cuenta {count} oferente en un procedimiento de método «{method}».",
            "pt": "O registro conta {count} licitante em um procedimento de método «{method}».",
        },
    },
)
def single_bid_received(dossier: Dossier, *, methods: Sequence[str] = ("open", "selective")) -> Iterable[Finding]:
    tender = dossier.process.tender
    if not tender.method:
        raise InsufficientDataError("/tender/procurementMethod")
    if tender.method not in methods:
        raise NotApplicableError(f"the procurement method is {tender.method}")
    if tender.status == "cancelled":
        raise NotApplicableError("the tender is cancelled")
    count, evidence = _count(dossier.process)
    if count == 1:
        method = Evidence(f"{tender.path}/procurementMethod", tender.method)
        yield Finding((evidence, method), {"count": count, "method": tender.method})


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
    raise InsufficientDataError("/tender/numberOfTenderers")
