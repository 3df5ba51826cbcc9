"""What the charts have in common: a frame, rectangles, texts, and how much room a text takes."""

import math
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import accumulate

from msgspec import Struct

from contracts.pages.xml_texts import as_xml

WIDTH = 400
# The width of pictures as wide as the page.
WIDE = 720
# Letters of the system fonts are about this wide, in parts of their size; capitals and digits are wider.
LETTER, CAPITAL = 0.56, 0.7
SIZE = 12  # of texts
# From dark to light, so that neighbours differ without colour too.
FILLS = ("#1b4965", "#3a7ca5", "#81a4cd", "#b9cfe6", "#d8c99b", "#d9d9d9")
_DARK_FILLS = 2


class Bar(Struct, frozen=True):
    """
    A value with its name, and how the value is written.

    ``is_rest`` marks what belongs to none of the others; ``is_pale`` what says little, although it is one of them.
    """

    label: str
    value: float
    text: str
    is_rest: bool = False
    is_pale: bool = False


def frame(title: str, width: float, height: float, parts: Iterable[str]) -> str:
    """Return the SVG of a picture; ``title`` is what a screen reader says instead of it."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" width="{width:g}" '
        f'height="{height:g}" role="img" font-family="system-ui, sans-serif" font-size="{SIZE}" fill="#22262b">'
        f"<title>{as_xml(title)}</title>{''.join(parts)}</svg>"
    )


def rectangle(x: float, y: float, width: float, height: float, fill: int) -> str:
    """Return a rectangle in one of the fills, counted from 1; what is more than nothing is never thinner than half."""
    return (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(width, 0.5):.1f}" height="{max(height, 0.5):.1f}" '
        f'class="fill{fill}" fill="{FILLS[fill - 1]}"/>'
    )


def write(x: float, y: float, text: str, *, anchor: str = "start", quiet: bool = False) -> str:
    looks = ' class="quiet" fill="#5c646d"' if quiet else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{looks}>{as_xml(text)}</text>'


def on_fill(x: float, y: float, text: str, fill: int) -> str:
    """Write a text in the middle of a rectangle of a fill."""
    looks = f'class="on{fill}" fill="{"#fff" if fill <= _DARK_FILLS else "#111"}"'
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="middle" {looks}>{as_xml(text)}</text>'


def line(x: float, y: float, to_x: float, to_y: float) -> str:
    return (
        f'<line x1="{x:.1f}" y1="{y:.1f}" x2="{to_x:.1f}" y2="{to_y:.1f}" class="line" stroke="#9aa0a6" '
        'stroke-width="1"/>'
    )


def named(drawn: str, says: str) -> str:
    """Return a drawing with the text that a pointer over it shows."""
    return f"<g><title>{as_xml(says)}</title>{drawn}</g>"


def fit(text: str, width: float) -> str:
    """
    Return a text cut at its end to fit a width, with dots.

    Of a text that ends with a bracket, the end is kept: it distinguishes namesakes by their keys.
    """
    ends = _ends(text)
    if not ends or ends[-1] * SIZE <= width:
        return text
    room = width / SIZE - LETTER
    end = text[len(text) - bisect_right(ends, room / 2) :] if text.endswith(")") else ""
    letters = bisect_right(ends, room - max(_ends(end), default=0))
    return text[: max(letters, 1)].rstrip() + "…" + end


def _ends(text: str) -> list[float]:
    """Return where each letter of a text ends, in parts of the size of letters."""
    return list(accumulate(CAPITAL if letter.isupper() or letter.isdecimal() else LETTER for letter in text))


def below(labels: Sequence[str], step: float, y: float) -> list[str]:
    """
    Write the labels below columns: if they would touch, only every second or third one, including the last.

    :param labels: of each column; ``?`` of the last one if it has no date
    :param step: from one column to the next
    """
    longest = max(map(len, labels), default=0)
    every = math.ceil((longest + 1) * SIZE * 0.65 / step)
    last = len(labels) - 1
    if labels[-1:] == ["?"] and step > (longest / 2 + 2) * SIZE * LETTER:
        last -= 1  # there is room for both
    drawn = []
    for number, label in enumerate(labels):
        is_written = (last - number) % every == 0 or label == "?"
        half = len(label) * SIZE * LETTER / 2
        x = min(max((number + 0.5) * step, half), step * len(labels) - half)  # not over the edge
        drawn.append(write(x, y, fit(label, step * every), anchor="middle", quiet=True) if is_written else "")
    return drawn


def with_room(bars: Sequence[Bar], step: float) -> set[int]:
    """
    Return of which columns the texts above have room beside each other, those of the largest values first.

    A text that has none is left out, for cut it would be another value.
    """
    written: dict[int, tuple[float, float]] = {}
    for number in sorted(range(len(bars)), key=lambda number: -bars[number].value):
        middle, half = (number + 0.5) * step, (len(bars[number].text) + 1) * SIZE * LETTER / 2
        left, right = middle - half, middle + half
        is_free = all(right <= taken_from or left >= taken_to for taken_from, taken_to in written.values())
        if bars[number].text and is_free and left >= 0 and right <= step * len(bars):
            written[number] = (left, right)
    return set(written)
