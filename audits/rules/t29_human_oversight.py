"""
The contract, read whole, has no words on a person who checks what the system decides.

## Why it matters

An alert that nobody checks is a decision. Who is stopped by mistake needs somebody who looks and can undo it.

## Method

Read the documents that belong to the process. Flag if:

* one of them begins as a contract does;
* every page of all of them was read;
* they hold at least `readable_characters` characters (5000 by default, about two pages: shorter ones are order
  forms); and
* none of them has words on human review or oversight.

How contracts say it, in Spanish, Portuguese and English, is data: `fixtures/reference/clauses.csv`.

## Exclusions

* Technology that neither decides about people nor sees them.
* Purchases that were called off before anything was signed or paid.

The outcome is "insufficient data", with the pages read, without a contract among the documents, with a page that
could not be read, or where terms of it stand at an address.

Words that are found are not judged: they may also take away what they speak of.

## Sources

UNESCO, Recommendation on the ethics of AI (2021), 35-36. Regulation (EU) 2024/1689, art. 14.
"""

from collections.abc import Iterator

from audits.facts.technology.clauses import DECIDING, READABLE_CHARACTERS, missing_clause
from audits.judging.dossiers.process import Dossier
from audits.judging.rule.vocabulary import Finding, Severity, Stage, rule


@rule(
    code="T29",
    title="Human oversight not found",
    stage=Stage.CONTRACT,
    severity=Severity.LOW,
    version=2,
    sentences={
        "default": "On {pages:page|pages} of contract, no words on human review or oversight were found.",
    },
)
def human_oversight(dossier: Dossier, *, readable_characters: int = READABLE_CHARACTERS) -> Iterator[Finding]:
    yield from missing_clause(dossier, "T29", readable_characters=readable_characters, sectors=DECIDING)
