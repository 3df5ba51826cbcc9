"""Stretches of a text that do not overlap, kept in order, so that a neighbour is found by halving."""

from bisect import bisect_right


class Stretches:
    """Takes stretches that overlap none of those it has."""

    def __init__(self) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []

    def overlap(self, start: int, end: int) -> bool:
        """Tell whether any of them overlaps the one from ``start`` to ``end``."""
        place = bisect_right(self._starts, start)
        before = place > 0 and self._ends[place - 1] > start
        return before or (place < len(self._starts) and self._starts[place] < end)

    def add(self, start: int, end: int) -> None:
        """Add one; it must overlap none."""
        place = bisect_right(self._starts, start)
        self._starts.insert(place, start)
        self._ends.insert(place, end)
