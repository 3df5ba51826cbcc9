"""A flow diagram: bands between columns of names, whose thickness is the amount."""

from collections import defaultdict
from collections.abc import Sequence

from msgspec import Struct

from contracts.pages.charts.drawing import WIDE, fit, frame, named, rectangle, write

_BAR = 10
_GAP = 12
_HEIGHT = 260
# Minimum height of a bar with a name.
_MIN_NAMED = 10


class Flow(Struct, frozen=True):
    """An amount that flows along a chain of names, from left to right."""

    names: tuple[str, ...]
    value: float
    text: str


def flows(title: str, found: Sequence[Flow]) -> str:
    """Draw flows between columns of names; all flows have the same number of names."""
    stages = len(found[0].names) if found else 0
    total = sum(flow.value for flow in found) or 1
    sums: list[dict[str, float]] = [defaultdict(float) for _ in range(stages)]
    for flow in found:
        for stage, name in enumerate(flow.names):
            sums[stage][name] += flow.value
    most = max((len(stage) for stage in sums), default=1)
    scale = (_HEIGHT - (most - 1) * _GAP) / total
    tops = [_tops(stage, scale) for stage in sums]
    room = WIDE / max(stages, 1)
    lefts = [stage * room for stage in range(stages)]
    parts = _bands(found, tops, lefts, scale)
    for stage, names in enumerate(sums):
        for name, value in names.items():
            y, height = tops[stage][name], value * scale
            drawn = rectangle(lefts[stage], y, _BAR, height, 1)
            if height >= _MIN_NAMED:
                drawn += write(lefts[stage] + _BAR + 6, y + height / 2 + 4, fit(name, room - 28))
            parts.append(named(drawn, name))
    return frame(title, WIDE, _HEIGHT, parts)


def _tops(names: dict[str, float], scale: float) -> dict[str, float]:
    """Return the top of each name's bar, the largest first."""
    y, tops = 0.0, {}
    for name, value in sorted(names.items(), key=lambda item: (-item[1], item[0])):
        tops[name] = y
        y += value * scale + _GAP
    return tops


def _bands(found: Sequence[Flow], tops: Sequence[dict[str, float]], lefts: Sequence[float], scale: float) -> list[str]:
    """Return the bands between the columns, stacked at each bar in the order of the flows."""
    used = [dict(stage) for stage in tops]
    bands = []
    for flow in sorted(found, key=lambda flow: tuple(tops[stage][name] for stage, name in enumerate(flow.names))):
        thick = flow.value * scale
        starts = []
        for stage, name in enumerate(flow.names):
            starts.append(used[stage][name])
            used[stage][name] += thick
        for stage in range(len(flow.names) - 1):
            x, to_x = lefts[stage] + _BAR, lefts[stage + 1]
            middle = (x + to_x) / 2
            y, to_y = starts[stage] + thick / 2, starts[stage + 1] + thick / 2
            drawn = (
                f'<path d="M{x:.1f} {y:.1f}C{middle:.1f} {y:.1f} {middle:.1f} {to_y:.1f} {to_x:.1f} {to_y:.1f}" '
                f'class="band" fill="none" stroke="#81a4cd" stroke-opacity=".45" '
                f'stroke-width="{max(thick, 0.5):.1f}"/>'
            )
            bands.append(named(drawn, f"{flow.names[stage]} → {flow.names[stage + 1]}: {flow.text}"))
    return bands
