"""
What people write into a search: words, "phrases in quotes", -words to leave out, one OR another.

Some words are written as one or as two, ``fixtures/reading/written_apart.csv``: a search for "video vigilancia" also
finds "videovigilancia", and the reverse.
"""

import re
from collections.abc import Iterator, Sequence
from functools import cache

from msgspec import Struct

from contracts.ocds.fixture_tables import fixture_rows
from contracts.ocds.folding import folded

# Words of one search.
MAX_WORDS = 12
# "video a" is no spelling of "videoa".
_MIN_REST = 5
_HYPHENS = re.compile("[-\u2010\u2011]")
_TERM = re.compile(r'(?P<minus>-?)(?:"(?P<phrase>[^"]*)"?|(?P<word>[^\s"]+))')


class Term(Struct, frozen=True):
    """A word, or a phrase: words that follow each other."""

    text: str
    is_phrase: bool = False


class Terms(Struct, frozen=True):
    """``wanted`` are alternatives, each by one of its terms; no term of ``unwanted`` is in what is found."""

    wanted: tuple[tuple[Term, ...], ...] = ()
    unwanted: tuple[Term, ...] = ()

    @property
    def words(self) -> str:
        """All that is looked for, as words."""
        return " ".join(term.text for alternatives in self.wanted for term in alternatives)

    def without_phrases(self) -> "Terms | None":
        """Return what is wanted by words alone; ``None`` where something has no other spelling than a phrase."""
        wanted = tuple(tuple(term for term in terms if not term.is_phrase) for terms in self.wanted)
        return Terms(wanted, self.unwanted) if all(wanted) else None


def read_terms(text: str) -> Terms:
    """Return the terms of a search; a quote that is not closed lasts to the end."""
    wanted: list[list[Term]] = []
    unwanted: list[Term] = []
    is_alternative = False
    for term, is_unwanted in _terms(text.replace("\0", " ")):
        if term == Term("OR") and wanted:
            is_alternative = True
            continue
        if is_unwanted:
            unwanted.append(term)
        elif is_alternative:
            wanted[-1].append(term)
        else:
            wanted.append([term])
        is_alternative = False
    return Terms(_with_both_spellings(wanted), tuple(unwanted))


def _terms(text: str) -> Iterator[tuple[Term, bool]]:
    left = MAX_WORDS
    for found in _TERM.finditer(text):
        phrase, word = found["phrase"], found["word"]
        words = (word if phrase is None else phrase).split()[:left]
        # What has no letter and no digit is no word.
        if not any(map(str.isalnum, "".join(words))):
            continue
        left -= len(words)
        yield Term(" ".join(words), is_phrase=len(words) > 1), bool(found["minus"])


def _with_both_spellings(wanted: Sequence[Sequence[Term]]) -> tuple[tuple[Term, ...], ...]:
    """Return what is wanted, with the other spelling of each word that is written as one or as two."""
    found: list[tuple[Term, ...]] = []
    for alternatives in wanted:
        before = found[-1] if found else ()
        if len(before) == len(alternatives) == 1 and _are_two_halves(before[0], alternatives[0]):
            found[-1] = _both(before[0].text, alternatives[0].text)
        else:
            spelled = (spelling for term in alternatives for spelling in _spellings(term))
            found.append(tuple(dict.fromkeys(spelled)))
    return tuple(found)


def _are_two_halves(one: Term, other: Term) -> bool:
    is_phrase = one.is_phrase or other.is_phrase
    return not is_phrase and folded(one.text) in _firsts() and len(other.text) >= _MIN_REST


def _spellings(term: Term) -> tuple[Term, ...]:
    if term.is_phrase:  # is meant as it is written
        return (term,)
    first, hyphen, rest = _halves(term.text)
    if len(rest) < _MIN_REST:
        return (term,)
    return _both(first, rest) if hyphen else (term, Term(f"{first} {rest}", is_phrase=True))


def _both(first: str, rest: str) -> tuple[Term, ...]:
    """Return the word that two halves make, and both halves wherever they stand."""
    return Term(f"{first}{rest}"), Term(f"{first} {rest}")


def _halves(word: str) -> tuple[str, str, str]:
    """Return the first half of a word, the hyphen behind it if there is one, and the rest; empty if it has none."""
    hyphen = _HYPHENS.search(word)
    if hyphen:
        first, rest = word[: hyphen.start()], word[hyphen.end() :]
        return (first, hyphen[0], rest) if folded(first) in _firsts() else ("", "", "")
    length = next((len(first) for first in _firsts() if folded(word[: len(first)]) == first), 0)
    return word[:length], "", word[length:] if length else ""


@cache
def _firsts() -> frozenset[str]:
    return frozenset(folded(row["first"]) for row in fixture_rows("reading/written_apart"))
