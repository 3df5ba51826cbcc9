"""Shared parts of the charts: frame, rectangles, texts, and estimated text widths."""

import math
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import accumulate

from msgspec import Struct

from contracts.pages.xml_texts import as_xml

WIDTH = 400
# Width of pictures that fill the page.
WIDE = 720
# Estimated widths of letters in system fonts, as a share of the font size; capitals and digits are wider.
LETTER, CAPITAL = 0.56, 0.7
SIZE = 12  # font size
# Ordered from dark to light, so that neighbours differ without colour.
FILLS = ("#1b4965", "#3a7ca5", "#81a4cd", "#b9cfe6", "#d8c99b", "#d9d9d9")
_DARK_FILLS = 2


class Bar(Struct, frozen=True):
    """
    A value with its name and text.

    ``is_rest`` marks the sum of what is not shown separately; ``is_pale`` a value of little weight.
    """

    label: str
    value: float
    text: str
    is_rest: bool = False
    is_pale: bool = False


def frame(title: str, width: float, height: float, parts: Iterable[str]) -> str:
    """Return the SVG of a picture; screen readers read ``title`` instead."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" width="{width:g}" '
        f'height="{height:g}" role="img" font-family="system-ui, sans-serif" font-size="{SIZE}" fill="#22262b">'
        f"<title>{as_xml(title)}</title>{''.join(parts)}</svg>"
    )


def rectangle(x: float, y: float, width: float, height: float, fill: int) -> str:
    """Return a rectangle with a fill, counted from 1; a positive size is drawn at least half a unit thick."""
    return (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(width, 0.5):.1f}" height="{max(height, 0.5):.1f}" '
        f'class="fill{fill}" fill="{FILLS[fill - 1]}"/>'
    )


def write(x: float, y: float, text: str, *, anchor: str = "start", quiet: bool = False) -> str:
    looks = ' class="quiet" fill="#5c646d"' if quiet else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{looks}>{as_xml(text)}</text>'


def on_fill(x: float, y: float, text: str, fill: int) -> str:
    """Return a text centred on a filled rectangle."""
    looks = f'class="on{fill}" fill="{"#fff" if fill <= _DARK_FILLS else "#111"}"'
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="middle" {looks}>{as_xml(text)}</text>'


def line(x: float, y: float, to_x: float, to_y: float) -> str:
    return (
        f'<line x1="{x:.1f}" y1="{y:.1f}" x2="{to_x:.1f}" y2="{to_y:.1f}" class="line" stroke="#9aa0a6" '
        'stroke-width="1"/>'
    )


def named(drawn: str, says: str) -> str:
    """Return a drawing with a tooltip."""
    return f"<g><title>{as_xml(says)}</title>{drawn}</g>"


def fit(text: str, width: float) -> str:
    """
    Return a text truncated to a width, with an ellipsis.

    A bracket at the end is kept: it holds the key that distinguishes namesakes.
    """
    ends = _ends(text)
    if not ends or ends[-1] * SIZE <= width:
        return text
    room = width / SIZE - LETTER
    end = text[len(text) - bisect_right(ends, room / 2) :] if text.endswith(")") else ""
    letters = bisect_right(ends, room - max(_ends(end), default=0))
    return text[: max(letters, 1)].rstrip() + "…" + end


def _ends(text: str) -> list[float]:
    """Return the end position of each letter of a text, as a multiple of the font size."""
    return list(accumulate(CAPITAL if letter.isupper() or letter.isdecimal() else LETTER for letter in text))


def below(labels: Sequence[str], step: float, y: float) -> list[str]:
    """
    Return the labels below columns: if they would overlap, only every second or third, including the last.

    :param labels: of each column; ``?`` for the last one if it has no date
    :param step: distance between columns
    """
    longest = max(map(len, labels), default=0)
    every = math.ceil((longest + 1) * SIZE * 0.65 / step)
    last = len(labels) - 1
    if labels[-1:] == ["?"] and step > (longest / 2 + 2) * SIZE * LETTER:
        last -= 1  # both fit
    drawn = []
    for number, label in enumerate(labels):
        is_written = (last - number) % every == 0 or label == "?"
        half = len(label) * SIZE * LETTER / 2
        x = min(max((number + 0.5) * step, half), step * len(labels) - half)  # stay within the edges
        drawn.append(write(x, y, fit(label, step * every), anchor="middle", quiet=True) if is_written else "")
    return drawn


def with_room(bars: Sequence[Bar], step: float) -> set[int]:
    """
    Return the columns whose texts fit above them side by side, preferring those of the largest values.

    The other texts are omitted, because a truncated number is another number.
    """
    written: dict[int, tuple[float, float]] = {}
    for number in sorted(range(len(bars)), key=lambda number: -bars[number].value):
        middle, half = (number + 0.5) * step, (len(bars[number].text) + 1) * SIZE * LETTER / 2
        left, right = middle - half, middle + half
        is_free = all(right <= taken_from or left >= taken_to for taken_from, taken_to in written.values())
        if bars[number].text and is_free and left >= 0 and right <= step * len(bars):
            written[number] = (left, right)
    return set(written)
