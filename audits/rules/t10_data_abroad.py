"""
Data may be stored or accessed abroad.

## Why it matters

A state may read, keep or withhold data that are under its law, whatever the contract says.

## Method

For hosted services, and texts about data abroad, flag one of these:

* Hosting, support or transfer of data outside the country. A place alone ("outside the national territory") counts
  after words for data or a system. A text that rules it out ("data shall not leave the country") places the data at
  home. If a text says both, abroad counts. Any country other than the record's is abroad ("data centres located in
  Ireland").
* Silence: at least `readable_characters` characters of text can be read, and nothing says where the data are.

### Severity

* **medium**: abroad; or silence, if that much text comes from documents.
* **context** (needs no decision): silence, if only the notice was read. A notice seldom says where data are: of 14
  such flags that people read, 5 were right.

## Exclusions

* Services whose text places the data inside the country, or on the buyer's premises.
* Purchases that were called off before anything was signed or paid.

With less text than that, the outcome is "insufficient data": the silence of a title says nothing.

## Sources

Ibero-American Data Protection Network, Standards (2017), 36-37. Brazil, Law 13.709/2018, art. 33.
"""

from collections.abc import Iterator

from audits.facts.technology.hosting.data_location import data_place
from audits.facts.technology.hosting.hosting import hosted_services
from audits.facts.technology.scope import readable_text, require_scope
from audits.judging.dossiers.parts import PAPER_PARTS, in_lots
from audits.judging.dossiers.process import Dossier
from audits.judging.rule.naming import first_of_each, named
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


@rule(
    code="T10",
    title="Data abroad",
    stage=Stage.CONTRACT,
    severity=Severity.MEDIUM,
    version=21,
    sentences={
        "default": "Data may be held or reached abroad: {words}.",
        "unstated": "In {characters} characters of text on a hosted service ({words}) the place of the data was not "
        "found.",
        "notice": "In {characters} characters of the notice of a hosted service ({words}) the place of the data was "
        "not found; contract documents were not read.",
    },
    reasons={
        "nothing_hosted": "no hosted service and no data abroad are spoken of",
    },
)
def data_abroad(dossier: Dossier, *, readable_characters: int = 1500) -> Iterator[Finding]:
    require_scope(dossier)
    place = data_place(dossier)
    hosted = hosted_services(dossier)
    if place.abroad:
        yield Finding(
            evidence=tuple(dossier.evidence(mention) for mention in first_of_each(place.abroad)),
            values={"words": named(place.abroad)},
        )
        return
    if not hosted:
        raise NotApplicableError("nothing_hosted")
    if any(in_lots(mention, hosted) and dossier.leaves_out(mention, "data_at_home") for mention in place.home):
        return
    texts = readable_text(dossier, hosted)
    characters = sum(len(text.value) for text in texts)
    if characters < readable_characters:
        raise InsufficientDataError(
            "/tender/documents", "too_little_text", read=characters, needed=readable_characters
        )
    is_notice = sum(len(text.value) for text in texts if text.part in PAPER_PARTS) < readable_characters
    yield Finding(
        evidence=(
            *(dossier.evidence(mention) for mention in first_of_each(hosted)),
            *(Evidence(text.path, text.value, text.value[:200], note="read") for text in texts),
        ),
        values={"words": named(hosted), "characters": characters},
        sentence="notice" if is_notice else "unstated",
        severity=Severity.LOW if is_notice else Severity.MEDIUM,
        context=Context("notice_alone", {}) if is_notice else None,
    )
