"""
The contract, read whole, asks for no test of accuracy or bias.

## Why it matters

Systems that recognise or judge people err, and err more often with some. Without a test that the contract names,
nobody learns how often.

## Method

Read the documents that belong to the process. Flag if:

* one of them begins as a contract does;
* every page of all of them was read;
* they hold at least `readable_characters` characters (5000 by default, about two pages: shorter ones are order
  forms); and
* none of them has words on accuracy, error rates, bias, or tests of them.

How contracts say it, in Spanish, Portuguese and English, is data: `fixtures/reference/clauses.csv`.

## Exclusions

* Technology that neither decides about people nor sees them.
* Purchases that were called off before anything was signed or paid.

The outcome is "insufficient data", with the pages read, without a contract among the documents, with a page that
could not be read, or where terms of it stand at an address.

Words that are found are not judged: they may also take away what they speak of.

## Sources

NIST, Face Recognition Vendor Test part 3, NISTIR 8280 (2019). Regulation (EU) 2024/1689, art. 15.
"""

from collections.abc import Iterator

from audits.facts.technology.clauses import DECIDING, READABLE_CHARACTERS, missing_clause
from audits.judging.dossiers.process import Dossier
from audits.judging.rule.vocabulary import Finding, Severity, Stage, rule


@rule(
    code="T28",
    title="Accuracy tests not found",
    stage=Stage.CONTRACT,
    severity=Severity.LOW,
    version=2,
    sentences={
        "default": "On {pages:page|pages} of contract, no words on accuracy, error rates or bias were found.",
    },
)
def accuracy_and_bias_tests(dossier: Dossier, *, readable_characters: int = READABLE_CHARACTERS) -> Iterator[Finding]:
    yield from missing_clause(dossier, "T28", readable_characters=readable_characters, sectors=DECIDING)
