"""
Clauses of contracts: whether a text mentions exit, source code, data ownership, audits and so on.

``fixtures/reference/clauses.csv`` has their wordings, folded as in ``normalize``: ``(a|b)`` is a choice, ``x?`` is
optional, ``distint*`` is a prefix, ``…`` is a gap within a sentence. Other words in the same sentence may show that
something else is meant: a ban on decompiling also mentions source code. A row without a wording has words that show
this for all wordings of its clause, or without a clause for all. A passage is a sentence to read, not a finding.

``favours`` says whom a wording favours: no party as far as it shows, the supplier ("may use the data to improve its
products"), or a party from another country ("governed by the laws of England"). A sentence that denies a favour to the
supplier favours no party, but still contains the clause; a sentence on law and disputes that names no country is not a
passage.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import TypeVar

from msgspec import Struct

from audits.matching.laws.jurisdictions import jurisdictions_in
from audits.matching.texts.negation import is_denied, says_denial
from audits.matching.texts.normalize import fold
from contracts.ocds.fixture_tables import fixture_rows

SUPPLIER, ELSEWHERE = "supplier", "elsewhere"
MAX_GAP = 80
# Maximum distance, in characters, of words considered before and after the wording, and of words quoted.
MAX_BESIDE = 250
MAX_QUOTED = 600
# Maximum distance, in characters, from the end of a wording on law and disputes to the country.
MAX_TO_COUNTRY = 150
_GAP = rf"[^\w.;]{{1,4}}(?:[^.;]{{0,{MAX_GAP}}}?[^\w.;])?"
# Quotes and marks may stand between words, commas may not: “EL PROVEEDOR” podrá.
_SPACE = r"[^\w.;,]{1,3}"
_ENDING = r"\w{0,16}"
# What ends the words after a wording among which it names a country: a line does not.
_REACH_ENDS = re.compile(r"[.;]\s|\n[ \t]*\n")
# The number, letter or mark of an item at the start of a line.
_NEW_ITEM = r"[•●▪*#\u2013\u2014-]|\(?[A-Za-z]\)|\d{1,2}(?:\.\d{1,2}){1,5}\.?\s|\d{1,2}[.)]\s"
# Sentences end at semicolons, at stops before a space and no small letter, at empty lines, before items, and at the
# end of a short line before a capital letter.
_SENTENCE_ENDS = re.compile(
    rf";|[.?!](?=\s+[^\sa-zà-ÿ])|\n[ \t]*\n|\n(?=[ \t]*(?:{_NEW_ITEM}))|(?P<line>\n)(?=[ \t]*[\"“(¿A-ZÀ-Ý])"
)
# A line is short up to this number of characters, or up to this share of the longest line of the text.
_SHORT_LINE = 30
_SHORT_SHARE = 0.5
# The number or letter of an item, which belongs to its sentence: "11.4. ", "b. ".
_ITEM = re.compile(r"(?:^|\s)(?:\d{1,2}(?:\.\d{1,2})*|[A-Za-z])\Z")
_BETWEEN_WORDS = re.compile(r"\W")
# Longer than an abbreviation or the number of an item.
_LAST_LETTERS = 20
# Separates the number of a heading from its text.
_NUMBER_ENDS = re.compile(r"[.:\u2013\u2014-]")
# Leads from a heading to its page, in a table of contents.
_LEADERS = ("....", "____")
# A heading has at most one long word besides the passage.
_LONG_WORD = re.compile(r"[^\W\d_]{4,}")
# The choice that a wording begins with, each word of which has a first letter.
_FIRST_CHOICE = re.compile(r"\((\w[^()|…]*(?:\|\w[^()|…]*)*)\)(?!\?)")
_PIECE = re.compile(r"…|[()|?*]|[^…()|?*]+")
Place = TypeVar("Place")


class Clause(Struct, frozen=True):
    """
    A row of the wordings of one clause in one language; ``rule`` asks about it or its absence, ``""`` if no rule does.

    ``favours`` is ``SUPPLIER``, ``ELSEWHERE`` or ``""``. ``unless`` are words that, in the same sentence, show that
    something else is meant.
    """

    rule: str
    clause: str
    favours: str
    language: str
    pattern: str
    unless: str


class Passage(Struct, frozen=True):
    """
    A sentence that contains the clause, or a heading: offsets in the original text, and the quote.

    Only the text near the words is taken from a very long sentence. ``binds`` is whether it says who may or must do
    what, ``favours`` whom they favour, and ``words`` are those that do. ``countries`` are those whose law, courts or
    arbitration it names, if it favours who is ``ELSEWHERE``.
    """

    rule: str
    clause: str
    start: int
    end: int
    quote: str
    binds: bool
    favours: str
    words: str
    countries: tuple[str, ...] = ()


class _Wordings(Struct, frozen=True):
    """Wordings of a clause, and the words which show that something else is meant."""

    rule: str
    clause: str
    pattern: re.Pattern[str]
    other_meaning: re.Pattern[str]
    favours: str
    # The language in which they may be denied; "" if they may not.
    denied_in: str


@cache
def known_clauses() -> tuple[Clause, ...]:
    """Return the enabled clauses."""
    return tuple(
        Clause(row["rule"], row["clause"], row["favours"], row["language"], row["pattern"], row["unless"])
        for row in fixture_rows("reference/clauses")
        if row["enabled"] == "yes"
    )


def passages(text: str) -> list[Passage]:
    """
    Return the passages of a text in reading order, for each clause each sentence once.

    A sentence that favours the supplier is a passage for that alone. A heading counts only if there is no other
    passage, and favours nobody; a line of a table of contents never counts.
    """
    folded = fold(text)
    found = sorted(
        (wordings.favours != SUPPLIER, *folded.span(*match.span()), rule, clause, number)
        for (rule, clause), groups in _patterns().items()
        if rule
        for number, wordings in enumerate(groups)
        for match in wordings.pattern.finditer(folded.text)
    )
    edges = _edges(text) if found else []
    sentences: dict[tuple[str, int], Passage] = {}
    headings: dict[tuple[str, int], Passage] = {}
    for _rank, start, end, rule, clause, number in found:
        wordings = _patterns()[rule, clause][number]
        is_heading = _is_heading(text, start, end, wordings)
        known, key = headings if is_heading else sentences, (clause, bisect_right(edges, start))
        if is_heading is None or key in known:
            continue
        passage = _passage(text, edges, wordings, start, end, is_heading=is_heading)
        if passage:
            known[key] = passage
    in_sentences = {clause for clause, _sentence_number in sentences}
    shown = [*sentences.values(), *(passage for passage in headings.values() if passage.clause not in in_sentences)]
    return sorted(shown, key=lambda passage: (passage.start, passage.end, passage.rule))


def _passage(
    text: str, edges: Sequence[int], wordings: _Wordings, start: int, end: int, *, is_heading: bool
) -> Passage | None:
    """Return the passage of a wording; ``None`` if its sentence means something else, or has to name a country."""
    first, last = _sentence(text, edges, start, end, MAX_BESIDE)
    words = fold(text[first:last]).text
    if wordings.other_meaning.search(words):
        return None
    favours = "" if is_heading or _is_denied(text, wordings, first, start, end) else wordings.favours
    countries = _countries_after(text, start, end) if favours == ELSEWHERE else ()
    if favours == ELSEWHERE and not countries:
        return None
    first, last = _line(text, start, end) if is_heading else _sentence(text, edges, start, end, MAX_QUOTED)
    return Passage(
        wordings.rule,
        wordings.clause,
        first,
        last,
        text[first:last],
        binds=not is_heading and bool(_row("binding").search(words)),
        favours=favours,
        words=" ".join(text[start:end].split()),
        countries=countries,
    )


def _is_denied(text: str, wordings: _Wordings, sentence_start: int, start: int, end: int) -> bool:
    return bool(wordings.denied_in) and is_denied(
        fold(text[sentence_start:start]).text, fold(text[start:end]).text, wordings.denied_in
    )


def _countries_after(text: str, start: int, end: int) -> tuple[str, ...]:
    """Return the countries that a wording and the words after it name, up to where its reach ends."""
    stop = _REACH_ENDS.search(text, end, end + MAX_TO_COUNTRY)
    return _countries(text, start, stop.start() if stop else end + MAX_TO_COUNTRY)


def _countries(text: str, start: int, end: int) -> tuple[str, ...]:
    """Return the countries that a part of a text on law or disputes names, each once."""
    return tuple(dict.fromkeys(jurisdictions_in(fold(text[start:end]).text)))


def strongest_first(found: Iterable[tuple[Place, Passage]]) -> list[tuple[Place, Passage]]:
    """
    Return passages and their places by rule: first those that favour the supplier, then those that bind somebody.

    Of passages of a clause with the same words, as in a text that is printed twice, only the first.
    """
    once: dict[tuple[str, str], tuple[Place, Passage]] = {}
    for place, passage in found:
        once.setdefault((passage.clause, fold(passage.quote).text), (place, passage))
    return sorted(once.values(), key=lambda pair: (pair[1].rule, not pair[1].favours, not pair[1].binds))


def _edges(text: str) -> list[int]:
    """Return the offsets at which sentences of a text end, in order."""
    short = max(_SHORT_LINE, max(map(len, text.split("\n"))) * _SHORT_SHARE)
    return [match.end() for match in _SENTENCE_ENDS.finditer(text) if _ends(text, match, short)]


def _ends(text: str, end: re.Match[str], short: float) -> bool:
    """Return whether a sentence ends here, and not an abbreviation, the number of an item or a line in a sentence."""
    start = end.start()
    if end.lastgroup == "line":
        return start - text.rfind("\n", 0, start) <= short
    if end.group() != ".":
        return True
    before = text[max(start - _LAST_LETTERS, 0) : start]
    last_word = _BETWEEN_WORDS.split(fold(before).text)[-1]
    return not _ITEM.search(before) and not _row("abbreviation").fullmatch(last_word)


def _sentence(text: str, edges: Sequence[int], start: int, end: int, beside: int) -> tuple[int, int]:
    """Return the offsets of the sentence around a wording, cut at a word ``beside`` characters before and after it."""
    before, after = bisect_right(edges, start), bisect_left(edges, end)
    first = edges[before - 1] if before else 0
    last = edges[after] if after < len(edges) else len(text)
    if start - first > beside:
        first = text.find(" ", start - beside, start) + 1 or start
    if last - end > beside:
        last = max(text.rfind(" ", end, end + beside), end)
    return _without_blanks(text, first, last)


def _line(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the offsets of the line of a heading, or of its lines."""
    line_end = text.find("\n", end)
    return _without_blanks(text, text.rfind("\n", 0, start) + 1, line_end if line_end >= 0 else len(text))


