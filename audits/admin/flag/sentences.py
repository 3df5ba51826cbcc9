"""Links in the sentence of a flag: to the processes that it counts, and to the law that it cites."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from audits.models import Flag
from contracts.pages.display import Link, web_link

_SPACE = r"[ \xa0\u202f]"
# Whole numbers, grouped or not, that are not part of an amount with a currency, a share, a decimal or a code.
_NUMBER = re.compile(
    rf"(?<![A-Z]{{3}}{_SPACE})(?<![\w.,:])(?:\d{{1,3}}(?:[.,\xa0\u202f]\d{{3}})+|\d+)"
    rf"(?![\w:]|[.,]\d|{_SPACE}?%|{_SPACE}\d{{3}})"
)
_BETWEEN = re.compile(r"\D")


class Piece(NamedTuple):
    """A stretch of a sentence; ``is_count`` if it is a number that counts processes."""

    text: str
    is_count: bool = False


def pieces(sentence: str, values: Mapping[str, Any]) -> Iterator[Piece]:
    """Yield the stretches of a sentence, in order; whole numbers among the flag's ``values`` are counts."""
    counts = {value for value in values.values() if isinstance(value, int) and not isinstance(value, bool)}
    here = 0
    for found in _NUMBER.finditer(sentence):
        if int(_BETWEEN.sub("", found[0])) in counts:
            if sentence[here : found.start()]:
                yield Piece(sentence[here : found.start()])
            yield Piece(found[0], is_count=True)
            here = found.end()
    if sentence[here:]:
        yield Piece(sentence[here:])


def laws_of(flag: Flag) -> list[Link]:
    """Return links to the law of a flag: parameter rows whose source the sentence names."""
    named = flag.values.get("source")
    found = (row for row in _rows(flag.parameters) if named and row.get("source") == named and row.get("url"))
    links = dict.fromkeys(web_link(str(row["url"]), str(named)) for row in found)
    return [link for link in links if link.href]


def _rows(parameters: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for value in parameters.values():
        if isinstance(value, list | tuple):
            yield from (entry for entry in value if isinstance(entry, Mapping))
