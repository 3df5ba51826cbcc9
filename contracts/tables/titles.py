"""A column called "Contrato" or "Proceso" holds numbers of contracts, or what they are about: its cells tell which."""

import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet

from contracts.tables.finding_columns import Source
from contracts.tables.sheets import Cell

# Two words; numbers of contracts have figures or capitals alone.
_WORD = re.compile(r"[^\W\d_]{2,}")
_FIGURE = re.compile(r"\d")


def with_title(
    sources: dict[str, tuple[Source, ...]], published: AbstractSet[int], rows: Sequence[Sequence[Cell]]
) -> dict[str, tuple[Source, ...]]:
    """
    Return the sources with a column of numbers as that of titles, where none is one and most of its cells are words.

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
    """Tell whether most cells are words, and not the same ones: "Ver contrato" below each other is no title."""
    texts = [str(row[column]) for row in rows if column < len(row) and row[column] != ""]
    return 2 * len(set(filter(_reads_like_words, texts))) > len(texts)


def _reads_like_words(text: str) -> bool:
    return len(_WORD.findall(text)) > 1 and any(map(str.islower, text)) and not _FIGURE.search(text)
