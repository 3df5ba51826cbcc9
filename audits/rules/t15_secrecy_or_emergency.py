"""
Emergency, secrecy or a special regime is the stated ground.

## Why it matters

Grounds that set aside competition or publicity are lawful for what is urgent or secret. Technology bought that way is
seldom either, and it stays.

## Method

For technology in scope, look for emergency, national-security, confidentiality or special-regime grounds: in the
method and its rationale also by single words, elsewhere by whole phrases ("estado de emergencia"). Severity:
medium; high with surveillance technology (T01).

## Exclusions

The names of emergency systems ("sistema de emergencias 911"). A direct award whose ground is not stated.

## Sources

OCP and OECD on emergency procurement (2020). Lexicon of this installation.
"""

from collections.abc import Iterator

from audits.facts.technology import (
    GROUND_PARTS,
    WORDS_OF_RECORD,
    first_of_each,
    named,
    require_scope,
    surveillance,
)
from audits.judging.dossier import Dossier
from audits.judging.vocabulary import Finding, Severity, Stage, rule
from audits.matching.lexicon import WEAK

_GROUNDS = (
    "state_of_emergency",
    "national_security_exemption",
    "confidentiality_clause",
    "secrecy_ground",
    "special_regime",
)


@rule(
    code="T15",
    title="Secrecy or emergency",
    stage=Stage.TENDER,
    severity=Severity.MEDIUM,
    version=1,
    sentences={
        "default": "The stated ground is an emergency, secrecy or a special regime: {words}.",
    },
)
def secrecy_or_emergency(dossier: Dossier) -> Iterator[Finding]:
    require_scope(dossier)
    found = (
        *dossier.mentions_of(*_GROUNDS, parts=WORDS_OF_RECORD),
        *dossier.mentions_of(*_GROUNDS, parts=GROUND_PARTS, strengths=(WEAK,)),
    )
    if found:
        yield Finding(
            evidence=tuple(dossier.evidence(mention) for mention in first_of_each(found)),
            values={"words": named(found)},
            severity=Severity.HIGH if surveillance(dossier) else Severity.MEDIUM,
        )
