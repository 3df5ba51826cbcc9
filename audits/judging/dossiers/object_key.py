"""The second key of the T-rules: evidence that the technology mentioned is the thing bought."""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property

from audits.judging.dossiers.catalogues import is_mentioned_in_passing
from audits.judging.rule.evidence import evidence_in
from audits.judging.rule.vocabulary import WITHHELD_OBJECT, WITHHELD_PASSING, WITHHELD_READING, Evidence, Withheld
from audits.matching.administration import runs_administration
from audits.matching.bought import OTHER_OBJECT, POST
from audits.matching.normalize import fold
from audits.matching.notice_reader import NoticeReading
from audits.matching.reference import Reference
from audits.matching.scope import ScopeEvidence
from contracts.ocds.parsing.objects import Text

# How many characters after another object technology is told beside it, and what joins the two.
_BESIDE_REACH = 60
_BESIDE = re.compile(
    # A dash begins another part of a title: "Consultoría - Técnico de cámaras, EDR".
    r"^(?! ?(?:de|del|para|sobre|en|do|da|for|of|on)\b)(?!.* [-–] )[^.;:]*?(?:[,/+&]|\b(?:y|e|and)\b) *"
    r"(?:\w+ (?:de |del |do |da )?(?:\w+ (?:con|com|with) )?)?$",
    re.IGNORECASE,
)
# How many characters of what is bought, before the name of a centre, tell what is bought for it.
_HEAD_REACH = 80
_BESIDE_NAME_REACH = 45
# Technology that is rare, and whose names mean nothing else: the reader has seen little of it.
_UNMISTAKABLE = frozenset(
    {
        *("facial_recognition", "biometric_id", "predictive_policing", "social_media_monitoring", "lpr"),
        *("command_centre", "interception", "ran_core", "surveillance_product"),
    }
)
# An abbreviation may always stand for another thing too ("XRY" is an airport).
_ABBREVIATION = 4
# Words for much else too ("sistema", "software", "red"): a notice that says no more than these, or than weak words,
# must read like technology with at least this probability. Chosen among .2 to .6, with the threshold of all others
# (.1 to .45), by cross-validation over buyers and on records of sources that taught nothing.
_MANY_SENSES = frozenset(
    {"data_analytics", "network_equipment", "server_storage", "software_licence", "software_platform"}
)
MANY_SENSES_THRESHOLD = 0.45
# Telephones by themselves are mostly exchanges of offices; measured on four readings of unseen sources.
_TELEPHONES = frozenset({"telephony"})
_TELEPHONES_THRESHOLD = 0.35


