"""
Grounds on which laws permit buying without competition: rows of ``laws.csv`` and ``grounds.csv``, found by citation.

A row describes an item of an article in our own words. Items are stored as written for readers ("n.º 1, al. e), ii)",
"numeral 4 literal g"), and compared as paths: ``("1", "e", "ii")``.
"""

from collections.abc import Callable, Iterable
from datetime import date

from msgspec import Struct

from audits.matching.laws.articles import Item
from contracts.ocds.caching import remembered

KINDS = frozenset(
    {
        "exclusive_rights",
        "technical_reasons",
        "continuity",
        "urgency",
        "secrecy",
        "between_public_bodies",
        "failed_tender",
        "small_value",
        "call_off",
        "special_regime",
        "other",
    }
)


class Law(Struct, frozen=True, gc=False):
    """
    A procurement law and its names.

    ``implied``: an article cited without a law may be of this law. Dates are ISO, inclusive, and open if empty.
    """

    country: str
    law: str
    names: tuple[str, ...] = ()
    implied: bool = False
    source: str = ""
    valid_from: str = ""
    valid_to: str = ""

    def is_in_force(self, on: date) -> bool:
        return is_in_force(self.valid_from, self.valid_to, on)


class Ground(Struct, frozen=True, gc=False):
    """
    An item of an article that gives a ground, of one or more ``kinds`` (see ``KINDS``).

    ``codes`` are the publisher's codes for it in labels and process numbers. ``verified``: the text of the article was
    read when the row was written.
    """

    country: str
    law: str
    article: str = ""
    item: str = ""
    codes: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    title: str = ""
    source: str = ""
    valid_from: str = ""
    valid_to: str = ""
    verified: bool = False

    @property
    def label(self) -> str:
        """Return the citation of the row: "Lei 14.133/2021, art. 74, I"."""
        article = f"art. {self.article}" if self.article else ""
        return ", ".join(filter(None, (self.law, article, self.item)))

    @property
    def is_justification(self) -> bool:
        """Return whether the row gives a reason, not only the name of an exceptional procedure."""
        return bool(self.item) or not {"other", "special_regime"}.issuperset(self.kinds)

    def is_in_force(self, on: date) -> bool:
        return is_in_force(self.valid_from, self.valid_to, on)


def is_in_force(valid_from: str, valid_to: str, on: date) -> bool:
    """
    Return whether a row of a legal table is in force on a day; its dates are ISO, inclusive, and open if empty.

    :raises ValueError: if a date cannot be parsed, for example in an override
    """
    return _day(valid_from or "0001-01-01") <= on <= _day(valid_to or "9999-12-31")


@remembered
def _day(text: str) -> date:
    return date.fromisoformat(text)


class GroundIndex:
    """The rows of one country by law, article and item; ``items`` parses the text of an item into levels."""

    def __init__(self, grounds: Iterable[Ground], items: Callable[[str, str], tuple[str, Item]]) -> None:
        self._rows: dict[tuple[str, str], dict[Item, list[Ground]]] = {}
        self._short: dict[tuple[str, str], dict[Item, list[Ground]]] = {}
        for ground in grounds:
            article, item = items(ground.article, ground.item)
            if not article:
                continue
            place = (ground.law, article)
            self._rows.setdefault(place, {}).setdefault(item, []).append(ground)
            if len(item) > 1:
                self._short.setdefault(place, {}).setdefault(item[1:], []).append(ground)

    def rows(self, law: str, article: str, item: Item, *, named: bool) -> list[Ground]:
        """
        Return the rows for the longest prefix of ``item`` that has any.

        Unless the law is ``named``, the article alone is not enough: another statute may be meant.
        """
        place = (law, article)
        rows = self._rows.get(place)
        if rows is None:
            head, dot, rest = article.partition(".")
            return self.rows(law, head, (rest, *item), named=named) if dot else []
        for length in range(len(item), 0, -1):
            if found := rows.get(item[:length]):
                return found
            if found := self._unambiguous(place, item[:length], named=named):
                return found
        return rows.get((), []) if named or "." in article else []

    def _unambiguous(self, place: tuple[str, str], item: Item, *, named: bool) -> list[Ground]:
        """Return the rows whose first level was omitted: "artigo 24.º, alínea c)" for its only paragraph."""
        found = self._short.get(place, {}).get(item, [])
        same = len({(ground.item, ground.article) for ground in found}) == 1
        return found if same and (named or not item[0].isdigit()) else []
