"""
A lender, donor or foreign government pays for the technology.

## Why it matters

Who pays often sets the terms: which law applies, who may bid, what is kept confidential. The terms of the money are
seldom published with the contract.

## Method

For technology in scope, look for a listed lender or donor among parties with the role `funder`, in the budget and
in the words of the record, and for terms of a loan, credit, donation or cooperation. One clear term is enough;
words with other meanings ("grant", "donación") need a second one, but not in the budget. Severity: medium; high if
a lender and a supplier share a home country and competition was limited, as in T06.

## Exclusions

Budget credits and own funds of the state. What the supplier itself gave or lent: T17 asks about
it. That by which something was bought before ("software adquirido mediante convenio con UNOPS"), and single words for
funds and cooperation in a text of 1200 characters or more. The nationality of a lender raises nothing.

## Sources

OECD, Arrangement on officially supported export credits. AidData, How China lends (2021). Lists of this installation.
"""

from collections.abc import Iterator

from audits.facts.financing import financing, tied_supply_pairs
from audits.facts.technology import named_evidence, require_scope
from audits.judging.dossier import Dossier
from audits.judging.vocabulary import Change, Finding, Severity, Stage, rule


@rule(
    code="T05",
    title="Development finance",
    stage=Stage.PLANNING,
    severity=Severity.MEDIUM,
    version=5,
    changes={
        2: Change("2026-11-24", "The name of a budget counts even if it is one word."),
        3: Change("2026-11-24", "What the supplier itself gave is no outside money; the same words are shown once."),
        4: Change(
            "2026-11-25",
            "The thing bought must be technology too, else the finding is withheld; each text is read in its own "
            "language, each lot by itself.",
        ),
        5: Change(
            "2026-11-27",
            "Words with other meanings count only where the notice reads more clearly like technology, and "
            "words within the name of a buyer no longer tell what is bought; how something was bought before and "
            "single words of long texts do not count.",
        ),
    },
    sentences={
        "default": "Outside money is named: {words}.",
    },
)
def development_finance(dossier: Dossier) -> Iterator[Finding]:
    require_scope(dossier)
    found = financing(dossier)
    if not found:
        return
    yield Finding(
        evidence=found,
        values={"words": named_evidence(found)},
        severity=Severity.HIGH if any(tied_supply_pairs(dossier)) else Severity.MEDIUM,
    )
