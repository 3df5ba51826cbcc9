"""
The grid of a printed table from the lines that are drawn on a page. Pure.

Places are in points from the upper left corner of the page as it is shown: x to the right, y downwards. A filled box
counts as its four edges, so a cell with a background has borders. The edges of a thin box, which is a line, are merged
into one.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import pairwise

from msgspec import Struct

# Edges closer than this are one, and shorter gaps in an edge are ignored.
NEAR = 3.0
# Shorter ones are strokes of drawn letters and corners of frames.
_MIN_LENGTH = 8.0
# A page with more crossings than a table of this size can have is not searched.
_MAX_CROSSINGS = 400_000
_MAX_CELLS = 40_000


class Edge(Struct, frozen=True):
    """A horizontal or vertical line: its position on the other axis, its start and its end."""

    at: float
    start: float
    end: float


class Cell(Struct, frozen=True):
    """The rows and columns of a cell, counted from 0; the last ones are included."""

    top: int
    bottom: int
    left: int
    right: int


class Grid(Struct, frozen=True):
    """The borders of rows and columns, and the cells between them; a merged cell is listed once."""

    xs: tuple[float, ...]
    ys: tuple[float, ...]
    cells: tuple[Cell, ...]

    def place(self, x: float, y: float) -> tuple[int, int] | None:
        """Return row and column of a point, ``None`` outside the table."""
        if not (self.xs[0] <= x < self.xs[-1] and self.ys[0] <= y < self.ys[-1]):
            return None
        return bisect_right(self.ys, y) - 1, bisect_right(self.xs, x) - 1


def grids(level: Iterable[Edge], upright: Iterable[Edge], *, columns: int) -> list[Grid]:
    """
    Return the tables of a page from top to bottom, without those inside others.

    :param level: the horizontal lines; ``upright`` has the vertical ones; in any order and in pieces
    :param columns: minimum number of columns of a table: anything smaller is a frame or a form
    """
    level, upright = _joined(level), _joined(upright)
    if len(level) * len(upright) > _MAX_CROSSINGS:
        return []
    found = [grid for group in _connected(level, upright) if (grid := _grid(*group)) is not None]
    found = [grid for grid in found if len(grid.xs) > columns]
    found.sort(key=lambda grid: (grid.ys[0], grid.xs[0]))
    return [grid for grid in found if not any(_is_within(grid, other) for other in found if other is not grid)]


def _joined(edges: Iterable[Edge]) -> list[Edge]:
    """Return edges with close ones aligned, and the pieces of each line joined."""
    joined: list[Edge] = []
    for line in _near(edges):
        at = sum(edge.at for edge in line) / len(line)
        pieces = sorted((edge.start, edge.end) for edge in line)
        start, end = pieces[0]
        for next_start, next_end in pieces[1:]:
            if next_start > end + NEAR:
                joined.append(Edge(at, start, end))
                start, end = next_start, next_end
            else:
                end = max(end, next_end)
        joined.append(Edge(at, start, end))
    return [edge for edge in joined if edge.end - edge.start >= _MIN_LENGTH]


def _near(edges: Iterable[Edge]) -> list[list[Edge]]:
    """Return edges in groups, each close to the first one of its group."""
    groups: list[list[Edge]] = []
    for edge in sorted(edges, key=lambda edge: edge.at):
        if groups and edge.at - groups[-1][0].at <= NEAR:
            groups[-1].append(edge)
        else:
            groups.append([edge])
    return groups


def _connected(level: Sequence[Edge], upright: Sequence[Edge]) -> list[tuple[list[Edge], list[Edge]]]:
    """Return the lines in groups that cross or touch each other."""
    group_of = list(range(len(level) + len(upright)))

    def root(number: int) -> int:
        while group_of[number] != number:
            group_of[number] = number = group_of[group_of[number]]
        return number

    for row, line in enumerate(level):
        for column, other in enumerate(upright, len(level)):
            if line.start - NEAR <= other.at <= line.end + NEAR and other.start - NEAR <= line.at <= other.end + NEAR:
                group_of[root(column)] = root(row)
    groups: dict[int, tuple[list[Edge], list[Edge]]] = {}
    for number, edge in enumerate([*level, *upright]):
        groups.setdefault(root(number), ([], []))[number >= len(level)].append(edge)
    return list(groups.values())


def _grid(level: Sequence[Edge], upright: Sequence[Edge]) -> Grid | None:
    """Return the grid of connected lines, ``None`` if they form none: a single box, or cells that are not boxes."""
    xs = _places(upright, level)
    ys = _places(level, upright)
    rows, columns = len(ys) - 1, len(xs) - 1
    if rows < 1 or columns < 1 or rows * columns > _MAX_CELLS:
        return None
    right = _covered(upright, xs, ys)
    below = _covered(level, ys, xs)
    cell_of: dict[tuple[int, int], tuple[int, int]] = {}
    cells = []
    for row in range(rows):
        for column in range(columns):
            if (row, column) in cell_of:
                continue
            last = column
            while last + 1 < columns and not right[last + 1][row]:
                last += 1
            end = row
            while end + 1 < rows and not any(below[end + 1][at] for at in range(column, last + 1)):
                end += 1
            inside = [(y, x) for y in range(row, end + 1) for x in range(column, last + 1)]
            is_box = (
                not any(place in cell_of for place in inside)
                and not any(right[x + 1][y] for y, x in inside if x < last)
                and all(right[column][y] or not column for y in range(row, end + 1))
                and all(right[last + 1][y] or last + 1 == columns for y in range(row, end + 1))
                and all(below[end + 1][x] or end + 1 == rows for x in range(column, last + 1))
            )
            if not is_box:
                return None
            cell_of |= dict.fromkeys(inside, (row, column))
            cells.append(Cell(row, end, column, last))
    return Grid(tuple(xs), tuple(ys), tuple(cells))


def _places(lines: Sequence[Edge], others: Sequence[Edge]) -> list[float]:
    """Return the positions of lines, and the ends of crossing lines beyond them, where a table has no border."""
    found = sorted({line.at for line in lines})
    if not found or not others:
        return []
    low, high = min(other.start for other in others), max(other.end for other in others)
    return [*[low][: found[0] - low > NEAR], *found, *[high][: high - found[-1] > NEAR]]


def _covered(lines: Sequence[Edge], places: Sequence[float], across: Sequence[float]) -> list[list[bool]]:
    """Return for each position whether a line is drawn there between neighbouring positions of the other axis."""
    covered = [[False] * (len(across) - 1) for _place in places]
    number = {place: index for index, place in enumerate(places)}
    for line in lines:
        for index, (start, end) in enumerate(pairwise(across)):
            if line.start <= start + NEAR and line.end >= end - NEAR:
                covered[number[line.at]][index] = True
    return covered


def _is_within(grid: Grid, other: Grid) -> bool:
    return (
        other.xs[0] <= grid.xs[0]
        and grid.xs[-1] <= other.xs[-1]
        and other.ys[0] <= grid.ys[0]
        and grid.ys[-1] <= other.ys[-1]
    )
