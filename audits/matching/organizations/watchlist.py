"""
Watchlists: organizations that matter to a rule, found among the parties of a process and in its texts.

A party matches by identifier, or else by name. Names match by whole words, never by substring: "Andahuaylas" does not
match Dahua. Short and ambiguous names need further evidence; see ``Guard``.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import date
from enum import StrEnum
from functools import cache, lru_cache

from msgspec import Struct
from rapidfuzz import fuzz, process

from audits.matching.lexicon import in_reference_number
from audits.matching.organizations.names import NameForms, NameReader
from audits.matching.texts.negation import is_negated
from audits.matching.texts.normalize import Folded, fold_phrase
from audits.matching.texts.word_lists import Words
from contracts.ocds.caching import remembered
from contracts.ocds.parsing.objects import Party, Text

# Match value by kind of match, from 0 (nothing in common) to 100 (identifier).
SAME_IDENTIFIER = 100
SAME_NAME = 98
SAME_WITHOUT_LEGAL_FORM = 95
LOCAL_BRANCH = 90
MEMBER_OF_CONSORTIUM = 80
# Similar spelling: only for names of at least two words and twelve letters, from this similarity on.
ALIKE = 94
ALIKE_LETTERS = 12

# A name with at most this many letters is too ambiguous to count without its capitals.
SHORT = 4
# Maximum distance, in characters, of a context word from an ambiguous name.
CONTEXT_REACH = 250
# Maximum number of cached names of parties.
REMEMBERED = 50_000

# A number after the name of a lender is that of its loan; after other short names it makes them a code.
_LENDERS = "financiers"
# "BID-3371", "BIRF 8638": an abbreviation with a long number is the reference of a loan or contract.
_NUMBER_NEXT = re.compile(r"[ /.]?(?:no?[.º°]? ?)?\d{3,}")
# "CEC 2025-00309.pdf" is the reference number of a document.
_YEAR_NEXT = re.compile(r" (?:19|20)\d\d[-/]\d")
# "Bid no. 1234" is the number of a call for bids.
_COUNTED = re.compile(r"\W{0,2}(?:no|num(?:ber)?)\b", re.IGNORECASE)
# Letters of an office within a reference number ("LA-12-NBD-012NBD001"); only digits follow a lender
# ("LPN-1-BID-1234").
_AFTER_NUMBER = re.compile(r"\d[-/.]$")
_BEFORE_LETTERS = re.compile(r"[-/.]\d+[A-Z]")
# Initials next to a name ("EC", "PR") are not evidence in a text in capitals.
_INITIALS = 2
_CAPITAL = re.compile(r"[A-ZÀ-ÖØ-Þ]")
_LOWER = re.compile(r"[a-zß-öø-ÿ]")


class Guard(StrEnum):
    """Further evidence that a name in a text needs."""

    NONE = ""
    # Capitals in a text that also has lower case, or a context word near it.
    CAPITALS = "capitals"
    # A context word near it, in any case.
    CONTEXT = "context"


class Name(Struct, frozen=True, gc=False):
    """One name of an entry. ``context`` are folded words that, near the name, confirm it."""

    entry: str
    watchlist: str
    text: str
    guard: Guard = Guard.NONE
    context: tuple[str, ...] = ()


# Stands for the date of a listing that no source tells.
UNDATED = "undated"
# Sorts behind each day of a month or year.
_LAST = "~"
_DAY_LENGTH = len("2021-03-12")


class Listing(Struct, frozen=True, gc=False):
    """
    A list that names an organization since ``start``, or that named it from then until it was taken off, at ``end``.

    Both are days, months or years (ISO 8601); ``""`` if not known or, of ``end``, if the list names it still.
    """

    name: str
    start: str
    end: str

    def __str__(self) -> str:
        return f"{self.name} ({self.start or UNDATED}{f'/{self.end}' if self.end else ''})"


def listings_of(names: Iterable[str], listed_on: Iterable[str]) -> Iterator[Listing]:
    """Yield the listings of an organization; a list that took it up again yields one for each time."""
    told: dict[str, list[tuple[str, str]]] = {}
    for text in listed_on:
        name, _colon, days = text.rpartition(":")
        start, _slash, end = days.partition("/")
        told.setdefault(name.strip(), []).append((start.strip(), end.strip()))
    for name in names:
        for start, end in told.get(name, [("", "")]):
            yield Listing(name, start, end)


class Entry(Struct, frozen=True, gc=False):
    """
    One organization of a list.

    ``listings`` are the public lists that contain or contained it, ``listed_on`` since when each does: ``FCC Covered
    List: 2021-03-12``, or the month, or the year; behind a slash, when it was taken off: ``BIS Entity List:
    2024-02-27/2024-10-21``. ``country`` (ISO 3166-1 alpha-2) is its seat or, for a security body,
    where it acts. ``short_names`` need capitals, ``ambiguous_names`` a word of
    ``context``. ``identifiers`` are written ``SCHEME-number``.
    """

    watchlist: str
    name: str
    aliases: tuple[str, ...] = ()
    short_names: tuple[str, ...] = ()
    ambiguous_names: tuple[str, ...] = ()
    context: tuple[str, ...] = ()
    identifiers: tuple[str, ...] = ()
    country: str = ""
    kind: tuple[str, ...] = ()
    listings: tuple[str, ...] = ()
    listed_on: tuple[str, ...] = ()
    parent: str = ""
    source: str = ""
    note: str = ""

    def dated_listings(self) -> str:
        """
        Return the lists with their dates, ``undated`` where none is known.

        Example: ``List A (2021-03), B (undated), C (2016-03-08/2017-03-29)``, the last of which took it off.
        """
        return ", ".join(map(str, listings_of(self.listings, self.listed_on)))

    def is_listed(self) -> bool:
        """Return whether a list names it still."""
        return any(not listing.end for listing in listings_of(self.listings, self.listed_on))

    def listed_first(self) -> str:
        """Return the first day, month or year in which a list named it; ``""`` unless all its lists are dated."""
        return min((listing.start for listing in listings_of(self.listings, self.listed_on)), default="")

    def may_be_listed(self, first: date, last: date) -> bool:
        """Return whether a list named it on one of these days, as far as its dates tell."""
        return any(
            listing.start <= last.isoformat()
            and (not listing.end or first.isoformat() <= listing.end.ljust(_DAY_LENGTH, _LAST))
            for listing in listings_of(self.listings, self.listed_on)
        )

    def names(self) -> Iterator[Name]:
        context = tuple(fold_phrase(word) for word in self.context)
        guarded = {*self.short_names, *self.ambiguous_names}
        for text in dict.fromkeys((self.name, *self.aliases, *self.short_names, *self.ambiguous_names)):
            if text in self.ambiguous_names:
                guard = Guard.CONTEXT
            elif text in guarded or (len(text) <= SHORT and text.isascii()):
                guard = Guard.CAPITALS
            else:
                guard = Guard.NONE
            yield Name(self.name, self.watchlist, text, guard, context)


class PartyMatch(Struct, frozen=True, gc=False):
    """
    A party that is, or seems to be, an organization of a list.

    ``value`` is from 0 to 100; ``alias`` is the name in the list that matched, or the identifier.
    """

    entry: Entry
    party: str
    path: str
    name: str
    roles: tuple[str, ...]
    value: int
    alias: str


class NameMention(Struct, frozen=True, gc=False):
    """The name of a listed organization in a text; offsets as in ``Mention``."""

    entry: Entry
    alias: str
    path: str
    part: str
    start: int
    end: int
    written: str
    negated: bool = False


class Watchlist:
    """Entries of one or more lists, compiled once, and the word lists for parsing names."""

    def __init__(self, entries: Iterable[Entry], words: Words) -> None:
        self.entries = tuple(entries)
        self._name_forms = NameReader(words).forms
        self._identifiers: dict[str, list[Entry]] = {}
        self._names: list[tuple[Entry, Name, NameForms]] = []
        self._by_form: dict[str, list[tuple[Entry, Name, int]]] = {}
        self._by_first: dict[str, list[tuple[Entry, Name, NameForms]]] = {}
        self._long: list[str] = []
        # Buyers and suppliers recur.
        self._named = remembered(self._matches_of_name, kept=REMEMBERED)
        self._of_like_length = cache(self._long_names)
        self._by_key = {(entry.watchlist, entry.name): entry for entry in self.entries}
        for entry in self.entries:
            for identifier in entry.identifiers:
                self._identifiers.setdefault(_identifier(identifier), []).append(entry)
            for name in entry.names():
                self._index(entry, name)

    def _index(self, entry: Entry, name: Name) -> None:
        forms = self._name_forms(name.text)
        if not forms.core:
            return
        self._names.append((entry, name, forms))
        for form, value in ((forms.whole, SAME_NAME), (forms.core, SAME_WITHOUT_LEGAL_FORM)):
            self._by_form.setdefault(form, []).append((entry, name, value))
        self._by_first.setdefault(forms.core.split(" ")[0], []).append((entry, name, forms))
        if name.guard is Guard.NONE and forms.length > 1 and len(forms.core) >= ALIKE_LETTERS:
            self._long.append(forms.core)

    def phrases(self) -> Iterator[tuple[str, Name]]:
        """Yield the names as they may occur in a text, folded."""
        for _, name, forms in self._names:
            if forms.common:
                # "Seguridad" is the whole name of a buyer, and a common word in texts.
                continue
            yield fold_phrase(name.text), name
            if name.guard is Guard.NONE and forms.distinctive:
                yield forms.core, name

    def entry(self, name: Name) -> Entry:
        return self._by_key[name.watchlist, name.entry]

    def match_party(self, party: Party) -> list[PartyMatch]:
        """Return the entries that match ``party``, the best match of each, best first."""
        best: dict[tuple[str, str], PartyMatch] = {}
        for entry, alias, value in self._candidates(party):
            key = (entry.watchlist, entry.name)
            if key not in best or value > best[key].value:
                best[key] = PartyMatch(entry, party.id, party.path, party.name, party.roles, value, alias)
        return sorted(best.values(), key=lambda match: (-match.value, match.entry.name))

    def _candidates(self, party: Party) -> Iterator[tuple[Entry, str, int]]:
        if party.identifier:
            key = _identifier(f"{party.scheme}-{party.identifier}")
            for entry in self._identifiers.get(key, ()):
                yield entry, key, SAME_IDENTIFIER
        for written in dict.fromkeys((party.name, party.legal_name)):
            if written:
                yield from self._named(written)

    def _matches_of_name(self, written: str) -> tuple[tuple[Entry, str, int], ...]:
        forms = self._name_forms(written)
        return (*self._wholly_named(forms), *self._partly_named(forms))

    def _wholly_named(self, forms: NameForms) -> Iterator[tuple[Entry, str, int]]:
        for form in (forms.whole, forms.core, forms.local):
            for entry, name, value in self._by_form.get(form, ()):
                if form == forms.local != forms.core:
                    # "Oi Colombia": a branch, unless the name is too short to be identified.
                    if name.guard is Guard.NONE:
                        yield entry, name.text, LOCAL_BRANCH
                elif name.guard is not Guard.CONTEXT or forms.whole != forms.core or _in_context(name, forms.whole):
                    yield entry, name.text, value if form == forms.whole else min(value, SAME_WITHOUT_LEGAL_FORM)

    def _partly_named(self, forms: NameForms) -> Iterator[tuple[Entry, str, int]]:
        """Match by leading words, within a consortium, or by similar spelling."""
        words = forms.core.split(" ")
        for position, word in enumerate(words):
            for entry, name, other in self._by_first.get(word, ()):
                if words[position : position + other.length] != other.core.split(" ") or len(words) == other.length:
                    continue
                if name.guard is not Guard.NONE and not _in_context(name, forms.whole):
                    continue
                if position == 0 and other.distinctive:
                    yield entry, name.text, LOCAL_BRANCH
                elif position and forms.consortium and other.distinctive:
                    yield entry, name.text, MEMBER_OF_CONSORTIUM
        if len(words) > 1 and len(forms.core) >= ALIKE_LETTERS:
            near = self._of_like_length(len(forms.core))
            for core, alike, _ in process.extract(forms.core, near, scorer=fuzz.ratio, score_cutoff=ALIKE):
                if core != forms.core:
                    for entry, name, _ in self._by_form[core]:
                        yield entry, name.text, min(int(alike), SAME_WITHOUT_LEGAL_FORM - 1)

    def _long_names(self, length: int) -> list[str]:
        """Return the long names whose length permits the similarity ``ALIKE``; there are few."""
        return [core for core in self._long if 200 * min(length, len(core)) >= ALIKE * (length + len(core))]

    def mention(
        self, name: Name, place: tuple[int, int], folded: Folded, text: Text, *, may_be_negated: bool
    ) -> NameMention | None:
        """Return the name at a place of a folded text; ``None`` if its guard rejects it."""
        first, last = folded.span(*place)
        written = text.value[first:last]
        may_be_number = name.watchlist != _LENDERS and len(written) <= SHORT
        if may_be_number and (in_reference_number(text.value, first, last) or _YEAR_NEXT.match(text.value, last)):
            return None
        if name.guard is not Guard.NONE and not self._meant(name, folded.text, place, text.value, (first, last)):
            return None
        negated = may_be_negated and is_negated(folded.text, *place)
        return NameMention(self.entry(name), name.text, text.path, text.part, first, last, written, negated)

    def _meant(self, name: Name, folded: str, place: tuple[int, int], text: str, in_text: tuple[int, int]) -> bool:
        (start, end), (first, last) = place, in_text
        written = text[first:last]
        if name.guard is Guard.CONTEXT and name.text.isupper() and written.islower():
            # "das" is a common word in any context; "DAS" may be a body.
            return False
        near = folded[max(0, start - CONTEXT_REACH) : start] + " | " + folded[end : end + CONTEXT_REACH]
        has_small_letters = _has_small_letters(text)
        if _in_context(name, near, least=1 if has_small_letters else _INITIALS + 1):
            return True
        if (
            _NUMBER_NEXT.match(folded, end)
            and not _COUNTED.match(text, last)
            and not (_BEFORE_LETTERS.match(text, last) and _AFTER_NUMBER.search(text[:first]))
        ):
            return True
        if name.guard is Guard.CONTEXT:
            return False
        # "ZTE" in lower-case text is a name; in a text in capitals it may be anything.
        return _as_listed(name.text, written) and has_small_letters


@lru_cache(maxsize=64)  # Computed once for all of its names.
def _has_small_letters(text: str) -> bool:
    return bool(_LOWER.search(text))


def _as_listed(listed: str, written: str) -> bool:
    capitals = len(_CAPITAL.findall(listed))
    return len(_CAPITAL.findall(written)) >= max(1, capitals)


def _in_context(name: Name, near: str, *, least: int = 1) -> bool:
    """Return whether a context word of a name, with a minimum length, is in the surrounding text."""
    return any(len(word) >= least and word in near and _word(word).search(near) for word in name.context)


@lru_cache(maxsize=4096)
def _word(word: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(word)}(?!\w)")


def _identifier(text: str) -> str:
    return re.sub(r"[^0-9a-z]", "", text.casefold())
