"""Small multiples: values over time for several subjects, on one scale."""

from collections.abc import Sequence

from contracts.pages.charts.drawing import SIZE, WIDE, Bar, below, fit, frame, line, named, rectangle, with_room, write

_ROW = 96
_TOP = 34
_FOOT = 22


def multiples(title: str, rows: Sequence[tuple[str, Sequence[Bar]]]) -> str:
    """
    Draw a row of columns for each name; all rows have the same labels.

    :param rows: names and their bars, with texts above them
    """
    bars = [bar for _name, row in rows for bar in row]
    largest = max((bar.value for bar in bars), default=0) or 1
    number = max((len(row) for _name, row in rows), default=1) or 1
    step = WIDE / number
    parts = []
    for place, (name, row) in enumerate(rows):
        bottom = (place + 1) * _ROW
        parts.append(write(0, place * _ROW + SIZE + 4, fit(name, WIDE)) + line(0, bottom, WIDE, bottom))
        written = with_room(row, step)
        for at, bar in enumerate(row):
            height = (_ROW - _TOP) * bar.value / largest
            drawn = []
            if bar.value:
                drawn.append(rectangle(at * step + step * 0.14, bottom - height, step * 0.72, height, 2))
            if at in written:
                drawn.append(write((at + 0.5) * step, bottom - height - 4, bar.text, anchor="middle", quiet=True))
            parts.append(named("".join(drawn), f"{name}, {bar.label}: {bar.text}"))
    height = len(rows) * _ROW + _FOOT
    if rows:
        parts += below([bar.label for bar in rows[0][1]], step, height - 6)
    return frame(title, WIDE, max(height, _ROW), parts)
