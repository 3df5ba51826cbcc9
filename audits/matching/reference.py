"""
The reference data of a rule set: lexicon, lists, words, classes, grounds, with a digest of it all.

The digest enters the digest of the rule set, so that a changed list makes audits stale. What texts are searched with
is compiled once, for the first text: who only asks what is due waits for none of it, nor holds it.
"""

import hashlib
import json
from collections.abc import Iterable
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from audits.matching.bought import Heads
from audits.matching.citations import Citations
from audits.matching.grounds import Ground, Law
from audits.matching.languages import ANY, OTHER, text_language
from audits.matching.lexicon import (
    STRONG,
    Mention,
    Span,
    Stretches,
    Term,
    choose,
    expanded,
    in_reference_number,
    is_plural,
    mentions,
    needs_capitals,
    phrases,
)
from audits.matching.negation import NEGATION_MARKERS
from audits.matching.normalize import Folded, fold, without_addresses
from audits.matching.notice_reader import NoticeReader
from audits.matching.offices_and_firms import OfficesAndFirms
from audits.matching.phrases import PhraseIndex
from audits.matching.product_words import product_words
from audits.matching.products import Product, unlisted_products
from audits.matching.reference_files import PublicList, read_entries, read_public_lists, read_shipped, read_terms
from audits.matching.scope import SectorClass, SectorClasses
from audits.matching.watchlist import Entry, Name, NameMention, PartyMatch, Watchlist
from audits.matching.words import Word, Words
from contracts.ocds.parsing.objects import Party, Text
from contracts.runtime.garbage_collection import looking_rarely_for_garbage

# What a phrase stands for: for each language of a text the terms of the lexicon, each with how it must be written,
# and names.
TermsRead = dict[str, tuple[tuple[Term, bool, bool], ...]]
Meaning = tuple[TermsRead, tuple[Name, ...]]


class TextRead(Struct, gc=False):
    """
    A text folded, the phrases in it, and whether anything in it may be denied.

    ``languages`` holds the answers about its language, by the one that is declared; ``chosen`` the terms that count in
    it, by the language that it is read in; ``products`` those that no list holds, by the language of the record and
    whether names are asked for; ``names`` the names that stand in it, and ``offices_and_firms`` where theirs do: each
    is worked out when it is asked for.
    """

    folded: Folded
    hits: list[tuple[int, int, Meaning]]
    may_be_negated: bool
    languages: dict[str, str]
    chosen: dict[str, list[Span]]
    products: dict[tuple[str, bool], tuple[Product, ...]]
    names: list[tuple[int, int, Name]] | None = None
    offices_and_firms: tuple[tuple[int, int], ...] | None = None

    def language(self, declared: str) -> str:
        declared = declared[:2]  # which is all of it that counts
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

# Names of parties, classes and documents recur from record to record: texts of so many letters are remembered. Longer
# ones are asked of again while their record is judged: the latest are, up to so many letters.
_SHORT_TEXT = 80
_REMEMBERED = 50_000
_RECENT_LETTERS = 1_000_000

# In which languages of texts the terms of a language are read: English names technology everywhere, while Spanish and
# Portuguese words look like other words in each other's texts ("oficina", "hosting"). Names of products have none.
_READ_IN = {"es": (ANY, "es"), "pt": (ANY, "pt"), "en": (ANY, "es", "pt", "en")}
_READ_EVERYWHERE = (ANY, "es", "pt", "en", OTHER)


# Of terms with so few letters and digits, those within a number of reference are left out.
_CODE_LENGTH = 5
# How far before a name, in characters, the words begin that name a program ("licencias de uso del software").
_NAMED_REACH = 80


