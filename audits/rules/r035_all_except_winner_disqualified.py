"""
Every bid but the winner's was disqualified.

## Why it matters

If only one bid is left, nobody competed, however many bids there were. The reasons for disqualifying the others are
worth reading.

## Method

Flag the process if only one tenderer (or consortium) has valid bids, it is the supplier of the active awards, and
other tenderers, at least `minimum_disqualified`, have a disqualified bid. Each lot is judged separately.

### Severity

* **high**: at least `many` others.
* **medium**: fewer others.
* **context** (needs no decision):
  * The winner's bid has a price, and fewer than `many` others were disqualified, all without a price: they may have
    been excluded before prices were read.
  * The winner's bid has a price, and all disqualified bids, in its currency, were higher.
  * The winner's bid has a price, and the lot is less than 2 percent of the total awarded.
  * Further bids were neither valid nor disqualified.
  * The disqualified bids are below all valid ones, as in over half of such records of their source: a minimum price
    may exclude them there.

## Exclusions

* Cancelled tenders.
* Awards that are not final.
* Several winners: a buyer may combine several bids in one award.
* Bids without a status.

## Sources

Open Contracting Partnership, Red flags for integrity: R035. OCDS Cardinal, R035.
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from audits.facts.competition.bids import Contest, awarded_contests, cites, ids_of, markets, names, status_evidence
from audits.facts.competition.ordinary_prices import small_part
from audits.facts.money import Money, money
from audits.facts.stages import standing_tender
from audits.judging.dossiers.process import Dossier
from audits.judging.rule.vocabulary import Context, Evidence, Finding, InsufficientDataError, Severity, Stage, rule
from contracts.ocds.parsing.objects import Bid, Process


@rule(
    code="R035",
    title="All except winner disqualified",
    stage=Stage.AWARD,
    severity=Severity.MEDIUM,
    version=5,
    reads=("source_habits.disqualified_bids_lowest",),
    sentences={
        "default": "{count} other tenderers were disqualified; only {winner}, the winner, was left.",
        "one": "The only other tenderer was disqualified; only {winner}, the winner, was left.",
    },
    reasons={
        "not_decided": "of {count} further bids the record does not say whether they were valid",
        "none_cheaper": "nobody who was disqualified asked less than the winner, {price}",
        "without_price": "no price is on record of those who were disqualified: they may have been excluded before",
    },
)
def all_except_winner_disqualified(
    dossier: Dossier, *, minimum_disqualified: int = 1, many: int = 3
) -> Iterator[Finding]:
    standing_tender(dossier)
    awarded = awarded_contests(dossier.process)
    if not any(ids_of(bid.tenderers) for contest in awarded for bid in contest.bids):
        raise InsufficientDataError("/bids/details/tenderers/id")
    if not any(ids_of(contest.suppliers) for contest in awarded):
        raise InsufficientDataError("/awards/suppliers/id")
    for contest in awarded:
        count = _others_disqualified(contest)
        if count >= max(minimum_disqualified, 1):
            valid = [bid for bid in contest.bids if bid.status == "valid"]
            disqualified = [bid for bid in contest.bids if bid.status == "disqualified"]
            yield Finding(
                evidence=(
                    *(status_evidence(bid) for bid in (*valid, *disqualified)),
                    *(Evidence(f"{award.path}/status", award.status) for award in contest.active),
                ),
                values={"count": count, "winner": names(dossier, contest.suppliers)},
                sentence="one" if count == 1 else "default",
                severity=Severity.HIGH if count >= many else Severity.MEDIUM,
                cites=cites(ids_of(contest.suppliers), contest.bids[0].related_lots),
                context=_context(dossier.process, contest, are_many=count >= many),
            )


def _context(process: Process, contest: Contest, *, are_many: bool) -> Context | None:
    """Return why it is ordinary that nobody else was left; ``None`` if nothing says so, or the winner has no price."""
    if contest.undecided:
        return Context("not_decided", {"count": len(contest.undecided)})
    own, others = _prices(contest.bids, "valid"), _prices(contest.bids, "disqualified")
    if not own:
        return None
    if not others and not are_many:
        return Context("without_price", {})
    # Where bids were in several currencies the award is in one: what the winner is paid compares with bids in it too.
    paid = money(contest.active[0].value) if len(contest.active) == 1 else None
    lowest: dict[str, Decimal] = {}
    for price in (*own, *([paid] if paid else ())):
        lowest[price.currency] = min(price.amount, lowest.get(price.currency, price.amount))
    compared = [other for other in others if other.currency in lowest]
    if compared and all(other.amount > lowest[other.currency] for other in compared):
        return Context("none_cheaper", {"price": str(own[0])})
    return small_part(process, own[0])


def _prices(bids: Sequence[Bid], status: str) -> list[Money]:
    return [offer.price for market in markets(bid for bid in bids if bid.status == status) for offer in market]


def _others_disqualified(contest: Contest) -> int:
    """Return how many others were disqualified; 0 if others have valid bids, or others won."""
    disqualified = ids_of(
        tenderer for bid in contest.bids if bid.status == "disqualified" for tenderer in bid.tenderers
    )
    suppliers = ids_of(contest.suppliers)
    valid = {ids_of(bid.tenderers) for bid in contest.bids if bid.status == "valid" and ids_of(bid.tenderers)}
    return len(disqualified - suppliers) if valid == {suppliers} else 0
