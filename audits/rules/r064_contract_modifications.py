"""
A contract was changed again and again.

## Why it matters

Each change may be justified. Together, many changes can turn the contract into another one that nobody competed for.

## Method

Flag each contract with at least `minimum_amendments` amendments after its signature.

* If none is listed, documents of the contract whose type, title or file name says so ("convenio modificatorio", "termo
  aditivo") count as amendments; so do documents of its implementation and, from the signature on, of an award with no
  other contract.
* Undated amendments that complete each other (the reason in one, the description in the next) count as one, and so do
  amendments of one day with the same words.

The flag is **context** (needs no decision) if:

* fewer than `minimum_amendments` changes of the contract say, in Spanish, Portuguese or English, that more or
  something else is bought or that works get more time; or fewer say what they change at all;
* the changes add less than a tenth of the contract in total and, if its value is known, less than ten of the `trifles`
  (by currency, about ten thousand euros each), by the latest running total that one of them gives, and by the amounts
  of the others;
* only insurers sell: newly insured items are added over time; or
* it is a framework agreement, by its title: its orders may be listed as changes.

### What does not mean that more is bought

* Words about a renewed term ("prorrogar"), more time for goods or services ("días adicionados"), an index, wages, a
  reduction, a clerical error, other clauses, an option or reserved money; a sum with a minus.
* Words saying that the cost stays the same, or that a price, cost, wage, tax or fuel goes up.
* Notes that are not a change under Brazilian law ("apostilamento").
* The name of a type that can mean more or less ("acréscimo / supressão").

A change that gives only its name, or nothing, does not show whether it buys more; one with a percentage or sum counts.
For documents about changes, only their number counts.

## Exclusions

* Cancelled tenders and contracts.
* Procedures without competition: R054 asks about them, at the first change.
* Amendments dated up to the day of signature; undated ones are counted.

A record without amendments and such documents does not say whether there were any: that is insufficient data.

## Sources

Open Contracting Partnership, Red flags for integrity: R064. Three amendments: Prozorro's risk indicators.
"""

from collections.abc import Iterator, Mapping

from audits.facts.contracts.amendments import amended_contracts, insured, orders_of_framework
from audits.facts.methods.small_purchases import TRIFLES_BY_CONTRACT, multiples
from audits.facts.stages import label_of, standing_tender
from audits.judging.dossiers.process import Dossier
from audits.judging.rule.vocabulary import Finding, NotApplicableError, Severity, Stage, rule
from contracts.ocds.codelists.codes import NON_COMPETITIVE

# A tenth of what is large is much by itself: about a hundred thousand euros.
_TRIFLES_ADDED = 10


@rule(
    code="R064",
    title="Many contract modifications",
    stage=Stage.IMPLEMENTATION,
    severity=Severity.LOW,
    version=16,
    on_trial=True,
    sentences={
        "default": "Contract {contract:place} was amended {count} times after its signature; the rule asks from "
        "{minimum}.",
    },
    reasons={
        "framework": "it is a framework agreement, whose orders may be listed as changes: {words}",
        "little_added": "what the changes say that they add is {percent} % of the contract in all",
        "noncompetitive": "the procurement method is {method:code}: R054 asks about its contracts",
    },
)
def contract_modifications(
    dossier: Dossier, *, minimum_amendments: int = 3, trifles: Mapping[str, int] = TRIFLES_BY_CONTRACT
) -> Iterator[Finding]:
    tender = standing_tender(dossier)
    if tender.method in NON_COMPETITIVE:
        raise NotApplicableError("noncompetitive", method=tender.method)
    minimum = max(minimum_amendments, 1)
    much = multiples(trifles, _TRIFLES_ADDED)
    for amended in amended_contracts(dossier):
        contract, changes = amended.contract, amended.changes
        if len(changes) >= minimum:
            yield Finding(
                evidence=changes,
                values={"contract": label_of(contract), "count": len(changes), "minimum": minimum_amendments},
                cites=(contract.id,),
                context=amended.ordinary(minimum)
                or amended.untold(minimum)
                or amended.little_added(much)
                or insured(dossier)
                or orders_of_framework(dossier),
            )
