"""
A small first purchase is followed by a much larger one.

## Why it matters

A small purchase can open the door: a pilot, a licence, a first delivery. Later purchases are then hard to give to
anyone else.

## Method

Take the first purchase that this buyer made from the supplier of this process, in the same currency, in the
`window_days` before the award. Flag the process if its awards are at least `minimum_ratio` times that purchase, and
every other earlier purchase is below half of the present one.

The flag is **context** (needs no decision): a cheaper earlier purchase is only shown beside other questions.

A purchase counts as the first only if the data go back far enough: source and buyer must have records without a gap
for `months` months before it, and before the three years up to the award.

## Exclusions

* Cancelled tenders.
* Undecided and cancelled awards.
* Values of 0 or less.
* Processes with several suppliers.
* Purchases outside the window, and purchases below one unit of their currency: such an amount is a placeholder for a
  price given elsewhere.
* First purchases below a fifth of one of the `trifles` (by currency), about two thousand euros: they open no door.
* Awards small enough for a direct award without another ground: by the lowest of the `thresholds` for the country,
  currency and date, and by the `small_amounts` if no limit applies to all buyers.
* Open procedures: any supplier may win them, whatever it sold before.
* Procedures with more than one tenderer: the others could have won.
* Orders under an existing framework agreement: they were decided before both purchases.

A record that gives neither the method nor the tenderers is insufficient data.

## Sources

Open Contracting Partnership, Red flags for integrity: R052. Window and ratio are starting points of this project.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal

from audits.facts.comparisons.coverage import require_months_before
from audits.facts.competition.tenderers import require_no_contest, require_no_rivals
from audits.facts.methods.legal_limits import DIRECT, Thresholds, operation_of
from audits.facts.methods.procedures import require_no_call_off
from audits.facts.methods.small_purchases import SMALL_AMOUNTS, TRIFLES_BY_CONTRACT, require_larger_operation
from audits.facts.money import Money
from audits.facts.stages import name_of, others_cited, standing_tender, suppliers_by_key
from audits.judging.dossiers.process import Dossier
from audits.judging.figures.bounds import Bounds, ValuesRead
from audits.judging.rule.vocabulary import Context, Evidence, Finding, NotApplicableError, Severity, Stage, rule

# A first purchase of less than a fifth of a trifle is none that anything could follow from.
_DOOR = 5


@rule(
    code="R052",
    title="Small then large purchase",
    stage=Stage.AWARD,
    severity=Severity.CONTEXT,
    version=8,
    reads=("purchases_before", "source_coverage"),
    bounds={
        "source_coverage": Bounds(
            values_read=ValuesRead.NOTHING, always=("since", "own_since"), beside="purchases_before"
        )
    },
    limits=DIRECT,
    sentences={
        "default": "Of what is on record, the buyer first bought for {first} from {supplier} ({ocid}, {date:date}); "
        "this award of {value} is {times} times as much.",
    },
    reasons={
        "seldom_asks": "of 18 such flags that people read one was worth a question: it is told beside others",
        "competed": "the record counts {count} tenderers",
        "no_earlier_purchase": "the buyer made no earlier purchase from this supplier",
    },
)
def small_then_large_purchase(
    dossier: Dossier,
    *,
    window_days: int = 365,
    minimum_ratio: float = 10,
    months: int = 12,
    thresholds: Thresholds = (),
    small_amounts: Mapping[str, int] = SMALL_AMOUNTS,
    trifles: Mapping[str, int] = TRIFLES_BY_CONTRACT,
) -> Iterator[Finding]:
    process = dossier.process
    standing_tender(dossier)
    require_no_contest(process)
    require_no_call_off(dossier)
    operation = operation_of(process)
    require_larger_operation(process, operation, thresholds, small_amounts)
    (key, supplier), *others = suppliers_by_key(process).items()
    if others:
        raise NotApplicableError("several_suppliers")
    history = [entry for entry in dossier.statistic("purchases_before") if entry.supplier == key]
    if not history:
        raise NotApplicableError("no_earlier_purchase")
    require_no_rivals(process)
    earlier = sorted(
        (entry.date, entry.ocid, Money(entry.amount, entry.currency))
        for entry in history
        if entry.currency == operation.money.currency and entry.amount >= 1
    )
    if not earlier or any(2 * money.amount > operation.money.amount for _, _, money in earlier):
        return
    on, ocid, first = earlier[0]
    opens_door = 0 < (operation.on - on).days <= window_days and _DOOR * first.amount >= trifles.get(first.currency, 0)
    if opens_door and operation.money.amount >= first.amount * Decimal(str(minimum_ratio)):
        require_months_before(dossier.statistic("source_coverage"), on, months)
        name = name_of(process, supplier)
        sold = Evidence(supplier.path, {"id": supplier.id, "name": name})
        yield Finding(
            evidence=(*operation.evidence(), sold, *others_cited([ocid])),
            values={
                "first": str(first),
                "supplier": name,
                "ocid": ocid,
                "date": on.isoformat(),
                "value": str(operation.money),
                "times": f"{operation.money.amount / first.amount:.0f}",
            },
            cites=(key, ocid),
            context=Context("seldom_asks", {}),
        )
