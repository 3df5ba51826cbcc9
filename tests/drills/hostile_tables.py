"""Tables that break readers: CSV, XLSX, XLS and ODS with bytes changed, and made-up ones that are traps."""

import io
import random
import struct
import zipfile
from collections.abc import Callable

from tests.drills.damage import damage
from tests.support.workbooks import ods, xls, xlsx, zipped

HEADER = ["ocid", "title", "buyer", "supplier", "amount", "date", "tender/value/amount"]
ROWS = [
    [f"ocds-x-{number}", f"Cámara {number}", '"Muni"', "A; B", "1.234,5", "31/12/2023", "7"] for number in range(20)
]
CSV = ";".join(HEADER).encode() + b"\n" + "\n".join(";".join(row) for row in ROWS).encode()
SHEET = [HEADER, *ROWS]
OWN = (CSV, xlsx({"A": SHEET}), xls(SHEET), ods(SHEET))
_MEGABYTE = 1024**2
_MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def make_table(chance: random.Random, known: list[bytes]) -> tuple[str, bytes]:
    """
    Make a table by chance; return what was done, and the file.

    :param known: tables that are damaged
    """
    if chance.random() < 0.6:
        return damage(chance.choice([*OWN, *known]), chance)
    what = chance.choice(sorted(_TRAPS))
    return what, _TRAPS[what]()


def _sheet(inside: str | bytes, **extra: bytes) -> bytes:
    """Return an XLSX whose sheet is given as XML."""
    inside = inside if isinstance(inside, bytes) else f"<worksheet {_MAIN}>{inside}</worksheet>".encode()
    return xlsx({"A": [["x"]]}, extra={"xl/worksheets/sheet1.xml": inside} | extra)


def _text(place: str, text: str) -> str:
    return f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>'


def _rows() -> str:
    return "".join(
        f'<row r="{at}">'
        + "".join(_text(f"{chr(65 + column)}{at}", str(cell)) for column, cell in enumerate(row))
        + "</row>"
        for at, row in enumerate([HEADER, *([[cell.replace('"', "") for cell in row] for row in ROWS])], 1)
    )


def _merged() -> bytes:
    """A header of three rows with merged cells, and others that lie over each other."""
    merges = "".join(f'<mergeCell ref="{ref}"/>' for ref in ("A1:G1", "A1:XFD1048576", "B2:C9", "B2:D3", "Z9:A1", "x"))
    return _sheet(f"<sheetData>{_rows()}</sheetData><mergeCells>{merges}</mergeCells>")


def _archive_in_archive() -> bytes:
    bomb = zipped({"a.xml": b"\0" * (90 * _MEGABYTE)})
    return xlsx({"A": SHEET}, extra={f"xl/{number}.zip": bomb for number in range(9)})


def _lying_directory() -> bytes:
    """A part that says it unpacks to a hundred bytes, and unpacks to 300 MB."""
    file = io.BytesIO(_sheet(b"<worksheet>" + b" " * (300 * _MEGABYTE)))
    content = bytearray(file.getvalue())
    with zipfile.ZipFile(io.BytesIO(bytes(content))) as archive:
        size = archive.getinfo("xl/worksheets/sheet1.xml").file_size
    return bytes(content).replace(struct.pack("<I", size), struct.pack("<I", 100))


def _overlapping() -> bytes:
    """A directory whose parts all lie at one place."""
    content = bytearray(xlsx({"A": SHEET}))
    at = content.find(b"PK\x01\x02")
    while at >= 0:
        content[at + 42 : at + 46] = bytes(4)
        at = content.find(b"PK\x01\x02", at + 4)
    return bytes(content)


