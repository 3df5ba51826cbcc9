"""Small multiples: the same values over time for several subjects, to one scale."""

from collections.abc import Mapping, Sequence

from contracts.pages.charts.drawing import SIZE, Bar, fit, frame, named, rectangle, rule, write

WIDTH = 720
_ROW = 96
_TOP = 34
_FOOT = 22


def multiples(title: str, rows: Mapping[str, Sequence[Bar]]) -> str:
    """
    Draw a row of columns for each name; each has the same labels.

    :param rows: name → its bars, whose texts stand above them where there is room
    """
    bars = [bar for row in rows.values() for bar in row]
    largest = max((bar.value for bar in bars), default=0) or 1
    number = max((len(row) for row in rows.values()), default=1) or 1
    step = WIDTH / number
    parts = []
    for place, (name, row) in enumerate(rows.items()):
        bottom = (place + 1) * _ROW
        parts.append(write(0, place * _ROW + SIZE + 4, fit(name, WIDTH)) + rule(0, bottom, WIDTH, bottom))
        for at, bar in enumerate(row):
            height = (_ROW - _TOP) * bar.value / largest
            drawn = write((at + 0.5) * step, bottom - height - 4, fit(bar.text, step), anchor="middle", quiet=True)
            if bar.value:
                drawn = rectangle(at * step + step * 0.14, bottom - height, step * 0.72, height, 2) + drawn
            parts.append(named(drawn, f"{name}, {bar.label}: {bar.text}"))
    height = len(rows) * _ROW + _FOOT
    for at, bar in enumerate(next(iter(rows.values()), ())):
        parts.append(write((at + 0.5) * step, height - 6, fit(bar.label, step), anchor="middle", quiet=True))
    return frame(title, WIDTH, max(height, _ROW), parts)
