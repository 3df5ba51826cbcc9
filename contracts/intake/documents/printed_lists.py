"""
Lists of contracts that a document prints, and that are not read as such: their sender is told.

The words of a page are put into rows and columns by where they stand. This is enough to see that a page lists
contracts, but not to read them: an empty cell or a long name moves what stands beside it into another column. The
tables of a DOCX are known; one with more text beside them is still read as text.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from operator import itemgetter
from typing import IO

from msgspec import Struct, structs

from contracts.documents.places import PIECE, Box, boxes
from contracts.documents.reading import LIMITS, MAX_SHOWN, DocumentText, read_document
from contracts.documents.texts import ReadPage
from contracts.files.kinds import FileKind
from contracts.files.limits import ReaderLimits
from contracts.ocds.problems import Problem, RefusedError
from contracts.tables.headers.recognition import header_weight
from contracts.tables.preview import lists_contracts
from contracts.tables.sheets.rows import Row, read_workbook

_MIN_COLUMNS = 3
# Names of columns in the first line of a header.
_MIN_NAMES = 2
# Distance between two columns, in letters of the words beside it; two words are half a letter apart.
_NEXT_COLUMN = 1.2
# Share of the height of a word by which another of its line may stand higher or lower.
_SAME_LINE = 0.5
# Lines that may continue a header, and lines that show what stands below it.
_MORE_LINES = 2
_LINES_LOOKED_AT = 20


def read_with_lists(
    file: IO[bytes], limits: ReaderLimits = LIMITS, *, keep: Callable[[ReadPage], None] | None = None
) -> DocumentText:
    """Read a document as ``read_document`` does, and report lists of contracts in it: of a PDF, on which pages."""
    pages: list[int] = []

    def look(page: ReadPage) -> None:
        if keep is not None:
            keep(page)
        if _prints_list(page):
            pages.append(page.number)

    text = read_document(file, limits, keep=look)
    if not pages and not (text.kind == FileKind.DOCX and _has_list(file, limits)):
        return text
    printed = Problem("list_printed", values={"pages": pages[:MAX_SHOWN]} if pages else {})
    return structs.replace(text, problems=(*text.problems, printed))


def _has_list(file: IO[bytes], limits: ReaderLimits) -> bool:
    """Return whether a table of a DOCX lists contracts."""
    with suppress(RefusedError):  # its text was read all the same
        return lists_contracts(read_workbook(file, limits, kind=FileKind.DOCX, of_document=True))
    return False


class _Cell(Struct, frozen=True):
    text: str
    left: int
    right: int


def _prints_list(page: ReadPage) -> bool:
    """Return whether a line of a page names the columns of a list of contracts, with rows below it."""
    lines = [list(_cells(line)) for line in _lines(page)]
    return any(_may_be_header(line) and _is_header(line, lines[at + 1 :]) for at, line in enumerate(lines))


def _may_be_header(line: Sequence[_Cell]) -> bool:
    texts = [cell.text for cell in line]
    has_figures = any(map(str.isdigit, "".join(texts)))
    return len(texts) >= _MIN_COLUMNS and not has_figures and header_weight(texts) >= _MIN_NAMES


def _is_header(header: Sequence[_Cell], below: Sequence[Sequence[_Cell]]) -> bool:
    """Return whether a line, or it with those below that continue it, names the columns of a list of contracts."""
    rows = [_placed(line, header) for line in below[:_LINES_LOOKED_AT] if len(line) >= _MIN_COLUMNS]
    names = [cell.text for cell in header]
    for further in ([], *([line] for line in below[:_MORE_LINES])):
        for line in further:
            names = [f"{name} {more}".strip() for name, more in zip(names, _placed(line, header), strict=True)]
        if lists_contracts(Row("", number, cells, table=1) for number, cells in enumerate([names, *rows], 1)):
            return True
    return False


def _placed(line: Sequence[_Cell], header: Sequence[_Cell]) -> list[str]:
    """Return the texts of a line below those of a header that they are nearest to."""
    texts = [""] * len(header)
    for cell in line:
        far = [max(name.left - cell.right, cell.left - name.right) for name in header]
        at = far.index(min(far))
        texts[at] = f"{texts[at]} {cell.text}".strip()
    return texts


def _lines(page: ReadPage) -> Iterator[list[tuple[str, Box]]]:
    """Yield the lines of a page from top to bottom, with words and their boxes from left to right."""
    placed = zip(PIECE.findall(page.text), boxes(page.places), strict=False)
    words = [(word, box) for word, box in placed if any(box)]
    line: list[tuple[str, Box]] = []
    for word, box in sorted(words, key=lambda placed: placed[1][3]):
        if line and box[3] - line[0][1][3] > _SAME_LINE * (box[3] - box[1]):
            yield sorted(line, key=itemgetter(1))
            line = []
        line.append((word, box))
    if line:
        yield sorted(line, key=itemgetter(1))


def _cells(line: Sequence[tuple[str, Box]]) -> Iterator[_Cell]:
    words: list[str] = []
    left = end = 0
    for word, (start, _upper, right, _lower) in line:
        if words and start - end > _NEXT_COLUMN * (right - start) / len(word):
            yield _Cell(" ".join(words), left, end)
            words = []
        left = left if words else start
        words.append(word)
        end = right
    yield _Cell(" ".join(words), left, end)
