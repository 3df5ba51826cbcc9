"""
Every bid but the winner's was disqualified.

## Why it matters

Where only one bid is left, nobody competed, however many bid. The grounds of the others' disqualification are worth
reading.

## Method

Flag the process if only one tenderer (or consortium) has valid bids, it is the supplier of the active awards, and at
least `minimum_disqualified` other tenderers have a disqualified bid. Severity: high from `many` others.

## Exclusions

Cancelled tenders; awards that may still change; several winners, since a buyer may gather several bids in one award.
Bids without a status. Lots are looked at one by one.

## Sources

Open Contracting Partnership, Red flags for integrity: R035. OCDS Cardinal, R035.
"""

from collections.abc import Iterator

from audits.facts.bids import Contest, awarded_contests, cites, ids_of, names, status_evidence
from audits.facts.stages import standing_tender
from audits.judging.dossier import Dossier
from audits.judging.vocabulary import Change, Evidence, Finding, InsufficientDataError, Severity, Stage, rule


@rule(
    code="R035",
    title="All except winner disqualified",
    stage=Stage.AWARD,
    severity=Severity.MEDIUM,
    version=3,
    changes={
        2: Change("2026-11-25", "Where there is one lot, all bids compete, whether they name it or not."),
        3: Change("2026-11-28", "Not asked of records whose ocid names no process."),
    },
    sentences={
        "default": "{count} other tenderers were disqualified; only {winner}, the winner, was left.",
        "one": "The only other tenderer was disqualified; only {winner}, the winner, was left.",
    },
)
def all_except_winner_disqualified(
    dossier: Dossier, *, minimum_disqualified: int = 1, many: int = 3
) -> Iterator[Finding]:
    standing_tender(dossier)
    awarded = awarded_contests(dossier.process)
    if not any(ids_of(bid.tenderers) for contest in awarded for bid in contest.bids):
        raise InsufficientDataError("/bids/details/tenderers/id")
    if not any(ids_of(award.suppliers) for contest in awarded for award in contest.active):
        raise InsufficientDataError("/awards/suppliers/id")
    for contest in awarded:
        count = _others_disqualified(contest)
        if count >= max(minimum_disqualified, 1):
            valid = [bid for bid in contest.bids if bid.status == "valid"]
            disqualified = [bid for bid in contest.bids if bid.status == "disqualified"]
            winner = [supplier for award in contest.active for supplier in award.suppliers]
            yield Finding(
                evidence=(
                    *(status_evidence(bid) for bid in (*valid, *disqualified)),
                    *(Evidence(f"{award.path}/status", award.status) for award in contest.active),
                ),
                values={"count": count, "winner": names(dossier, winner)},
                sentence="one" if count == 1 else "default",
                severity=Severity.HIGH if count >= many else Severity.MEDIUM,
                cites=cites(ids_of(winner), contest.bids[0].related_lots),
            )


def _others_disqualified(contest: Contest) -> int:
    """Return how many others were disqualified; 0 if others have valid bids, or others won."""
    disqualified = ids_of(
        tenderer for bid in contest.bids if bid.status == "disqualified" for tenderer in bid.tenderers
    )
    suppliers = ids_of(supplier for award in contest.active for supplier in award.suppliers)
    valid = {ids_of(bid.tenderers) for bid in contest.bids if bid.status == "valid" and ids_of(bid.tenderers)}
    return len(disqualified - suppliers) if valid == {suppliers} else 0
