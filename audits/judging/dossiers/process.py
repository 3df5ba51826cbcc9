"""The frozen input of rules about processes."""

import copy
from collections.abc import Container, Hashable, Sequence
from collections.abc import Set as AbstractSet
from functools import cached_property
from typing import Any

from audits.judging.dossiers.object_key import (
    COMMON_WORDS,
    COMMON_WORDS_THRESHOLD,
    MANY_SENSES_THRESHOLD,
    SecondKey,
)
from audits.judging.dossiers.parts import HEAD_PARTS, READ_PARTS
from audits.judging.dossiers.record_texts import RecordTexts
from audits.judging.figures.processes import ProcessFigures
from audits.judging.rule.vocabulary import READER_THRESHOLD, Evidence, InsufficientDataError, Withheld
from audits.matching.documents.kinds import is_planning
from audits.matching.lexicon import STRONG, Mention
from audits.matching.organizations.names_in_texts import MIN_NAME_SPACES, name_words, places_of_name
from audits.matching.organizations.watchlist import NameMention, PartyMatch
from audits.matching.purchases.notice_reader import NoticeReading
from audits.matching.purchases.scope import OBJECT_PARTS, Scope, decide_scope
from audits.matching.reference.data import SECURITY_BODIES, Reference
from audits.matching.texts.normalize import fold
from contracts.documents.texts import ReadDocument
from contracts.ocds.codelists.codes import buys
from contracts.ocds.corrections import Correction
from contracts.ocds.parsing.objects import Party, Process, Text

# What the name of a buyer can show.
TOLD_BY_NAMES = frozenset({"security_body", "security_name", "police_integration"})


