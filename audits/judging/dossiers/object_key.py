"""The classifier's check of the T-rules: evidence that the technology mentioned is the thing bought."""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property

from audits.judging.dossiers.catalogues import is_mentioned_in_passing
from audits.judging.rule.evidence import evidence_in
from audits.judging.rule.vocabulary import WITHHELD_OBJECT, WITHHELD_PASSING, WITHHELD_READING, Evidence, Withheld
from audits.matching.purchases.administration import runs_administration
from audits.matching.purchases.notice_reader import NoticeReading
from audits.matching.purchases.scope import ScopeEvidence
from audits.matching.reference.data import Reference
from audits.matching.texts.normalize import fold
from contracts.ocds.parsing.objects import Text

# Maximum distance in characters between another object and technology bought with it, and what connects them.
_BESIDE_REACH = 60
_BESIDE = re.compile(
    # A dash starts another part of a title: "Consultoría - Técnico de cámaras, EDR".
    r"^(?! ?(?:de|del|para|sobre|en|do|da|for|of|on)\b)(?!.* [-–] )[^.;:]*?(?:[,/+&]|\b(?:y|e|and)\b) *"
    r"(?:\w+ (?:de |del |do |da )?(?:\w+ (?:con|com|with) )?)?$",
    re.IGNORECASE,
)
# What a thing has or is followed by heads an object of its own, if nothing else can be meant: "Transporte escolar:
# sistema de reconhecimento facial", "vehículos equipados con cámaras de reconocimiento facial".
_OWN_OBJECT = re.compile(
    r"^[^.:;]{0,60}(?:: *|\bequipa[dn][ao]s? (?:con|com) |\bequipped with )(?:\w+ ){0,3}$", re.IGNORECASE
)
# Number of characters of the object, before the name of a centre, that say what is bought for it.
_HEAD_REACH = 80
_BESIDE_NAME_REACH = 45
# Rare technology with unambiguous names: the classifier has seen little of it.
_UNMISTAKABLE = frozenset(
    {
        *("facial_recognition", "biometric_id", "predictive_policing", "social_media_monitoring", "lpr"),
        *("command_centre", "gunshot_detection", "interception", "ran_core", "surveillance_product", "5g"),
    }
)
# Artificial intelligence by a name of its own, in a title or early in a description, unless it is taught there: of
# 5,500 systems that public bodies describe, the classifier, which had met hardly any, withheld one in six.
_ARTIFICIAL = frozenset({"artificial_intelligence", "automated_decision"})
_ARTIFICIAL_REACH = 120
# An abbreviation may always mean something else too ("XRY" is an airport, "5g" five grams).
_ABBREVIATION = 4
_ABBREVIATED = frozenset({"surveillance_product", "5g"})
# Ambiguous words ("sistema", "software", "red"): a notice with only these, or only weak words, needs at least this
# probability. Chosen among .2 to .6, with the threshold for all others (.1 to .45), by cross-validation over buyers
# and on records of sources without training data.
_MANY_SENSES = frozenset(
    {"data_analytics", "network_equipment", "server_storage", "software_licence", "software_platform"}
)
MANY_SENSES_THRESHOLD = 0.45
# "Rede" and "servidor" alone are mostly a chain of schools or hospitals, and a civil servant, unless a security body
# buys: of 17 such records of seven readings below this probability two were technology.
COMMON_WORDS = frozenset({"network_equipment", "server_storage"})
COMMON_WORDS_THRESHOLD = 0.6
# Telephones by themselves are mostly office exchanges; measured on four samples of unseen sources.
_TELEPHONES = frozenset({"telephony"})
_TELEPHONES_THRESHOLD = 0.35


