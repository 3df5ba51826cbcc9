"""The frozen input of a rule."""

import copy
import logging
from collections.abc import Collection, Container, Hashable, Sequence
from datetime import date
from functools import cached_property
from typing import Any

from msgspec import structs

from audits.judging.dossiers.backing import BACKING_OF_TRADE, backing
from audits.judging.dossiers.object_key import SecondKey
from audits.judging.dossiers.parts import HEAD_PARTS, PAGE, READ_PARTS
from audits.judging.dossiers.public_parties import buyers_of, groups_of
from audits.judging.figures.processes import ProcessFigures
from audits.judging.rule.passages import MIN_NAME_SPACES, name_words, passage, places_of_name
from audits.judging.rule.vocabulary import READER_THRESHOLD, Evidence, InsufficientDataError, Withheld
from audits.matching.citations import Citation
from audits.matching.clauses import Passage, passages
from audits.matching.documents import is_planning
from audits.matching.languages import OTHER
from audits.matching.lexicon import STRONG, Mention
from audits.matching.normalize import fold
from audits.matching.reader import Reading
from audits.matching.reference import SECURITY_BODIES, Reference
from audits.matching.scope import OBJECT_PARTS, Scope, decide_scope
from audits.matching.watchlist import NameMention, PartyMatch
from contracts.documents.texts import ReadDocument
from contracts.ocds.corrections import Correction
from contracts.ocds.texts import process_texts
from contracts.ocds.views import Party, Process, Text

# What the name of a buyer tells.
TOLD_BY_NAMES = frozenset({"security_body", "security_name", "police_integration"})

# Why nothing says what is bought.
NO_TEXT = "object_unreadable"
NO_LANGUAGE = "language_unread"

# Characters of one text that rules read: some hundred pages. The record keeps the rest.
MAX_TEXT = 200_000

logger = logging.getLogger(__name__)