def _without_blanks(text: str, first: int, last: int) -> tuple[int, int]:
    quote = text[first:last]
    return first + len(quote) - len(quote.lstrip()), first + len(quote.rstrip())


def _is_heading(text: str, start: int, end: int, wordings: _Wordings) -> bool | None:
    """
    Return whether a passage is a heading, or cites one in brackets; ``None`` in a table of contents.

    A line that names the country of the law ("Ley aplicable: legislación suiza") is no heading.
    """
    is_heading = _looks_like_heading(text, start, end)
    if is_heading and wordings.favours == ELSEWHERE:
        return not _countries(text, start, _line(text, start, end)[1])
    return is_heading


def _looks_like_heading(text: str, start: int, end: int) -> bool | None:
    before = text[text.rfind("\n", 0, start) + 1 : start]
    line_end = text.find("\n", end)
    line_end = line_end if line_end >= 0 else len(text)
    after = text[end:line_end].rstrip()
    title = after.rstrip("0123456789 ")
    if title != after and (title.endswith("\t") or title.replace(" ", "").replace("…", "..").endswith(_LEADERS)):
        return None
    if before.endswith("(") and after.startswith(")"):
        return True
    words = _LONG_WORD.findall(_NUMBER_ENDS.split(before)[-1] + after)
    return (
        len(words) <= 1
        and not after.endswith((".", ",", ";"))
        and not text[line_end : line_end + MAX_GAP].lstrip()[:1].islower()
    )


