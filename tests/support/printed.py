"""PDFs of printed tables, drawn by hand: lines, and texts in cells."""

from collections.abc import Sequence

LINE = 10
SIZE = 8
PAD = 3
WIDTHS = (90, 110, 90, 70, 50)
LEFT, TOP = 40, 780


def shown(text: str, x: float, y: float) -> bytes:
    """Return what writes a line of text."""
    escaped = text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
    return f"BT /F {SIZE} Tf {x} {y} Td ({escaped}) Tj ET\n".encode("cp1252")


def table(
    rows: Sequence[Sequence[str]],
    *,
    top: float = TOP,
    widths: Sequence[float] = WIDTHS,
    above: Sequence[str] = (),
    without: Sequence[tuple[int, int]] = (),
) -> bytes:
    """
    Return what draws a table, each cell with its own borders, and the lines of text above it.

    :param rows: the texts of cells; ``\\n`` begins a line
    :param without: row and column of cells that have no border on their right
    """
    parts = [shown(text, LEFT, top + 8 + LINE * (len(above) - number)) for number, text in enumerate(above, 1)]
    for number, row in enumerate(rows):
        height = LINE * max(1, *(text.count("\n") + 1 for text in row)) + 4
        x = float(LEFT)
        for column, (text, width) in enumerate(zip(row, widths, strict=False)):
            sides = [(x, top, x + width, top), (x, top - height, x + width, top - height), (x, top, x, top - height)]
            if (number, column) not in without:
                sides.append((x + width, top, x + width, top - height))
            parts += [
                f"{a} {b} m {c} {d} l S\n".encode()
                for a, b, c, d in sides
                if (number, column - 1) not in without or a != c or a != x
            ]
            parts += [shown(line, x + PAD, top - LINE * (at + 1)) for at, line in enumerate(text.split("\n")) if line]
            x += width
        top -= height
    return b"".join(parts)
