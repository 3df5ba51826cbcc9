"""Small workbooks, written by hand: what an office program saves, and what it never would."""

import io
import struct
import zipfile
from collections.abc import Sequence
from html import escape

_TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="/xl/workbook.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>'
)
_RELATED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def xlsx(sheets: dict[str, list[list]], *, dimension: str = "", extra: dict[str, bytes] | None = None) -> bytes:
    """Return an XLSX; numbers stay numbers."""
    names = list(sheets)
    parts = {
        "[Content_Types].xml": _TYPES,
        "_rels/.rels": _relations([("officeDocument", "xl/workbook.xml")]),
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELATED}"><sheets>'
        + "".join(
            f'<sheet name="{escape(name)}" sheetId="{number}" r:id="rId{number}"/>'
            for number, name in enumerate(names, 1)
        )
        + "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": _relations(
            [("worksheet", f"worksheets/sheet{number}.xml") for number in range(1, len(names) + 1)]
        ),
    }
    for number, name in enumerate(names, 1):
        size = f'<dimension ref="{dimension}"/>' if dimension else ""
        rows = "".join(f'<row r="{at}">{_cells(row, at)}</row>' for at, row in enumerate(sheets[name], 1) if row)
        parts[f"xl/worksheets/sheet{number}.xml"] = (
            f'<worksheet xmlns="{_MAIN}">{size}<sheetData>{rows}</sheetData></worksheet>'
        )
    return zipped(parts | (extra or {}))


def ods(rows: list[list[str]], *, extra: str = "", formats: str = "", styles: str = "") -> bytes:
    """
    Return an ODS of one sheet of texts.

    :param extra: more rows, as XML
    :param formats: those of its cells, as XML
    :param styles: those in a file of their own
    """
    space = "urn:oasis:names:tc:opendocument:xmlns"
    table = "".join(
        "<table:table-row>"
        + "".join(
            f'<table:table-cell office:value-type="string"><text:p>{escape(str(cell))}</text:p></table:table-cell>'
            for cell in row
        )
        + "</table:table-row>"
        for row in rows
    )
    content = (
        f'<?xml version="1.0"?><office:document-content xmlns:office="{space}:office:1.0" '
        f'xmlns:table="{space}:table:1.0" xmlns:text="{space}:text:1.0" '
        f'xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0">'
        f"<office:automatic-styles>{formats}</office:automatic-styles><office:body><office:spreadsheet>"
        f'<table:table table:name="Hoja">{table}{extra}</table:table></office:spreadsheet></office:body>'
        "</office:document-content>"
    )
    manifest = f'<manifest:manifest xmlns:manifest="{space}:manifest:1.0"/>'
    return zipped(
        {
            "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
            "META-INF/manifest.xml": manifest,
            "content.xml": content,
            **({"styles.xml": styles} if styles else {}),
        }
    )


def zipped(parts: dict[str, str | bytes], packing: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", packing) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


def _relations(targets: list[tuple[str, str]]) -> str:
    rows = "".join(
        f'<Relationship Id="rId{number}" Type="{_RELATED}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets, 1)
    )
    return (
        f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{rows}</Relationships>'
    )


def _cells(row: list, at: int) -> str:
    cells = []
    for column, cell in enumerate(row):
        place = f"{chr(ord('A') + column)}{at}"
        if isinstance(cell, int | float):
            cells.append(f'<c r="{place}"><v>{cell}</v></c>')
        elif cell:
            cells.append(f'<c r="{place}" t="inlineStr"><is><t>{escape(cell)}</t></is></c>')
    return "".join(cells)


def xls(
    rows: list[list], *names: str, extra: Sequence[tuple[int, bytes]] = (), styles: Sequence[tuple[int, bytes]] = ()
) -> bytes:
    """
    Return an XLS (BIFF8 in a compound file) of one sheet; numbers stay numbers.

    :param names: of the sheet, "Hoja" if there is none; all lead to it
    :param extra: more records of the sheet: their kinds, and what they hold
    :param styles: more records of the workbook, before the names of its sheets
    """
    sheet = b"".join(
        _record(0x0203, struct.pack("<HHHd", row, column, 0, cell))
        if isinstance(cell, int | float)
        else _record(0x0204, struct.pack("<HHHHB", row, column, 0, len(cell), 1) + cell.encode("utf-16-le"))
        for row, cells in enumerate(rows)
        for column, cell in enumerate(cells)
    )
    sheet += b"".join(_record(kind, data) for kind, data in extra)
    titles = [struct.pack("<BB", len(name), 1) + name.encode("utf-16-le") for name in names or ("Hoja",)]
    first = _BOF_OF_BOOK + b"".join(_record(kind, data) for kind, data in styles)
    start = len(first) + sum(4 + 6 + len(title) for title in titles) + 4  # behind the names and their end
    listed = b"".join(_record(0x0085, struct.pack("<IBB", start, 0, 0) + title) for title in titles)
    book = first + listed + _record(0x000A, b"")
    return _compound(book + _BOF_OF_SHEET + sheet + _record(0x000A, b""))


def _record(kind: int, data: bytes) -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


_BOF_OF_BOOK = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0005, 0, 0, 0, 0))
_BOF_OF_SHEET = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0, 0, 0, 0))
_SECTOR, _FREE, _LAST, _TABLE = 512, 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def _compound(stream: bytes) -> bytes:
    """Return a compound file of one stream, named Workbook: the table of sectors, the directory, the stream."""
    stream = stream.ljust(4096, b"\0")  # shorter ones lie in a place of their own
    sectors = -(-len(stream) // _SECTOR)
    tables = -(-(sectors + 1) * 4 // (_SECTOR - 4)) or 1
    first = tables + 1
    chain = [_TABLE] * tables + [_LAST] + [*range(first + 1, first + sectors), _LAST]
    chain += [_FREE] * (tables * _SECTOR // 4 - len(chain))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    header += struct.pack("<IIIIIIIII", 0, tables, tables, 0, 4096, _LAST, 0, _LAST, 0)
    header += struct.pack("<109I", *range(tables), *[_FREE] * (109 - tables))
    directory = _entry("Root Entry", 5, 1, _LAST, 0) + _entry("Workbook", 2, _FREE, first, len(stream))
    return (
        header
        + struct.pack(f"<{len(chain)}I", *chain)
        + directory.ljust(_SECTOR, b"\0")
        + stream.ljust(sectors * _SECTOR, b"\0")
    )


def _entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
    encoded = name.encode("utf-16-le")
    places = struct.pack("<HBBIII", len(encoded) + 2, kind, 1, _FREE, _FREE, child)
    return encoded.ljust(64, b"\0") + places + bytes(36) + struct.pack("<IQ", start, size)
