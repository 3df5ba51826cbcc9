"""
Reference data of a rule set: lexicon, lists, words, classes, grounds, and a digest of all.

The digest is part of the rule set's digest, so a changed list makes audits due. Search patterns are compiled for the
first text, so that code which only checks what is due does not wait for them.
"""

import hashlib
import json
from collections.abc import Iterable
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from audits.matching.laws.citations import Citations
from audits.matching.laws.grounds import Ground, Law
from audits.matching.lexicon import (
    STRONG,
    Intervals,
    Mention,
    Span,
    Term,
    choose,
    expanded,
    in_reference_number,
    is_plural,
    mentions,
    needs_capitals,
    phrases,
)
from audits.matching.organizations.offices_and_firms import OfficesAndFirms
from audits.matching.organizations.watchlist import Entry, Name, NameMention, PartyMatch, Watchlist
from audits.matching.products.unlisted import Product, unlisted_products
from audits.matching.products.words import product_words
from audits.matching.purchases.automated_decisions import automated_decisions
from audits.matching.purchases.bought import Heads
from audits.matching.purchases.notice_reader import NoticeReader
from audits.matching.purchases.scope import OBJECT_PARTS, SectorClass, SectorClasses
from audits.matching.reference.files import PublicList, read_rows, read_shipped
from audits.matching.texts.languages import ANY, OTHER, text_language
from audits.matching.texts.negation import NEGATION_MARKERS
from audits.matching.texts.normalize import Folded, fold, without_addresses
from audits.matching.texts.phrases import PhraseIndex
from audits.matching.texts.word_lists import Word, Words
from contracts.ocds.parsing.objects import Party, Text
from contracts.runtime.garbage_collection import looking_rarely_for_garbage

# Meaning of a phrase: terms by language of the text, each with its required spelling, and names.
TermsRead = dict[str, tuple[tuple[Term, bool, bool], ...]]
Meaning = tuple[TermsRead, tuple[Name, ...]]


class TextRead(Struct, gc=False):
    """
    A folded text without its addresses, the phrases in it, and whether anything in it may be negated.

    ``written`` is the text folded as it is, which is nearly always the same.

    Computed on demand and cached: ``languages``, by declared language; ``chosen``, the terms that count, by language
    of the text; ``products`` that no list contains, by language and whether names are included; ``names``;
    ``decisions`` of machines about people; and ``offices_and_firms``.
    """

    folded: Folded
    written: Folded
    hits: list[tuple[int, int, Meaning]]
    may_be_negated: bool
    languages: dict[str, str]
    chosen: dict[str, list[Span]]
    products: dict[tuple[str, bool], tuple[Product, ...]]
    names: list[tuple[int, int, Name]] | None = None
    decisions: tuple[tuple[int, int], ...] | None = None
    offices_and_firms: tuple[tuple[int, int], ...] | None = None

    def language(self, declared: str) -> str:
        declared = declared[:2]  # All of the text that counts.
        known = self.languages.get(declared)
        if known is None:
            known = self.languages[declared] = text_language(self.folded.text, declared)
        return known


LEXICON = "lexicon"
GROUNDS = "grounds"
READER = "reader"
VENDORS = "vendors"
FINANCIERS = "financiers"
SECURITY_BODIES = "security_bodies"
WATCHLISTS = (VENDORS, FINANCIERS, SECURITY_BODIES)

# Names of parties, classes and documents recur in many records: texts up to this many letters are cached. Of longer
# ones, the latest are cached, up to this many letters in total, because they are read again for the same record.
_SHORT_TEXT = 80
_REMEMBERED = 50_000
_RECENT_LETTERS = 1_000_000

# Languages of texts in which the terms of a language count: English terms are used everywhere, while Spanish and
# Portuguese terms resemble other words of each other ("oficina", "hosting"). Product names have no language.
_READ_IN = {"es": (ANY, "es"), "pt": (ANY, "pt"), "en": (ANY, "es", "pt", "en")}
_READ_EVERYWHERE = (ANY, "es", "pt", "en", OTHER)


