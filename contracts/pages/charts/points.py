"""A map of points by latitude and longitude, sized by value, on a grid of degrees."""

from collections.abc import Sequence
from math import ceil, floor, sqrt

from msgspec import Struct

from contracts.pages.charts.drawing import LETTER, SIZE, WIDE, fit, frame, line, named, write

_MAX_HEIGHT = 420
_MARGIN = 36
_MAX_RADIUS = 18  # of a point
_MIN_RADIUS = 4
# Distances between grid lines, in degrees; the smallest that gives few lines is used.
_STEPS = (1, 2, 5, 10, 20, 30)
_MAX_LINES = 8
_MAX_NAMED = 12
# Maximum width of a name, and minimum width worth showing.
_MAX_NAME_WIDTH = 200
_MIN_NAME_WIDTH = 60


class Dot(Struct, frozen=True):
    """A point in degrees, its value, its name, and the text of the value."""

    latitude: float
    longitude: float
    value: float
    name: str
    text: str


def points(title: str, dots: Sequence[Dot], compass: tuple[str, str, str, str]) -> str:
    """
    Draw points; a degree has the same length in both directions. A point's area is proportional to its value.

    The largest points have names beside them, if these fit.

    :param compass: letters for north, south, east and west
    """
    south, north = _bounds([dot.latitude for dot in dots])
    west, east = _bounds([dot.longitude for dot in dots])
    scale = min((WIDE - 2 * _MARGIN) / (east - west), (_MAX_HEIGHT - 2 * _MARGIN) / (north - south))
    height = (north - south) * scale + 2 * _MARGIN
    left, right = _MARGIN, _MARGIN + (east - west) * scale

    def across(longitude: float) -> float:
        return left + (longitude - west) * scale

    def down(latitude: float) -> float:
        return _MARGIN + (north - latitude) * scale

    parts = []
    for degree in _lines(south, north):
        y = down(degree)
        parts.append(
            line(left, y, right, y)
            + write(left - 4, y + 4, _written(degree, compass[0], compass[1]), anchor="end", quiet=True)
        )
    for degree in _lines(west, east):
        x = across(degree)
        parts.append(line(x, _MARGIN, x, height - _MARGIN))
        parts.append(
            write(x, height - _MARGIN + 16, _written(degree, compass[2], compass[3]), anchor="middle", quiet=True)
        )
    largest = max((dot.value for dot in dots), default=0) or 1
    taken: list[tuple[float, float, float]] = []  # left, right and height of placed names
    for dot in sorted(dots, key=lambda dot: -dot.value):
        radius = max(_MAX_RADIUS * sqrt(dot.value / largest), _MIN_RADIUS)
        drawn = (
            f'<circle cx="{across(dot.longitude):.1f}" cy="{down(dot.latitude):.1f}" r="{radius:.1f}" class="dot" '
            'fill="#3a7ca5" fill-opacity=".55" stroke="#1b4965" stroke-width="1"/>'
        )
        start, y = across(dot.longitude) + radius + 4, down(dot.latitude) + 4
        name = fit(dot.name, min(WIDE - start, _MAX_NAME_WIDTH))
        end = start + len(name) * LETTER * SIZE
        is_free = not any(
            abs(y - line) < SIZE and start < right_of and end > left_of for left_of, right_of, line in taken
        )
        if is_free and len(taken) < _MAX_NAMED and WIDE - start > _MIN_NAME_WIDTH:
            taken.append((start, end, y))
            drawn += write(start, y, name)
        parts.append(named(drawn, f"{dot.name}: {dot.text}"))
    return frame(title, WIDE, height, parts)


def _bounds(degrees: Sequence[float]) -> tuple[int, int]:
    """Return the enclosing whole degrees, at least four apart."""
    low, high = floor(min(degrees, default=0) - 0.5), ceil(max(degrees, default=0) + 0.5)
    missing = max(4 - (high - low), 0)
    return low - missing // 2, high + (missing + 1) // 2


def _lines(low: int, high: int) -> list[int]:
    step = next((step for step in _STEPS if (high - low) / step <= _MAX_LINES), _STEPS[-1])
    return list(range(ceil(low / step) * step, high + 1, step))


def _written(degree: int, positive: str, negative: str) -> str:
    return f"{abs(degree)}°{positive if degree > 0 else negative if degree < 0 else ''}"
