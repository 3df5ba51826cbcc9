"""
One supplier takes most of what a buyer spends.

## Why it matters

A supplier that wins nearly everything may be the best, or the only one that is admitted.

## Method

Take the share of each supplier of this process in what its buyer awarded in the three years up to it. Flag a share of
`share` or more, if:

* the buyer made awards in at least `processes` processes to at least `suppliers` suppliers; and
* at least `awards` of them went to this supplier, where processes with the same title count once. The sentence gives
  that number, the evidence lists the processes counted.

Titles are the same if they differ only in numbers and short words. Processes with the same title awarded in the same
month are lots of one tender, and also count once as a process. In other months they may be orders or extensions under
one contract.

A share shows a practice only if the data cover it: the source must have records for `months` months up to the process
without a gap, and the buyer must have bought in `own_months` of them.

### Asked once

While the share stays high there is one question, about the purchase that first reached it. The flag is **context**
(needs no decision) if the share was already as high:

* at the buyer's previous purchase from this supplier, within the three years; or
* at an earlier one within half a year: a share that dips for some months is the same question. If it was lower for
  longer, the question is asked again.

The flag is also context if the supplier was awarded less than `small_multiple` of the `trifles` in total (by currency,
some fifty thousand euros).

## Exclusions

* Cancelled tenders.
* Buyers with few processes or one supplier, and suppliers with few awards: a share says nothing about them.
* Purchases without a choice in a market: orders under an existing contract, by method or title; extensions of one, if
  a title begins with it; agreements between public bodies, and purchases that the law lets public bodies make from
  each other.

If purchases with one title make up more than half of all awards, the share is that purchase's own: insufficient data.
T08 asks the same within one technology.

## Sources

Open Contracting Partnership, Red flags for integrity: R040. The share is a starting point of this project.
"""

from collections.abc import Iterator, Mapping, Sequence

from audits.facts.comparisons.coverage import require_coverage
from audits.facts.comparisons.shares import HALF, asked_before, require_supplier_of_choice, small_sum
from audits.facts.methods.small_purchases import TRIFLES, multiples
from audits.facts.stages import name_of, others_cited, suppliers_by_key
from audits.judging.dossiers.process import Dossier
from audits.judging.figures.bounds import Bounds, ValuesRead
from audits.judging.figures.processes import BuyerShare
from audits.judging.rule.vocabulary import Evidence, Finding, InsufficientDataError, Severity, Stage, rule


@rule(
    code="R040",
    title="High share of buyer",
    stage=Stage.AWARD,
    severity=Severity.LOW,
    version=11,
    lists=("laws", "grounds"),
    on_trial=True,
    reads=("buyer_shares", "source_coverage"),
    bounds={
        "buyer_shares": Bounds({"share": "share"}, needs={"processes": "processes", "suppliers": "suppliers"}),
        "source_coverage": Bounds(
            {"months": "months", "own_months": "own_months"}, values_read=ValuesRead.BELOW, beside="buyer_shares"
        ),
    },
    applies=require_supplier_of_choice,
    sentences={
        # As version 1 told it, in flags that are not asked again yet.
        "default": "{supplier} takes {percent} % of what {population:buyer} awarded in {processes:process|processes}.",
        "awarded": "{supplier} takes {percent} % of what {population:buyer} awarded in {processes:process|processes}: "
        "{awards} of them went to it.",
    },
    reasons={
        "asked_before": "the share was as high at a purchase before from the same supplier, {ocid}",
        "one_process": "what has one title is {percent} % of all that the buyer awarded",
        "few_awards": "{supplier} was awarded in {number:process|processes} of other titles; {needed} are needed",
        "small_sum": "the supplier was awarded {spent} in all, less than {bound}",
        "between_public_bodies": "bought by a ground for purchases between public bodies: {ground}",
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
    trifles: Mapping[str, int] = TRIFLES,
    small_multiple: int = 5,
) -> Iterator[Finding]:
    shares: Sequence[BuyerShare] = dossier.statistic("buyer_shares")
    enough = [figure for figure in shares if figure.processes >= processes and figure.suppliers >= suppliers]
    if not enough:
        raise InsufficientDataError("statistics/buyer_shares", "share_unknown")
    least = {"share": share, "processes": processes, "suppliers": suppliers, "awards": awards, "months": months}
    least["own_months"] = own_months
    small = multiples(trifles, small_multiple)
    for figure in enough:
        if figure.share < share:
            continue
        supplier = suppliers_by_key(dossier.process).get(figure.supplier)
        if not supplier:  # another name of the same organization
            continue
        name, percent = name_of(dossier.process, supplier), round(100 * figure.share)
        require_coverage(dossier.statistic("source_coverage"), months=months, own_months=own_months)
        if figure.awards < awards:
            raise InsufficientDataError(
                "statistics/buyer_shares", "few_awards", supplier=name, number=figure.awards, needed=awards
            )
        if figure.largest > HALF:
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
            context=small_sum(figure.amount, figure.currency, small)
            or asked_before(figure.before, least | {"amount": small.get(figure.currency, 0)}),
        )
