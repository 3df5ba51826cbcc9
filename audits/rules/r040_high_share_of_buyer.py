"""
One supplier takes most of what a buyer spends.

## Why it matters

A supplier that wins nearly everything may be the best, or the only one who is let in.

## Method

Take the share of each supplier of this process in what its buyer awarded over the window of the statistic. Flag a
share of `share` or more, if the buyer awarded in at least `processes` processes to at least `suppliers`
suppliers.

The statistic `R040` holds one entry for each supplier of this process:

    [{"supplier": "id, or name without one", "share": 0.71, "processes": 24, "suppliers": 9,
      "population": "buyer, currency and months that were counted"}]

## Exclusions

Cancelled tenders; buyers with few processes or one supplier, of which a share says nothing. T08 asks the same within
one technology.

## Sources

Open Contracting Partnership, Red flags for integrity: R040. The share is a starting point of this project.
"""

from collections.abc import Iterator, Sequence

from audits.facts.stages import name_of, standing_tender, suppliers_by_key
from audits.judging.dossier import Dossier
from audits.judging.figures import BuyerShare
from audits.judging.vocabulary import Evidence, Finding, InsufficientDataError, Severity, Stage, rule


@rule(
    code="R040",
    title="High share of buyer",
    stage=Stage.AWARD,
    severity=Severity.LOW,
    version=1,
    reads=("buyer_shares",),
    sentences={
        "default": "{supplier} takes {percent} % of what {population} awarded in {processes} processes.",
    },
    reasons={
        "share_unknown": "the buyer has too few processes or suppliers for a share",
    },
)
def high_share_of_buyer(
    dossier: Dossier, *, share: float = 0.5, processes: int = 10, suppliers: int = 2
) -> Iterator[Finding]:
    standing_tender(dossier)
    known = suppliers_by_key(dossier.process)
    shares: Sequence[BuyerShare] = dossier.statistic("buyer_shares")
    figures = [figure for figure in shares if figure.supplier in known]
    enough = [figure for figure in figures if figure.processes >= processes and figure.suppliers >= suppliers]
    if not enough:
        raise InsufficientDataError("statistics/buyer_shares", "share_unknown")
    for figure in enough:
        if figure.share >= share:
            supplier = known[figure.supplier]
            name = name_of(dossier.process, supplier)
            yield Finding(
                evidence=(Evidence(supplier.path, {"id": supplier.id, "name": name}),),
                values={
                    "supplier": name,
                    "percent": round(100 * figure.share),
                    "population": figure.population,
                    "processes": figure.processes,
                },
                cites=(figure.supplier,),
            )
