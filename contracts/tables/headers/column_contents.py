"""Columns whose cells contradict their header: titles below "Contrato", "Bien" below "Objeto". Pure."""

import re
from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet

from contracts.ocds.written.written_values import is_category
from contracts.tables.headers.columns import Source, Sources
from contracts.tables.sheets.rows import Cell, filled_cells

_STATUS = "tender/statusDetails"
_OF_WHAT = frozenset({"title", "description"})
_MOST = 0.9
# Two words; contract numbers consist of digits or capitals, or end with digits.
_WORD = re.compile(r"[^\W\d_]{2,}")
_FIGURES = re.compile(r"\d+")
# "SP", "MG" below "Estado".
_CODE_OF_STATE = re.compile(r"[A-Z]{2}")


def by_contents(
    sources: Sources, published: AbstractSet[int], rows: Sequence[Sequence[Cell]], perhaps_titles: Sequence[int] = ()
) -> Sources:
    """
    Return the sources, corrected by their cells where publishers use a header for two things.

    A column of procurement categories is not a title, and one of state codes is not a status.

    :param published: columns that a publisher's mapping defines, which are not corrected :param rows: the first rows
        of the table :param perhaps_titles: columns that are taken for titles if there is no other, and their cells are
        words
    """
    found = _with_title(sources, published, rows)
    if _OF_WHAT.isdisjoint(found):
        columns_of_words = [column for column in perhaps_titles if _holds_titles(column, rows)]
        found = found | {"title": (Source((columns_of_words[0],)),)} if columns_of_words else found

    def holds(fact: str, test: Callable[[str], object]) -> bool:
        columns = found[fact][0].columns if fact in found else ()
        texts = (str(cell).strip() for cell in filled_cells(rows, *columns))
        filled = [text for text in texts if text]
        return published.isdisjoint(columns) and sum(map(bool, map(test, filled))) > _MOST * len(filled)

    if holds(_STATUS, _CODE_OF_STATE.fullmatch):
        found = {fact: columns for fact, columns in found.items() if fact != _STATUS}
    if "category" not in found and holds("title", is_category):
        titles = found["title"]
        found = found | {"title": titles[1:], "category": titles[:1]}
    return {fact: columns for fact, columns in found.items() if columns}


def _with_title(sources: Sources, published: AbstractSet[int], rows: Sequence[Sequence[Cell]]) -> Sources:
    """
    Return the sources with a column of contract numbers taken for titles, if there is no title and most of its cells
    are words.

    :param published: columns that a publisher's file tells: they are what it says
    :param rows: the first ones of the table
    """
    ids = sources.get("id", ())
    if "title" in sources:
        return sources
    for source in ids:
        if published.isdisjoint(source.columns) and _holds_titles(source.columns[0], rows):
            left = {"id": tuple(other for other in ids if other != source)}
            return {name: found for name, found in (sources | left | {"title": (source,)}).items() if found}
    return sources


def _holds_titles(column: int, rows: Sequence[Sequence[Cell]]) -> bool:
    """Return whether most cells are words that differ: a repeated "Ver contrato" is not a title."""
    texts = list(map(str, filled_cells(rows, column)))
    return 2 * len(set(filter(_reads_like_words, texts))) > len(texts)


def _reads_like_words(text: str) -> bool:
    last = _FIGURES.split(text)[-1]
    return len(_WORD.findall(last)) > 1 and any(map(str.islower, last))
