"""
The contract, read whole, has no words on leaving the supplier and taking the data along.

## Why it matters

Who cannot leave pays what is asked. A contract that names the formats, the help and the time for a handover keeps the
next purchase open.

## Method

Read the documents that belong to the process. Flag if:

* one of them begins as a contract does;
* every page of all of them was read;
* they hold at least `readable_characters` characters (5000 by default, about two pages: shorter ones are order
  forms); and
* none of them has words on exit, transition, portability, or the return of data.

How contracts say it, in Spanish, Portuguese and English, is data: `fixtures/reference/clauses.csv`.

## Exclusions

* Technology out of scope.
* Purchases that were called off before anything was signed or paid.

The outcome is "insufficient data", with the pages read, without a contract among the documents, with a page that
could not be read, or where terms of it stand at an address.

Words that are found are not judged: they may also take away what they speak of.

## Sources

European Commission, Standard contractual clauses for the procurement of AI (2025), handover and end of contract.
Regulation (EU) 2023/2854, art. 25.
"""

from collections.abc import Iterator

from audits.facts.technology.clauses import READABLE_CHARACTERS, missing_clause
from audits.judging.dossiers.process import Dossier
from audits.judging.rule.vocabulary import Finding, Severity, Stage, rule


@rule(
    code="T23",
    title="Exit and portability not found",
    stage=Stage.CONTRACT,
    severity=Severity.LOW,
    version=2,
    sentences={
        "default": "On {pages:page|pages} of contract, no words on exit, transition or the return of data were found.",
    },
)
def exit_and_portability(dossier: Dossier, *, readable_characters: int = READABLE_CHARACTERS) -> Iterator[Finding]:
    yield from missing_clause(dossier, "T23", readable_characters=readable_characters)
