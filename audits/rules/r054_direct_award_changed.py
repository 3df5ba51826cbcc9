"""
A contract awarded without competition was changed afterwards.

## Why it matters

A contract without competition can grow without anybody else being asked: first a small direct award, then change
orders.

## Method

The procurement method is one of the `methods`. Flag each contract with amendments after its signature, at least
`minimum_amendments` of them.

* If none is listed, documents of the contract whose type, title or file name says so ("convenio modificatorio", "termo
  aditivo") count as amendments; so do documents of its implementation and, from the signature on, of an award with no
  other contract.
* Undated amendments that complete each other count as one, and so do amendments of one day with the same words.

The flag is **context** (needs no decision) if:

* the purchase, or the changed contract, costs less than one of the `trifles` (by currency, bounds of this project);
* the changes of the contract that say, in Spanish, Portuguese or English, that more or something else is bought are
  fewer than `minimum_amendments`;
* these changes add less than a tenth of the contract in total, by the latest running total that one of them gives, and
  by the percentages or sums of the others;
* the changes that say what they change are fewer than `minimum_amendments`, and the contract is not above its award;
  but not if `minimum_untold` do not say it, the contract is of at least ten `trifles`, and the ground left the buyer a
  choice;
* the contract is below its award, and no change says what it adds; or
* only insurers sell: newly insured items are added over time.

### What does not mean that more is bought

* Words about a renewed term, more time for goods or services ("días adicionados"), an index, wages, a reduction, a
  clerical error, other clauses, an option or reserved money; a sum with a minus.
* Words saying that the cost stays the same, or that a price, cost, wage, tax or fuel goes up.
* Notes that are not a change under Brazilian law ("apostilamento").
* The name of a type that can mean more or less ("acréscimo / supressão").

## Exclusions

* Cancelled tenders and contracts.
* Purchases for which no law requires competition, by their title, as in R010: landlord and tenant agree on rents.
* Purchases up to one of the `small_amounts` (by currency) where the contract is hardly above the award.
* Amendments dated up to the day of signature; undated ones are counted.

A record without amendments and such documents does not say whether there were any: that is insufficient data.

## Sources

Open Contracting Partnership, Red flags for integrity: R054.
"""

from collections.abc import Iterator, Mapping, Sequence

from audits.facts.contracts.amendments import amended_contracts, insured
from audits.facts.contracts.contract_values import signed_less, signed_more
from audits.facts.methods.procedures import is_no_choice, require_object_in_law
from audits.facts.methods.small_purchases import (
    SMALL_AMOUNTS,
    TRIFLES_BY_CONTRACT,
    multiples,
    require_more_than_small,
    trifle,
    trifling_contract,
)
from audits.facts.stages import label_of, require_method, standing_tender
from audits.judging.dossiers.process import Dossier
from audits.judging.rule.vocabulary import Finding, Severity, Stage, rule
from contracts.ocds.codelists.codes import NON_COMPETITIVE

# Changes without words are asked about where the contract is large: of about a hundred thousand euros.
_TRIFLES_OF_LARGE = 10


@rule(
    code="R054",
    title="Direct award changed afterwards",
    stage=Stage.CONTRACT,
    severity=Severity.MEDIUM,
    version=19,
    on_trial=True,
    sentences={
        "default": "Contract {contract:place}, awarded by the method “{method:code}”, was amended after its "
        "signature; amendments: {count}.",
    },
    reasons={
        "signed_less": "the contract is of less than its award",
        "little_added": "the changes say to add {percent} % of the contract in all",
    },
)
def direct_award_changed(
    dossier: Dossier,
    *,
    methods: Sequence[str] = NON_COMPETITIVE,
    minimum_amendments: int = 1,
    minimum_untold: int = 3,
    small_amounts: Mapping[str, int] = SMALL_AMOUNTS,
    trifles: Mapping[str, int] = TRIFLES_BY_CONTRACT,
) -> Iterator[Finding]:
    tender = standing_tender(dossier)
    method = require_method(tender, methods)
    require_object_in_law(dossier)
    require_more_than_small(dossier.process, small_amounts)
    minimum = max(minimum_amendments, 1)
    large = multiples(trifles, _TRIFLES_OF_LARGE)
    for amended in amended_contracts(dossier):
        contract, changes = amended.contract, amended.changes
        if len(changes) >= minimum:
            untold = amended.untold(minimum)
            is_large = not trifling_contract(contract, large)
            speak_for_themselves = amended.silent >= minimum_untold and is_large and not is_no_choice(dossier)
            yield Finding(
                evidence=(method, *changes),
                values={
                    "contract": label_of(contract),
                    "method": tender.method_details or tender.method,
                    "count": len(changes),
                },
                cites=(contract.id,),
                context=amended.ordinary(minimum)
                or amended.little_added()
                or insured(dossier)
                or trifle(dossier, trifles)
                or trifling_contract(contract, trifles)
                or (untold and signed_less(dossier.process, contract))
                or (None if speak_for_themselves or signed_more(dossier.process, contract) else untold),
            )
