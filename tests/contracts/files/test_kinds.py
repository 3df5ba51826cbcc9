"""What a file is, by its content; what is refused before a reader sees it."""

import io
import struct
import zipfile

import pytest

from contracts.files.kinds import MAX_ENTRIES, FileKind, kind_of_file
from contracts.ocds.problems import RefusedError
from tests.support.pdfs import pdf
from tests.support.workbooks import ods, xlsx, zipped

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 504


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b'{"ocid": "a"}', FileKind.TEXT),
        (b"a;b\n1;2\n", FileKind.TEXT),
        ("a;b\n1;2\n".encode("utf-16"), FileKind.TEXT),
        ("Câmara;Preço;País\n".encode("utf-16-le"), FileKind.TEXT),
        (b"\x00\x01", FileKind.UNKNOWN),
        (b"SQLite format 3\x00\x10\x00\x01\x01\x00@  \x00\x00", FileKind.UNKNOWN),
        (b"%PDF-1.7\n", FileKind.PDF),
        (b"\x00" * 900 + b"%PDF-1.7\n", FileKind.PDF),
        (b"\x89PNG\r\n\x1a\n...", FileKind.PNG),
        (b"\xff\xd8\xff\xe0", FileKind.JPEG),
        (b"II*\x00", FileKind.TIFF),
        (b"  <HTML><table>", FileKind.HTML),
        (b"<!-- saved from url=(0025)https://compras.example/ -->\r\n<html><body>x</body>", FileKind.HTML),
        (
            b"\xef\xbb\xbf<?xml version='1.0'?>\n<!DOCTYPE html PUBLIC '-//W3C//DTD XHTML 1.0//EN'>\n<html/>",
            FileKind.HTML,
        ),
        (b"<meta http-equiv=Content-Type content=text/html><style>td{}</style><table>", FileKind.HTML),
        (b"<?xml version='1.0'?>\n<plist><dict><key>URL</key></dict></plist>", FileKind.TEXT),
        (
            b"<?xml version='1.0'?>\n<?mso-application progid='Excel.Sheet'?>\n<Workbook/>",
            FileKind.XML,
        ),
        (b"\xef\xbb\xbf\n<?xml version='1.0'?><contratos><contrato/></contratos>", FileKind.XML),
        (b"<!--" + b"-" * 4000, FileKind.TEXT),
        (b"MZ\x90", FileKind.PROGRAM),
        (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1", FileKind.PICTURE),
        (b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42", FileKind.MEDIA),
        (b"RIFF\x24\x00\x00\x00WEBPVP8 ", FileKind.PICTURE),
        (b"RIFF\x24\x00\x00\x00WAVEfmt ", FileKind.MEDIA),
        (b"BM\x36\x00\x00\x00\x00\x00\x00\x00", FileKind.PICTURE),
        (b"BMW;Proveedor\n1;2\n", FileKind.TEXT),
        (b"<?xml version='1.0'?>\n<svg xmlns='x'/>", FileKind.PICTURE),
        (b"Received: from a\n by b\nFrom: Ana <ana@example.org>\nSubject: x\n\nHola\n", FileKind.MAIL),
        (b"BEGIN:VCARD\nFN:Ana\n", FileKind.CARD),
        (
            b"From: <Saved by Blink>\r\nSnapshot-Content-Location: https://a.example/1\r\nMIME-Version: 1.0\r\n\r\n",
            FileKind.HTML,
        ),
        (b"From: <Saved by Mozilla 5.0>\nSubject: x\nDate: y\nMIME-Version: 1.0\n\n", FileKind.HTML),
        (b"Objeto: x\nEntidad: y\nMonto: 5\n", FileKind.TEXT),
        (OLE + "__substg1.0_0037001F".encode("utf-16-le"), FileKind.OUTLOOK),
        (OLE + "PowerPoint Document".encode("utf-16-le"), FileKind.SLIDES),
        (zipped({"mimetype": "application/vnd.oasis.opendocument.text"}), FileKind.ODT),
        (zipped({"ppt/presentation.xml": "<x/>"}), FileKind.SLIDES),
        (b"7z\xbc\xaf\x27\x1c", FileKind.ARCHIVE),
        (xlsx({"A": [["x"]]}), FileKind.XLSX),
        (ods([["x"]]), FileKind.ODS),
        (zipped({"word/document.xml": "<x/>"}), FileKind.DOCX),
        (zipped({"a.csv": "x"}), FileKind.ZIP),
        # What lies in an archive as it is, with a PDF's first bytes near its own.
        (zipped({"a.pdf": pdf("Contrato")}, packing=zipfile.ZIP_STORED), FileKind.ZIP),
        (OLE + "Workbook".encode("utf-16-le"), FileKind.XLS),
        (OLE + "WordDocument".encode("utf-16-le"), FileKind.DOC),
    ],
)
def test_the_content_tells_what_it_is(content, kind):
    assert kind_of_file(io.BytesIO(content)) is kind


def bomb(megabytes: int) -> bytes:
    return zipped({"xl/workbook.xml": b"\x00" * megabytes * 1024**2})


def encrypted_zip() -> bytes:
    content = bytearray(zipped({"xl/workbook.xml": "x"}))
    at = content.index(b"PK\x01\x02") + 8
    content[at : at + 2] = struct.pack("<H", 1)
    return bytes(content)


def many_entries() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for number in range(MAX_ENTRIES + 1):
            archive.writestr(str(number), b"")
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "variant"),
    [
        (bomb(101), "unpacked"),
        (bomb(20), "ratio"),
        (many_entries(), "entries"),
        (encrypted_zip(), "encrypted"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "encrypted"),
        (xlsx({"A": [["x"]]})[:-40], "damaged"),
        (b"PK\x03\x04" + b"x" * 100, "damaged"),
    ],
)
def test_what_is_refused_before_it_is_read(content, variant):
    with pytest.raises(RefusedError) as refused:
        kind_of_file(io.BytesIO(content))
    assert (refused.value.problem.code, refused.value.problem.variant) == ("file_refused", variant)
