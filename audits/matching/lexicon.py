"""
The lexicon: finds concepts in a text, with position and strength.

Of overlapping mentions of one concept, the longest counts. A phrase of the concept ``negative`` masks only the text
that it covers: a "cámara de comercio" does not mask a camera elsewhere in the text.

A row may have slots: "(cámara|grabador) de (seguridad|vigilancia)" is four terms.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from itertools import product

from msgspec import Struct, structs

from audits.matching.texts.inflection import forms, is_abbreviation
from audits.matching.texts.negation import is_negated
from audits.matching.texts.normalize import Folded
from contracts.ocds.parsing.objects import Text


class Intervals:
    """A set of non-overlapping intervals."""

    def __init__(self) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []

    def overlap(self, start: int, end: int) -> bool:
        """Return whether any interval overlaps ``start`` to ``end``."""
        place = bisect_right(self._starts, start)
        before = place > 0 and self._ends[place - 1] > start
        return before or (place < len(self._starts) and self._starts[place] < end)

    def add(self, start: int, end: int) -> None:
        """Add an interval, which must not overlap any."""
        place = bisect_right(self._starts, start)
        self._starts.insert(place, start)
        self._ends.insert(place, end)


NEGATIVE = "negative"
STRONG = "strong"
WEAK = "weak"
BOTH = (STRONG, WEAK)
# A term with at most this many letters is an abbreviation, and needs its capitals.
SHORT = 3
_DIGIT = re.compile(r"\d")
_SLOT = re.compile(r"\(([^()]*)\)")
_JOINTS = ("-", "/", "_", ".")


class Term(Struct, frozen=True, gc=False):
    """
    A phrase for a concept, or a row with slots that stands for several, see ``expand``.

    ``strength`` is ``strong`` if the phrase alone is enough, ``weak`` if it needs another one beside it.

    :raises ValueError: if the slots cannot be parsed
    """

    concept: str
    language: str
    term: str
    strength: str = STRONG
    note: str = ""
    source: str = ""

    def __post_init__(self) -> None:
        expand(self.term)


class Mention(Struct, frozen=True, gc=False):
    """
    A concept found in a text.

    ``start`` and ``end`` are offsets, in characters, in the whole original text at ``path``; ``written`` is the text
    between them. ``negated``: the text denies it ("no incluye …"). ``lot`` is the lot of the text.
    """

    concept: str
    term: str
    strength: str
    language: str
    path: str
    part: str
    start: int
    end: int
    written: str
    negated: bool = False
    lot: str = ""

    def contains(self, other: "Mention") -> bool:
        """Return whether another mention is within this one, or has the same position."""
        return self.path == other.path and self.start <= other.start and other.end <= self.end


def expand(row: str) -> list[str]:
    """Return the terms of a row: each combination of its alternatives; raises ValueError if slots are broken."""
    parts = _SLOT.split(row)
    slots = [part.split("|") if place % 2 else [part] for place, part in enumerate(parts)]
    if any(sign in fixed for fixed in parts[::2] for sign in "(|)") or any(
        not choice.strip() for slot in slots[1::2] for choice in slot
    ):
        raise ValueError(f"{row}: slots are written “(one|another)”, none inside another, no alternative empty")
    return ["".join(choice) for choice in product(*slots)]


# A term and its position in a folded text: ``(start, end, term)``.
Span = tuple[int, int, Term]


def expanded(rows: Iterable[Term]) -> Iterator[Term]:
    """Yield the terms of rows, with slots expanded."""
    for row in rows:
        for term in expand(row.term):
            yield structs.replace(row, term=term)


def phrases(terms: Iterable[Term]) -> Iterator[tuple[str, Term]]:
    """Yield each folded form of each term, with the term."""
    for term in terms:
        for form in forms(term.term, term.language):
            yield form, term


def choose(spans: list[Span]) -> list[Span]:
    """Return the spans that count, in reading order: without masked ones, the longest of each concept."""
    masks = sorted((start, end) for start, end, term in spans if term.concept == NEGATIVE)
    if masks:
        reach = max(end - start for start, end in masks)
        spans = [
            span for span in spans if span[2].concept != NEGATIVE and not _is_masked(masks, reach, span[0], span[1])
        ]
    if _no_overlap(spans):
        return spans
    if not _same_concept_overlap(spans):
        return sorted(spans, key=_in_reading_order)
    taken: dict[str, Intervals] = {}
    kept: list[Span] = []
    for span in sorted(spans, key=lambda span: (span[0] - span[1], span[0], span[2].strength)):
        start, end, term = span
        places = taken.setdefault(term.concept, Intervals())
        if not places.overlap(start, end):
            places.add(start, end)
            kept.append(span)
    kept.sort(key=_in_reading_order)
    return kept


def needs_capitals(term: Term) -> bool:
    """Return whether a term is an abbreviation or a product name: "ERP", "IoT", "Oracle", not "erp" or "oracle"."""
    return (
        term.language not in {"es", "pt", "en"}
        or is_abbreviation(term.term)
        or (len(term.term) <= SHORT and term.term.isalpha())
    )


def in_reference_number(text: str, start: int, end: int) -> bool:
    """Return whether the text from ``start`` to ``end`` is part of a reference number: "LPR-FHIS-22-2017"."""
    first = text.rfind(" ", 0, start) + 1
    last = text.find(" ", end)
    before, after = text[first:start], text[end : last if last >= 0 else len(text)]
    return (before.endswith(_JOINTS) or after.startswith(_JOINTS)) and bool(_DIGIT.search(before + after))


def is_plural(term: Term, written: str) -> bool:
    """Return whether the text is a plural of other initials: "GPs" are doctors, not GPS."""
    return written[-1:] == "s" and written[:-1].isupper() and term.term.casefold() == written.casefold()


def mentions(spans: Iterable[Span], folded: Folded, text: Text, *, may_be_negated: bool) -> list[Mention]:
    """
    Return spans as mentions with offsets in the original text.

    :param may_be_negated: whether the text contains any word that can negate (see ``negation.NEGATION_MARKERS``)
    """
    found = []
    for start, end, term in spans:
        denied = may_be_negated and is_negated(folded.text, start, end)
        found.append(mention_of(term, text, *folded.span(start, end), negated=denied))
    return found


def mention_of(term: Term, text: Text, start: int, end: int, *, negated: bool = False) -> Mention:
    """Return a term in a text as a mention; ``start`` and ``end`` are offsets in the original."""
    of_text = text.path, text.part, start, end, text.value[start:end]
    return Mention(term.concept, term.term, term.strength, term.language, *of_text, negated, text.lot)


def _no_overlap(spans: list[Span]) -> bool:
    """Return whether no two spans, sorted by end, overlap."""
    reached = 0
    for start, end, _ in spans:
        if start < reached:
            return False
        reached = end
    return True


def _same_concept_overlap(spans: list[Span]) -> bool:
    """Return whether two spans of one concept, sorted by end, overlap."""
    reached: dict[str, int] = {}
    for start, end, term in spans:
        if start < reached.get(term.concept, 0):
            return True
        reached[term.concept] = end
    return False


def _in_reading_order(span: Span) -> tuple[int, int, str]:
    return (span[0], span[1], span[2].concept)


def _is_masked(masks: list[tuple[int, int]], reach: int, start: int, end: int) -> bool:
    """Return whether a mask, ``reach`` long at most, covers a span; it covers no part of a longer phrase."""
    for place in range(bisect_left(masks, (start - reach, 0)), bisect_left(masks, (end, 0))):
        first, last = masks[place]
        overlaps = start < last
        inside = start <= first and last <= end
        if overlaps and (not inside or (first, last) == (start, end)):
            return True
    return False
