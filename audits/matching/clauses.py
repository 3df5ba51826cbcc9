"""
Clauses of contracts: does a text say anything of exit, source code, ownership of data, audits …?

``fixtures/reference/clauses.csv`` holds how contracts say it, folded as ``normalize`` folds texts: ``(a|b)`` is a
choice, ``x?`` may be missing, ``distint*`` is a word that begins so, ``…`` stands for a gap within a sentence. A
passage is one to read, not a finding.
"""

import csv
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from msgspec import Struct

from audits.matching.normalize import fold

MAX_GAP = 80
_FILE = Path(__file__).resolve().parents[2] / "fixtures" / "reference" / "clauses.csv"
_GAP = rf"[^\w.;]{{1,4}}(?:[^.;]{{0,{MAX_GAP}}}?[^\w.;])?"
_ENDING = r"\w{0,16}"
_PIECE = re.compile(r"…|[()|?*]|[^…()|?*]+")


class Clause(Struct, frozen=True):
    """How contracts say one thing in one language; ``rule`` asks where it is missing, ``""`` if none does."""

    rule: str
    clause: str
    language: str
    pattern: str


class Passage(Struct, frozen=True):
    """Where a text says it: offsets in the text as written, and the quote."""

    rule: str
    clause: str
    start: int
    end: int
    quote: str


@cache
def known_clauses() -> tuple[Clause, ...]:
    """Return the clauses that are switched on."""
    with _FILE.open(encoding="utf-8", newline="") as file:
        return tuple(
            Clause(row["rule"], row["clause"], row["language"], row["pattern"])
            for row in csv.DictReader(file)
            if row["enabled"] == "yes"
        )


def passages(text: str) -> list[Passage]:
    """Return the passages of a text in reading order; of one clause those that do not overlap."""
    folded = fold(text)
    found = []
    for (rule, clause), pattern in _patterns().items():
        if not rule:
            continue
        for match in pattern.finditer(folded.text):
            start, end = folded.written(match.start()), folded.written(match.end() - 1) + 1
            found.append(Passage(rule, clause, start, end, text[start:end]))
    return sorted(found, key=lambda passage: (passage.start, passage.rule))


def terms_elsewhere(text: str) -> str:
    """Return where a text says that terms of the contract stand at an address, ``""`` if it does not."""
    folded = fold(text)
    match = _patterns()["", "terms_elsewhere"].search(folded.text)
    return text[folded.written(match.start()) : folded.written(match.end() - 1) + 1] if match else ""


def missing(found: Iterable[Passage]) -> list[str]:
    """Return the clauses that none of the passages says anything of, in the order of their rules."""
    said = {passage.clause for passage in found}
    return [clause for rule, clause in _patterns() if rule and clause not in said]


@cache
def _patterns() -> dict[tuple[str, str], re.Pattern[str]]:
    patterns: dict[tuple[str, str], list[str]] = {}
    for clause in known_clauses():
        patterns.setdefault((clause.rule, clause.clause), []).append(
            "".join(_expression(clause.pattern.replace(" … ", "…")))
        )
    return {name: re.compile(rf"\b(?:{'|'.join(parts)})\b") for name, parts in sorted(patterns.items())}


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
                yield re.escape(piece)
