"""Positions of mentions, sorted, to find a neighbour by bisection: texts may hold thousands."""

from bisect import bisect_right
from collections.abc import Iterable
from itertools import accumulate
from typing import Protocol


class Place(Protocol):
    """A stretch of a text; ``start`` and ``end`` are offsets in it."""

    @property
    def path(self) -> str: ...

    @property
    def start(self) -> int: ...

    @property
    def end(self) -> int: ...


class Places:
    """Places in texts, sorted once."""

    def __init__(self, places: Iterable[Place]) -> None:
        self._starts: dict[str, list[int]] = {}
        ends: dict[str, list[int]] = {}
        for place in sorted(places, key=lambda place: place.start):
            self._starts.setdefault(place.path, []).append(place.start)
            ends.setdefault(place.path, []).append(place.end)
        self._furthest = {path: list(accumulate(known, max)) for path, known in ends.items()}

    def has_near(self, place: Place, reach: int) -> bool:
        """Tell whether one of them lies at most ``reach`` characters before or after a place of the same text."""
        before = bisect_right(self._starts.get(place.path, []), place.end + reach)
        return before > 0 and self._furthest[place.path][before - 1] >= place.start - reach

    def next_start(self, place: Place) -> int | None:
        """Return where the first of them begins that ends behind the start of a place of its text, if one does."""
        starts, furthest = self._starts.get(place.path, []), self._furthest.get(place.path, [])
        at = bisect_right(furthest, place.start)
        return starts[at] if at < len(starts) else None
