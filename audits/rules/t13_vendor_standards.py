"""
The vendor's own standards or protocols are required.

## Why it matters

A system built on one maker's protocol, or on a foreign national standard, limits who can supply it afterwards.

## Method

For technology in scope, look in the words of the record for:

* proprietary protocols or formats;
* a maker's specification used as the standard;
* a foreign national standard adopted through the contract.

## Exclusions

* Protocols that the text forbids ("no se aceptan protocolos propietarios").
* International and open standards. A proprietary protocol beside an open one in the same text is still flagged.
* Purchases that were called off before anything was signed or paid.

## Sources

European Commission, Guide for the procurement of standards-based ICT (2013). WTO, Agreement on technical barriers to
trade, art. 2.4.
"""

import re
from collections.abc import Iterator

from audits.facts.sellers.barred import is_barred
from audits.facts.technology.scope import require_scope
from audits.judging.dossiers.parts import WORDS_OF_RECORD
from audits.judging.dossiers.process import Dossier
from audits.judging.rule.naming import first_of_each, named
from audits.judging.rule.vocabulary import Finding, Severity, Stage, rule
from audits.matching.texts.normalize import fold

# A licence that is proprietary binds to its seller, a protocol or a format to all who make what speaks it.
_SPOKEN = re.compile(r"\b(?:protocol|format)")


@rule(
    code="T13",
    title="Vendor standards",
    stage=Stage.TENDER,
    severity=Severity.MEDIUM,
    version=14,
    sentences={
        "default": "A vendor's or a foreign national standard is required: {words}.",
    },
)
def vendor_standards(dossier: Dossier) -> Iterator[Finding]:
    require_scope(dossier)
    protocols = (
        mention
        for mention in dossier.mentions_of("proprietary_licence", parts=WORDS_OF_RECORD)
        if _SPOKEN.search(fold(mention.written).text)
    )
    found = tuple(
        mention
        for mention in (*dossier.mentions_of("standards_adoption", parts=WORDS_OF_RECORD), *protocols)
        if not (is_barred(dossier, mention) and dossier.leaves_out(mention, "denied"))
    )
    if found:
        yield Finding(
            evidence=tuple(dossier.evidence(mention) for mention in first_of_each(found)),
            values={"words": named(found)},
        )
