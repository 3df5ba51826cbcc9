"""Numbers in a sentence that count processes, linked to these."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

_SPACE = r"[ \xa0\u202f]"
# Whole numbers, grouped or not: no part of an amount with its currency, of a share, of a decimal or of a code.
_NUMBER = re.compile(
    rf"(?<![A-Z]{{3}}{_SPACE})(?<![\w.,:])(?:\d{{1,3}}(?:[.,\xa0\u202f]\d{{3}})+|\d+)"
    rf"(?![\w:]|[.,]\d|{_SPACE}?%|{_SPACE}\d{{3}})"
)
_BETWEEN = re.compile(r"\D")


class Piece(NamedTuple):
    """A stretch of a sentence; ``is_count`` where it is a number that counts."""

    text: str
    is_count: bool = False


def pieces(sentence: str, values: Mapping[str, Any]) -> Iterator[Piece]:
    """
    Yield the stretches of a sentence, in order.

    :param values: those of the flag: the whole numbers among them are what is counted
    """
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
