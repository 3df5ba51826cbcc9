"""
The lexicon: which concepts a text speaks of, where, and how surely.

Among mentions of one concept the longest wins. A phrase of the concept ``negative`` masks what it covers, and nothing
else: a "cámara de comercio" beside a camera leaves the camera in sight.
"""

from collections.abc import Iterable, Iterator

from msgspec import Struct

from audits.matching.fold import Folded
from audits.matching.inflection import forms
from audits.matching.negation import is_negated

NEGATIVE = "negative"
STRONG = "strong"
WEAK = "weak"
# A term with so few letters is an abbreviation, and needs its capitals.
SHORT = 3


class Term(Struct, frozen=True):
    """
    A phrase that speaks of a concept.

    ``strength`` is ``strong`` if the phrase alone says so, ``weak`` if it needs another beside it.
    """

    concept: str
    language: str
    term: str
    strength: str = STRONG
    note: str = ""
    source: str = ""


class Mention(Struct, frozen=True):
    """
    A concept found in a text.

    ``start`` and ``end`` are offsets, in characters, in the whole text at ``path`` as written; ``written`` is what
    stands between them. ``negated`` tells that the text denies it ("no incluye …").
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


class Span(Struct, frozen=True):
    """A term at its place in a folded text."""

    start: int
    end: int
    term: Term


def phrases(terms: Iterable[Term]) -> Iterator[tuple[str, Term]]:
    """Yield each form of each term, folded, with its term."""
    for term in terms:
        for form in forms(term.term, term.language):
            yield form, term


def choose(spans: list[Span]) -> list[Span]:
    """Return the spans that count, in reading order: masked ones left out, the longest of each concept kept."""
    if len(spans) == 1:
        return [] if spans[0].term.concept == NEGATIVE else spans
    masks = [span for span in spans if span.term.concept == NEGATIVE]
    kept: list[Span] = []
    for span in sorted(spans, key=lambda span: (span.start - span.end, span.start, span.term.strength)):
        if span.term.concept == NEGATIVE or any(_masks(mask, span) for mask in masks):
            continue
        if any(_overlap(span, other) for other in kept if other.term.concept == span.term.concept):
            continue
        kept.append(span)
    kept.sort(key=lambda span: (span.start, span.end, span.term.concept))
    return kept


def is_written_out(term: Term, written: str) -> bool:
    """
    Tell whether an abbreviation or a product's name is written as one: "ERP", "IoT", "Oracle", not "erp" or "oracle".

    Other terms always are.
    """
    is_name = term.language not in {"es", "pt", "en"} or (len(term.term) <= SHORT and term.term.isalpha())
    return not is_name or written != written.lower()


def mention(span: Span, folded: Folded, path: str, part: str, text: str) -> Mention:
    """Return a span as a mention in the text as written."""
    start, end = folded.written(span.start), folded.written(span.end - 1) + 1
    return Mention(
        concept=span.term.concept,
        term=span.term.term,
        strength=span.term.strength,
        language=span.term.language,
        path=path,
        part=part,
        start=start,
        end=end,
        written=text[start:end],
        negated=is_negated(folded.text, span.start, span.end),
    )


def _overlap(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end


def _masks(mask: Span, span: Span) -> bool:
    """A mask covers what it overlaps, unless it is a part of a longer phrase."""
    if not _overlap(mask, span):
        return False
    inside = span.start <= mask.start and mask.end <= span.end
    return not inside or (mask.start, mask.end) == (span.start, span.end)