def _ods(table: str) -> bytes:
    plain = ods([["x"]])
    with zipfile.ZipFile(io.BytesIO(plain)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    start, end = parts["content.xml"].index(b"<table:table-row>"), parts["content.xml"].rindex(b"</table:table-row>")
    parts["content.xml"] = parts["content.xml"][:start] + table.encode() + parts["content.xml"][end + 18 :]
    return zipped(parts)


def _repeated(rows: int, columns: int) -> bytes:
    kind = f'table:number-columns-repeated="{columns}" office:value-type="string"'
    cell = f"<table:table-cell {kind}><text:p>x</text:p></table:table-cell>"
    return _ods(f'<table:table-row table:number-rows-repeated="{rows}">{cell}</table:table-row>')


_ENTITIES = (
    b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
    + b"".join(b'<!ENTITY %c "%s">' % (letter + 1, b"&%c;" % letter * 10) for letter in range(97, 106))
    + b'<!ENTITY file SYSTEM "file:///etc/passwd">]><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    b'<sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>&j;&file;</t></is></c></row></sheetData></worksheet>'
)
_FORMULAS = ("=HYPERLINK(1)", "=cmd|' /C calc'!A0", "+1", "-1", "@SUM(1)", "\t=1", "＝1")
_HEAD = CSV.split(b"\n", 1)[0]

_TRAPS: dict[str, Callable[[], bytes]] = {
    "CSV in UTF-16": lambda: CSV.decode().encode("utf-16"),
    "CSV in UTF-16 without its mark": lambda: CSV.decode().encode("utf-16-le"),
    "CSV in Latin-1": lambda: CSV.decode().encode("latin-1"),
    "CSV in UTF-7": lambda: CSV.decode().encode("utf-7"),
    "CSV in EBCDIC": lambda: CSV.decode().encode("cp500"),
    "CSV with bytes of three encodings": lambda: CSV + "\ná;é".encode() + "á;é".encode("latin-1") + b"\xff\xfe\x00",
    "a cell of 5 MB": lambda: CSV + b"\nx;" + b"a" * (5 * _MEGABYTE) + b";b\ny;z",
    "a quoted cell of 5 MB": lambda: CSV + b'\nx;"' + b"a\n" * (2 * _MEGABYTE) + b'";b\ny;z',
    "a quote that nobody closes": lambda: _HEAD + b'\n"' + CSV,
    "a hundred thousand columns": lambda: _HEAD + b";x" * 100_000 + b"\n" + b"1;" * 100_000,
    "two hundred thousand rows": lambda: _HEAD + b"\n1;2;3" * 200_000,
    "rows of any length": lambda: _HEAD + b"".join(b"\n" + b"a;" * number for number in range(300)),
    "a header twice": lambda: _HEAD + b"\n" + CSV,
    "a header alone": lambda: _HEAD,
    "formulas": lambda: _HEAD + "".join(f"\nx;{text};b;c;{text};{text};{text}" for text in _FORMULAS).encode(),
    "formulas in a workbook": lambda: _sheet(
        f"<sheetData>{_rows()}" + f'<row r="30"><c r="A30"><f>{"1+" * 50_000}1</f><v>#REF!</v></c></row></sheetData>'
    ),
    "NUL": lambda: CSV.replace(b"a", b"\0a\0"),
    "merged heads": _merged,
    "entities": lambda: _sheet(_ENTITIES),
    "an archive in an archive": _archive_in_archive,
    "a bomb": lambda: _sheet(b"<worksheet>" + b" " * (300 * _MEGABYTE)),
    "a bomb below the limits": lambda: xlsx({"A": SHEET}, extra={"xl/sharedStrings.xml": b" " * (9 * _MEGABYTE)}),
    "a directory that lies": _lying_directory,
    "parts at one place": _overlapping,
    "a cell at the end of the world": lambda: _sheet(
        f'<sheetData>{_rows()}<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    ),
    "a size that lies": lambda: xlsx({"A": SHEET}, dimension="A1:XFD1048576"),
    "a text that is not there": lambda: _sheet(
        '<sheetData><row r="1"><c r="A1" t="s"><v>4000000000</v></c></row></sheetData>'
    ),
    "elements in elements": lambda: _sheet("<sheetData>" + "<row>" * 100_000),
    "a billion columns": lambda: _repeated(1, 10**9),
    "a billion rows": lambda: _repeated(10**9, 3),
    "macros": lambda: xlsx({"A": SHEET}, extra={"xl/vbaProject.bin": b"Sub Auto_Open()"}),
    "outer links": lambda: xlsx({"A": SHEET}, extra={"xl/externalLinks/externalLink1.xml": b"<externalLink/>"}),
    "names that lead out": lambda: xlsx({"A": SHEET}, extra={"../../x": b"x", "/etc/x": b"x"}),
    "an encrypted workbook": lambda: xls(SHEET) + "EncryptedPackage".encode("utf-16-le"),
    "a page that calls itself a workbook": lambda: b"<html><table><tr><td>title</td></tr></table></html>",
    "an old workbook with odd lengths": lambda: xls(SHEET).replace(
        struct.pack("<H", 0x0204), struct.pack("<H", 0x00FC)
    ),
}
