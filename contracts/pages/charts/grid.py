"""A heat map of rows and columns: the darker, the higher the share."""

from collections.abc import Sequence

from contracts.pages.charts.drawing import FILLS, WIDE, fit, frame, rectangle, write

_ROW = 18
_FIELD = 14
_WIDEST = 64
_NAMES = 320
_HEAD = 24
# Indices of the fills of levels, from dark to light; distinguishable on paper too.
LEVEL_FILLS = (1, 3, 6)


def grid(
    title: str, columns: Sequence[str], rows: Sequence[tuple[str, Sequence[int | None]]], levels: Sequence[str]
) -> str:
    """
    Draw a cell for each row and column, filled by its level; a level of None stays empty.

    :param columns: names, listed below with the number that is above each column
    :param rows: name and levels (from 0) of each row
    :param levels: labels of the levels, the darkest first; at most as many as there are fills
    """
    step = min((WIDE - _NAMES) / max(len(columns), 1), _WIDEST)
    parts = [
        write(_NAMES + (number + 0.5) * step, _HEAD - 8, str(number + 1), anchor="middle", quiet=True)
        for number in range(len(columns))
    ]
    # One path per level: a rectangle per cell would be larger than the page.
    fields: list[list[str]] = [[] for _level in levels]
    for number, (name, found) in enumerate(rows):
        top = _HEAD + number * _ROW
        parts.append(write(0, top + 12, fit(name, _NAMES - 12)))
        for place, level in enumerate(found):
            if level is not None:
                left, width = _NAMES + place * step + 1, max(step - 2, 1)
                fields[level].append(f"M{left:.4g} {top + 1}h{width:.3g}v{_FIELD}h-{width:.3g}z")
    for level, drawn in enumerate(fields):
        fill = LEVEL_FILLS[level]
        parts.append(f'<path class="fill{fill}" fill="{FILLS[fill - 1]}" d="{"".join(drawn)}"/>')
    y = _HEAD + len(rows) * _ROW + 10
    for level, name in enumerate(levels):
        parts.append(rectangle(level * 130, y, 18, _FIELD, LEVEL_FILLS[level]))
        parts.append(write(level * 130 + 26, y + 12, fit(name, 100)))
    y += 28
    for number, name in enumerate(columns, 1):
        parts.append(write(0, y + 12, fit(f"{number}  {name}", WIDE)))
        y += _ROW
    return frame(title, WIDE, y + 4, parts)
