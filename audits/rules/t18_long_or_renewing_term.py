"""
The buyer is bound for a long time, or without end.

## Why it matters

Technology ages faster than long contracts. A term that renews itself takes the decision away from the next government.

## Method

Flag the longer of these if it is longer than `years` years:

* the longest period of tender, lots, awards and contracts, from start to end or to the latest possible end, amendments
  included;
* the longest term that titles, descriptions and lots state ("maximum term of ten years", "vigencia de 72 meses",
  "servicio … por diez años").

A term is **context** (needs no decision) if

* it is a period that is longer than `years` years by less than a fifth;
* what is bought costs, for each year of the term, less than one of the `trifles` (by currency, a bound of this
  project);
* public bodies agree on it, no amount is told, no firm supplies it, and nothing watches people;
* an agreement by which money comes or goes (Minas Gerais) pays for it, no supplier is named, and nothing watches
  people;
* the title names devices that are delivered once, and neither software, a system nor a service (but to install
  them), and the term is of seven years or less: it is that of their guarantee;
* the title is about mobile telephones, which keep their numbers when the operator changes, for five years at most.

A stated term is context too if

* only a description names technology, after its first 300 characters, or only title and description name it, 70
  characters or more after the object begins;
* the title names only telephones, digital certificates or another hosted office tool;
* only internet or telephone lines are bought, for five years at most.

Flag automatic renewal wherever the words of the record mention it.

## Exclusions

* Terms of exactly `years` years.
* Years of a guarantee, of experience and the like.
* Renewals that both sides must agree to.
* Periods that end before they begin: nobody can tell which date is wrong.
* Purchases that were called off before anything was signed or paid, and tenders that ended without an award.
* Licences that are themselves "renewed automatically" ("renovación automática de 750 licencias").

## Sources

World Bank, Procurement of information systems (2022).
"""

from collections.abc import Iterator, Mapping

from audits.facts.contracts.contract_terms import DAYS_IN_YEAR, contract_terms
from audits.facts.contracts.stated_terms import STATED, renewals, stated_terms
from audits.facts.methods.procedures import agreed_without_payment, funded_by_agreement
from audits.facts.methods.small_purchases import TRIFLES, modest, trifle
from audits.facts.technology.ordinary.office_goods import rented_by_any_office, rents_mobile_lines
from audits.facts.technology.prominence import mentioned_behind, mentioned_late
from audits.facts.technology.scope import require_scope
from audits.facts.technology.supply.delivered_devices import delivers_devices
from audits.facts.technology.systems.surveillance import surveillance
from audits.judging.dossiers.process import Dossier
from audits.judging.rule.naming import first_of_each, named
from audits.judging.rule.vocabulary import (
    Context,
    Finding,
    InsufficientDataError,
    NotApplicableError,
    Severity,
    Stage,
    rule,
)
from contracts.ocds.codelists.codes import CANCELLED

# A term that is longer by less than a fifth may be of four years, published with the weeks before and after: of 14
# such flags in twelve readings five were right.
_HARDLY = 1.2


@rule(
    code="T18",
    title="Long or renewing term",
    stage=Stage.CONTRACT,
    severity=Severity.MEDIUM,
    version=32,
    on_trial=True,
    sentences={
        "default": "The term runs for {years} years; the rule asks about more than {limit}.",
        "renewing": "The term renews itself: {words}.",
    },
    reasons={
        "hardly_longer": "the period is longer by less than a fifth",
        "no_whole_period": "no period has both a start and an end",
        "modest": "what it costs, {spent}, is below {bound}: for each year of the term, a small purchase",
    },
)
def long_or_renewing_term(
    dossier: Dossier, *, years: float = 4, trifles: Mapping[str, int] = TRIFLES
) -> Iterator[Finding]:
    require_scope(dossier)
    if dossier.process.tender.status in CANCELLED and not dossier.process.stages():
        raise NotApplicableError("no_award")
    renewing = renewals(dossier)
    if renewing:
        yield Finding(
            evidence=tuple(dossier.evidence(mention) for mention in first_of_each(renewing)),
            values={"words": named(renewing)},
            sentence="renewing",
        )
    terms = [*contract_terms(dossier), *stated_terms(dossier)]
    if not terms:
        if renewing:
            return
        raise InsufficientDataError("/contracts/period", "no_whole_period")
    # A term of four years ends on the day before, on the day, or a day later in a leap year: none of them is longer.
    longer = [term for term in terms if term[0] > years * DAYS_IN_YEAR + 1]
    if longer:
        days, stage, evidence = max(longer, key=lambda term: term[0])
        yield Finding(
            evidence=evidence,
            values={"years": round(days / DAYS_IN_YEAR, 1), "limit": years},
            cites=(stage,),
            context=_hardly_longer(days, stage, years)
            or _binds_little(dossier, days, trifles)
            or (_of_others(dossier, days) if all(term[1] == STATED for term in longer) else None),
        )


def _hardly_longer(days: float, stage: str, years: float) -> Context | None:
    """Return that a period is hardly longer than the rule asks about; words tell whole years."""
    is_hardly = stage != STATED and days < _HARDLY * years * DAYS_IN_YEAR
    return Context("hardly_longer", {}) if is_hardly else None


def _binds_little(dossier: Dossier, days: float, trifles: Mapping[str, int]) -> Context | None:
    """Return that a long term binds to a trifle, to what public bodies do for each other, or to no more than goods."""
    # What runs for five years may cost five trifles.
    if small := trifle(dossier, trifles) or modest(dossier.process, trifles, int(days / DAYS_IN_YEAR)):
        return small
    agreed = agreed_without_payment(dossier) or funded_by_agreement(dossier)
    if agreed and not surveillance(dossier):
        return agreed
    return Context("of_guarantee", {}) if delivers_devices(dossier, days) else rents_mobile_lines(dossier, days)


def _of_others(dossier: Dossier, days: float) -> Context | None:
    """Return that the years that words tell may be those of something else, or bind to what any office can leave."""
    places = dossier.scope.evidence
    return mentioned_behind(dossier, places) or mentioned_late(dossier, places) or rented_by_any_office(dossier, days)
