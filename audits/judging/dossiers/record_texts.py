"""The texts of a contracting process: their kinds, whether they can be read, and the surroundings of a mention."""

import logging
from collections.abc import Iterable, Sequence
from datetime import date
from functools import cached_property

from msgspec import structs

from audits.judging.dossiers.parts import PAGE
from audits.judging.rule.evidence import passage
from audits.judging.rule.vocabulary import Evidence
from audits.matching.documents.clauses import Passage, passages
from audits.matching.laws.citations import Citation
from audits.matching.lexicon import Mention
from audits.matching.organizations.watchlist import NameMention
from audits.matching.purchases.scope import OBJECT_PARTS
from audits.matching.reference.data import Reference
from audits.matching.texts.languages import OTHER
from audits.matching.texts.normalize import fold
from contracts.documents.texts import ReadDocument
from contracts.ocds.parsing.objects import Process, Text
from contracts.ocds.parsing.texts import process_texts

# Why no text says what is bought.
NO_TEXT = "object_unreadable"
NO_LANGUAGE = "language_unread"

# Maximum number of characters of a text that rules read: some hundred pages. The record keeps the rest.
MAX_TEXT = 200_000

logger = logging.getLogger(__name__)


class RecordTexts:
    """The texts of a contracting process and of its ``documents``, with the text of their pages."""

    def __init__(self, process: Process, *, reference: Reference, documents: Sequence[ReadDocument]) -> None:
        self.process: Process = process
        self.reference: Reference = reference
        self.documents: Sequence[ReadDocument] = documents

    @property
    def subject(self) -> str:
        """Return the ocid."""
        return self.process.ocid

    @cached_property
    def texts(self) -> tuple[Text, ...]:
        """Return the texts of the process, then the pages of its documents; of a very long one, the first part."""
        texts = (*process_texts(self.process), *self._pages)
        for text in texts:
            if len(text.value) > MAX_TEXT:
                # Without the name of the record: the minute of its arrival could identify who sent it by the form.
                logger.warning("Of a text of %d characters only the first %d are read.", len(text.value), MAX_TEXT)
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
        """Return the passages of documents that contain a clause required in contracts, with their page."""
        return tuple((page, found) for page in self._pages for found in passages(page.value))

    def language_of(self, text: Text) -> str:
        """Return the language stated for a text; names of organizations keep their own, whatever the record's."""
        return "" if text.part == "party" else self.process.language

    def is_readable(self, text: Text) -> bool:
        """Return whether the lexicon has the language of a text."""
        return self.reference.language_of(text, self.language_of(text)) != OTHER

    @cached_property
    def unread(self) -> str:
        """Return why no readable text says what is bought; ``""`` if one does. Many rules call it."""
        texts = [text for text in self.texts if text.part in OBJECT_PARTS]
        if any(self.is_readable(text) for text in texts):
            return ""
        return NO_LANGUAGE if texts else NO_TEXT

    @property
    def law_day(self) -> date | None:
        """Return the day for which laws are selected: that of the first award, or else of the record."""
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
    def by_path(self) -> dict[str, str]:
        """Return the original texts by JSON Pointer."""
        return {text.path: text.value for text in self.texts}

    @cached_property
    def _letters(self) -> str:
        return "\n".join(self.reference.fold_written(text.value).text for text in self.texts if text.part != PAGE)

    def holds_any_of(self, signs: Iterable[str]) -> bool:
        """
        Return whether a text other than pages of documents, folded, contains any of some sequences of letters.

        To look in the whole record for what every match of a pattern contains takes a fraction of the pattern's time.
        """
        return any(sign in self._letters for sign in signs)

    def text_of(self, found: Mention | NameMention) -> str:
        """Return the whole original text that contains a mention."""
        return self.by_path[found.path]

    def folded_text_of(self, found: Mention | NameMention) -> str:
        """Return the whole folded text that contains a mention."""
        return self.reference.fold_written(self.by_path[found.path]).text

    def folded_before(self, found: Mention | NameMention, reach: int) -> str:
        """Return up to ``reach`` characters before a mention, folded."""
        return fold(self.by_path[found.path][max(0, found.start - reach) : found.start]).text

    def folded_after(self, found: Mention | NameMention, reach: int) -> str:
        """Return up to ``reach`` characters after a mention, folded."""
        return fold(self.by_path[found.path][found.end : found.end + reach]).text

    def folded_around(self, found: Mention | NameMention, reach: int) -> str:
        """Return a mention with up to ``reach`` characters on either side, folded."""
        return fold(self.by_path[found.path][max(0, found.start - reach) : found.end + reach]).text

    def evidence(self, found: Mention | NameMention, note: str = "") -> Evidence:
        """Return a mention as evidence, with the surrounding passage in the original."""
        value = self.by_path[found.path]
        return Evidence(
            path=found.path,
            value=value,
            passage=passage(value, found.start, found.end),
            start=found.start,
            end=found.end,
            note=note or (found.concept if isinstance(found, Mention) else found.alias),
        )
