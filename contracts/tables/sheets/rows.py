"""
Bytes → sheets of rows.

CSV with any delimiter is read as a stream in this process; workbooks (XLSX, XLS, ODS) and the tables of a DOCX, PDF or
web page in a separate one. A broken row does not affect others.
"""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import IO, Any

from msgspec import Struct

from contracts.files.chunks import as_file
from contracts.files.isolated import ReaderDiedError, run_isolated
from contracts.files.kinds import FileKind
from contracts.files.limits import LIMITS, ReaderLimits
from contracts.ocds.pointers import escape
from contracts.ocds.problems import Problem, RefusedError
from contracts.tables.sheets.left_out.number_formats import Beside

Cell = str | int | float | bool

DELIMITERS = ",;\t|^~"
MAX_COLUMNS = 500
MAX_LINE = 1024**2
# A cell with more lines than this is a quote that nobody closed, unless its row then has as many cells as the others:
# portals print whole notices into a cell.
MAX_CELL_LINES = 100
_MAX_NOTICE_LINES = 500
MAX_CELL = 20_000
_SAMPLE_LINES = 60
_LOOK_BYTES = 64 * 1024
# The name of a page of a PDF as a sheet.
_PAGE = re.compile(r"page ([1-9]\d{0,3})")
# Modules that read tables of files other than workbooks.
_READERS = {
    FileKind.DOCX: "contracts.tables.sheets.docx_tables",
    FileKind.PDF: "contracts.tables.sheets.pdf_tables",
    FileKind.HTML: "contracts.tables.sheets.html_tables",
}
# Line before the header in which office programs declare the delimiter.
_SEPARATOR_LINE = "sep="
# Delimiters that occur in prose too: pattern of one between cells, and of one outside numbers.
_MARKS_OF_PROSE = {mark: (re.compile(rf"{mark}[^\s\d]"), re.compile(rf"{mark}(?!\d)")) for mark in ",;"}
# Minimum share of rows with equally many cells, if a space follows each mark, as in sentences.
_ROWS_ALIKE = 0.8


class Row(Struct, frozen=True):
    """
    A row of a sheet; ``number`` is its number in the office program; for CSV, its first line.

    ``above`` is column → text of cells that are merged with one above, ``beside`` column → the text that the format of
    its number shows beside it, ``links`` column → the address of the cell's link, ``wide`` column → the last column of
    its merged cell. ``table`` is the number of a table that continues over sheets, as over pages of a PDF; 0 if each
    sheet has its own.
    """

    sheet: str
    number: int
    cells: Sequence[Cell]
    above: dict[int, str] = {}
    beside: dict[int, Beside] = {}
    links: dict[int, str] = {}
    wide: dict[int, int] = {}
    table: int = 0

    @property
    def group(self) -> int | str:
        """Return what the rows of a sheet, or of a table over several sheets, have in common."""
        return self.table or self.sheet

    def whole(self) -> Sequence[Cell]:
        """Return the cells, with those of rows above that are merged into this row."""
        if not self.above:
            return self.cells
        cells = [*self.cells, *[""] * (max(self.above) + 1 - len(self.cells))]
        return [self.above.get(column, "") if cell == "" else cell for column, cell in enumerate(cells)]


def filled_cells(rows: Iterable[Sequence[Cell]], *columns: int) -> list[Cell]:
    """Return the cells of columns, without empty ones."""
    return [row[column] for row in rows for column in columns if column < len(row) and row[column] != ""]


def with_groups(rows: Iterable[Row | Problem]) -> Iterator[tuple[tuple[int | str, str], Row | Problem]]:
    """Yield rows with their group and its first sheet; problems with those of the previous row."""
    group: int | str = ""
    sheet = ""
    for row in rows:
        if isinstance(row, Row) and row.group != group:
            group, sheet = row.group, row.sheet
        yield (group, sheet), row


def place_of(sheet: str, number: int | None = None) -> str:
    """Return the pointer to a row or a sheet; a CSV file has no sheet name."""
    return "".join(f"/{part}" for part in (escape(sheet), number) if part)


def page_of(sheet: str) -> str:
    """Return the page number of a sheet that is a page of a PDF; ``""`` for any other sheet."""
    found = _PAGE.fullmatch(sheet)
    return found[1] if found else ""


def read_csv(chunks: Iterable[bytes]) -> Iterator[Row | Problem]:
    """Yield the non-empty rows of a CSV file in UTF-8."""
    lines = _Lines(chunks)
    sample = lines.peek(_SAMPLE_LINES)
    delimiter = detect_delimiter(sample) or ","
    if sample and sample[0].lower().startswith(_SEPARATOR_LINE) and len(sample[0]) == len(_SEPARATOR_LINE) + 1:
        delimiter = sample[0][-1]
        lines.take()
    width = 0
    while (line := lines.take()) is not None:
        number = lines.number
        if len(line) >= MAX_LINE:
            yield Problem("row_broken", "line", {"limit": MAX_LINE}, f"/{number}", number)
            continue
        text, is_closed = _with_continuation(line, lines, delimiter, width)
        if not is_closed:
            yield Problem("row_broken", "quote", {"text": line[:60]}, f"/{number}", number)
        cells = _cells(text, delimiter, quoted=is_closed)
        width = len(cells) if is_closed else width
        if any(cells):
            yield Row("", number, cells)


