"""
The system belongs to, or is connected with, a security body.

## Why it matters

What is bought for traffic, schools or broadband may feed police or military files. Whoever is seen by the system
should be able to learn who looks.

## Method

Flag a process for technology in scope if a buyer or procuring entity is a police, military, intelligence, prison,
investigating or emergency-command body (by the list of such bodies, else by the words of its name), or if titles,
descriptions, lots or items tie the technology to one. Severity: medium when a security body buys for itself; high
when the buyer is civil and the link stands in the text.

## Exclusions

Objects out of scope: a police force that buys boots. Names of suppliers. Links that the text denies.

## Sources

Privacy International, Safeguards for public-private surveillance partnerships (2021). List of security bodies of this
installation.
"""

from collections.abc import Iterator

from audits.facts.technology import (
    first_of_each,
    named,
    named_evidence,
    require_scope,
    security_buyers,
    security_links,
)
from audits.judging.dossier import Dossier
from audits.judging.vocabulary import Change, Finding, Severity, Stage, rule


@rule(
    code="T02",
    title="Police integration",
    stage=Stage.TENDER,
    severity=Severity.MEDIUM,
    version=3,
    changes={
        2: Change(
            "2026-11-25",
            "The thing bought must be technology too, else the finding is withheld; each text is read in its own "
            "language, each lot by itself.",
        ),
        3: Change(
            "2026-11-27",
            "Words with other meanings count only where the notice reads more clearly like technology, and "
            "words within the name of a buyer no longer tell what is bought.",
        ),
    },
    sentences={
        "default": "A security body buys this technology: {words}.",
        "link": "A civil buyer's text ties the technology to a security body: {words}.",
    },
)
def police_integration(dossier: Dossier) -> Iterator[Finding]:
    require_scope(dossier)
    buyers = security_buyers(dossier)
    links = tuple(first_of_each(security_links(dossier)))
    if buyers:
        yield Finding(
            evidence=(*buyers, *(dossier.evidence(link) for link in links)),
            values={"words": named_evidence(buyers)},
            severity=Severity.MEDIUM,
        )
    elif links:
        yield Finding(
            evidence=tuple(dossier.evidence(link) for link in links),
            values={"words": named(links)},
            sentence="link",
            severity=Severity.HIGH,
        )
