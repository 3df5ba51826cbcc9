"""
A lender, donor or foreign government pays for the technology.

## Why it matters

The financier often sets the terms: which law applies, who may bid, what stays confidential. The terms of the financing
are seldom published with the contract.

## Method

For technology in scope, look for:

* a listed lender or donor, among parties with the role `funder`, in the budget and in the words of the record;
* terms of a loan, credit, donation or cooperation.

One clear term is enough. Words with other meanings ("loan", "donación") need a second one, but not in the budget.

### Severity

* **high**: a lender and a supplier share a home country and competition was limited, as in T06.
* **medium**: everything else.
* **context** (needs no decision), unless it is high:
  * Office goods (telephones, switches, handsets, antivirus and the like), except those for schools, hospitals, a
    territory or a security body.
  * Maintenance of systems that are not named.
  * Only the European Union finances it, and the buyer is in a member state ("cofinanciado por FEDER").
  * Drones that watch nobody.
  * Surveillance that is context in T01: a body's own vehicles and staff, its ordinary cameras, and small purchases.
  * The title begins with computers, printers, vehicles or furniture.
  * The unit that runs a programme buys for itself.
  * Only words for networks and communication indicate technology, and they have many other meanings ("red",
    "communication strategy").
  * Title and description begin with something else, which is for or about technology ("auditoría del proyecto …",
    "works for …").
  * Consultants are selected, and the record does not say what they make or supply ("Data Center Manager").
  * Only a desktop program, at the beginning of a title ("MATLAB").
  * The purchase costs less than one of the `trifles` (by currency; a bound of this project, which people who label
    notices do not know).

## Exclusions

* Budget credits and own funds of the state or a town, also "recursos del Ministerio de Educación", "a grant from the
  Ministry of Housing" and "financiamiento municipal", and agreements between governments within one state ("convenio
  intergubernativo").
* The government of the record's own country, named as a financier ("US Government"), its agencies for export credit
  and for aid to others, and its own aid ("USAID" in the United States).
* Gifts or loans of the supplier itself: T17 asks about them.
* The financing of an earlier purchase ("software adquirido mediante convenio con UNOPS").
* Single words for funds and cooperation in a text of 1200 characters or more.
* Money that does not exist ("No hay financiación de …"), that is only possible ("may be funded by"), or that a system
  only accounts for.
* What the holder of a concession pays ("Financiamiento del concesionario").
* Single words for money in the name of the buyer ("Hospital Guillermo Grant Benavente").
* Jobs for persons.
* Purchases that were called off before anything was signed or paid.

The nationality of a lender never raises a flag.

## Sources

OECD, Arrangement on officially supported export credits. AidData, How China lends (2021). Lists of this installation.
"""

from collections.abc import Iterator, Mapping

from audits.facts.methods.small_purchases import TRIFLES, trifle
from audits.facts.sellers.financing import financing, is_of_union, tied_supply_pairs
from audits.facts.technology.ordinary.office_goods import desk_program, office_kit, serves_an_office
from audits.facts.technology.prominence import mentioned_as_purpose, mentioned_vaguely
from audits.facts.technology.record_words import advises
from audits.facts.technology.scope import require_scope
from audits.judging.dossiers.process import Dossier
from audits.judging.rule.naming import named_evidence
from audits.judging.rule.vocabulary import Finding, Severity, Stage, rule


@rule(
    code="T05",
    title="Development finance",
    stage=Stage.PLANNING,
    severity=Severity.MEDIUM,
    version=39,
    lists=("financiers", "vendors"),
    sentences={
        "default": "Outside money is named: {words}.",
    },
)
def development_finance(dossier: Dossier, *, trifles: Mapping[str, int] = TRIFLES) -> Iterator[Finding]:
    require_scope(dossier)
    found = financing(dossier)
    if not found:
        return
    is_tied = any(tied_supply_pairs(dossier))
    yield Finding(
        evidence=found,
        values={"words": named_evidence(found)},
        severity=Severity.HIGH if is_tied else Severity.MEDIUM,
        context=None
        if is_tied
        else trifle(dossier, trifles)
        or serves_an_office(dossier, trifles)
        or office_kit(dossier)
        or desk_program(dossier)
        or is_of_union(dossier, found)
        or mentioned_vaguely(dossier)
        or mentioned_as_purpose(dossier, besides=found)
        or advises(dossier),
    )