class Reference:
    """
    Lexicon, watchlists, words, classes and grounds, frozen.

    :param terms: the rows of the lexicon that are in force, with their slots
    :param entries: the entries of the watchlists that are in force
    :param public_lists: the public lists that entries name in ``listings``; a listing that is switched off, or that
        is not among them, is left out of its entries
    :param words: what tells names of organizations and products apart
    :param classes: the sectors of classification codes
    :param laws: the laws of procurement
    :param grounds: the items of these laws that give a ground for setting competition aside
    :param reader: tells how a notice reads; without one nothing is held back, and weak words alone are no scope
    :param off: names of whole lists that are switched off: ``lexicon``, ``vendors``, ``financiers``,
        ``security_bodies``, ``grounds``, ``reader``, or a concept of the lexicon
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
        """Make the index of terms and names now, which takes some seconds, and not when the first text is read."""
        _ = self._index

    def _meanings(self) -> dict[str, Meaning]:
        terms: dict[str, list[Term]] = {}
        for phrase, term in phrases(self.terms):
            terms.setdefault(phrase, []).append(term)
        names: dict[str, dict[Name, None]] = {}
        for phrase, name in self._watchlist.phrases():
            names.setdefault(phrase, {})[name] = None
        # The forms of a term mean the same: a million tuples less than one for each form and language.
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
        Return the reference kept in a folder of CSV files: ``lexicon``, ``vendors``, ``financiers``,
        ``security_bodies``, ``public_lists``, ``words``, ``classes``, ``laws`` and ``grounds``, with ordinary words
        and the weights of the reader. Rows whose ``enabled`` is not ``yes`` are left out.

        :raises FileNotFoundError: if one of them is missing
        :raises ValueError: if a row cannot be read; names file and line
        """
        return cls(
            terms=read_terms(folder / "lexicon.csv"),
            entries=[entry for name in WATCHLISTS for entry in read_entries(folder / f"{name}.csv", name)],
            public_lists=read_public_lists(folder / "public_lists.csv"),
            **read_shipped(folder),
            off=off,
        )

    def scan(self, text: Text, language: str = "") -> tuple[list[Mention], list[NameMention]]:
        """
        Return what a text mentions: concepts of the lexicon, and names of the watchlists.

        :param language: the language that the record states, as published; each text is read in its own, see
            ``language_of``
        """
        read = self._read_text(text.value)
        if not read.hits:
            return [], []
        written, folded, may_be_negated = text.value, read.folded, read.may_be_negated
        language = read.language(language)
        if language not in read.chosen:
            read.chosen[language] = choose(self._spans(folded, read.hits, written, language))
        if read.names is None:
            read.names = _longest([(start, end, name) for start, end, (_, known) in read.hits for name in known])
        found = mentions(read.chosen[language], folded, text, may_be_negated=may_be_negated)
        named: list[NameMention] = []
        for start, end, name in read.names:
            met = self._watchlist.mention(
                name, folded, start, end, text.path, text.part, written, may_be_negated=may_be_negated
            )
            if met:
                named.append(met)
        return found, named

    def language_of(self, text: Text, declared: str) -> str:
        """Return the language that a text is read in; see ``text_language``."""
        return self._read_text(text.value).language(declared)

    def terms_in(self, text: Text, language: str = "") -> list[Span]:
        """
        Return every term that stands in a text, also where a longer one or a mask covers it.

        :returns: spans with offsets in the text as written
        """
        read = self._read_text(text.value)
        folded = read.folded
        spans = self._spans(folded, read.hits, text.value, read.language(language))
        return [(*folded.span(start, end), term) for start, end, term in spans]

    def _spans(self, folded: Folded, hits: list[tuple[int, int, Meaning]], written: str, language: str) -> list[Span]:
        """Return the terms of a text in ``language``: abbreviations with their capitals, no numbers, no plurals."""
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
        """Tell whether a product's name in small letters stands where programs are named: "software kofax"."""
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
        folded = fold(without_addresses(text))
        read = TextRead(folded, *self._index.find(folded.text), {}, {}, {})
        if is_short:
            if len(self._read_before) >= _REMEMBERED:
                self._read_before.clear()
            self._read_before[text] = read
        else:
            if self._recent_letters > _RECENT_LETTERS:
                self._read_lately.clear()
                self._recent_letters = 0
            self._read_lately[text] = read
            self._recent_letters += len(text)
        return read

    def fold(self, text: Text) -> Folded:
        return self._read_text(text.value).folded

    def offices_and_firms_in(self, text: Text) -> tuple[tuple[int, int], ...]:
        """Return where the names of offices and firms stand, in the text as written."""
        read = self._read_text(text.value)
        if read.offices_and_firms is None:
            read.offices_and_firms = tuple(self.offices_and_firms.spans(read.folded))
        return read.offices_and_firms

    def products_in(self, text: Text, language: str, *, names: bool) -> tuple[Product, ...]:
        """Return the products, models and brands in a text that no list holds, see ``unlisted_products``."""
        read = self._read_text(text.value)
        asked = language, names
        if asked not in read.products:
            read.products[asked] = unlisted_products(text.value, language, self.words, names=names)
        return read.products[asked]

    def begins(self, text: Text) -> int:
        """Return where what is bought begins, behind carriers, in the text as written; its length if it does not."""
        return self.heads.begins(self.fold(text))

    def match_party(self, party: Party) -> list[PartyMatch]:
        """Return the entries that a party matches, best first."""
        return self._watchlist.match_party(party)


def _terms_read(terms: tuple[Term, ...], *, is_short: bool) -> TermsRead:
    """Return what a phrase of these terms means in texts of each language."""
    kept: dict[str, dict[str, Term]] = {}
    for term in terms:
        for language in _READ_IN.get(term.language, _READ_EVERYWHERE):
            # One term of each concept, the strongest: two languages that share a phrase say it once.
            of_language = kept.setdefault(language, {})
            other = of_language.setdefault(term.concept, term)
            if term.strength == STRONG != other.strength:
                of_language[term.concept] = term
    return {
        language: tuple((term, needs_capitals(term), is_short) for term in by_concept.values())
        for language, by_concept in kept.items()
    }


def _longest(names: list[tuple[int, int, Name]]) -> list[tuple[int, int, Name]]:
    """Of names that overlap keep the longest; of one entry at one place, one name."""
    kept: list[tuple[int, int, Name]] = []
    taken, places, entries = Stretches(), set(), set()
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
