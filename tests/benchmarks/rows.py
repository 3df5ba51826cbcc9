"""
Rows of the table that the benchmark prints, and the parts that measure them.

A part is a function of a `Bench` that yields rows; `@part("name")` registers it, its docstring says what it measures.
A module with parts is named in `MODULES` of `__main__`, in the order in which they run: each finds what the earlier
ones stored.
"""

import statistics
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from tests.benchmarks.costs import Cost


class Row(NamedTuple):
    """
    One line of the table.

    `ours` and `yardstick` are figures with their units, `ratio` is empty where the goal is absolute.
    """

    what: str
    ours: str
    yardstick: str
    ratio: str
    goal: str


class Part(NamedTuple):
    name: str
    measure: Callable[[Any], Iterator[Row]]

    @property
    def help(self) -> str:
        return " ".join((self.measure.__doc__ or "").split())


PARTS: dict[str, Part] = {}


def part(name: str) -> Callable[[Callable[[Any], Iterator[Row]]], Callable[[Any], Iterator[Row]]]:
    """Register a part of the benchmark."""

    def register(measure: Callable[[Any], Iterator[Row]]) -> Callable[[Any], Iterator[Row]]:
        PARTS[name] = Part(name, measure)
        return measure

    return register


class Pair(NamedTuple):
    """Something measured, and its yardstick, one after the other: a drift of the machine hits both."""

    count: int
    ours: Cost
    yardstick: Cost
    yardstick_count: int = 0

    @property
    def by_clock(self) -> float:
        return self.rate / self.yardstick_rate

    @property
    def by_processor(self) -> float:
        """The ratio of processor time, of programs and server together: other programs on the machine do not count."""
        return (self.yardstick.processor / (self.yardstick_count or self.count)) / (self.ours.processor / self.count)

    @property
    def rate(self) -> float:
        return self.count / self.ours.seconds

    @property
    def yardstick_rate(self) -> float:
        return (self.yardstick_count or self.count) / self.yardstick.seconds


def compared(what: str, yardstick: str, pairs: Sequence[Pair], *, goal: str) -> Row:
    """Return the row of rates, by the clock and by processor time, with the spread over the pairs."""
    median = statistics.median
    ratios = sorted(pair.by_clock for pair in pairs)
    processor = median(pair.ours.processor / pair.count for pair in pairs)
    spread = f" ({ratios[0]:.2g}–{ratios[-1]:.2g})" if len(ratios) > 1 else ""
    return Row(
        what,
        f"{median(pair.rate for pair in pairs):,.0f}/s, {processor * 1e6:,.0f} µs of processor",
        f"{yardstick}: {median(pair.yardstick_rate for pair in pairs):,.0f}/s",
        f"{median(ratios):.2g}{spread}; by processor {median(pair.by_processor for pair in pairs):.2g}",
        goal,
    )


def growth(what: str, sizes: Sequence[tuple[int, float]], *, goal: str) -> Row:
    """Return the row of a rate over the number of processes stored: `(stored, rate)`."""
    curve = ", ".join(f"{stored:,}: {rate:,.0f}/s" for stored, rate in sizes)
    return Row(what, curve, f"at {sizes[0][0]:,}", f"{sizes[-1][1] / sizes[0][1]:.2f}", goal)


def table(rows: Sequence[Row]) -> str:
    """Return rows as a table of Markdown."""
    lines = ["| what | ours | yardstick | ratio | goal |", "|---|---|---|---|---|"]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in rows)])
