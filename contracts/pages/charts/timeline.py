"""A timeline: moments and periods, ordered by their beginning."""

from collections.abc import Sequence
from datetime import date

from msgspec import Struct

from contracts.pages.charts.drawing import WIDE, fit, frame, line, on_fill, rectangle, write

_LINE = 26
_NAMES = 190
# Width of a year's label, including the gap to the next.
_YEAR = 44


class Span(Struct, frozen=True):
    """A moment, or a period if it has an end. ``text`` shows its days."""

    label: str
    start: date
    text: str
    end: date | None = None


def timeline(title: str, spans: Sequence[Span]) -> str:
    """Draw moments and periods on a time scale, one line each."""
    first = min((span.start for span in spans), default=date.min)
    last = max((span.end or span.start for span in spans), default=first)
    days = max((last - first).days, 1)
    scale = (WIDE - _NAMES - 8) / days
    height = len(spans) * _LINE + 24
    parts = []
    # If a contract ends in 2099, only every fifth or tenth year has room for a label.
    every = next((step for step in (1, 2, 5, 10, 25, 50) if step * 365 * scale >= _YEAR), 100)
    for year in range(first.year + 1, last.year + 1):
        if year % every:
            continue
        x = _NAMES + (date(year, 1, 1) - first).days * scale
        parts.append(line(x, 0, x, height - 20) + write(x, height - 6, str(year), anchor="middle", quiet=True))
    for number, span in enumerate(sorted(spans, key=lambda span: (span.start, span.end or span.start))):
        y = number * _LINE
        left = _NAMES + (span.start - first).days * scale
        width = ((span.end - span.start).days * scale) if span.end else 0
        mark = rectangle(left, y + 4, max(width, 5), 16, 2 if span.end else 1)
        beyond = left + max(width, 5) + 6
        needed = len(span.text) * 6.8
        # Place the text after the mark if it fits, else on it, else before it.
        if beyond + needed <= WIDE:
            words = write(beyond, y + 16, span.text)
        elif width > needed:
            words = on_fill(left + width / 2, y + 16, span.text, 2)
        else:
            words = write(left - 6, y + 16, span.text, anchor="end")
        parts.append(write(0, y + 16, fit(span.label, _NAMES - 8)) + mark + words)
    return frame(title, WIDE, height, parts)
