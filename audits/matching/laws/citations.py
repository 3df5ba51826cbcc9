"""
Citations of grounds in a text: articles by which a law permits buying without competition, and publishers' codes.

A named law must be a procurement law. If none is named, the laws of the country that are ``implied`` are tried, and
only an item decides: "art. 24" alone may belong to any law. An article near words about the law that governs a
contract, or about sanctions, is not a ground.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import date

from msgspec import Struct

from audits.matching.laws.articles import Grammar, Item
from audits.matching.laws.grounds import Ground, GroundIndex, Law
from audits.matching.laws.names import LawNames
from audits.matching.texts.negation import is_negated
from audits.matching.texts.normalize import Folded, fold

_ELSEWHERE = re.compile(
    r"\b(?:se rig\w+|reg[ei]r\w*|regid[oa]s?|regem?|legislacion aplicable|legislacao aplicavel|normativa aplicable|"
    r"normas aplicables|marco (?:legal|normativo|juridico)|governed by|sanci\w+|sancao|inhabilita\w+|impedid\w+|"
    r"infrac\w+)\b"
    r"(?:[^.;]|\.(?=\d))*$"
)
# Maximum distance in characters of context before a citation.
_REACH = 100


class Citation(Struct, frozen=True, gc=False):
    """
    A ground that a text cites. ``start`` and ``end`` are offsets, in characters, in the original text.

    ``grounds`` are the rows that it may mean, all of the same kinds.
    """

    grounds: tuple[Ground, ...]
    start: int
    end: int

    @property
    def kinds(self) -> tuple[str, ...]:
        return self.grounds[0].kinds

    @property
    def is_justification(self) -> bool:
        return self.grounds[0].is_justification

    @property
    def label(self) -> str:
        """Return the citation in the form of the table."""
        return self.grounds[0].label


class Citations:
    """Finds the grounds that texts cite, by the laws of their country."""

    def __init__(self, laws: Iterable[Law], grounds: Iterable[Ground]) -> None:
        self.laws = tuple(laws)
        self.grounds = tuple(grounds)
        self._readers = {
            country: _Reader(
                [law for law in self.laws if law.country == country],
                [ground for ground in self.grounds if ground.country == country],
            )
            for country in sorted({law.country for law in self.laws})
        }

    def knows(self, country: str) -> bool:
        """Return whether any law of a country is on record."""
        return country in self._readers

    def articles(self, country: str, on: date | None) -> tuple[str, ...]:
        """
        Return the articles in which the general laws of a country list grounds: "LAASSP 2000, art. 41, 42".

        :param on: day for which laws are selected; without it the result is empty
        """
        reader = self._readers.get(country)
        return reader.articles(on) if reader and on else ()

    def find(self, text: str, country: str, on: date | None = None) -> list[Citation]:
        """
        Return the grounds that a text cites, in reading order.

        :param country: ISO 3166-1 alpha-2; texts from a country without laws cite nothing
        :param on: day of the purchase, which selects between successive laws
        """
        reader = self._readers.get(country)
        return reader.find(text, on) if reader else []


class _Reader:
    """The laws of one country."""

    def __init__(self, laws: list[Law], grounds: list[Ground]) -> None:
        self._laws = laws
        self._grounds_of = {law.law: [ground for ground in grounds if ground.law == law.law] for law in laws}
        self._implied = tuple(law for law in laws if law.implied)
        self._grammar = Grammar(LawNames((name, law.law) for law in laws for name in law.names))
        self._index = GroundIndex(grounds, self._grammar.read_row)
        self._codes = {code: ground for ground in grounds for code in ground.codes}
        codes = "|".join(sorted(map(re.escape, self._codes), key=len, reverse=True))
        # "CVE-2021-44228" is a vulnerability, and "ARE-PU" is another code.
        self._code = re.compile(rf"(?<![\w-])(?:{codes})\b(?!-\d{{4}}-\d{{4}})") if codes else None

    def articles(self, on: date) -> tuple[str, ...]:
        found = []
        for law in self._laws:
            rows = [row for row in self._grounds_of[law.law] if row.article and row.is_in_force(on)]
            if law.implied and law.is_in_force(on) and rows:
                found.append(f"{law.law}, art. {', '.join(dict.fromkeys(row.article for row in rows))}")
        return tuple(found)

    def find(self, text: str, on: date | None) -> list[Citation]:
        folded = fold(text)
        found = [*self._coded(text), *self._cited(folded, text, on)]
        return sorted(found, key=lambda citation: citation.start)

    def _coded(self, text: str) -> Iterator[Citation]:
        if self._code:
            for match in self._code.finditer(text):
                yield Citation((self._codes[match[0]],), *match.span())

    def _cited(self, folded: Folded, text: str, on: date | None) -> Iterator[Citation]:
        for cited in self._grammar.read(folded, text):
            if cited.laws == () or self._stands_elsewhere(folded.text, cited.start, cited.end):
                continue
            start, end = folded.span(cited.start, cited.end)
            for item in cited.items:
                if grounds := self._grounds(cited.laws, cited.article, item, on):
                    yield Citation(grounds, start, end)

    def _grounds(self, laws: tuple[str, ...] | None, article: str, item: Item, on: date | None) -> tuple[Ground, ...]:
        # A repealed law still applies to procedures that began under it; a later law cannot be meant.
        meant = [law.law for law in self._implied if not (on and law.valid_from > on.isoformat())]
        rows = [
            row
            for law in (meant if laws is None else laws)
            for row in self._index.rows(law, article, item, named=laws is not None)
        ]
        if on is not None and len(rows) > 1:
            rows = [row for row in rows if row.is_in_force(on)] or rows
        return tuple(rows) if len({row.kinds for row in rows}) == 1 else ()

    def _stands_elsewhere(self, folded: str, start: int, end: int) -> bool:
        return bool(_ELSEWHERE.search(folded[max(0, start - _REACH) : start])) or is_negated(folded, start, end)
