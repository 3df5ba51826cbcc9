"""
The contract differs widely from the award.

## Why it matters

The contract should match the award. If it is much more expensive, it is not what the bidders competed for; if it is
much smaller, it may be one of several.

## Method

Compare each award with the sum of its contracts, in the same currency. Flag a difference of more than
`maximum_difference` of the award.

Not flagged:

* Several contracts that add up to less than their award: more may follow.
* One contract below its award, if the award has several suppliers or the purchase lasts more than a year.
* A contract between the minimum and the full value of a tender (`minValue`, `value`): it is an order within them.

The flag is **context** (needs no decision) if:

* the contract equals the estimate to the cent: the value of the award may belong to another purchase;
* the contract is below the award, which costs nobody more; or
* the only award is below half of the estimate, and the contract does not exceed the estimate: the record may have only
  one of several awards.

## Exclusions

* Cancelled tenders and contracts.
* Values of 0 or less.
* Values that differ by a factor of ten, to one percent, or of a hundred or more: one is a typing error.
* Contracts that list amendments: R069 asks about them.
* An award that equals the estimate to the cent while less was signed (insufficient data): it is copied from the
  estimate.

## Sources

Open Contracting Partnership, Red flags for integrity: R059. The 20 percent are a starting point of this project, not a
legal figure: set the country's own.
"""

from collections.abc import Iterator
from decimal import Decimal

from audits.facts.contracts.contract_values import Pair, compared, is_estimate, lasts_years, ordinary_difference
from audits.facts.money import money, percent
from audits.facts.stages import contracts_by_award, label_of, standing_tender, value_evidence
from audits.judging.dossiers.process import Dossier
from audits.judging.rule.vocabulary import Finding, InsufficientDataError, NotApplicableError, Severity, Stage, rule
from contracts.ocds.parsing.objects import Tender


@rule(
    code="R059",
    title="Contract differs from award",
    stage=Stage.CONTRACT,
    severity=Severity.MEDIUM,
    version=6,
    sentences={
        "default": "Award {award:place} is of {awarded}, what was signed is {signed}: {percent} % of it.",
        "estimated": "Award {award:place} is of {awarded}, what was signed is the estimate, {signed}: {percent} "
        "% of it.",
    },
    reasons={
        "award_of_part": "the award is less than half of the estimate, {estimate}, which what was signed keeps within",
        "other_scale": "one of award and contract is ten times the other, or a hundred times or more",
        "signed_less": "less was signed than awarded",
        "amended": "the contracts were amended: R069 asks about them",
    },
)
def award_contract_difference(dossier: Dossier, *, maximum_difference: float = 0.2) -> Iterator[Finding]:
    tender = standing_tender(dossier)
    pairs = [
        (award, contracts)
        for award, contracts in contracts_by_award(dossier.process)
        if not any(contract.amendments for contract in contracts)
    ]
    if not pairs:
        raise NotApplicableError("amended")
    estimate = money(tender.value)
    own = [pair for pair in compared(pairs) if not is_estimate(pair, estimate)]
    if not own:
        raise InsufficientDataError("/awards/value/amount", "award_is_estimate")
    sound = [pair for pair in own if pair.is_of_one_scale]
    if not sound:
        raise InsufficientDataError("/contracts/value/amount", "other_scale")
    for pair in sound:
        difference = pair.signed.amount - pair.awarded.amount
        several = len(pair.contracts) > 1 or len(pair.award.suppliers) > 1
        is_part = several or lasts_years(dossier.process, pair)
        if (difference < 0 and is_part) or _is_order(tender, pair):
            continue
        if abs(difference) > pair.awarded.amount * Decimal(str(maximum_difference)):
            is_estimated = pair.signed == estimate
            yield Finding(
                evidence=(value_evidence(pair.award), *(value_evidence(contract) for contract in pair.contracts)),
                values={
                    "award": label_of(pair.award),
                    "awarded": str(pair.awarded),
                    "signed": str(pair.signed),
                    "percent": percent(pair.signed.amount, pair.awarded.amount),
                },
                sentence="estimated" if is_estimated else "default",
                severity=Severity.CONTEXT if is_estimated else None,
                context=ordinary_difference(dossier.process, pair),
                cites=tuple(sorted({pair.award.id, *(contract.id for contract in pair.contracts)})),
            )


def _is_order(tender: Tender, pair: Pair) -> bool:
    """Tell whether what was signed lies between the least and the whole value of a tender."""
    least, most = money(tender.min_value), money(tender.value)
    if least is None or most is None or not least.currency == most.currency == pair.signed.currency:
        return False
    return least.amount <= pair.signed.amount <= most.amount
