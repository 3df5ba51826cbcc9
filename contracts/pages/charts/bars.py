"""Column and bar charts: over the years, by rank, and stacked as parts of a whole."""

from collections.abc import Mapping, Sequence

from msgspec import Struct

from contracts.pages.charts.drawing import (
    FILLS,
    SIZE,
    WIDE,
    WIDTH,
    Bar,
    below,
    fit,
    frame,
    line,
    named,
    on_fill,
    rectangle,
    with_room,
    write,
)

_COLUMNS_HEIGHT = 180
_RANK_HEIGHT = 34
_INTERVAL_HEIGHT = 24
# A dark and a light fill, distinguishable without colour.
_PAIR_FILLS = (4, 2)


def columns(title: str, bars: Sequence[Bar]) -> str:
    """Draw values over time, one column each, with its value above it. ``is_rest`` marks the value without a date."""
    top, bottom = 20, _COLUMNS_HEIGHT - 22
    largest = max((bar.value for bar in bars), default=0) or 1
    step = WIDTH / max(len(bars), 1)
    # The label of undated values is longer than a year, so it is only in the table.
    written = with_room(bars, step)
    labels = below(["?" if bar.is_rest else bar.label for bar in bars], step, bottom + 15)
    parts = [line(0, bottom, WIDTH, bottom)]
    for number, bar in enumerate(bars):
        height = (bottom - top) * bar.value / largest
        left, middle = number * step, (number + 0.5) * step
        drawn = [labels[number]]
        if bar.value:
            fill = 4 if bar.is_rest or bar.is_pale else 2
            drawn.append(rectangle(left + step * 0.14, bottom - height, step * 0.72, height, fill))
        if number in written:  # known zeros are labelled
            drawn.append(write(middle, bottom - height - 4, bar.text, anchor="middle"))
        parts.append(named("".join(drawn), f"{bar.label}: {bar.text}"))
    return frame(title, WIDTH, _COLUMNS_HEIGHT, parts)


def ranked(title: str, bars: Sequence[Bar]) -> str:
    """Draw values in the given order, each with its name and value above a bar. ``is_rest`` marks the rest."""
    largest = max((bar.value for bar in bars), default=0) or 1
    parts = []
    for number, bar in enumerate(bars):
        y = number * _RANK_HEIGHT
        room = WIDTH - len(bar.text) * SIZE * 0.6 - 12
        drawn = write(0, y + 13, fit(bar.label, room)) + write(WIDTH, y + 13, bar.text, anchor="end")
        drawn += rectangle(0, y + 19, WIDTH * bar.value / largest, 8, 6 if bar.is_rest else 2)
        parts.append(named(drawn, f"{bar.label}: {bar.text}"))
    return frame(title, WIDTH, max(len(bars), 1) * _RANK_HEIGHT, parts)


def shares(title: str, labels: Sequence[str], series: Mapping[str, Sequence[float]]) -> str:
    """
    Draw shares over time as stacked columns, one per label; numbers identify the series.

    :param series: name → share (0 to 1) at each label; at most as many as there are fills
    """
    top, bottom = 4, 164
    step = WIDTH / max(len(labels), 1)
    names = list(series)[: len(FILLS)]
    parts = below(labels, step, bottom + 15)
    for number, label in enumerate(labels):
        left, y = number * step + step * 0.08, float(bottom)
        for place, name in enumerate(names, 1):
            share = series[name][number]
            height = (bottom - top) * share
            y -= height
            if not share:
                continue
            drawn = rectangle(left, y, step * 0.84, max(height - 1, 0.5), place)
            if height >= SIZE + 2:
                drawn += on_fill(left + step * 0.42, y + height / 2 + 4, str(place), place)
            parts.append(named(drawn, f"{label}, {name}: {share:.0%}"))
    for place, name in enumerate(names, 1):
        y = bottom + 24 + (place - 1) * 20
        parts.append(rectangle(0, y, 18, 16, place) + on_fill(9, y + 12, str(place), place))
        parts.append(write(26, y + 12, fit(name, WIDTH - 26)))
    return frame(title, WIDTH, bottom + 28 + len(names) * 20, parts)


def pairs(title: str, labels: Sequence[str], series: Mapping[str, Sequence[int]]) -> str:
    """
    Draw two counts over time, side by side, each with its number above it.

    :param series: name → count at each label, for two names
    """
    top, bottom = 20, _COLUMNS_HEIGHT - 22
    largest = max((count for counts in series.values() for count in counts), default=0) or 1
    step = WIDE / max(len(labels), 1)
    parts = [line(0, bottom, WIDE, bottom), *below(labels, step, bottom + 15)]
    for number, label in enumerate(labels):
        for place, (name, counts) in enumerate(series.items()):
            height = (bottom - top) * counts[number] / largest
            left = (number + 0.1 + 0.4 * place) * step
            drawn = rectangle(left, bottom - height, step * 0.36, height, _PAIR_FILLS[place]) if counts[number] else ""
            drawn += write(left + step * 0.18, bottom - height - 4, str(counts[number]), anchor="middle")
            parts.append(named(drawn, f"{label}, {name}: {counts[number]}"))
    for place, name in enumerate(series):
        y = _COLUMNS_HEIGHT + place * 20
        parts.append(rectangle(0, y, 18, 16, _PAIR_FILLS[place]) + write(26, y + 12, fit(name, WIDE - 26)))
    return frame(title, WIDE, _COLUMNS_HEIGHT + 4 + len(series) * 20, parts)


class Range(Struct, frozen=True):
    """A share and its interval, both 0 to 1, with its name and text."""

    label: str
    low: float
    share: float
    high: float
    text: str


def intervals(title: str, ranges: Sequence[Range]) -> str:
    """Draw shares on a scale from 0 to 100 %, each as a mark on its interval."""
    room, written = 60, 220
    scale = WIDE - room - 12 - written
    bottom = len(ranges) * _INTERVAL_HEIGHT
    parts = []
    for percent in (0, 25, 50, 75, 100):
        x = room + scale * percent / 100
        parts.append(line(x, 0, x, bottom) + write(x, bottom + 15, f"{percent} %", anchor="middle", quiet=True))
    for number, entry in enumerate(ranges):
        y = number * _INTERVAL_HEIGHT + 11
        drawn = write(0, y + 4, fit(entry.label, room - 6))
        drawn += rectangle(room + scale * entry.low, y - 2, scale * (entry.high - entry.low), 4, 4)
        drawn += rectangle(room + scale * entry.share - 4, y - 6, 8, 12, 1)
        drawn += write(room + scale + 12, y + 4, fit(entry.text, written))
        parts.append(named(drawn, f"{entry.label}: {entry.text}"))
    return frame(title, WIDE, bottom + 20, parts)