def terms_elsewhere(text: str) -> str:
    """Return the passage that says that terms of the contract are at an address; ``""`` if there is none."""
    folded = fold(text)
    match = _row("terms_elsewhere").search(folded.text)
    return text[slice(*folded.span(match.start(), match.end()))] if match else ""


def missing(found: Iterable[Passage]) -> list[str]:
    """Return the clauses without any passage which a contract should have, in the order of their rules."""
    present = {passage.clause for passage in found}
    return [
        clause
        for (rule, clause), groups in _patterns().items()
        if rule and clause not in present and not all(wordings.favours for wordings in groups)
    ]


def _row(clause: str) -> re.Pattern[str]:
    """Return the words of a clause that belongs to no rule."""
    (wordings,) = _patterns()["", clause]
    return wordings.pattern


@cache
def _patterns() -> dict[tuple[str, str], list[_Wordings]]:
    """Return the wordings by clause, those that favour the same side and have the same exceptions together."""
    groups: dict[tuple[str, str], dict[tuple[str, str, str], list[str]]] = {}
    for row in known_clauses():
        # A wording that is itself a denial ("no obligation to return data") is not denied by its own words. Nor is the
        # place of disputes: "what cannot be resolved shall be settled by arbitration in London".
        is_permission = row.favours == SUPPLIER and not says_denial(row.pattern, row.language)
        kind = row.unless, row.favours, row.language if is_permission else ""
        groups.setdefault((row.rule, row.clause), {}).setdefault(kind, []).append(row.pattern)
    of_all = [unless for unless, *_kind in groups.pop(("", ""))]
    found = {}
    for name, group in sorted(groups.items()):
        of_clause = [unless for (unless, *_kind), patterns in group.items() if patterns == [""]]
        found[name] = [
            _Wordings(*name, _any_of(patterns), _any_of({*of_all, *of_clause, unless} - {""}), favours, denied_in)
            for (unless, favours, denied_in), patterns in group.items()
            if unless not in of_clause
        ]
    return found


