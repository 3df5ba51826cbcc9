"""
The contract says that it is secret, or its terms or price are.

## Why it matters

What a state buys, for how much and on which terms is public in most countries of this project. A clause that keeps a
contract secret keeps it from parliaments, auditors, competitors and the people it watches.

## Method

Read the documents that belong to the process. Flag a sentence by which the existence, the terms, the contents or the
price of the contract itself are confidential, or may not be told to others ("the terms of this agreement are
confidential", "no podrá divulgar el contenido del presente contrato"). The wordings are those of
`fixtures/reference/clauses.csv`.

### Severity

* **medium**.

## Exclusions

* Confidential information of one side, personal data and offers before a contract is signed: nearly every
  contract protects them.
* Sentences that name the law on access to information, or say that the contract is published.
* Purchases that were called off before anything was signed or paid.

The clause may be void: in many countries no contract can withhold what a law makes public. The question is why it is
there, and whether it was used to refuse anybody.

## Sources

A. Gelpern and others, How China Lends (2021), on confidentiality. Organization of American States, Inter-American
Model Law 2.0 on Access to Public Information (2020). Open Contracting Partnership, Mythbusting Confidentiality in
Public Contracting (2018).
"""

from collections.abc import Iterator

from audits.facts.technology.clauses import clause_evidence, clause_passages
from audits.judging.dossiers.process import Dossier
from audits.judging.rule.vocabulary import Finding, Severity, Stage, rule


@rule(
    code="T33",
    title="Secret terms",
    stage=Stage.CONTRACT,
    severity=Severity.MEDIUM,
    version=2,
    lists=("clauses",),
    sentences={"default": "The documents keep the contract, its terms or its price secret: {words}."},
)
def secret_terms(dossier: Dossier) -> Iterator[Finding]:
    found = clause_passages(dossier, "T33")
    if found:
        yield Finding(
            evidence=tuple(clause_evidence(page, passage) for page, passage in found),
            values={"words": found[0][1].words},
        )
