"""
The contract, read whole, does not say whether the supplier may train or improve its products with public data.

## Why it matters

Data of the public are worth money to who trains systems. A contract that is silent leaves the use to the supplier.

## Method

Read the documents that belong to the process. Flag if:

* one of them begins as a contract does;
* every page of all of them was read;
* they hold at least `readable_characters` characters (5000 by default, about two pages: shorter ones are order
  forms); and
* none of them has words on training, improving products, or anonymized data of the buyer, allowed or not.

How contracts say it, in Spanish, Portuguese and English, is data: `fixtures/reference/clauses.csv`.

## Exclusions

* Technology that keeps no data of the public, such as networks.
* Purchases that were called off before anything was signed or paid.

The outcome is "insufficient data", with the pages read, without a contract among the documents, with a page that
could not be read, or where terms of it stand at an address.

Words that are found are not judged: they may also take away what they speak of.

## Sources

European Commission, Standard contractual clauses for the procurement of AI (2025), use of data sets by the supplier.
Lei 13.709/2018 (BR), art. 39.
"""

from collections.abc import Iterator

from audits.facts.technology.clauses import KEEPING_DATA, READABLE_CHARACTERS, missing_clause
from audits.judging.dossiers.process import Dossier
from audits.judging.rule.vocabulary import Finding, Severity, Stage, rule


@rule(
    code="T26",
    title="Vendor training not addressed",
    stage=Stage.CONTRACT,
    severity=Severity.LOW,
    version=2,
    sentences={
        "default": "On {pages:page|pages} of contract, no words on training with public data were found.",
    },
)
def vendor_training_on_data(dossier: Dossier, *, readable_characters: int = READABLE_CHARACTERS) -> Iterator[Finding]:
    yield from missing_clause(dossier, "T26", readable_characters=readable_characters, sectors=KEEPING_DATA)
