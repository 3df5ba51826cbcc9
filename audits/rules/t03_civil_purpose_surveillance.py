"""
A civil project includes a surveillance function.

## Why it matters

Surveillance inside transport, tourism or smart-city projects avoids the debate and the rules that a police project
would face.

## Method

Flag a process with surveillance technology (as in T01) in which no buyer is a security body. If the text links the
object to a security body, flag it only if the title names a civil purpose: transport, energy, education, health,
tourism, broadband, smart city.

### Severity

* **high**: with such a link.
* **medium**: without.
* **context** (needs no decision):
  * One entry in a long list of other things or of the installations of works, and technology after three other things
    in a list, as in T01.
  * The record itself gives public security as its only purpose ("para mejorar la seguridad ciudadana"): T01 asks about
    it.
  * Tools that read out seized devices or compare traces ("AFIS", unless a registry, an identity or a civil purpose is
    named): they are forensics, not part of a civil project; T01 asks about them.
  * Technology that only title and description name, 70 characters or more after the object begins, in a record that
    the text classifier takes for technology with a probability below one half.
  * Cameras, drones and plate readers alone, whose words have other meanings, in any such record, unless a
    classification code says that it is technology.
  * Cameras alone that cost less than two of the `trifles`, if nothing says that they watch more than offices.
  * Cameras alone that cost less than four of the `trifles`, of a single place for the public (an airport, a hospital),
    if nothing says that they watch streets, and the buyer neither governs a territory nor serves it.
  * Location systems, if only the buyer suggests that others are located, as in T01.
  * Context in T01: supervisors, the buyer's own vehicles or staff, cameras without a sign that they watch more than
    its offices, and purchases below one of the `trifles` (by currency; a bound of this project, which people who label
    notices do not know).

## Exclusions

* Records without a buyer, or with a number as its name: nobody can tell whether the buyer is civil.
* Security bodies that buy for themselves, also for their hospitals and schools, and civil buyers that buy for one
  without a civil purpose: the rule is not applicable, and T02 asks.
* Purchases that were called off before anything was signed or paid.

## Sources

UN-Habitat, People-centred smart cities guidelines (2025 draft). Derechos Digitales, Consorcio Al Sur (2021).
"""

import re
from collections.abc import Collection, Iterator, Mapping

from audits.facts.methods.small_purchases import TRIFLES
from audits.facts.technology.ordinary.office_goods import office_kit, office_readers
from audits.facts.technology.ordinary.ordinary_watching import doubtful_watching, locates_things, ordinary_watching
from audits.facts.technology.ordinary.own_use import of_others
from audits.facts.technology.prominence import mentioned_beside
from audits.facts.technology.record_words import has_named_buyer, supervises
from audits.facts.technology.scope import require_scope
from audits.facts.technology.security_bodies import security_bodies, security_links
from audits.facts.technology.systems.public_space import openly_security
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
from audits.matching.lexicon import Mention
from audits.matching.texts.normalize import fold

# What reads out devices that somebody holds already, and compares traces of a crime, which registries of civil
# identity use too: it watches nobody in a civil project.
_FORENSIC = re.compile(r"\b(?:desbloque|extra[ct]|foren[sc]|perita|phone examination|ufed|unlocking)")
_TRACES = "afis"
_OF_IDENTITY = re.compile(r"\b(?:cedul|eleitora|electora|identi|migra|pas+apor|registr)")


@rule(
    code="T03",
    title="Surveillance for civil purpose",
    stage=Stage.TENDER,
    severity=Severity.MEDIUM,
    version=46,
    lists=("security_bodies",),
    sentences={
        "default": "A civil buyer acquires a surveillance function: {words}.",
        "link": "A civil project ({purpose}) carries a surveillance function tied to a security body: {words}.",
    },
    reasons={
        "reads_out": "it serves to investigate, and is no part of a civil project: T01 asks about it: {words}",
        "bought_for_security": "a civil buyer buys for a security body and names no civil purpose: T02 asks about it",
        "security_buyer": "a security body buys for itself: T02 asks about it",
    },
)
def civil_purpose_surveillance(dossier: Dossier, *, trifles: Mapping[str, int] = TRIFLES) -> Iterator[Finding]:
    require_scope(dossier)
    found = surveillance(dossier)
    if not found:
        return
    if not has_named_buyer(dossier):
        raise InsufficientDataError("/buyer/name")
    if security_bodies(dossier):
        raise NotApplicableError("security_buyer")
    others = of_others(dossier, found)
    watched = others or found
    context = (
        supervises(dossier)
        or office_kit(dossier)
        or office_readers(dossier)
        or ordinary_watching(dossier, found, trifles)
    )
    evidence = tuple(dossier.evidence(mention) for mention in first_of_each(watched))
    links = security_links(dossier)
    if not links:
        yield Finding(
            evidence=evidence,
            values={"words": named(watched)},
            context=openly_security(dossier)
            or mentioned_beside(dossier, watched)
            or context
            or locates_things(dossier, watched)
            or _reads_out(dossier, watched)
            or doubtful_watching(dossier, watched, trifles),
        )
        return
    purpose = dossier.mentions_of("civil_purpose", parts={"title"})
    if not purpose:
        raise NotApplicableError("bought_for_security")
    yield Finding(
        evidence=(*evidence, *(dossier.evidence(mention) for mention in first_of_each((*purpose, *links)))),
        values={"words": named(watched), "purpose": named(purpose)},
        sentence="link",
        severity=Severity.HIGH,
        context=context,
    )


def _reads_out(dossier: Dossier, found: Collection[Mention]) -> Context | None:
    """Return that all that is found investigates crimes by what somebody holds, and is no part of a civil project."""
    texts = [*(party.name for party in dossier.public_parties), *(dossier.text_of(mention) for mention in found)]
    is_civil = bool(dossier.mentions_of("civil_purpose")) or any(
        _OF_IDENTITY.search(fold(text).text) for text in texts
    )

    def is_forensic(mention: Mention) -> bool:
        words = fold(mention.written).text
        return not is_civil if words == _TRACES else bool(_FORENSIC.search(words))

    return Context("reads_out", {"words": named(found)}) if all(map(is_forensic, found)) else None