class SecondKey:
    """
    Whether technology that texts speak of is what is bought.

    :param heads: the title and the description, as far as there are any: the head of the object stands in them
    :param values: all texts, whole, by their paths
    :param reference: folds texts, and finds what is bought in them
    """

    def __init__(self, heads: Sequence[Text], values: Mapping[str, str], reference: Reference) -> None:
        self._heads = heads
        self._values = values
        self._reference = reference

    @cached_property
    def other_object(self) -> Evidence | None:
        """Return what is bought, at the head of title or description, where it is not technology."""
        for text in self._heads:
            place = self._reference.heads.other_object(self._reference.fold(text))
            if place:
                start, end, is_post = place
                note = POST if is_post else OTHER_OBJECT
                return evidence_in(text, start, end, note)
        return None

    def withheld(
        self,
        evidence: Sequence[ScopeEvidence],
        threshold: float,
        *,
        reading: Callable[[], NoticeReading | None],
        tells_of_vehicles: Callable[[], bool],
    ) -> Withheld | None:
        """
        Return why technology found in a record is not what is bought, ``None`` if it is.

        It is not where all of it stands behind the first words of a long list; what does counts no further. A thing
        that is not technology at the head speaks for title and description alone, not for lots and items. The
        reader is overruled by a classification code of a technology sector, by technology whose names mean nothing
        else, by what locates vehicles, and by software that runs an administration. Where all that is found is words
        for much else too, it asks for more.

        :param evidence: where technology was found
        :param threshold: the probability that it must at least read like technology with; 0 asks the reader nothing
        :param reading: how the record reads as a whole; asked only where it may decide
        """
        if not evidence:
            return None
        found, evidence = evidence, self.mentioned_first(evidence)
        if not evidence:
            return Withheld(WITHHELD_PASSING, {"words": found[0].value})
        other = self.other_object
        if other and not self._stands_beside(other, evidence):
            return Withheld(WITHHELD_OBJECT, {"words": str(other.value)[other.start : other.end]})
        if all(place.note == "command_centre" and self._is_place_alone(place) for place in evidence):
            return Withheld(WITHHELD_OBJECT, {"words": str(evidence[0].value)})
        notes = {place.note for place in evidence}
        if threshold and notes <= _MANY_SENSES:
            threshold = max(threshold, MANY_SENSES_THRESHOLD)
        elif threshold and notes <= _TELEPHONES:
            threshold = max(threshold, _TELEPHONES_THRESHOLD)
        read = reading()
        if not read or read.probability >= threshold or _is_sure(evidence, tells_of_vehicles):
            return None
        heads, words = (self._reference.fold(text).text for text in self._heads), self._reference.words
        if any(runs_administration(head, words) for head in heads):
            return None
        return Withheld(WITHHELD_READING, {"probability": read.probability, "words": ", ".join(read.words)})

    def mentioned_first(self, evidence: Sequence[ScopeEvidence]) -> tuple[ScopeEvidence, ...]:
        """Return the places that are codes, or do not stand behind the first words of a long list."""
        return tuple(
            place
            for place in evidence
            if place.is_code or not is_mentioned_in_passing(self._values.get(place.path, ""), place.start or 0)
        )

    def _stands_beside(self, other: Evidence, evidence: Sequence[ScopeEvidence]) -> bool:
        """Tell whether technology is bought beside another object: "UPS y servidores", or in a lot or an item."""
        heads = {text.path for text in self._heads}
        if any(place.path not in heads for place in evidence):
            return True
        value, begins = str(other.value), other.end or 0
        behind = [place for place in evidence if place.path == other.path and begins < (place.start or 0)]
        if other.note == POST:
            # What stands before the last of many places is read once.
            ends = max((place.end or 0 for place in behind), default=begins)
            return self._reference.heads.tells_of_buying(fold(value[begins:ends]).text)
        # Further away nothing stands beside it.
        return any(_joins(value[begins : min(place.start or 0, begins + _BESIDE_REACH + 1)]) for place in behind)

    def _is_place_alone(self, place: ScopeEvidence) -> bool:
        """Tell whether a centre is what something else is for: something stands before it that is no technology."""
        text = next((text for text in self._heads if text.path == place.path), None)
        if text is None or place.start is None:
            return False
        begins = self._reference.begins(text)
        # Of many words those that begin what is bought, and those right before the name, tell it.
        before = fold(text.value[begins : place.start]).text
        near = (before[:_HEAD_REACH], before[-_BESIDE_NAME_REACH:])
        return begins < place.start and not any(map(self._reference.heads.names_technology, near))


def _is_sure(evidence: Sequence[ScopeEvidence], tells_of_vehicles: Callable[[], bool]) -> bool:
    if any(place.is_code or _is_unmistakable(place) for place in evidence):
        return True
    return any(place.note == "location_tracking" for place in evidence) and tells_of_vehicles()


def _is_unmistakable(place: ScopeEvidence) -> bool:
    """Tell whether a place of a scope names technology that can be nothing else."""
    if place.note != "surveillance_product":
        return place.note in _UNMISTAKABLE
    return len(str(place.value)) > _ABBREVIATION


def _joins(between: str) -> bool:
    """Tell whether what stands between another object and technology puts both side by side: "UPS y servidores"."""
    return len(between) <= _BESIDE_REACH and bool(_BESIDE.match(between))