class SecondKey:
    """
    Whether technology mentioned in texts is what is bought.

    :param heads: title and description, as far as present, which contain the head of the object
    :param values: all texts, whole, by their paths
    :param reference: folds texts, and finds what is bought in them
    """

    def __init__(self, heads: Sequence[Text], values: Mapping[str, str], reference: Reference) -> None:
        self._heads = heads
        self._values = values
        self._reference = reference

    @cached_property
    def other_object(self) -> Evidence | None:
        """Return what is bought, at the head of title or description, if it is not technology."""
        for text in self._heads:
            place = self._reference.heads.other_object(self._reference.fold(text))
            if place:
                start, end, is_post = place
                note = "post" if is_post else "other_object"
                return evidence_in(text, start, end, note)
        return None

    def withheld(
        self,
        evidence: Sequence[ScopeEvidence],
        threshold: float,
        *,
        reading: Callable[[], NoticeReading | None],
        mentions_vehicles: Callable[[], bool],
    ) -> Withheld | None:
        """
        Return why technology found in a record is not what is bought; ``None`` if it is.

        It is not if all of it is after the first words of a long list; only the rest is considered further. A thing at
        the head that is not technology decides for title and description only, not for lots and items. The classifier
        is overruled by a classification code of a technology sector, by technology with unambiguous names, by vehicle
        location, by artificial intelligence that begins an object and is not taught there, and by administrative
        software. If only ambiguous words are found, it requires a higher probability.

        :param evidence: places where technology was found
        :param threshold: minimum probability from the classifier; 0 switches it off
        :param reading: returns the classification of the record; called only if it may decide
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
        if not read or read.probability >= threshold or _is_sure(evidence, mentions_vehicles):
            return None
        if any(map(self._is_artificial, evidence)):
            return None
        heads, words = (self._reference.fold(text).text for text in self._heads), self._reference.words
        if any(runs_administration(head, words) for head in heads):
            return None
        return Withheld(WITHHELD_READING, {"probability": read.probability, "words": ", ".join(read.words)})

    def _is_artificial(self, place: ScopeEvidence) -> bool:
        """Return whether artificial intelligence begins a title or a description, and nobody teaches it there."""
        begins = place.start or 0
        if place.note not in _ARTIFICIAL or not (place.path.endswith("/title") or begins < _ARTIFICIAL_REACH):
            return False
        before = fold(self._values.get(place.path, "")[:begins]).text
        return not self._reference.words.pattern("taught").search(before)

    def mentioned_first(self, evidence: Sequence[ScopeEvidence]) -> tuple[ScopeEvidence, ...]:
        """Return the places that are codes, or are not after the first words of a long list."""
        return tuple(
            place
            for place in evidence
            if place.is_code or not is_mentioned_in_passing(self._values.get(place.path, ""), place.start or 0)
        )

    def _stands_beside(self, other: Evidence, evidence: Sequence[ScopeEvidence]) -> bool:
        """Return whether another object is bought with technology: "UPS y servidores", or in a lot or item."""
        heads = {text.path for text in self._heads}
        if any(place.path not in heads for place in evidence):
            return True
        value, begins = str(other.value), other.end or 0
        behind = [place for place in evidence if place.path == other.path and begins < (place.start or 0)]
        if other.note == "post":
            # The text before the last of many places is read once.
            ends = max((place.end or 0 for place in behind), default=begins)
            return self._reference.heads.mentions_buying(fold(value[begins:ends]).text)
        # Maximum distance.
        return any(
            _joins(value[begins : min(place.start or 0, begins + _BESIDE_REACH + 1)])
            or (_is_unmistakable(place) and _OWN_OBJECT.match(value[begins : place.start]))
            for place in behind
        )

    def _is_place_alone(self, place: ScopeEvidence) -> bool:
        """Return whether something else is bought for a centre: the text before it is not technology."""
        text = next((text for text in self._heads if text.path == place.path), None)
        if text is None or place.start is None:
            return False
        begins = self._reference.begins(text)
        # Enough of a long text: the first words of the object, and those directly before the name.
        before = fold(text.value[begins : place.start]).text
        near = (before[:_HEAD_REACH], before[-_BESIDE_NAME_REACH:])
        return begins < place.start and not any(map(self._reference.heads.names_technology, near))


def _is_sure(evidence: Sequence[ScopeEvidence], mentions_vehicles: Callable[[], bool]) -> bool:
    if any(place.is_code or _is_unmistakable(place) for place in evidence):
        return True
    return any(place.note == "location_tracking" for place in evidence) and mentions_vehicles()


def _is_unmistakable(place: ScopeEvidence) -> bool:
    """Return whether a place of a scope names unambiguous technology."""
    is_whole = place.note not in _ABBREVIATED or len(str(place.value)) > _ABBREVIATION
    return is_whole and place.note in _UNMISTAKABLE


def _joins(between: str) -> bool:
    """Return whether the text between another object and technology connects them: "UPS y servidores"."""
    return len(between) <= _BESIDE_REACH and bool(_BESIDE.match(between))
