"""Earlier tenders that failed, as far as the record tells of them in words or by the ground that it cites."""

from typing import NamedTuple

from audits.facts.procurement.grounds import cited_grounds
from audits.judging.dossiers.parts import GROUND_PARTS, HEAD_PARTS
from audits.judging.dossiers.process import Dossier
from audits.judging.rule.evidence import evidence_in
from audits.judging.rule.vocabulary import Evidence
from audits.matching.failed_tenders import failures

_PARTS = frozenset({*HEAD_PARTS, *GROUND_PARTS})


class FailedTenders(NamedTuple):
    """``least`` is how many failed at least; ``is_told`` whether ``words`` give that number."""

    least: int
    is_told: bool
    words: str
    places: tuple[Evidence, ...]


def failed_tenders_told(dossier: Dossier) -> FailedTenders | None:
    """
    Return the most that the record tells of, ``None`` if it tells of none.

    Titles, descriptions, reasons and the name of the method are read. A ground that laws give where a tender failed
    tells of one.
    """
    told = [
        (found, evidence_in(text, found.start, found.end))
        for text in dossier.texts
        if text.part in _PARTS
        for found in failures(dossier.reference.fold(text))
    ]
    grounds = cited_grounds(dossier, ("failed_tender",))
    if told:
        most, place = max(told, key=lambda entry: (entry[0].least, entry[0].is_told))
        words = str(place.value)[most.start : most.end]
        return FailedTenders(most.least, most.is_told, words, (place, *grounds))
    return FailedTenders(1, False, grounds[0].note, grounds) if grounds else None
