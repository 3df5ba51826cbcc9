"""
Critical technology is bought on price alone.

## Why it matters

For systems that watch people, run networks or hold data, the cheapest offer may cost most: security, rights and exit
are not in the price.

## Method

If the object is surveillance technology (T01), a core network (T07) or a hosted service (T09), flag `awardCriteria` of
`priceOnly` or `lowestCost`, and the wording of price-only awards in criteria, method, titles, descriptions and lots
("menor precio").

### Severity

* **low**: all that is not context.
* **context** (needs no decision):
  * Orders under a framework, whose criteria were set before.
  * Purchases below one of the `trifles` (by currency). If no amount is given, a method reserved for small purchases
    shows it. Not for technology that recognises faces, intercepts, reads plates, is beside a command centre, is bought
    for a security body by a civil buyer or watches pupils, patients, migrants and the like.
  * Office goods and ordinary cameras of an office, as in T05; desktop programs and hosted office tools, as in T09.

## Exclusions

* Awards on quality and price.
* Technology that only the title of a framework names.
* Systems that only watch a body's own vehicles or staff, cameras of hired guards, and networks that T07 does not ask
  about.
* Purchases that were called off before anything was signed or paid.

If the record does not mention criteria, the outcome is "insufficient data".

## Sources

OCDS, codelist awardCriteria. Directive 2014/24/EU, art. 67.
"""

from collections.abc import Iterator, Mapping

from audits.facts.methods.procedures import call_off_by_name
from audits.facts.methods.small_purchases import TRIFLES
from audits.facts.technology.hosting.hosting import hosted_services
from audits.facts.technology.ordinary.office_goods import hosted_tool, serves_an_office
from audits.facts.technology.ordinary.ordinary_watching import harmless_trifle
from audits.facts.technology.ordinary.own_offices import beside_buildings
from audits.facts.technology.ordinary.own_use import of_others
from audits.facts.technology.scope import require_scope
from audits.facts.technology.systems.core_networks import core_networks
from audits.facts.technology.systems.surveillance import surveillance
from audits.judging.dossiers.parts import GROUND_PARTS, READ_PARTS
from audits.judging.dossiers.process import Dossier
from audits.judging.rule.naming import first_of_each, named_evidence
from audits.judging.rule.vocabulary import (
    Context,
    Evidence,
    Finding,
    InsufficientDataError,
    NotApplicableError,
    Severity,
    Stage,
    rule,
)

_PRICE_ONLY = frozenset({"priceOnly", "lowestCost"})


@rule(
    code="T22",
    title="Price-only award",
    stage=Stage.TENDER,
    severity=Severity.LOW,
    version=29,
    sentences={
        "default": "The award is decided by price: {words:code}.",
    },
    reasons={
        "no_sensitive_object": "no surveillance, core network or hosted service is found",
        "no_criteria": "the record says nothing of award criteria",
    },
)
def price_only_award(dossier: Dossier, *, trifles: Mapping[str, int] = TRIFLES) -> Iterator[Finding]:
    require_scope(dossier)
    call_off = call_off_by_name(dossier)
    watching = beside_buildings(dossier, of_others(dossier, surveillance(dossier)))
    bought = (*watching, *core_networks(dossier), *hosted_services(dossier))
    if call_off and dossier.process.items():
        # The title of an order is that of its framework.
        bought = tuple(
            mention
            for mention in bought
            if not (mention.part == "title" and dossier.leaves_out(mention, "title_of_framework"))
        )
    if not bought:
        raise NotApplicableError("no_sensitive_object")
    tender = dossier.process.tender
    evidence: list[Evidence] = []
    if tender.award_criteria in _PRICE_ONLY:
        evidence.append(Evidence(f"{tender.path}/awardCriteria", tender.award_criteria, note="awardCriteria"))
    mentions = (
        *dossier.mentions_of("price_only", parts=GROUND_PARTS | {"criteria"}),
        # An auction in a title is a way of buying, which the method tells.
        *(
            mention
            for mention in dossier.mentions_of("price_only", parts=READ_PARTS)
            if not mention.written.lower().startswith("subasta")
        ),
    )
    evidence.extend(dossier.evidence(mention) for mention in first_of_each(mentions))
    if evidence:
        yield Finding(
            evidence=tuple(evidence),
            values={"words": named_evidence(evidence)},
            context=Context("call_off", {"method": call_off})
            if call_off
            else harmless_trifle(dossier, bought, trifles)
            or serves_an_office(dossier, trifles)
            or hosted_tool(dossier),
        )
    elif not tender.award_criteria and not tender.award_criteria_details:
        raise InsufficientDataError("/tender/awardCriteria", "no_criteria")
