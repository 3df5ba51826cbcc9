"""
Amendments made the contract more expensive.

## Why it matters

Bidders did not compete for a price that rises after the signature. Many laws cap such increases.

## Method

Take the contracts that list amendments after their signature, or documents about amendments, and compare their present
value with the value of their award, in the same currency. Flag an increase of more than `maximum_increase` of the
award.

The documents are those of the contract, of its implementation and, from the signature on, of an award with no other
contract.

The flag is **context** (needs no decision) if:

* the contract, other than for works, was first changed after at least ten months, and its cost per day is at most
  `maximum_increase` above that of the award until then: it was renewed; or
* the changed contract costs less than one of the `trifles` (by currency, about ten thousand euros), or rose by less
  than three of them, unless it at least doubled and rose by one.

## Exclusions

* Cancelled tenders and contracts.
* Values of 0 or less.
* Contracts without amendments: R059 asks about them.
* Amendments dated up to the day of signature: they put an entry right, and what was signed was so.

A compiled release keeps only the last value, so it does not show which amendment raised it.

## Sources

Open Contracting Partnership, Red flags for integrity: R069. The 20 percent are a starting point of this project, not a
legal figure: set the country's own.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal

from audits.facts.contracts.amendments import amended_contracts
from audits.facts.contracts.contract_values import Pair, compared, renewed
from audits.facts.methods.small_purchases import TRIFLES, trifling_contract
from audits.facts.money import Money, percent
from audits.facts.stages import contracts_by_award, label_of, standing_tender, value_evidence
from audits.judging.dossiers.process import Dossier
from audits.judging.rule.vocabulary import Context, Finding, NotApplicableError, Severity, Stage, rule

# An increase is asked about from so many trifles on.
_LITTLE = 3


@rule(
    code="R069",
    title="Contract price increase",
    stage=Stage.IMPLEMENTATION,
    severity=Severity.MEDIUM,
    version=10,
    on_trial=True,
    sentences={
        "default": "Award {award:place} is of {awarded}; as amended, what was signed is {signed}: {percent} % of it.",
    },
    reasons={
        "not_amended": "no contract of a known award was amended after its signature",
        "adds_little": "the amendments add {added}, which is below {bound}",
        "renewed": "it was first changed after {days} days and lasts {whole}: for its time it costs hardly more",
    },
)
def contract_price_increase(
    dossier: Dossier, *, maximum_increase: float = 0.2, trifles: Mapping[str, int] = TRIFLES
) -> Iterator[Finding]:
    standing_tender(dossier)
    changes_of = {amended.contract.path: amended.changes for amended in amended_contracts(dossier) if amended.changes}
    pairs = [
        (award, contracts)
        for award, contracts in contracts_by_award(dossier.process)
        if changes_of.keys() & {contract.path for contract in contracts}
    ]
    if not pairs:
        raise NotApplicableError("not_amended")
    for pair in compared(pairs):
        most = 1 + Decimal(str(maximum_increase))
        if pair.signed.amount > pair.awarded.amount * most:
            yield Finding(
                evidence=(
                    value_evidence(pair.award),
                    *(value_evidence(contract) for contract in pair.contracts),
                    *(change for contract in pair.contracts for change in changes_of.get(contract.path, ())),
                ),
                values={
                    "award": label_of(pair.award),
                    "awarded": str(pair.awarded),
                    "signed": str(pair.signed),
                    "percent": percent(pair.signed.amount, pair.awarded.amount),
                },
                cites=tuple(sorted({pair.award.id, *(contract.id for contract in pair.contracts)})),
                context=renewed(dossier.process, pair, most) or _small(pair, trifles) or _adds_little(pair, trifles),
            )


def _small(pair: Pair, trifles: Mapping[str, int]) -> Context | None:
    """Return that the contracts, as they were changed, are trifles, as a context."""
    contexts = [trifling_contract(contract, trifles) for contract in pair.contracts]
    return contexts[0] if all(contexts) else None


def _adds_little(pair: Pair, trifles: Mapping[str, int]) -> Context | None:
    """Return that the amendments add little money, as a context; what doubles a contract is little up to a trifle."""
    currency, has_doubled = pair.signed.currency, pair.signed.amount >= 2 * pair.awarded.amount
    added = Money(pair.signed.amount - pair.awarded.amount, currency)
    bound = Money(Decimal(trifles.get(currency, 0)) * (1 if has_doubled else _LITTLE), currency)
    return Context("adds_little", {"added": str(added), "bound": str(bound)}) if added.amount < bound.amount else None
