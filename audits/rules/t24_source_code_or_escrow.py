"""
The contract, read whole, has no words on source code or its escrow.

## Why it matters

Without the source code, or a deposit that opens when the supplier ends its business, a public system ends with its
supplier, and nobody can examine how it decides.

## Method

Read the documents that belong to the process. Flag if:

* one of them begins as a contract does;
* every page of all of them was read;
* they hold at least `readable_characters` characters (5000 by default, about two pages: shorter ones are order
  forms); and
* none of them has words on source code, or its deposit with a third party.

How contracts say it, in Spanish, Portuguese and English, is data: `fixtures/reference/clauses.csv`.

## Exclusions

* Technology that keeps no data of the public, such as networks.
* Purchases that were called off before anything was signed or paid.

The outcome is "insufficient data", with the pages read, without a contract among the documents, with a page that
could not be read, or where terms of it stand at an address.

Words that are found are not judged: they may also take away what they speak of.

## Sources

Lei 9.609/1998 (BR), art. 3. European Commission, Standard contractual clauses for the procurement of AI (2025), art.
on audit and transparency.
"""

from collections.abc import Iterator

from audits.facts.technology.clauses import KEEPING_DATA, READABLE_CHARACTERS, missing_clause
from audits.judging.dossiers.process import Dossier
from audits.judging.rule.vocabulary import Finding, Severity, Stage, rule


@rule(
    code="T24",
    title="Source code not found",
    stage=Stage.CONTRACT,
    severity=Severity.LOW,
    version=2,
    sentences={
        "default": "On {pages:page|pages} of contract, no words on source code or escrow were found.",
    },
)
def source_code_or_escrow(dossier: Dossier, *, readable_characters: int = READABLE_CHARACTERS) -> Iterator[Finding]:
    yield from missing_clause(dossier, "T24", readable_characters=readable_characters, sectors=KEEPING_DATA)