class Dossier:
    """
    All that a rule may know about one contracting process. Texts are read only if a rule asks for them.

    ``process`` is the typed view, ``corrections`` what was read otherwise than the record gives it, ``documents`` are
    those that belong to it, with the text of their pages; ``statistics`` holds figures about other processes, computed
    elsewhere; ``digest`` is the SHA-256 of all that was put in, in hexadecimal.
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
        self.process: Process = process
        self.documents: Sequence[ReadDocument] = documents
        self.corrections: Sequence[Correction] = corrections
        self.statistics = statistics
        self.digest = digest
        self.reference: Reference = reference
        # What exclusions set aside while a rule is asked: each place with the code of the exclusion.
        self.asides: list[tuple[str, Mention | NameMention | Evidence]] = []
        self.has_exclusions = True

    @property
    def subject(self) -> str:
        """Return the ocid."""
        return self.process.ocid

    def with_statistics(self, statistics: ProcessFigures, *, digest: str) -> "Dossier":
        """
        Return the same dossier with figures about other processes; what was read from its texts is kept.

        :param digest: the digest of both, see ``dossier_digest``
        """
        twin = copy.copy(self)
        twin.statistics = statistics
        twin.digest = digest
        vars(twin).pop("without_exclusions", None)
        return twin

    @cached_property
    def without_exclusions(self) -> "Dossier":
        """Return the same dossier as it reads if no exclusion of a rule holds; what is bought is the same."""
        _ = self.sectors
        twin = copy.copy(self)
        twin.asides = []
        twin.has_exclusions = False
        for worked_out in ("facts", "_by_concept", "_denied"):
            vars(twin).pop(worked_out, None)
        return twin

    def leaves_out(self, place: Mention | NameMention | Evidence, reason: str) -> bool:
        """
        Tell whether a place does not count because an exclusion of a rule holds, and note it for the rule that asks.

        :param reason: the code of the exclusion, see ``audits.judging.rule.reasons``, whose template has ``words``
        """
        if self.has_exclusions:
            self.asides.append((reason, place))
        return self.has_exclusions

    @cached_property
    def texts(self) -> tuple[Text, ...]:
        """Return the texts of the process, then the pages of its documents; of one that is a book, its first part."""
        texts = (*process_texts(self.process), *self._pages)
        for text in texts:
            if len(text.value) > MAX_TEXT:
                logger.warning(
                    "%s: of %d characters at %s the first %d are read",
                    self.subject,
                    len(text.value),
                    text.path,
                    MAX_TEXT,
                )
        return tuple(
            structs.replace(text, value=text.value[:MAX_TEXT]) if len(text.value) > MAX_TEXT else text
            for text in texts
        )

    @cached_property
    def _pages(self) -> tuple[Text, ...]:
        return tuple(
            Text(document.path(page.number), page.text, PAGE)
            for document in self.documents
            for page in document.pages
            if page.text
        )

    @cached_property
    def clauses(self) -> tuple[tuple[Text, Passage], ...]:
        """Return the passages of the documents that say one of the things contracts are asked for, with their page."""
        return tuple((page, found) for page in self._pages for found in passages(page.value))

    @cached_property
    def has_planning_documents(self) -> bool:
        """Return whether documents of the time before the tender are listed; asked by a habit, and twice by a rule."""
        process, words = self.process, self.reference.words
        return bool(process.planning.documents) or any(is_planning(entry, words) for entry in process.documents())

    def language_of(self, text: Text) -> str:
        """Return the language stated for a text; names of organizations keep their own, whatever the record's."""
        return "" if text.part == "party" else self.process.language

    def is_readable(self, text: Text) -> bool:
        """Tell whether the lexicon knows the language of a text."""
        return self.reference.language_of(text, self.language_of(text)) != OTHER

    @cached_property
    def unread(self) -> str:
        """Return why nothing that can be read says what is bought, ``""`` if something does; asked by many rules."""
        texts = [text for text in self.texts if text.part in OBJECT_PARTS]
        if any(self.is_readable(text) for text in texts):
            return ""
        return NO_LANGUAGE if texts else NO_TEXT

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
        Return mentions but for those within the name of a buyer, of an office or of a firm: they tell who, not what.

        What such a name tells of police or military stays.
        """
        if not found:
            return found
        written = self.reference.fold(text)
        spans = [
            (written.written(place.start()), written.written(place.end() - 1) + 1)
            for words in map(name_words, self._names_of_buyers)
            for place in places_of_name(words, written.text)
        ]
        spans.extend(self.reference.bodies_in(text))
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
        """Return the names of those who buy that are long enough to be told from other words."""
        names = {party.name for party in self.public_parties}
        return tuple(sorted(name for name in names if name.count(" ") >= MIN_NAME_SPACES))

    @cached_property
    def mentions(self) -> tuple[Mention, ...]:
        """Return the concepts that the texts mention, the denied ones too."""
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
        """Return those for whom the process is run, and the bodies that they are units of."""
        return (*buyers_of(self.process), *self._groups)

    @cached_property
    def _groups(self) -> tuple[Party, ...]:
        return groups_of(buyers_of(self.process))

    @property
    def law_day(self) -> date | None:
        """Return the day whose law counts: that of the first award, else that of the record."""
        process = self.process
        return min(
            (award.date.date() for award in process.awards if award.date), default=process.date and process.date.date()
        )

    @cached_property
    def citations(self) -> tuple[tuple[Text, Citation], ...]:
        """Return the grounds that the texts cite, each with its text; names of parties cite none."""
        process = self.process
        on = self.law_day
        find = self.reference.citations.find
        return tuple(
            (text, citation)
            for text in self.texts
            # A contract cites laws for many reasons.
            if text.part not in {"party", PAGE}
            for citation in find(text.value, process.country, on)
        )

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
    def reading(self) -> Reading | None:
        """Return how titles, descriptions and lots read as a whole, ``None`` if nothing reads them."""
        texts = [text for text in self.texts if text.part in READ_PARTS and self.is_readable(text)]
        if not texts or self.reference.reader is None:
            return None
        found = (mention for mention in self.mentions if mention.part in OBJECT_PARTS)
        return self.reference.reader.read((self.reference.fold(text).text for text in texts), found)

    def withheld(self, threshold: float) -> Withheld | None:
        """Return why technology found here is not what is bought, ``None`` if it is: see ``SecondKey.withheld``."""
        return self._key.withheld(
            self.scope.evidence,
            threshold,
            reading=lambda: self.reading,
            tells_of_vehicles=lambda: bool(self.mentions_of("vehicle")),
        )

    @cached_property
    def _key(self) -> SecondKey:
        """Return the second key of the first title and the first description."""
        firsts = {text.part: text for text in reversed(self.texts) if text.part in HEAD_PARTS}
        return SecondKey([firsts[part] for part in HEAD_PARTS if part in firsts], self._values, self.reference)

    @cached_property
    def sectors(self) -> tuple[str, ...]:
        """Return the technology sectors of what is bought, none if they are withheld."""
        if self.withheld(READER_THRESHOLD):
            return ()
        told = {place.sector for place in self._key.told_first(self.scope.evidence)}
        return tuple(sector for sector in self.scope.sectors if sector in told)

    def _reads_well(self, weak: Collection[Mention]) -> bool:
        """Tell whether the whole reads so much like technology that weak mentions count."""
        if self.reading is None or self.reading.probability < BACKING_OF_TRADE or self._key.other_object:
            return False
        heads = [text for text in self.texts if text.part in HEAD_PARTS]
        suppliers = [party.name for party in self.process.parties if party.name and "supplier" in party.roles]
        buyers = [party.name for party in self.public_parties]
        least = backing(weak, heads, suppliers, buyers, self.process.language[:2], self.reference)
        return self.reading.probability >= least

    @cached_property
    def _is_for_security(self) -> bool:
        """Tell whether a buyer is on the list of security bodies, or has a name that tells one."""
        buyers = {party.path: party.name for party in self.public_parties}
        return any(match.path in buyers and match.entry.watchlist == SECURITY_BODIES for match in self.matches) or any(
            mention.concept in TOLD_BY_NAMES and mention.strength == STRONG
            for path, name in buyers.items()
            for mention in self.reference.scan(Text(f"{path}/name", name, "party"))[0]
        )

    def mentions_of(
        self, *concepts: str, parts: Container[str] = OBJECT_PARTS, strengths: Container[str] = (STRONG,)
    ) -> tuple[Mention, ...]:
        """Return the mentions of ``concepts`` in texts of ``parts`` that are not denied, in reading order."""
        for mention in self._denied:
            if mention.concept in concepts and mention.strength in strengths and mention.part in parts:
                self.leaves_out(mention, "denied")
        if self._by_concept.keys().isdisjoint(concepts):
            return ()
        found = [
            (place, mention)
            for concept in set(concepts)
            for place, mention in self._by_concept.get(concept, ())
            if mention.strength in strengths and mention.part in parts
        ]
        if len(concepts) > 1:
            found.sort()  # no two have the same place
        return tuple(mention for _, mention in found)

    @cached_property
    def _by_concept(self) -> dict[str, list[tuple[int, Mention]]]:
        """Return the mentions of each concept that are not denied, with their places in reading order."""
        by_concept: dict[str, list[tuple[int, Mention]]] = {}
        for place, mention in enumerate(self.mentions):
            if not (mention.negated and self.has_exclusions):
                by_concept.setdefault(mention.concept, []).append((place, mention))
        return by_concept

    @cached_property
    def _denied(self) -> tuple[Mention, ...]:
        return tuple(mention for mention in self.mentions if mention.negated) if self.has_exclusions else ()

    def text_of(self, found: Mention | NameMention) -> str:
        """Return the whole text that a mention stands in, as written."""
        return self._values[found.path]

    def folded_text_of(self, found: Mention | NameMention) -> str:
        """Return the whole text that a mention stands in, folded: once for all of its mentions."""
        if found.path not in self._folded:
            self._folded[found.path] = fold(self._values[found.path]).text
        return self._folded[found.path]

    def folded_before(self, found: Mention | NameMention, reach: int) -> str:
        """Return up to ``reach`` characters that stand before a mention, folded."""
        return fold(self._values[found.path][max(0, found.start - reach) : found.start]).text

    def folded_after(self, found: Mention | NameMention, reach: int) -> str:
        """Return up to ``reach`` characters that stand after a mention, folded."""
        return fold(self._values[found.path][found.end : found.end + reach]).text

    def folded_around(self, found: Mention | NameMention, reach: int) -> str:
        """Return a mention with up to ``reach`` characters on either side, folded."""
        return fold(self._values[found.path][max(0, found.start - reach) : found.end + reach]).text

    def evidence(self, found: Mention | NameMention, note: str = "") -> Evidence:
        """Return a mention as evidence, with the passage around it as written."""
        value = self._values[found.path]
        return Evidence(
            path=found.path,
            value=value,
            passage=passage(value, found.start, found.end),
            start=found.start,
            end=found.end,
            note=note or (found.concept if isinstance(found, Mention) else found.alias),
        )

    @cached_property
    def _folded(self) -> dict[str, str]:
        return {}

    @cached_property
    def facts(self) -> dict[Hashable, Any]:
        """Return what was worked out of the record, see ``dossiers.known_facts``; it fills as rules ask."""
        return {}

    @cached_property
    def _values(self) -> dict[str, str]:
        return {text.path: text.value for text in self.texts}

    def statistic(self, name: str) -> Any:
        """
        Return a figure about other processes.

        :raises InsufficientDataError: if it was not computed
        """
        figure = getattr(self.statistics, name)
        if figure is None:
            raise InsufficientDataError(f"statistics/{name}", "not_computed", name=name)
        return figure