def looks_like_csv(content: bytes) -> bool:
    """Return whether the start of a text in UTF-8 is that of a table: rows with equally many cells, more than one."""
    text = content[:_LOOK_BYTES].decode("utf-8", "replace").removeprefix("\ufeff")
    lines = [line for line in text.splitlines() if line.strip()]
    if len(content) > _LOOK_BYTES:
        lines = lines[:-1]
    if len(lines) < 2:
        return False
    if lines[0].lower().startswith(_SEPARATOR_LINE):
        return True
    sample = lines[:_SAMPLE_LINES]
    delimiter = detect_delimiter(sample)
    # A table has a header of several names above its rows, possibly below a title.
    has_header = bool(delimiter) and any(
        sum(bool(cell.strip()) for cell in line.split(delimiter)) > 1 for line in sample[:-1]
    )
    return has_header and not (delimiter in _MARKS_OF_PROSE and _is_prose(sample, delimiter))


def _is_prose(lines: Sequence[str], mark: str) -> bool:
    """Return whether a mark is punctuation, not a delimiter: a space follows it, and its count varies by line."""
    between_cells, outside_numbers = _MARKS_OF_PROSE[mark]
    if any(between_cells.search(line) for line in lines):
        return False
    counts = Counter(len(outside_numbers.findall(line)) for line in lines)
    del counts[0]
    return not counts or max(counts.values()) < max(2, _ROWS_ALIKE * counts.total())


def detect_delimiter(lines: Sequence[str]) -> str:
    """Return the delimiter that splits most lines into the same number of cells, ``""`` if there is none."""
    best, best_score = "", 0.0
    for delimiter in DELIMITERS:
        try:
            widths = Counter(len(row) for row in csv.reader(lines, delimiter=delimiter) if row)
        except csv.Error:  # a quote that is not closed
            widths = Counter(line.count(delimiter) + 1 for line in lines if line)
        parted = [(count, width) for width, count in widths.items() if width > 1]
        if parted:
            count, width = max(parted)
            # Marks inside texts split as many lines only by chance, and less often.
            score = count / max(widths.total(), 1) + width / 10_000
            if score > best_score:
                best, best_score = delimiter, score
    return best


def read_workbook(
    file: IO[bytes], limits: ReaderLimits = LIMITS, *, kind: FileKind = FileKind.XLSX, of_document: bool = False
) -> Iterator[Row | Problem]:
    """
    Yield the non-empty rows of a workbook, sheet by sheet; the sheets of a DOCX or web page are its tables, those of a
    PDF its pages.

    :param of_document: whether the tables of a DOCX are read that has more text beside them
    :raises RefusedError: if it is encrypted or damaged before its first row
    """
    sheet, table, rows = "", 0, 0
    try:
        module, options = _READERS.get(kind, "contracts.tables.sheets.workbook"), ["document"] if of_document else []
        for line in run_isolated(module, file, *options, limits=limits):
            if "row" in line:
                rows += 1
                yield _row_of(line, sheet, table)
            elif "sheet" in line:
                sheet, table = line["sheet"], line.get("table", 0)
            elif "refused" in line:
                raise RefusedError(Problem("file_refused", line["refused"], {"kind": "office"}))
            else:
                yield _problem_of(line, sheet)
    except ReaderDiedError as died:
        problem = Problem("reading_ended", died.reason, {"number": rows})
        if not rows:
            raise RefusedError(problem) from died
        yield problem


def _row_of(line: dict[str, Any], sheet: str, table: int) -> Row:
    above = {int(column): text for column, text in line.get("above", {}).items()}
    beside = {int(column): Beside(*cell) for column, cell in line.get("beside", {}).items()}
    links = {int(column): address for column, address in line.get("links", {}).items()}
    wide = {int(column): last for column, last in line.get("wide", {}).items()}
    return Row(sheet, line["row"], line["cells"], above, beside, links, wide, table)


def _problem_of(line: dict[str, Any], sheet: str) -> Problem:
    if "broken" in line:
        number = line["number"]
        return Problem("row_broken", line["broken"], pointer=place_of(sheet, number), line=number)
    if "unread" in line:
        variant = line.pop("unread")
        return Problem("pages_unread", variant, line)
    variant = line.pop("hidden")
    return Problem("hidden", variant, line, f"/{escape(sheet)}")


class _Lines:
    """The lines of a text, read on demand, without line ends."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._text = io.TextIOWrapper(as_file(chunks), encoding="utf-8-sig", errors="replace")
        self._ahead: list[str] = []
        self.number = 0

    def peek(self, count: int) -> list[str]:
        while len(self._ahead) < count and (line := self._text.readline(MAX_LINE)):
            self._ahead.append(line.rstrip("\n").replace("\x00", ""))
        return self._ahead[:count]

    def take(self) -> str | None:
        if not self.peek(1):
            return None
        self.number += 1
        return self._ahead.pop(0)


def _with_continuation(line: str, lines: _Lines, delimiter: str, width: int) -> tuple[str, bool]:
    """
    Return a line, with the following ones if a quoted cell continues there, and whether its quotes are closed.

    :param width: how many cells the row before has
    """
    if line.count('"') % 2 == 0:
        return line, True
    for limit in (MAX_CELL_LINES, _MAX_NOTICE_LINES):
        ahead = lines.peek(limit)
        quotes = line.count('"')
        for index, following in enumerate(ahead, 1):
            quotes += following.count('"')
            text = "\n".join((line, *ahead[:index])) if quotes % 2 == 0 else ""
            if text and (index <= MAX_CELL_LINES or len(_cells(text, delimiter, quoted=True)) == width):
                for _line in range(index):
                    lines.take()
                return text, True
    return line, False


def _cells(text: str, delimiter: str, *, quoted: bool) -> list[str]:
    if not quoted:
        return _clean(text.split(delimiter))
    try:
        cells = [cell for row in csv.reader(io.StringIO(text), delimiter=delimiter) for cell in row]
    except csv.Error:  # a cell beyond the limit of the module
        cells = text.split(delimiter)
    return _clean(cells)


def _clean(cells: list[str]) -> list[str]:
    return [cell.strip()[:MAX_CELL] for cell in cells[:MAX_COLUMNS]]
