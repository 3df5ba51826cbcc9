"""
A machine rates, ranks, selects or decides about people.

## Why it matters

Whoever is rated wrongly may lose a benefit, a place or their freedom, without knowing that a machine had a say or how
to object. Such systems have been wrong unseen, and not about everybody alike.

## Method

Look in titles, descriptions, lots and items for a sentence with a word for judging and, within 60 characters, one for
people or their cases: applicants, pupils, patients, taxpayers, defendants, court cases. The words are in the lists of
`fixtures/reference/words.csv`:

* Words used of machines alone ("prediction", "propensity", "ranking", "estratificación") count where the text names a
  program, or their sentence says "automatic".
* Words that committees use too ("selects", "risk", "prioriza", "elegibilidade") count where their sentence names an
  algorithm, artificial intelligence or the like. Doors and buses are "automatic" too: that counts where the text names
  a program, beside such a word or the people.

### Severity

* **high**: a security body buys it or is connected to it (see T02).
* **medium**: everything else.
* **context** (needs no decision): research, advice that builds nothing, and supervision of what others build.

## Exclusions

* Machines that talk, translate, transcribe or read letters (chatbots, assistants, language models): what they say may
  be wrong, but they judge nobody by their name.
* Sentences that count ("predict the number of applicants"), and those about weather or upkeep ("predictive
  maintenance").
* Recognition of faces or plates as such: T01 asks about it.
* Purchases that were called off before anything was signed or paid.

The words tell what a system is for. They do not tell how much a person still decides: the contract may (see T29).

## Sources

Regulation (EU) 2024/1689, art. 6 and annex III. Regulation (EU) 2016/679, art. 22. Brazil, Law 13.709/2018, art. 20.
Council of Europe, Framework convention on artificial intelligence (2024), art. 14-16.
"""

from collections.abc import Iterator

from audits.facts.technology.record_words import advises, researches, supervises
from audits.facts.technology.scope import require_scope
from audits.facts.technology.security_bodies import security_buyers, security_links
from audits.judging.dossiers.process import Dossier
from audits.judging.rule.naming import first_of_each, named
from audits.judging.rule.vocabulary import Finding, Severity, Stage, rule


@rule(
    code="T31",
    title="Automated decisions about people",
    stage=Stage.TENDER,
    severity=Severity.MEDIUM,
    version=3,
    lists=("security_bodies",),
    sentences={
        "default": "The record tells of a machine that rates, ranks, selects or decides about people: {words}.",
    },
)
def automated_decisions(dossier: Dossier) -> Iterator[Finding]:
    require_scope(dossier)
    found = dossier.mentions_of("automated_decision")
    if not found:
        return
    is_grave = security_buyers(dossier) or security_links(dossier)
    yield Finding(
        evidence=tuple(dossier.evidence(mention) for mention in first_of_each(found)),
        values={"words": named(found)},
        severity=Severity.HIGH if is_grave else Severity.MEDIUM,
        context=researches(dossier) or advises(dossier) or supervises(dossier),
    )
