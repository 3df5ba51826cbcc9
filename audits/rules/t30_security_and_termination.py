"""
The contract, read whole, has no words on security duties or on its termination by the buyer.

## Why it matters

A system that fails, leaks or is misused must be stopped, and whoever runs it must protect it. Both rest on what the
contract says.

## Method

Read the documents that belong to the process. Flag if:

* one of them begins as a contract does;
* every page of all of them was read;
* they hold at least `readable_characters` characters (5000 by default, about two pages: shorter ones are order
  forms); and
* none of them has words on duties of security, or termination by the buyer.

How contracts say it, in Spanish, Portuguese and English, is data: `fixtures/reference/clauses.csv`.

## Exclusions

* Technology out of scope.
* Purchases that were called off before anything was signed or paid.

The outcome is "insufficient data", with the pages read, without a contract among the documents, with a page that
could not be read, or where terms of it stand at an address.

Words that are found are not judged: they may also take away what they speak of.

## Sources

ISO/IEC 27036-3 (2023). UNCITRAL, Notes on the main issues of cloud computing contracts (2019), parts II and III.
"""

from collections.abc import Iterator

from audits.facts.technology.clauses import READABLE_CHARACTERS, missing_clause
from audits.judging.dossiers.process import Dossier
from audits.judging.rule.vocabulary import Finding, Severity, Stage, rule


@rule(
    code="T30",
    title="Security and termination not found",
    stage=Stage.CONTRACT,
    severity=Severity.LOW,
    version=2,
    sentences={
        "default": "On {pages:page|pages} of contract, no words on security duties or termination were found.",
    },
)
def security_and_termination(dossier: Dossier, *, readable_characters: int = READABLE_CHARACTERS) -> Iterator[Finding]:
    yield from missing_clause(dossier, "T30", readable_characters=readable_characters)
