"""Sorted positions of mentions, for finding neighbours by bisection: texts may have thousands."""

from bisect import bisect_right
from collections.abc import Iterable
from itertools import accumulate
from typing import Protocol


class Place(Protocol):
    """An interval in a text, given by offsets."""

    @property
    def path(self) -> str: ...

    @property
    def start(self) -> int: ...

    @property
    def end(self) -> int: ...


class Places:
    """Intervals in texts, sorted once."""

    def __init__(self, places: Iterable[Place]) -> None:
        self._starts: dict[str, list[int]] = {}
        ends: dict[str, list[int]] = {}
        for place in sorted(places, key=lambda place: place.start):
            self._starts.setdefault(place.path, []).append(place.start)
            ends.setdefault(place.path, []).append(place.end)
        self._furthest = {path: list(accumulate(known, max)) for path, known in ends.items()}

    def has_near(self, place: Place, reach: int) -> bool:
        """Return whether any interval is within ``reach`` characters of a place in the same text."""
        before = bisect_right(self._starts.get(place.path, []), place.end + reach)
        return before > 0 and self._furthest[place.path][before - 1] >= place.start - reach

    def next_start(self, place: Place) -> int | None:
        """Return the start of the first interval that ends after the start of a place in its text; or ``None``."""
        starts, furthest = self._starts.get(place.path, []), self._furthest.get(place.path, [])
        at = bisect_right(furthest, place.start)
        return starts[at] if at < len(starts) else None