def _any_of(patterns: Iterable[str]) -> re.Pattern[str]:
    """Return what finds any of the wordings: at each word, only those that begin with its first letter are tried."""
    by_letter: dict[str, list[str]] = {}
    for pattern in patterns:
        for letter, part in _by_first_letter(pattern.replace(" … ", "…")):
            by_letter.setdefault(letter, []).append("".join(_expression(part)))
    parts = (f"{letter}(?:{'|'.join(group)})" for letter, group in by_letter.items())
    return re.compile(rf"\b(?:{'|'.join(parts)})\b")


def _by_first_letter(pattern: str) -> list[tuple[str, str]]:
    """Return the first letters of a wording, and what of it follows each; ``""`` if any letter may come first."""
    choice = _FIRST_CHOICE.match(pattern)
    if not choice:
        first = pattern[:1] if pattern[:1].isalnum() and pattern[1:2] not in {"?", "*"} else ""
        return [(first, pattern.removeprefix(first))]
    letters: dict[str, list[str]] = {}
    for word in choice[1].split("|"):
        first = word[0] if word[1:2] not in {"?", "*"} else ""
        letters.setdefault(first, []).append(word.removeprefix(first))
    return [(letter, f"({'|'.join(words)}){pattern[choice.end() :]}") for letter, words in letters.items()]


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
