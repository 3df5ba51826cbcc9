"""
One supplier takes most of what is spent on this technology.

## Why it matters

A buyer or country that depends on one supplier has no second source when prices rise, support ends or trust is lost.

## Method

For each supplier of the process, take its share of the value that the buyer (or country) spent in the same technology
sector in the three years up to it. Lots of one tender count once. Flag a share of `share` or more, if:

* the population holds at least `processes` processes; and
* for a buyer, `supplier_processes` of them or more were awarded to that supplier.

The Herfindahl-Hirschman index of the population is reported.

The source must have records for `months` months without a gap up to the process, and a buyer must have bought in
`own_months` of them: data of a few months say nothing about dependence.

The window:

* For a buyer it is the three years up to the process, in the currency in which most processes were paid.
* For a country it is the year of the process and the two before, in the currency of the process, with at least 20
  processes of 3 buyers. Shares below 5 % are left out.

## Exclusions

* Populations that are too small.
* One large contract among several.
* Values without amount or currency are not counted.
* Purchases that were called off before anything was signed or paid.

## Sources

OCP, Red flags for integrity: R048 and market concentration. US DoJ and FTC, Merger guidelines (2023), HHI.
"""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from audits.facts.comparisons.coverage import require_coverage
from audits.facts.comparisons.track_records import judge_each
from audits.facts.money import Money
from audits.facts.stages import others_cited, suppliers_by_key
from audits.facts.technology.scope import require_scope
from audits.judging.dossiers.process import Dossier
from audits.judging.figures.bounds import Bounds, ValuesRead
from audits.judging.figures.processes import SupplierShare
from audits.judging.rule.vocabulary import Evidence, Finding, Severity, Stage, rule


@rule(
    code="T08",
    title="Supplier dependence",
    stage=Stage.AWARD,
    severity=Severity.MEDIUM,
    version=13,
    reads=("supplier_shares", "source_coverage"),
    bounds={
        "supplier_shares": Bounds({"share": "share", "processes": "processes", "awards": "supplier_processes"}),
        "source_coverage": Bounds(
            {"months": "months", "own_months": "own_months"}, values_read=ValuesRead.BELOW, beside="supplier_shares"
        ),
    },
    sentences={
        "default": "{supplier} takes {percent} % of the spend of {population:buyer} on this technology "
        "({processes:process|processes}, HHI {hhi:number}).",
        "buyer": "{supplier} takes {percent} % of the spend of {population:buyer} on this technology "
        "({sector:sector}): {amount} in {awards} of {processes:process|processes} (HHI {hhi:number}).",
    },
)
def supplier_dependence(
    dossier: Dossier,
    *,
    share: float = 0.5,
    processes: int = 5,
    supplier_processes: int = 3,
    months: int = 12,
    own_months: int = 6,
) -> Iterable[Finding]:
    require_scope(dossier)
    suppliers = suppliers_by_key(dossier.process)
    shares: Sequence[SupplierShare] = dossier.statistic("supplier_shares")

    def judge(figure: SupplierShare) -> Iterator[Finding]:
        supplier = suppliers.get(figure.supplier)
        is_once = figure.awards is not None and figure.awards < supplier_processes
        if supplier and figure.share >= share and figure.processes >= processes and not is_once:
            needed = 0 if figure.awards is None else own_months
            require_coverage(dossier.statistic("source_coverage"), months=months, own_months=needed)
            yield Finding(
                evidence=(
                    Evidence(supplier.path, {"id": supplier.id, "name": supplier.name}, supplier.name),
                    *others_cited(ocid for ocid in figure.ocids if ocid != dossier.process.ocid),
                ),
                values={
                    "supplier": supplier.name,
                    "percent": round(100 * figure.share),
                    "population": figure.population,
                    "processes": figure.processes,
                    "hhi": round(figure.hhi, 2),
                }
                | _counted(figure),
                sentence="default" if figure.awards is None else "buyer",
                cites=(figure.supplier, figure.population, figure.sector),
            )

    return judge_each(shares, judge)


def _counted(figure: SupplierShare) -> dict[str, str | int]:
    """Return what is told of the contracts that a buyer awarded to the supplier."""
    if figure.awards is None or figure.amount is None:
        return {}
    amount = str(Money(Decimal(figure.amount), figure.currency))
    return {"sector": figure.sector, "awards": figure.awards, "amount": amount}
