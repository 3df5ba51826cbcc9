"""
The vendor's own standards or protocols are required.

## Why it matters

A system built on one maker's protocol, or on a foreign national standard, decides who can supply it afterwards.

## Method

For technology in scope, look in the words of the record for:

* proprietary protocols or formats that are demanded;
* a maker's specification used as the standard;
* a foreign national standard adopted through the contract.

## Exclusions

* International and open standards. A proprietary protocol with an open one beside it in the same text is still shown.
* Purchases that were called off before anything was signed or paid.

## Sources

European Commission, Guide for the procurement of standards-based ICT (2013). WTO, Agreement on technical barriers to
trade, art. 2.4.
"""

from collections.abc import Iterator

from audits.facts.technology.scope import require_scope
from audits.judging.dossiers.parts import WORDS_OF_RECORD
from audits.judging.dossiers.process import Dossier
from audits.judging.rule.naming import first_of_each, named
from audits.judging.rule.vocabulary import Change, Finding, Severity, Stage, rule


@rule(
    code="T13",
    title="Vendor standards",
    stage=Stage.TENDER,
    severity=Severity.MEDIUM,
    version=6,
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
        4: Change("2026-11-28", "Not asked of what was called off before anything was signed or paid."),
        5: Change(
            "2026-11-29",
            "What only a long list names, behind its first words, is not what is bought.",
        ),
        6: Change(
            "2026-11-29",
            "What an exclusion sets aside, or a text denies, is withheld, with the exclusion and the passage.",
        ),
    },
    sentences={
        "default": "A vendor's or a foreign national standard is required: {words}.",
    },
)
def vendor_standards(dossier: Dossier) -> Iterator[Finding]:
    require_scope(dossier)
    found = dossier.mentions_of("standards_adoption", parts=WORDS_OF_RECORD)
    if found:
        yield Finding(
            evidence=tuple(dossier.evidence(mention) for mention in first_of_each(found)),
            values={"words": named(found)},
        )