class Dossier(RecordTexts):
    """
    All that a rule may know about one contracting process. Texts are read only on demand.

    ``process`` is the typed record, ``corrections`` are values normalised in it, ``documents`` are its documents with
    the text of their pages; ``statistics`` has figures about other processes, computed elsewhere; ``digest`` is the
    SHA-256 of all input, in hexadecimal.
    """

    def __init__(
        self,
        process: Process,
        *,
        reference: Reference,
        statistics: ProcessFigures,
        digest: str,
        corrections: Sequence[Correction] = (),
        documents: Sequence[ReadDocument] = (),
    ) -> None:
        super().__init__(process, reference=reference, documents=documents)
        self.corrections: Sequence[Correction] = corrections
        self.statistics = statistics
        self.digest = digest
        # Places left out by exclusions while a rule runs, each with the code of the exclusion.
        self.asides: list[tuple[str, Mention | NameMention | Evidence]] = []
        self.has_exclusions = True

    def with_statistics(self, statistics: ProcessFigures, *, digest: str) -> "Dossier":
        """Return the dossier with figures, and the digest of both; facts read from its texts stay cached."""
        twin = copy.copy(self)
        twin.statistics = statistics
        twin.digest = digest
        vars(twin).pop("without_exclusions", None)
        return twin

    @cached_property
    def without_exclusions(self) -> "Dossier":
        """Return the same dossier without the exclusions of rules; what is bought stays the same."""
        _ = self.sectors
        twin = copy.copy(self)
        twin.asides = []
        twin.has_exclusions = False
        for worked_out in ("facts", "_by_concept", "_denied"):
            vars(twin).pop(worked_out, None)
        return twin

    def leaves_out(self, place: Mention | NameMention | Evidence, reason: str) -> bool:
        """
        Return whether an exclusion of a rule leaves a place out, and note it for the rule that runs.

        :param reason: code of the exclusion, see ``audits.judging.rule.reasons``, whose template has ``words``; ``""``
            if there is none
        """
        if not reason or not self.has_exclusions:
            return False
        self.asides.append((reason, place))
        return True

    @cached_property
    def has_planning_documents(self) -> bool:
        """Return whether documents from before the tender are listed; read by a habit, and twice by a rule."""
        process, words = self.process, self.reference.words
        return bool(process.planning.documents) or any(is_planning(entry, words) for entry in process.documents())

    @cached_property
    def _scanned(self) -> tuple[tuple[Mention, ...], tuple[NameMention, ...]]:
        mentions: list[Mention] = []
        names: list[NameMention] = []
        for text in self.texts:
            found, named = self.reference.scan(text, self.language_of(text))
            mentions.extend(self._without_party_names(text, found) if text.part in OBJECT_PARTS else found)
            names.extend(named)
        return tuple(mentions), tuple(names)

    def _without_party_names(self, text: Text, found: list[Mention]) -> list[Mention]:
        """
        Return mentions without those in the name of a buyer, an office or a firm, which do not say what is bought.

        Mentions of police or military in such names are kept.
        """
        if not found:
            return found
        written = self.reference.fold(text)
        spans = [
            written.span(place.start(), place.end())
            for words in map(name_words, self._names_of_buyers)
            for place in places_of_name(words, written.text)
        ]
        spans.extend(self.reference.offices_and_firms_in(text))
        if not spans:
            return found
        return [
            mention
            for mention in found
            if mention.concept in TOLD_BY_NAMES
            or not any(start <= mention.start and mention.end <= end for start, end in spans)
        ]

    @cached_property
    def _names_of_buyers(self) -> tuple[str, ...]:
        """Return the names of buyers that are long enough to be distinguished from other words."""
        names = {party.name for party in self.public_parties}
        return tuple(sorted(name for name in names if name.count(" ") >= MIN_NAME_SPACES))

    @cached_property
    def mentions(self) -> tuple[Mention, ...]:
        """Return the concepts that the texts mention, including negated ones."""
        return self._scanned[0]

    @cached_property
    def names(self) -> tuple[NameMention, ...]:
        """Return the listed organizations that the texts name."""
        return self._scanned[1]

    @cached_property
    def matches(self) -> tuple[PartyMatch, ...]:
        """Return the listed organizations that the parties are, or seem to be."""
        found: list[PartyMatch] = []
        for party in (*self.process.parties, *self._groups):
            found.extend(self.reference.match_party(party))
        return tuple(found)

    @cached_property
    def public_parties(self) -> tuple[Party, ...]:
        """Return the parties for which the process is run, and the bodies of which they are units."""
        return (*buyers_of(self.process), *self._groups)

    @cached_property
    def _groups(self) -> tuple[Party, ...]:
        return groups_of(buyers_of(self.process))

    @cached_property
    def scope(self) -> Scope:
        """Return the technology sectors of the object."""
        return decide_scope(
            self.mentions,
            self.texts,
            self.process.items(),
            self.reference.classes,
            is_backed=self._reads_well,
            is_for_security=lambda: self._is_for_security,
        )

    @cached_property
    def reading(self) -> NoticeReading | None:
        """Return the classification of titles, descriptions and lots as a whole; ``None`` without a classifier."""
        reader = self.reference.reader
        if reader is None:
            return None
        folded, found = self.what_is_read
        return reader.read(folded, found) if folded else None

    @property
    def what_is_read(self) -> tuple[list[str], list[Mention]]:
        """Return the readable titles, descriptions and lots, folded, and the findings in what is bought."""
        texts = (text for text in self.texts if text.part in READ_PARTS and self.is_readable(text))
        folded = [self.reference.fold(text).text for text in texts]
        return folded, [mention for mention in self.mentions if mention.part in OBJECT_PARTS]

    def withheld(self, threshold: float) -> Withheld | None:
        """Return why technology found here is not what is bought; ``None`` if it is: see ``SecondKey.withheld``."""
        if threshold not in self._withheld:
            self._withheld[threshold] = self._key.withheld(
                self.scope.evidence,
                threshold,
                reading=lambda: self.reading,
                mentions_vehicles=lambda: bool(self.mentions_of("vehicle")),
            )
        return self._withheld[threshold]

    @cached_property
    def _withheld(self) -> dict[float, Withheld | None]:
        return {}

    @cached_property
    def _key(self) -> SecondKey:
        """Return the check of the first title and the first description."""
        firsts = {text.part: text for text in reversed(self.texts) if text.part in HEAD_PARTS}
        return SecondKey([firsts[part] for part in HEAD_PARTS if part in firsts], self.by_path, self.reference)

    @cached_property
    def sectors(self) -> tuple[str, ...]:
        """Return the technology sectors of what is bought; empty if they are withheld."""
        if self.withheld(READER_THRESHOLD):
            return ()
        mentioned = {place.sector for place in self._key.mentioned_first(self.scope.evidence)}
        return tuple(sector for sector in self.scope.sectors if sector in mentioned)

    def _reads_well(self, concepts: AbstractSet[str]) -> bool:
        """Return whether the whole notice reads so much like technology that weak mentions of ``concepts`` count."""
        is_common = concepts <= COMMON_WORDS and not self._is_for_security
        threshold = COMMON_WORDS_THRESHOLD if is_common else MANY_SENSES_THRESHOLD
        probability = self.reading.probability if self.reading else 0.0
        return probability >= threshold and not self._key.other_object

    @cached_property
    def _is_for_security(self) -> bool:
        """Return whether a buyer is on the list of security bodies, or has the name of one."""
        buyers = {party.path: party.name for party in self.public_parties}
        return any(match.path in buyers and match.entry.watchlist == SECURITY_BODIES for match in self.matches) or any(
            mention.concept in TOLD_BY_NAMES and mention.strength == STRONG
            for path, name in buyers.items()
            for mention in self.reference.scan(Text(f"{path}/name", name, "party"))[0]
        )

    def mentions_of(
        self, *concepts: str, parts: Container[str] = OBJECT_PARTS, strengths: Container[str] = (STRONG,)
    ) -> tuple[Mention, ...]:
        """Return the mentions of ``concepts`` in texts of ``parts`` that are not negated, in reading order."""
        for mention in self._denied:
            if mention.concept in concepts and mention.strength in strengths and mention.part in parts:
                self.leaves_out(mention, "denied")
        by_concept = self._by_concept
        if by_concept.keys().isdisjoint(concepts):
            return ()
        found = [
            placed
            for concept in set(concepts)
            if concept in by_concept
            for placed in by_concept[concept]
            if placed[1].strength in strengths and placed[1].part in parts
        ]
        if len(found) > 1 < len(concepts):
            found.sort()  # No two have the same place.
        return tuple([mention for _, mention in found])

    @cached_property
    def _by_concept(self) -> dict[str, list[tuple[int, Mention]]]:
        """Return the mentions of each concept that are not negated, with their places in reading order."""
        by_concept: dict[str, list[tuple[int, Mention]]] = {}
        for place, mention in enumerate(self.mentions):
            if not (mention.negated and self.has_exclusions):
                by_concept.setdefault(mention.concept, []).append((place, mention))
        return by_concept

    @cached_property
    def _denied(self) -> tuple[Mention, ...]:
        return tuple(mention for mention in self.mentions if mention.negated) if self.has_exclusions else ()

    @cached_property
    def facts(self) -> dict[Hashable, Any]:
        """Return the cache of facts about the record, see ``dossiers.known_facts``; it fills while rules run."""
        return {}

    def statistic(self, name: str) -> Any:
        """Return a figure about other processes; raises InsufficientDataError if it was not computed."""
        figure = getattr(self.statistics, name)
        if figure is None:
            raise InsufficientDataError(f"statistics/{name}", "not_computed", name=name)
        return figure


def buyers_of(process: Process) -> tuple[Party, ...]:
    """Return buyers, procuring entities and parties named with them without a role."""
    return tuple(party for party in process.parties if not party.roles or buys(party.roles))


def groups_of(buyers: Sequence[Party]) -> tuple[Party, ...]:
    """
    Return the bodies of which buyers are units and that are not parties themselves, as parties.

    Many buyers are only a "central unit".
    """
    named = {fold(party.name).text for party in buyers}
    groups = {
        fold(group.name).text: Party(path=group.path, id=group.id, name=group.name, roles=party.roles)
        for party in buyers
        for group in party.member_of
        if group.name
    }
    return tuple(group for name, group in groups.items() if name not in named)
