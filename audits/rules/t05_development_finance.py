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
* **context** (waits for no decision), unless it is high:
  * Goods of an office (telephones, switches, handsets, antivirus and the like), but not those for schools, hospitals,
    a territory or a security body.
  * Upkeep of systems that are not named.
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
  * The purchase costs less than one of the `trifles` (by currency, a bound of this project, which readers of
    notices do not know).

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

from audits.facts.procurement.financing import financing, tied_supply_pairs
from audits.facts.procurement.small_purchases import TRIFLES, trifle
from audits.facts.technology.office_goods import desk_program, office_kit, serves_an_office
from audits.facts.technology.prominence import told_for, told_vaguely
from audits.facts.technology.scope import require_scope
from audits.facts.technology.told import advises
from audits.judging.dossiers.process import Dossier
from audits.judging.rule.naming import named_evidence
from audits.judging.rule.vocabulary import Change, Finding, Severity, Stage, rule


@rule(
    code="T05",
    title="Development finance",
    stage=Stage.PLANNING,
    severity=Severity.MEDIUM,
    version=19,
    changes={
        2: Change("2026-11-24", "The name of a budget counts even if it is one word."),
        3: Change("2026-11-24", "What the supplier itself gave is no outside money; the same words are shown once."),
        4: Change(
            "2026-11-25",
            "The thing bought must be technology too, else the finding is withheld; each text is read in its own "
            "language, each lot by itself.",
        ),
        5: Change(
            "2026-11-27",
            "Words with other meanings count only where the notice reads more clearly like technology, and "
            "words within the name of a buyer no longer tell what is bought; how something was bought before and "
            "single words of long texts do not count.",
        ),
        6: Change(
            "2026-11-28",
            "Financing that a text says there is none of (“No hay financiación de …”) does not count."
            " Not asked of what was called off before anything was signed or paid.",
        ),
        7: Change(
            "2026-11-28",
            "“Cooperación China Taiwán” is told as that of Taiwan; what looks at a body's own vehicles or "
            "staff alone is context.",
        ),
        8: Change(
            "2026-11-28",
            "Norms of whoever finances (“Normativa del Financiador”) count; what an office is named after "
            "(“Viceministerio de … Financiamiento Externo”) and money of nobody by name that a system keeps "
            "account of do not.",
        ),
        9: Change("2026-11-28", "Own vehicles are told by more words, as in T01."),
        10: Change(
            "2026-11-28",
            "Posts of persons are no technology; goods of an office (telephones, switches, handsets, "
            "antivirus), its ordinary cameras, and drones that are instruments are context; loans that a system "
            "keeps account of are not what pays for it.",
        ),
        11: Change("2026-11-28", "Ordinary cameras and vehicles are read as in the newest version of T01."),
        12: Change(
            "2026-11-29",
            "Money of ministries and treasuries at home is no outside money; trifles, and computers, "
            "printers, vehicles and furniture at the head of a title, are context. What only a long list "
            "names, behind its first words, is not what is bought.",
        ),
        13: Change(
            "2026-11-29",
            "What the unit that runs a programme buys for itself is context, and so is technological "
            "equipment at the head of a title that names no system.",
        ),
        14: Change(
            "2026-11-29", "Money that there might be one day (“could deliver EU funded projects”) does not count."
        ),
        15: Change(
            "2026-11-29",
            "What is surveillance, own, of offices or a trifle is read as in the newest version of T01.",
        ),
        16: Change(
            "2026-11-29",
            "Words for networks and communication, which mean much else, are context where they alone tell the "
            "technology.",
        ),
        17: Change(
            "2026-11-29",
            "What an exclusion sets aside, or a text denies, is withheld, with the exclusion and the passage.",
        ),
        18: Change(
            "2026-11-29",
            "It is context where title and description begin with something else, which is for or about technology, "
            "where consultants make and supply nothing, and for programs of a desk. “Loan”, “donations”, “donante” "
            "and the like need a second word, as “préstamo” does; grants of a ministry at home, money that there "
            "may be, agreements of the governments of one state, and loans in capitals that a system keeps account "
            "of, are no outside money.",
        ),
        19: Change(
            "2026-11-29",
            "A government that is that of the record's own country (“US Government”), and an export-credit agency at "
            "home, are no outside money; nor is “BID” a bank where it numbers or heads a call for bids in capitals.",
        ),
    },
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
        or told_vaguely(dossier)
        or told_for(dossier, besides=found)
        or advises(dossier),
    )
