"""
Disputes go to the law or the courts of another country, or the state waives its immunity.

## Why it matters

Where a contract sends its disputes decides who can afford them, and what the public can learn of them. A state that
waives its immunity lets a creditor take its property by a foreign court.

## Method

Read the documents that belong to the process. Flag one of these:

* the law of another country governs the contract, or its courts decide ("governed by the laws of England",
  "tribunales de Nueva York");
* arbitration takes place in another country, or before a centre there ("CIETAC", "sede em Londres");
* immunity is waived.

A sentence counts if it names such a law, court or seat in the words that follow, and no place of the record's
own country. Countries are told by their names, and by the places, centres and adjectives of
`fixtures/reference/jurisdictions.csv`. The wordings are those of `fixtures/reference/clauses.csv`.

### Severity

* **medium**.

## Exclusions

* What a sentence denies, and waivers of employees, insurers and subcontractors.
* Laws that somebody must obey ("any applicable law, including the laws of …"), and the law of a party's legal form.
* Who appoints arbitrators, and arbitration by rules alone ("under the rules of the ICC"): neither says where.
* Purchases that were called off before anything was signed or paid.

A maker's terms of use, or a loan, may be among the documents: the passage tells which. Such clauses are common in
trade, and lawful in many countries: the question is whether the state knew, and what it got for them. If the record
names no country, only immunity is looked for.

## Sources

A. Gelpern and others, How China Lends (2021), on governing law, disputes and immunity. Brazil, Law 14.133/2021, art.
92, § 1. Chile, Decree-Law 2349 (1978).
"""

from collections.abc import Iterator
from textwrap import shorten

from audits.facts.technology.clauses import clause_evidence, clause_passages
from audits.judging.dossiers.process import Dossier
from audits.judging.rule.vocabulary import Finding, InsufficientDataError, Severity, Stage, rule

_IMMUNITY = "immunity_waived"
# Longest sentence that is cited whole.
_SHOWN = 200


@rule(
    code="T32",
    title="Disputes abroad",
    stage=Stage.CONTRACT,
    severity=Severity.MEDIUM,
    version=2,
    lists=("clauses", "jurisdictions"),
    sentences={
        "default": "The documents send disputes to another country's law, courts or arbitration: {words}.",
        "immunity": "The documents waive immunity: {words}.",
    },
)
def disputes_abroad(dossier: Dossier) -> Iterator[Finding]:
    country = dossier.process.country
    found = clause_passages(
        dossier,
        "T32",
        lambda passage: passage.clause == _IMMUNITY or (bool(country) and country not in passage.countries),
    )
    if found:
        immunity = [passage for _page, passage in found if passage.clause == _IMMUNITY]
        shown = immunity[0] if immunity else found[0][1]
        yield Finding(
            evidence=tuple(clause_evidence(page, passage) for page, passage in found),
            values={"words": shorten(shown.quote, _SHOWN, placeholder=" …")},
            sentence="immunity" if immunity else "default",
        )
    elif not country:
        raise InsufficientDataError("/parties/address/countryName")
