"""
One supplier takes most of what a buyer spends.

## Why it matters

A supplier that wins nearly everything may be the best, or the only one who is let in.

## Method

Take the share of each supplier of this process in what its buyer awarded over the window of the statistic. Flag a
share of `share` or more, if:

* the buyer awarded in at least `processes` processes to at least `suppliers` suppliers; and
* it awarded to this one in at least `awards` of them. The sentence tells that number, the evidence names the
  processes that were counted.

Processes of one title, but for numbers and short words, that were awarded in one month are lots of one tender, and
count once everywhere.

A share says something of a practice only where the practice is on record: the source must hold `months` months up to
the process without a gap, and the buyer must have bought in `own_months` of them (the statistic `source_coverage`).

The statistic `R040` holds one entry for each supplier of this process:

    [{"supplier": "id, or name without one", "share": 0.71, "processes": 24, "suppliers": 9, "awards": 5,
      "largest": 0.2, "ocids": ["…"], "population": "buyer, currency and months that were counted",
      "before": {"ocid": "…", "share": 0.68, "processes": 22, "suppliers": 9, "awards": 4, "largest": 0.2,
                 "months": 36, "own_months": 14}}]

### Asked once

It is one question for as long as the share stays high, asked of the purchase that reached it. The flag is **context**
(waits for no decision) where it was asked of the buyer's purchase before from the same supplier, within the three
years (`before`). Where the share was lower then, it is asked anew.

## Exclusions

* Cancelled tenders.
* Buyers with few processes or one supplier, and suppliers with few awards, of which a share says nothing.

Where one process is more than half of all that was awarded, the share is its own: it is reported as insufficient
data. T08 asks the same within one technology.

## Sources

Open Contracting Partnership, Red flags for integrity: R040. The share is a starting point of this project.
"""

from collections.abc import Iterator, Sequence

from audits.facts.procurement.coverage import require_coverage
from audits.facts.procurement.shares import MOST, asked_before
from audits.facts.procurement.stages import name_of, others_cited, standing_tender, suppliers_by_key
from audits.judging.dossiers.process import Dossier
from audits.judging.figures.bounds import Bounds, Telling
from audits.judging.figures.processes import BuyerShare
from audits.judging.rule.vocabulary import Evidence, Finding, InsufficientDataError, Severity, Stage, rule


@rule(
    code="R040",
    title="High share of buyer",
    stage=Stage.AWARD,
    severity=Severity.LOW,
    version=5,
    reads=("buyer_shares", "source_coverage"),
    bounds={
        "buyer_shares": Bounds({"share": "share"}, needs={"processes": "processes", "suppliers": "suppliers"}),
        "source_coverage": Bounds(
            {"months": "months", "own_months": "own_months"}, tells=Telling.BELOW, beside="buyer_shares"
        ),
    },
    sentences={
        # As version 1 told it, in flags that are not asked again yet.
        "default": "{supplier} takes {percent} % of what {population:buyer} awarded in {processes:process|processes}.",
        "awarded": "{supplier} takes {percent} % of what {population:buyer} awarded in "
        "{processes:process|processes}: {awards} of "
        "them went to it.",
    },
    reasons={
        "asked_before": "it was asked of the purchase before from the same supplier, {ocid}",
        "one_process": "one process is {percent} % of all that the buyer awarded",
        "few_awards": "{supplier} was awarded in {number:process|processes}; {needed} are needed",
        "share_unknown": "the buyer has too few processes or suppliers for a share",
    },
)
def high_share_of_buyer(
    dossier: Dossier,
    *,
    share: float = 0.5,
    processes: int = 10,
    suppliers: int = 2,
    awards: int = 3,
    months: int = 12,
    own_months: int = 6,
) -> Iterator[Finding]:
    standing_tender(dossier)
    known = suppliers_by_key(dossier.process)
    shares: Sequence[BuyerShare] = dossier.statistic("buyer_shares")
    figures = [figure for figure in shares if figure.supplier in known]
    enough = [figure for figure in figures if figure.processes >= processes and figure.suppliers >= suppliers]
    if not enough:
        raise InsufficientDataError("statistics/buyer_shares", "share_unknown")
    least = {"share": share, "processes": processes, "suppliers": suppliers, "awards": awards, "months": months}
    least["own_months"] = own_months
    for figure in enough:
        supplier = known[figure.supplier]
        name = name_of(dossier.process, supplier)
        percent = round(100 * figure.share)
        if figure.share < share:
            continue
        require_coverage(dossier.statistic("source_coverage"), months=months, own_months=own_months)
        if figure.awards < awards:
            raise InsufficientDataError(
                "statistics/buyer_shares", "few_awards", supplier=name, number=figure.awards, needed=awards
            )
        if figure.largest > MOST:
            largest = round(100 * figure.largest)
            raise InsufficientDataError("statistics/buyer_shares", "one_process", percent=largest)
        yield Finding(
            evidence=(
                Evidence(supplier.path, {"id": supplier.id, "name": name}),
                *others_cited(ocid for ocid in figure.ocids if ocid != dossier.process.ocid),
            ),
            values={
                "supplier": name,
                "percent": percent,
                "population": figure.population,
                "processes": figure.processes,
                "awards": figure.awards,
            },
            sentence="awarded",
            cites=(figure.supplier,),
            context=asked_before(figure.before, least),
        )
