"""
Whole lists as files: CSV and JSON Lines as streams, XLSX as a file.

The last line has the number of rows and the SHA-256 of all bytes before it. A file without it is incomplete.
"""

import csv
import hashlib
import io
import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import msgspec

from contracts.api.protocol.rows.written_by_postgres import SEPARATOR

CHUNK_BYTES = 64 * 1024
TOGETHER = 128
BOM = b"\xef\xbb\xbf"
_JSON = msgspec.json.Encoder(decimal_format="string", enc_hook=str)


class Counted:
    """Counts the rows of a stream, digests its bytes, and joins them into larger chunks."""

    def __init__(self) -> None:
        self.rows = 0
        self.digest = hashlib.sha256()

    def stream(self, head: bytes, lines: Iterator[bytes]) -> Iterator[bytes]:
        """Yield the head, then the lines, one per row."""
        pieces, size = [head], len(head)
        # Several lines at a time: a Python step per row would cost more than the row costs PostgreSQL.
        while some := list(itertools.islice(lines, TOGETHER)):
            self.rows += len(some)
            written = b"".join(some)
            pieces.append(written)
            size += len(written)
            if size >= CHUNK_BYTES:
                yield self.sent(pieces)
                pieces, size = [], 0
        yield self.sent(pieces)

    def sent(self, pieces: Sequence[bytes]) -> bytes:
        """Return pieces joined, and add them to the digest."""
        sent = b"".join(pieces)
        self.digest.update(sent)
        return sent


def csv_stream(
    header: Sequence[str],
    lines: Iterator[bytes],
    *,
    delimiter: str,
    has_bom: bool,
    has_trailer: bool,
    counted: Counted,
    warnings: Callable[[bool], Sequence[str]],
) -> Iterator[bytes]:
    """
    Yield a list as CSV (UTF-8, lines end with a line feed).

    :param header: what the columns are called
    :param lines: the rows, in their order
    :param has_trailer: whether the last line is `# rows=12 sha256=…`, after such a line for each warning
    :param counted: knows the number of rows, and the SHA-256 of all but the last line, at the end
    :param warnings: whether there are no rows → what rows do not say
    """
    yield from counted.stream((BOM if has_bom else b"") + csv_line(header, delimiter), lines)
    if has_trailer:
        yield counted.sent([_comment(text) for text in warnings(counted.rows == 0)])
        yield f"# rows={counted.rows} sha256={counted.digest.hexdigest()}\n".encode()


def jsonl_stream(
    lines: Iterator[bytes], counted: Counted, warnings: Callable[[bool], Sequence[str]]
) -> Iterator[bytes]:
    """
    Yield a list as JSON Lines; the last line is `{"_end": {"rows": 12, "sha256": "…"}}`, with `warnings` if any.

    :param warnings: whether there are no rows → what rows do not say
    """
    yield from counted.stream(b"", lines)
    texts = warnings(counted.rows == 0)
    end = {"rows": counted.rows, "sha256": counted.digest.hexdigest()} | ({"warnings": texts} if texts else {})
    yield json_line({"_end": end})


def csv_line(cells: Sequence[Any], delimiter: str) -> bytes:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator="\n").writerow(cells)
    return text.getvalue().encode()


def json_line(row: Mapping[str, Any]) -> bytes:
    # Stored JSON may span several lines; line breaks occur only between its tokens, not within strings.
    return _JSON.encode(row).translate(_ONE_LINE) + b"\n"


_ONE_LINE = bytes.maketrans(b"\r\n", b"  ")
_OF_ONE_CELL = str.maketrans({",": " –", ";": " –", "|": " ", "\t": " ", '"': "'"})


def cell(value: Any, mark: str = ".") -> Any:
    """Return the value of a row as a cell: text, number or nothing. ``mark`` is the decimal mark."""
    match value:
        case bool():
            return "true" if value else "false"
        case None | str() | int():
            return value
        case Decimal():
            return format(value, "f").replace(".", mark)
        case datetime():
            return value.strftime("%Y-%m-%dT%H:%M:%SZ")
        case date():
            return value.isoformat()
        case list() if not any(isinstance(entry, dict) for entry in value):
            return SEPARATOR.join(map(str, value))
        case msgspec.Raw():
            return bytes(value).decode()
    return _JSON.encode(value).decode()


def _comment(text: str) -> bytes:
    """
    Return a line that begins with `#`, as the trailer does, and is one cell with any delimiter.

    A warning can quote the request, so delimiters and quotes in it are removed.
    """
    return f"# {' '.join(text.translate(_OF_ONE_CELL).split())}\n".encode()
