"""
Clauses of contracts: whether a text mentions exit, source code, data ownership, audits and so on.

``fixtures/reference/clauses.csv`` has their wordings, folded as in ``normalize``: ``(a|b)`` is a choice, ``x?`` is
optional, ``distint*`` is a prefix, ``…`` is a gap within a sentence. Other words in the same sentence may show that
something else is meant: a ban on decompiling also mentions source code. A passage is something to read, not a finding.
"""

import re
from collections.abc import Iterable, Iterator
from functools import cache

from msgspec import Struct

from audits.matching.normalize import fold
from contracts.ocds.fixture_tables import fixture_rows

MAX_GAP = 80
# Maximum distance, in characters, of words considered before and after a passage.
MAX_BESIDE = 250
_GAP = rf"[^\w.;]{{1,4}}(?:[^.;]{{0,{MAX_GAP}}}?[^\w.;])?"
# Quotes and marks may stand between words: “EL PROVEEDOR” podrá.
_SPACE = r"[^\w.;]{1,3}"
_ENDING = r"\w{0,16}"
_SENTENCE_ENDS = re.compile("[.;]")
# Separates the number of a heading from its text.
_NUMBER_ENDS = re.compile(r"[.:\u2013\u2014-]")
# Leads from a heading to its page, in a table of contents.
_LEADERS = ("....", "____")
# A heading has at most one long word besides the passage.
_LONG_WORD = re.compile(r"[^\W\d_]{4,}")
_PIECE = re.compile(r"…|[()|?*]|[^…()|?*]+")


class Clause(Struct, frozen=True):
    """
    The wordings of one clause in one language; ``rule`` reports its absence, ``""`` if no rule does.

    ``unless`` are words that, in the same sentence, show that something else is meant.
    """

    rule: str
    clause: str
    language: str
    pattern: str
    unless: str


class Passage(Struct, frozen=True):
    """A passage that contains the clause: offsets in the original text, and the quote."""

    rule: str
    clause: str
    start: int
    end: int
    quote: str


@cache
def known_clauses() -> tuple[Clause, ...]:
    """Return the enabled clauses."""
    return tuple(
        Clause(row["rule"], row["clause"], row["language"], row["pattern"], row["unless"])
        for row in fixture_rows("reference/clauses")
        if row["enabled"] == "yes"
    )


def passages(text: str) -> list[Passage]:
    """
    Return the passages of a text in reading order, for each clause the first of each sentence.

    A heading counts only if there is no other passage; a line of a table of contents never does.
    """
    folded = fold(text)
    found = sorted(
        (match.start(), match.end(), rule, clause)
        for (rule, clause), groups in _patterns().items()
        if rule
        for pattern, unless in groups
        for match in pattern.finditer(folded.text)
        if unless is None or not unless.search(_sentence(folded.text, match.start(), match.end()))
    )
    headings = [_is_heading(text, *folded.span(start, end)) for start, end, _rule, _clause in found]
    in_sentences = {
        clause for (_start, _end, _rule, clause), heading in zip(found, headings, strict=True) if heading is False
    }
    kept: list[Passage] = []
    ends: dict[str, int] = {}
    for (start, end, rule, clause), heading in zip(found, headings, strict=True):
        if start >= ends.get(clause, 0) and heading is not None and not (heading and clause in in_sentences):
            ends[clause] = end + len(_SENTENCE_ENDS.split(folded.text[end : end + MAX_BESIDE], maxsplit=1)[0])
            first, last = folded.span(start, end)
            kept.append(Passage(rule, clause, first, last, text[first:last]))
    return kept


def _is_heading(text: str, start: int, end: int) -> bool | None:
    """Return whether a passage is a heading, or cites one in brackets; ``None`` in a table of contents."""
    before = text[text.rfind("\n", 0, start) + 1 : start]
    line_end = text.find("\n", end)
    after = text[end : line_end if line_end >= 0 else None].rstrip()
    title = after.rstrip("0123456789 ")
    if title != after and (title.endswith("\t") or title.replace(" ", "").replace("…", "..").endswith(_LEADERS)):
        return None
    if before.endswith("(") and after.startswith(")"):
        return True
    words = _LONG_WORD.findall(_NUMBER_ENDS.split(before)[-1] + after)
    return len(words) <= 1 and not after.endswith((".", ",", ";"))


def _sentence(text: str, start: int, end: int) -> str:
    """Return the sentence around a passage, within the maximum distance."""
    before, after = text[max(start - MAX_BESIDE, 0) : start], text[end : end + MAX_BESIDE]
    return _SENTENCE_ENDS.split(before)[-1] + text[start:end] + _SENTENCE_ENDS.split(after, maxsplit=1)[0]


def terms_elsewhere(text: str) -> str:
    """Return the passage that says that terms of the contract are at an address; ``""`` if there is none."""
    folded = fold(text)
    ((pattern, _unless),) = _patterns()["", "terms_elsewhere"]
    match = pattern.search(folded.text)
    return text[slice(*folded.span(match.start(), match.end()))] if match else ""


def missing(found: Iterable[Passage]) -> list[str]:
    """Return the clauses without any passage, in the order of their rules."""
    present = {passage.clause for passage in found}
    return [clause for rule, clause in _patterns() if rule and clause not in present]


@cache
def _patterns() -> dict[tuple[str, str], list[tuple[re.Pattern[str], re.Pattern[str] | None]]]:
    """Return the passages by clause, split by the words which show that something else is meant."""
    groups: dict[tuple[str, str], dict[str, list[str]]] = {}
    for clause in known_clauses():
        group = groups.setdefault((clause.rule, clause.clause), {})
        group.setdefault(clause.unless, []).append(clause.pattern)
    return {
        name: [(_any_of(patterns), _any_of([unless]) if unless else None) for unless, patterns in group.items()]
        for name, group in sorted(groups.items())
    }


def _any_of(patterns: Iterable[str]) -> re.Pattern[str]:
    parts = ("".join(_expression(pattern.replace(" … ", "…"))) for pattern in patterns)
    return re.compile(rf"\b(?:{'|'.join(parts)})\b")


def _expression(pattern: str) -> Iterator[str]:
    for piece in _PIECE.findall(pattern):
        match piece:
            case "…":
                yield _GAP
            case "(":
                yield "(?:"
            case "*":
                yield _ENDING
            case ")" | "|" | "?":
                yield piece
            case _:
                yield re.escape(piece).replace(r"\ ", _SPACE)
