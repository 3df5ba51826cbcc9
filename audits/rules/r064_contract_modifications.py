"""
A contract was changed again and again.

## Why it matters

Each change may be sound. Many together can make of a tender's contract another one that nobody competed for.

## Method

Flag each contract with at least `minimum_amendments` amendments after its signature.

* Where none is listed, documents of the contract whose type, title or file name says so ("convenio modificatorio",
  "termo aditivo") count as amendments; so do those of its implementation, and, from the signature on, of an award
  whose only contract it is.
* Amendments without a date that complete each other, the reason in one and the description in the next, are one, and
  so are those of one day with the same words.

The flag is **context** (needs no decision) where:

* fewer than `minimum_amendments` changes of the contract say, in Spanish, Portuguese or English, that more or
  something else is bought, or that works are given more time, or fewer say anything of what they change;
* they add less than a tenth of the contract in all and, where its value is known, less than ten of the `trifles` (by
  currency, about ten thousand euros each), as the latest that tells it says of all up to it, and each other of itself;
  or
* nobody but insurers sells: what they insure is added as it comes.

### What does not say that more is bought

* Words that tell of a term renewed ("prorrogar"), an index, wages, less, a slip, other clauses, an option or money set
  aside.
* Words that the cost stays the same, or that a price, cost, wage, tax or fuel goes up.
* Notes that Brazil's law calls no change ("apostilamento").
* The name of a kind that tells both ways ("acréscimo / supressão").

Whether a change that says no more than its name, or nothing, buys more cannot be asked; one that names a percentage or
sum counts. Of documents that tell of changes the number alone counts.

## Exclusions

* Cancelled tenders and contracts.
* Procedures without competition: R054 asks about them, at the first change.
* Amendments dated before the signature; those without a date are counted.

A record that lists no amendments and no such document does not say whether there were any: that is insufficient data.

## Sources

Open Contracting Partnership, Red flags for integrity: R064. Three amendments: Prozorro's risk indicators.
"""

from collections.abc import Iterator, Mapping

from audits.facts.procurement.amendments import amended_contracts, insured
from audits.facts.procurement.small_purchases import TRIFLES_BY_CONTRACT
from audits.facts.procurement.stages import label_of, standing_tender
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
    version=11,
    sentences={
        "default": "Contract {contract:place} was amended {count} times after its signature; the rule asks from "
        "{minimum}.",
    },
    reasons={
        "insured": "an insurer sells it, and what it insures is added as it comes: {supplier}",
        "little_added": "what the changes say that they add is {percent} % of the contract in all",
        "routine_changes": "changes that do not say that more or something else is bought: {routine}",
        "untold_changes": "changes that do not say what they change: {silent}",
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
    much = {currency: _TRIFLES_ADDED * amount for currency, amount in trifles.items()}
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
                or insured(dossier),
            )