# Terms with at most this many letters and digits do not count within a reference number.
_CODE_LENGTH = 5
_DECISION = Term("automated_decision", ANY, "")
# Maximum distance in characters before a name of words for programs ("licencias de uso del software").
_NAMED_REACH = 80


class Reference:
    """
    Lexicon, watchlists, words, classes and grounds, frozen.

    :param terms: enabled rows of the lexicon, with their slots
    :param entries: enabled entries of watchlists
    :param public_lists: public lists that entries name in ``listings``; a listing that is disabled or missing is
        removed from its entries
    :param words: word lists for names of organizations and products
    :param classes: sectors of classification codes
    :param laws: procurement laws
    :param grounds: items of these laws that permit buying without competition
    :param reader: text classifier; without it nothing is withheld, and weak words alone never count
    :param off: names of disabled lists: ``lexicon``, ``vendors``, ``financiers``, ``security_bodies``, ``grounds``,
        ``reader``, or a concept of the lexicon
    """

    def __init__(
        self,
        *,
        terms: Iterable[Term],
        entries: Iterable[Entry],
        public_lists: Iterable[PublicList] = (),
        words: Iterable[Word] = (),
        classes: Iterable[SectorClass] = (),
        laws: Iterable[Law] = (),
        grounds: Iterable[Ground] = (),
        reader: NoticeReader | None = None,
        off: Iterable[str] = (),
    ) -> None:
        switched_off = set(off)
        self.words = Words(words)
        self.heads = Heads(self.words)
        self.offices_and_firms = OfficesAndFirms(self.words)
        self.reader = None if READER in switched_off else reader
        self.classes = SectorClasses(classes)
        self.public_lists = {entry.name: entry for entry in public_lists}
        on = {name for name, entry in self.public_lists.items() if entry.enabled}
        used = (term for term in terms if LEXICON not in switched_off and term.concept not in switched_off)
        self.terms = tuple(sorted(set(expanded(used)), key=_order))
        self.entries = tuple(
            sorted(
                (
                    msgspec.structs.replace(entry, listings=tuple(name for name in entry.listings if name in on))
                    for entry in entries
                    if entry.watchlist not in switched_off
                ),
                key=_order,
            )
        )
        citable = () if GROUNDS in switched_off else grounds
        self.citations = Citations(sorted(laws, key=_order), sorted(citable, key=_order))
        switched_on = [self.public_lists[name] for name in sorted(on)]
        law = [self.citations.laws, self.citations.grounds]
        reads = self.reader.digest if self.reader else ""
        self.digest = _digest([self.terms, self.entries, switched_on, self.words.rows, self.classes.rows, law, reads])
        self._read_before: dict[str, TextRead] = {}
        self._read_lately: dict[str, TextRead] = {}
        self._recent_letters = 0

    @cached_property
    def _watchlist(self) -> Watchlist:
        return Watchlist(self.entries, self.words)

    @cached_property
    def _index(self) -> PhraseIndex[Meaning]:
        with looking_rarely_for_garbage():
            return PhraseIndex(self._meanings(), NEGATION_MARKERS)

    def compile(self) -> None:
        """Build the index of terms and names now, which takes some seconds, instead of for the first text."""
        _ = self._index

    def _meanings(self) -> dict[str, Meaning]:
        terms: dict[str, list[Term]] = {}
        for phrase, term in phrases(self.terms):
            terms.setdefault(phrase, []).append(term)
        names: dict[str, dict[Name, None]] = {}
        for phrase, name in self._watchlist.phrases():
            names.setdefault(phrase, {})[name] = None
        # The forms of a term share one meaning, which saves a million tuples.
        terms_read = cache(_terms_read)
        return {
            phrase: (
                terms_read(tuple(terms.get(phrase, ())), is_short=len(phrase) <= _CODE_LENGTH),
                tuple(names.get(phrase, ())),
            )
            for phrase in terms | names
            if phrase
        }

    @classmethod
    def read(cls, folder: Path, *, off: Iterable[str] = ()) -> "Reference":
        """
        Return the reference stored in a folder of CSV files: ``lexicon``, ``vendors``, ``financiers``,
        ``security_bodies``, ``public_lists``, ``words``, ``classes``, ``laws`` and ``grounds``, with ordinary words
        and the weights of the classifier. Rows whose ``enabled`` is not ``yes`` are left out.

        :raises FileNotFoundError: if a file is missing
        :raises ValueError: if a row cannot be parsed, with file and line
        """
        return cls(
            terms=read_rows(folder / "lexicon.csv", Term),
            entries=[row for name in WATCHLISTS for row in read_rows(folder / f"{name}.csv", Entry, watchlist=name)],
            public_lists=read_rows(folder / "public_lists.csv", PublicList, every=True),
            **read_shipped(folder),
            off=off,
        )

    def scan(self, text: Text, language: str = "") -> tuple[list[Mention], list[NameMention]]:
        """
        Return the mentions in a text: concepts of the lexicon, and names of watchlists.

        :param language: language stated by the record, as published; each text is read in its own, see ``language_of``
        """
        read = self._read_text(text.value)
        decisions = self._decisions_in(read, text)
        if not read.hits:
            return decisions, []
        folded, may_be_negated = read.folded, read.may_be_negated
        language = read.language(language)
        if language not in read.chosen:
            read.chosen[language] = choose(self._spans(folded, read.hits, text.value, language))
        if read.names is None:
            read.names = _longest([(start, end, name) for start, end, (_, known) in read.hits for name in known])
        found = mentions(read.chosen[language], folded, text, may_be_negated=may_be_negated) + decisions
        named: list[NameMention] = []
        for start, end, name in read.names:
            met = self._watchlist.mention(name, (start, end), folded, text, may_be_negated=may_be_negated)
            if met:
                named.append(met)
        return found, named

    def _decisions_in(self, read: TextRead, text: Text) -> list[Mention]:
        """Return the decisions about people that machines make in an object, as mentions; in no language alone."""
        if text.part not in OBJECT_PARTS:
            return []
        if read.decisions is None:
            read.decisions = tuple(automated_decisions(read.folded, self.words))
        spans = ((start, end, _DECISION) for start, end in read.decisions)
        return mentions(spans, read.folded, text, may_be_negated=read.may_be_negated)

    def language_of(self, text: Text, declared: str) -> str:
        """Return the language that a text is read in; see ``text_language``."""
        return self._read_text(text.value).language(declared)

    def terms_in(self, text: Text, language: str = "") -> list[Span]:
        """Return every term in a text, also those that a longer one or a mask covers, with original offsets."""
        read = self._read_text(text.value)
        folded = read.folded
        spans = self._spans(folded, read.hits, text.value, read.language(language))
        return [(*folded.span(start, end), term) for start, end, term in spans]

    def _spans(self, folded: Folded, hits: list[tuple[int, int, Meaning]], written: str, language: str) -> list[Span]:
        """Return the terms of a text in ``language``: no abbreviations in lower case, numbers or plurals."""
        spans: list[Span] = []
        for start, end, (terms, _) in hits:
            for term, capitals, short in terms.get(language, ()):
                if capitals or short:
                    first, last = folded.span(start, end)
                    is_small = capitals and written[first:last] == written[first:last].lower()
                    if is_small and (term.language in _READ_IN or not self._is_named(folded, start, end)):
                        continue
                    if short and (in_reference_number(written, first, last) or is_plural(term, written[first:last])):
                        continue
                spans.append((start, end, term))
        return spans

    def _is_named(self, folded: Folded, start: int, end: int) -> bool:
        """Return whether a lower-case product name follows words for programs: "software kofax"."""
        patterns = product_words(self.words)
        if folded.text[start:end] in patterns.describing:
            return False
        heads = patterns.name_head.finditer(folded.text, max(0, start - _NAMED_REACH), start)
        return any(head.end() == start for head in heads)

    def _read_text(self, text: str) -> TextRead:
        is_short = len(text) <= _SHORT_TEXT
        known = (self._read_before if is_short else self._read_lately).get(text)
        if known is not None:
            return known
        bare = without_addresses(text)
        folded = fold(bare)
        read = TextRead(folded, folded if bare == text else fold(text), *self._index.find(folded.text), {}, {}, {})
        if is_short:
            if len(self._read_before) >= _REMEMBERED:
                self._read_before.clear()
            self._read_before[text] = read
        else:
            self._read_lately[text] = read
            self._recent_letters += len(text)
            while self._recent_letters > _RECENT_LETTERS:
                oldest = next(iter(self._read_lately))
                self._recent_letters -= len(oldest)
                del self._read_lately[oldest]
        return read

    def fold(self, text: Text) -> Folded:
        return self._read_text(text.value).folded

    def fold_written(self, text: str) -> Folded:
        """Return a text of a record folded with its addresses, which ``fold`` leaves out."""
        return self._read_text(text).written

    def offices_and_firms_in(self, text: Text) -> tuple[tuple[int, int], ...]:
        """Return the positions of names of offices and firms in the original text."""
        read = self._read_text(text.value)
        if read.offices_and_firms is None:
            read.offices_and_firms = tuple(self.offices_and_firms.spans(read.folded))
        return read.offices_and_firms

    def products_in(self, text: Text, language: str, *, names: bool) -> tuple[Product, ...]:
        """Return the products, models and brands in a text that no list contains, see ``unlisted_products``."""
        read = self._read_text(text.value)
        asked = language, names
        if asked not in read.products:
            read.products[asked] = unlisted_products(
                text.value, language, self.words, names=names, folded=read.written
            )
        return read.products[asked]

    def begins(self, text: Text) -> int:
        """Return where the object begins, after carriers, in the original text; its length if there is none."""
        return self.heads.begins(self.fold(text))

    def match_party(self, party: Party) -> list[PartyMatch]:
        """Return the entries that match a party, best match first."""
        return self._watchlist.match_party(party)


