"""
Frequency of each lexicon term in ordinary procurement notices.

Nothing here touches a database. Terms are counted wherever they stand, also where a longer term or a mask covers them.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct, field, structs

from audits.judging.dossiers.process import Dossier
from audits.judging.rule.evidence import passage
from audits.matching.lexicon import Term
from audits.matching.reference.data import Reference
from audits.measuring.evaluation import COLUMNS, IN_SCOPE, contract_of_notice, dossier_of, judge_column

# How many passages of each term are shown, taken from evenly spread notices.
SAMPLES = 3


class TermMeasure(Struct):
    """
    One term among notices.

    ``notices`` holds it, ``in_scope`` of these are technology in scope by the rules, ``flagged`` raise a flag.
    """

    concept: str
    language: str
    term: str
    strength: str
    notices: int = 0
    in_scope: int = 0
    flagged: int = 0
    passages: list[str] = field(default_factory=list)

    def per_10_000(self, rows: int) -> float:
        return round(10_000 * self.notices / rows, 2) if rows else 0.0


class TermMeasures(Struct):
    rows: int
    terms: list[TermMeasure]

    def as_json(self) -> dict[str, Any]:
        return {
            "rows": self.rows,
            "terms": [
                {**structs.asdict(measure), "per_10_000": measure.per_10_000(self.rows)} for measure in self.terms
            ],
        }


def measure_terms(rows: Iterable[Mapping[str, str]], reference: Reference, *, concept: str = "") -> TermMeasures:
    """
    Count each term of the lexicon among notices; those met most often first, those never met last.

    :param rows: notices with the columns of ``sample.csv``
    :param concept: the only concept to look at; all if empty
    """
    measures = {
        term: TermMeasure(term.concept, term.language, term.term, term.strength)
        for term in reference.terms
        if concept in {"", term.concept}
    }
    count = 0
    for row in rows:
        count += 1
        dossier = dossier_of(contract_of_notice(row), reference)
        met = {term: place for term, place in _met(dossier, reference).items() if term in measures}
        if not met:
            continue
        in_scope = judge_column(dossier, IN_SCOPE).flagged
        flagged = in_scope and any(judge_column(dossier, code).flagged for code in COLUMNS if code != IN_SCOPE)
        for term, place in met.items():
            measure = measures[term]
            measure.notices += 1
            measure.in_scope += in_scope
            measure.flagged += flagged
            # The 1st, 2nd, 4th, 8th … notice: a sample over the whole file that needs no second pass.
            if measure.notices & (measure.notices - 1) == 0:
                measure.passages = [*measure.passages[-SAMPLES + 1 :], place]
    return TermMeasures(
        count, sorted(measures.values(), key=lambda measure: (-measure.notices, measure.concept, measure.term))
    )


def _met(dossier: Dossier, reference: Reference) -> dict[Term, str]:
    """Return the terms that stand in a dossier, each with the passage around its first place."""
    found: dict[Term, str] = {}
    for text in dossier.texts:
        for start, end, term in reference.terms_in(text, dossier.language_of(text)):
            if term not in found:
                found[term] = passage(text.value, start, end)
    return found
