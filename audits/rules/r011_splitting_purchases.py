"""
Purchases from one supplier are small one by one, but together exceed the limit for direct awards.

## Why it matters

Splitting a purchase avoids competition. Laws forbid it, and add up purchases that belong together.

## Method

Take:

* the legal limit for direct awards (`thresholds`, by country, currency and date);
* the awards of this process;
* other direct purchases of the same subject by the same buyer from the same supplier, within `window_days` before or
  after.

Flag the process if:

* each of these purchases, this one included, stays within the limit;
* there are at least `minimum_purchases`; and
* their sum exceeds the limit.

Other purchases do not count if they are outside the window, in another currency or from several suppliers.

Purchases have the same subject if their items have the same class.

The question is asked once, about the latest of these purchases. The flag of an earlier one is **context** (needs no
decision) if a later purchase exceeds the limit together with those around it.

## Exclusions

* Cancelled tenders.
* Undecided and cancelled awards.
* Values of 0 or less.
* Processes with several suppliers.
* Purchases by exception: they have no limit.
* Countries, currencies and dates without an enabled threshold that has a legal source.

Some buyers, such as state enterprises or consortia, may have a higher limit by law; the rule knows only the general
one.

## Sources

Open Contracting Partnership, Red flags for integrity: R011. Each threshold names its legal source.
"""

from collections.abc import Iterator

from audits.facts.comparisons.split_purchases import Bought, asked_of_later, bought_beside, bought_on
from audits.facts.methods.legal_limits import DIRECT, Thresholds, direct_award, method_evidence
from audits.facts.money import total
from audits.facts.stages import name_of, others_cited, suppliers_by_key
from audits.judging.dossiers.process import Dossier
from audits.judging.rule.vocabulary import Evidence, Finding, NotApplicableError, Severity, Stage, rule


@rule(
    code="R011",
    title="Direct purchases that add up",
    stage=Stage.AWARD,
    severity=Severity.MEDIUM,
    version=4,
    reads=("purchases_beside",),
    limits=DIRECT,
    sentences={
        "default": "{count} direct purchases from {supplier} within {days:day|days} of this one make {total} "
        "together; each stays within the limit of {limit} ({source}).",
    },
    reasons={
        "asked_of_later": "it is asked of a later one of these purchases, {ocid}",
        "above_limit_alone": "the awards of this process exceed the limit for direct awards themselves",
    },
)
def splitting_purchases(
    dossier: Dossier, *, thresholds: Thresholds = (), window_days: int = 90, minimum_purchases: int = 2
) -> Iterator[Finding]:
    process = dossier.process
    tender, operation, limit = direct_award(dossier, thresholds)
    if operation.money.amount > limit.money.amount:
        raise NotApplicableError("above_limit_alone")
    suppliers = suppliers_by_key(process)
    if len(suppliers) > 1:
        raise NotApplicableError("several_suppliers")
    key, supplier = next(iter(suppliers.items()))
    own = Bought(bought_on(process, operation), operation.money)
    beside = [entry for entry in dossier.statistic("purchases_beside") if entry.supplier == key]
    others = bought_beside(process, own, beside, limit.money, window_days)
    together = total([operation.money, *(bought.money for bought in others.values())])
    if together is not None and 1 + len(others) >= minimum_purchases and together.amount > limit.money.amount:
        place = Evidence(supplier.path, {"id": supplier.id, "name": name_of(process, supplier)})
        yield Finding(
            evidence=(*operation.evidence(), method_evidence(tender), place, *others_cited(others)),
            values={
                "count": 1 + len(others),
                "supplier": name_of(process, supplier),
                "days": window_days,
                "total": str(together),
                "limit": str(limit.money),
                "source": limit.source,
            },
            cites=(key,),
            context=asked_of_later(process, own, others, limit.money, (window_days, minimum_purchases)),
        )