def _terms_read(terms: tuple[Term, ...], *, is_short: bool) -> TermsRead:
    """Return the meaning of a phrase with these terms, by language of the text."""
    kept: dict[str, dict[str, Term]] = {}
    for term in terms:
        for language in _READ_IN.get(term.language, _READ_EVERYWHERE):
            # One term per concept, the strongest: languages that share a phrase report it once.
            of_language = kept.setdefault(language, {})
            other = of_language.setdefault(term.concept, term)
            if term.strength == STRONG != other.strength:
                of_language[term.concept] = term
    return {
        language: tuple((term, needs_capitals(term), is_short) for term in by_concept.values())
        for language, by_concept in kept.items()
    }


def _longest(names: list[tuple[int, int, Name]]) -> list[tuple[int, int, Name]]:
    """Of overlapping names, keep the longest; at one place, keep one name per entry."""
    kept: list[tuple[int, int, Name]] = []
    taken, places, entries = Intervals(), set(), set()
    for start, end, name in sorted(names, key=lambda found: (found[0] - found[1], found[0], found[2].guard)):
        is_free = not taken.overlap(start, end)
        if is_free or ((start, end) in places and name.entry not in entries):
            if is_free:
                taken.add(start, end)
            places.add((start, end))
            entries.add(name.entry)
            kept.append((start, end, name))
    return sorted(kept, key=lambda found: (found[0], found[1], found[2].entry))


def _order(row: Any) -> str:
    return json.dumps(msgspec.to_builtins(row), sort_keys=True)


def _digest(value: Any) -> str:
    return hashlib.sha256(json.dumps(msgspec.to_builtins(value), sort_keys=True).encode()).hexdigest()
