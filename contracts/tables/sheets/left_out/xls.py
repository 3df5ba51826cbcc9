"""
An XLS (BIFF8): the records of its sheets, in the stream of a compound file.

Sources: Microsoft, [MS-CFB] and [MS-XLS].
"""

import struct
from collections.abc import Iterator, Sequence
from itertools import islice

from contracts.tables.sheets.left_out.number_formats import BUILT_IN, shows_more
from contracts.tables.sheets.left_out.sheet import LeftOut

_FORMULA, _END, _SHEET, _BOOL_ERR, _ROW = 0x0006, 0x000A, 0x0085, 0x0205, 0x0208
_COLUMNS = 0x007D
_NUMBER, _NUMBERS, _SHORT_NUMBER, _FORMAT, _STYLE = 0x0203, 0x00BD, 0x027E, 0x041E, 0x00E0
_ERRORS = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
}
_HIDDEN, _HIDDEN_COLUMNS = 0x20, 0x1
_STREAMS = ("Workbook", "Book")
_IN_HEADER, _ENTRY, _SHORT = 109, 128, 64
# Sectors have 512 or 4,096 bytes; with smaller ones, a chain of tables could form a loop.
_SHIFTS = (9, 12)
# Type and length.
_HEAD = 4


def left_out(content: bytes) -> dict[str, LeftOut]:
    """Return what is left out of each sheet; for a damaged file, as far as it can be read."""
    found: dict[str, LeftOut] = {}
    formats, styles = dict(BUILT_IN), []
    try:
        stream = _stream(content)
        # Sheets share no records: if many pointed to one place, each would be read to its end.
        left = len(stream) // _HEAD
        for kind, data in _records(stream, 0):
            if kind == _FORMAT:
                formats[str(struct.unpack_from("<H", data)[0])] = _text(data[2:])
            elif kind == _STYLE:
                styles.append(formats.get(str(struct.unpack_from("<H", data, 2)[0]), ""))
            elif kind == _SHEET:
                sheet = found.setdefault(_text(data[6:], "<B"), LeftOut())
                codes = {number: code for number, code in enumerate(styles) if shows_more(code)}
                for record in islice(_records(stream, struct.unpack_from("<I", data)[0]), left):
                    left -= 1
                    _add(sheet, *record)
                    _add_formats(sheet, *record, codes)
    except struct.error:
        pass  # the reader of workbooks reports the damage
    return found


def _add(sheet: LeftOut, kind: int, data: bytes) -> None:
    if kind == _ROW and struct.unpack_from("<I", data, 12)[0] & _HIDDEN:
        sheet.hidden.add(struct.unpack_from("<H", data)[0] + 1)
    elif kind == _COLUMNS and struct.unpack_from("<H", data, 8)[0] & _HIDDEN_COLUMNS:
        sheet.hide_columns(*struct.unpack_from("<HH", data))
    if kind not in (_FORMULA, _BOOL_ERR):
        return
    row, column, _format, first, second = struct.unpack_from("<HHHBB", data)
    if kind == _BOOL_ERR and second == 1:
        sheet.add(row + 1, column, _ERRORS.get(first, _ERRORS[0x2A]))
    elif kind == _FORMULA and data[12:14] == b"\xff\xff" and first == 2:
        sheet.add(row + 1, column, _ERRORS.get(data[8], _ERRORS[0x2A]))


def _add_formats(sheet: LeftOut, kind: int, data: bytes, codes: dict[int, str]) -> None:
    """Add the formats of the numbers of a record: one, or those of neighbouring cells."""
    if not codes or kind not in (_NUMBER, _SHORT_NUMBER, _FORMULA, _NUMBERS):
        return
    row, column = struct.unpack_from("<HH", data)
    # For each of several cells, its style and four bytes; then the last column.
    places = range(4, len(data) - 2, 6) if kind == _NUMBERS else (4,)
    for further, place in enumerate(places):
        if code := codes.get(struct.unpack_from("<H", data, place)[0]):
            sheet.set_format(row + 1, column + further, code)


def _records(stream: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    """Yield the records from a place to the end of the substream that begins there."""
    while at + _HEAD <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        if kind == _END:
            return
        at += _HEAD
        yield kind, stream[at : at + length]
        at += length


def _text(data: bytes, length_type: str = "<H") -> str:
    """Decode a text: its length, whether a letter takes two bytes, the letters."""
    length, at = struct.unpack_from(length_type, data)[0], struct.calcsize(length_type)
    is_wide, letters = data[at : at + 1] == b"\x01", data[at + 1 :]
    return letters[: 2 * length].decode("utf-16-le", "replace") if is_wide else letters[:length].decode("latin-1")


def _stream(content: bytes) -> bytes:
    """Return the stream of a compound file with the workbook; a short one is stored in parts of the first entry."""
    shift = struct.unpack_from("<H", content, 30)[0]
    if shift not in _SHIFTS:
        return b""
    size = 1 << shift
    most = len(content) // size
    tables = list(struct.unpack_from(f"<{_IN_HEADER}I", content, 76))
    following = struct.unpack_from("<I", content, 68)[0]
    while following < most and len(tables) < most:
        *more, following = _numbers(_part(content, following + 1, size)) or (most,)
        tables.extend(more)
    chain = [number for table in tables if table < most for number in _numbers(_part(content, table + 1, size))]
    sectors = content[size:]
    directory_start, shortest, short_start = struct.unpack_from("<I4xII", content, 48)
    directory = _joined(sectors, chain, size, directory_start)
    for at in range(0, len(directory) - _ENTRY + 1, _ENTRY):
        length = max(struct.unpack_from("<H", directory, at + 64)[0] - 2, 0)
        if directory[at : at + length].decode("utf-16-le", "replace") in _STREAMS:
            start, end = struct.unpack_from("<II", directory, at + 116)
            if end < shortest:
                short_chain = _numbers(_joined(sectors, chain, size, short_start))
                sectors = _joined(sectors, chain, size, struct.unpack_from("<I", directory, 116)[0])
                return _joined(sectors, short_chain, _SHORT, start)[:end]
            return _joined(sectors, chain, size, start)[:end]
    return b""


def _joined(sectors: bytes, chain: Sequence[int], size: int, number: int) -> bytes:
    """Return the sectors of a stream, following the chain."""
    parts: list[bytes] = []
    while number < len(chain) and len(parts) <= len(chain):
        parts.append(_part(sectors, number, size))
        number = chain[number]
    return b"".join(parts)


def _part(content: bytes, number: int, size: int) -> bytes:
    return content[number * size : (number + 1) * size]


def _numbers(data: bytes) -> tuple[int, ...]:
    return struct.unpack(f"<{len(data) // 4}I", data[: len(data) // 4 * 4])
