"""
A lender, donor or foreign government pays for the technology.

## Why it matters

Who pays often sets the terms: which law applies, who may bid, what is kept confidential. The terms of the money are
seldom published with the contract.

## Method

For technology in scope, look for:

* a listed lender or donor, among parties with the role `funder`, in the budget and in the words of the record;
* terms of a loan, credit, donation or cooperation.

One clear term is enough. Words with other meanings ("loan", "donación") need a second one, but not in the budget.

### Severity

* **high**: a lender and a supplier share a home country and competition was limited, as in T06.
* **medium**: all else.
* **context** (needs no decision), unless it is high:
  * Goods of an office (telephones, switches, handsets, antivirus and the like), but not those for schools, hospitals,
    a territory or a security body.
  * Upkeep of systems that are not named.
  * Funds of the European Union alone pay, and the buyer is in a member state ("cofinanciado por FEDER").
  * Drones that watch nobody.
  * Surveillance that is context in T01: a body's own vehicles and staff, its ordinary cameras, and what is a trifle.
  * The title opens with computers, printers, vehicles or furniture.
  * The unit that runs a programme buys for itself.
  * Words for networks and communication, which mean much else, alone tell the technology ("red", "communication
    strategy").
  * Title and description begin with something else, which is for or about technology ("auditoría del proyecto …",
    "works for …").
  * Consultants are chosen, and nothing tells of what they make or supply ("Data Center Manager").
  * A program of a desk at the head of a title ("MATLAB"), and nothing besides.
  * The purchase costs less than one of the `trifles` (by currency, a bound of this project, which readers of notices
    do not know).

## Exclusions

* Budget credits and own funds of the state, also "recursos del Ministerio de Educación" and "a grant from the Ministry
  of Housing", and agreements of the governments of one state ("convenio intergubernativo").
* The government of the record's own country, where words for money name it ("US Government"), and an export-credit
  agency at home.
* What the supplier itself gave or lent: T17 asks about it.
* That by which something was bought before ("software adquirido mediante convenio con UNOPS").
* Single words for funds and cooperation in a text of 1200 characters or more.
* Money that a text says there is none of ("No hay financiación de …") or might be ("may be funded by"), or that a
  system keeps account of.
* Posts of persons.
* Purchases that were called off before anything was signed or paid.

The nationality of a lender raises nothing.

## Sources

OECD, Arrangement on officially supported export credits. AidData, How China lends (2021). Lists of this installation.
"""

from collections.abc import Iterator, Mapping

from audits.facts.procurement.financing import financing, is_of_union, tied_supply_pairs
from audits.facts.procurement.small_purchases import TRIFLES, trifle
from audits.facts.technology.office_goods import desk_program, office_kit, serves_an_office
from audits.facts.technology.prominence import told_for, told_vaguely
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
    version=29,
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
        or told_vaguely(dossier)
        or told_for(dossier, besides=found)
        or advises(dossier),
    )
