"""
The kind of a file, detected from its content: names and media types that senders give are ignored.

Containers (ZIP and Microsoft's older one) are looked into no further than their directory.
"""

import codecs
import re
import struct
import zipfile
from enum import StrEnum
from typing import IO

from contracts.ocds.problems import Problem, RefusedError

HEAD_BYTES = 4096
# A workbook of a ministry unpacks to ten times its size; bombs to a thousand times.
MAX_ENTRIES = 1000
MAX_UNPACKED_BYTES = 100 * 1024**2
MAX_RATIO = 100
# A small part that packs well is no bomb.
_RATIO_MATTERS_BYTES = 10 * 1024**2
_MAX_DIRECTORY_BYTES = 1024**2
_PGP = b"-----BEGIN PGP MESSAGE"
_END_OF_DIRECTORY = b"PK\x05\x06"
_END_BYTES = 22 + 65_535
# Streams of an older container are named in UTF-16.
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


class FileKind(StrEnum):
    """What a file is. The value is what people call it."""

    TEXT = "TXT"
    XLSX = "XLSX"
    XLS = "XLS"
    ODS = "ODS"
    PDF = "PDF"
    DOCX = "DOCX"
    PNG = "PNG"
    JPEG = "JPEG"
    TIFF = "TIFF"
    DOC = "DOC"
    HTML = "HTML"
    XML = "XML"
    RTF = "RTF"
    ODT = "ODT"
    SLIDES = "PPTX"
    ZIP = "ZIP"
    MAIL = "mail"
    OUTLOOK = "MSG"
    CARD = "card"
    PICTURE = "picture"
    ARCHIVE = "archive"
    PROGRAM = "program"
    MEDIA = "media"
    UNKNOWN = "unknown"


# What says how to mend it: kind → variant of the problem ``file_refused``.
REFUSALS = {
    FileKind.ARCHIVE: "archive",
    FileKind.HTML: "page",
    FileKind.XML: "xml",
    FileKind.PICTURE: "picture",
    **dict.fromkeys((FileKind.DOC, FileKind.SLIDES), "writing"),
    # Printed to a PDF it would tell who sent it.
    FileKind.OUTLOOK: "mail",
    FileKind.CARD: "people",
    FileKind.UNKNOWN: "unknown",
}
WORKBOOKS = frozenset({FileKind.XLSX, FileKind.XLS, FileKind.ODS})

_MAGIC = (
    (b"%PDF-", FileKind.PDF),
    (b"\x89PNG\r\n\x1a\n", FileKind.PNG),
    (b"\xff\xd8\xff", FileKind.JPEG),
    (b"II*\x00", FileKind.TIFF),
    (b"MM\x00*", FileKind.TIFF),
    (b"{\\rtf", FileKind.RTF),
    (b"7z\xbc\xaf\x27\x1c", FileKind.ARCHIVE),
    (b"Rar!\x1a\x07", FileKind.ARCHIVE),
    (b"BZh", FileKind.ARCHIVE),
    (b"\xfd7zXZ\x00", FileKind.ARCHIVE),
    (b"\x28\xb5\x2f\xfd", FileKind.ARCHIVE),
    # Contacts, calendars and signatures: they identify people.
    (b"BEGIN:VCARD", FileKind.CARD),
    (b"BEGIN:VCALENDAR", FileKind.CARD),
    (b"-----BEGIN PGP SIGNATURE", FileKind.CARD),
    (b"MZ", FileKind.PROGRAM),
    (b"\x7fELF", FileKind.PROGRAM),
    (b"GIF8", FileKind.PICTURE),
    (b"RIFF", FileKind.MEDIA),
    (b"OggS", FileKind.MEDIA),
    (b"ID3", FileKind.MEDIA),
)
# Characters that texts do not contain, and their share from which a file is not text. Random bytes have a tenth.
_CONTROLS = bytes({*range(32)} - {*b"\t\n\v\f\r\x1b"})
_BINARY_SHARE = 0.03
GZIP = b"\x1f\x8b"
# Programs that write no byte order mark: letters of Latin scripts have a zero behind them.
_MIN_WIDE = 8
_WIDE_SHARE = 0.9
# Telephones and browsers: brands of what ISO 14496 calls a file, and forms of RIFF.
_PICTURES_OF_TELEPHONES = (b"heic", b"heix", b"heim", b"hevc", b"mif1", b"msf1", b"avif")
_WEBP = b"WEBP"
_SVG = b"<svg"
# A link that a Mac saved is read as a text, and reported as one.
_SAVED_LINK = b"<plist"
_MAIL = re.compile(rb"\A(?:[A-Za-z][A-Za-z-]{0,40}: ?[^\r\n]{0,1000}\r?\n(?:[ \t][^\r\n]{0,1000}\r?\n){0,20}){3}")
_SAVED_PAGE = re.compile(rb"(?mi)^(?:snapshot-content-location:|from:[^\r\n]{0,10}saved by )")
_MAIL_HEADERS = (b"from:", b"received:", b"return-path:", b"delivered-to:", b"message-id:", b"mime-version:")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# Browsers save pages behind a comment on their address, office programs behind a declaration.
_HTML = re.compile(
    rb"\A(?:\xef\xbb\xbf)?(?:\s++|<\?xml[^>]*+>|<!--(?:[^-]|-(?!->))*+-->)*+"
    rb"<(?:!doctype html|html|head|body|table|meta|title|style|script|div|center)\b"
)
# Where the main part of an office file lies.
_OFFICE_PARTS = (
    ("xl/workbook", FileKind.XLSX),
    ("word/document", FileKind.DOCX),
    ("ppt/presentation", FileKind.SLIDES),
)
_OF_OFFICE = ("mimetype", *(start for start, _kind in _OFFICE_PARTS))
# The bit of an entry of a ZIP that says so.
IS_ENCRYPTED = 1
# Part of an office file with macros → what it is.
_MACROS = {"word/vbaProject.bin": FileKind.DOCX, "xl/vbaProject.bin": FileKind.XLSX}
_OLE_MACROS = "_VBA_PROJECT".encode("utf-16-le")
_OPEN_DOCUMENT = {
    b"application/vnd.oasis.opendocument.spreadsheet": FileKind.ODS,
    b"application/vnd.oasis.opendocument.text": FileKind.ODT,
    b"application/vnd.oasis.opendocument.text-template": FileKind.ODT,
    b"application/vnd.oasis.opendocument.text-web": FileKind.ODT,
    b"application/vnd.oasis.opendocument.presentation": FileKind.SLIDES,
}
# A stream of an older container → what it is.
_OLE_STREAMS = (
    ("WordDocument", FileKind.DOC),
    ("PowerPoint Document", FileKind.SLIDES),
    ("__substg1.0_", FileKind.OUTLOOK),
)


def kind_of_head(head: bytes) -> FileKind | None:
    """Return what the first bytes tell, ``None`` for a container, which `kind_of_file` looks into."""
    if head.startswith((b"PK\x03\x04", _END_OF_DIRECTORY, _OLE)):
        return None
    if head[4:8] == b"ftyp":
        return FileKind.PICTURE if head[8:12] in _PICTURES_OF_TELEPHONES else FileKind.MEDIA
    is_bitmap = head.startswith(b"BM") and head[6:10] == bytes(4)
    if is_bitmap or (head.startswith(b"RIFF") and head[8:12] == _WEBP):
        return FileKind.PICTURE
    for magic, kind in _MAGIC:
        # A PDF may begin a little later.
        if head.startswith(magic) or (kind is FileKind.PDF and magic in head[:1024]):
            return kind
    if _HTML.match(head.lower()):
        return FileKind.HTML
    start = head[:1024].lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith((b"<?xml", _SVG)) and _SVG in start:
        return FileKind.PICTURE
    if start.startswith(b"<?xml") and _SAVED_LINK not in start:
        return FileKind.XML
    if not _is_mail(head):
        # What begins like JSON is read as that, and its place told. A gzip stream is unpacked as a text.
        is_text = head.startswith((codecs.BOM_UTF16_BE, GZIP)) or is_wide(head) or start.startswith((b"{", b"["))
        return FileKind.TEXT if is_text or not is_binary(head) else FileKind.UNKNOWN
    # A browser writes a page with its pictures like a mail.
    return FileKind.HTML if _SAVED_PAGE.search(head) else FileKind.MAIL


def is_wide(head: bytes) -> bool:
    """Tell whether a text is UTF-16 (LE), marked so, or because every other byte of most letters is zero."""
    behind = head[1:HEAD_BYTES:2]
    is_unmarked = len(behind) > _MIN_WIDE and behind.count(0) > _WIDE_SHARE * len(behind) and not head[::2].count(0)
    return head.startswith(codecs.BOM_UTF16_LE) or is_unmarked


def is_binary(head: bytes) -> bool:
    """Tell whether what was taken for text, in UTF-8 or a code page, is bytes that no known kind begins with."""
    return len(head) - len(head.translate(None, _CONTROLS)) > _BINARY_SHARE * len(head)


def _is_mail(head: bytes) -> bool:
    """Tell whether a text begins with the headers of a mail, one of them of those that each has."""
    found = _MAIL.match(head)
    return found is not None and any(line.startswith(_MAIL_HEADERS) for line in found[0].lower().splitlines())


def kind_of_file(file: IO[bytes]) -> FileKind:
    """
    Return what a file is; it is read from the start, and left anywhere.

    :raises RefusedError: if it is a container that is encrypted, damaged, with macros, or larger inside than a limit
    """
    file.seek(0)
    head = file.read(HEAD_BYTES)
    if head.startswith(_PGP):
        raise RefusedError(Problem("file_refused", "encrypted", {"kind": "PGP"}))
    kind = kind_of_head(head)
    if kind is not None:
        return kind
    return _kind_of_ole(file, head) if head.startswith(_OLE) else _kind_of_zip(file)


def _kind_of_ole(file: IO[bytes], head: bytes) -> FileKind:
    content = head + file.read(MAX_UNPACKED_BYTES)
    if _ENCRYPTED in content:
        raise RefusedError(Problem("file_refused", "encrypted", {"kind": "office"}))
    for stream, kind in _OLE_STREAMS:
        if stream.encode("utf-16-le") in content:
            return kind
    if _OLE_MACROS in content:
        raise RefusedError(Problem("file_refused", "macros", {"kind": FileKind.XLS.value}))
    return FileKind.XLS


def _kind_of_zip(file: IO[bytes]) -> FileKind:
    _check_directory(file)
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
            _check_entries(entries)
            names = [entry.filename for entry in entries]
            for start, kind in _OFFICE_PARTS:
                if any(name.startswith(start) for name in names):
                    return kind
            if "mimetype" in names:
                with archive.open("mimetype") as mimetype:
                    return _OPEN_DOCUMENT.get(mimetype.read(100).strip(), FileKind.ZIP)
    except RefusedError:
        raise
    except Exception as error:  # the module raises a dozen kinds for damaged directories
        raise RefusedError(Problem("file_refused", "damaged", {"kind": "ZIP"})) from error
    return FileKind.ZIP


def _check_directory(file: IO[bytes]) -> None:
    """Refuse a directory so large that it would fill the memory."""
    size = file.seek(0, 2)
    file.seek(max(0, size - _END_BYTES))
    tail = file.read()
    at = tail.rfind(_END_OF_DIRECTORY)
    if at < 0 or len(tail) < at + 22:
        raise RefusedError(Problem("file_refused", "damaged", {"kind": "ZIP"}))
    entries, directory_bytes = struct.unpack_from("<HI", tail, at + 10)
    if entries > MAX_ENTRIES or directory_bytes > _MAX_DIRECTORY_BYTES:
        raise RefusedError(Problem("file_refused", "entries", {"limit": MAX_ENTRIES}))


def _check_entries(entries: list[zipfile.ZipInfo]) -> None:
    """
    Refuse what is encrypted, holds macros, or would unpack to more than a limit.

    A directory may lie; the limits of the process that reads the file catch that.
    """
    unpacked = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries)
    if len(entries) > MAX_ENTRIES:
        raise RefusedError(Problem("file_refused", "entries", {"limit": MAX_ENTRIES}))
    if unpacked > MAX_UNPACKED_BYTES:
        raise RefusedError(Problem("file_refused", "unpacked", {"limit": MAX_UNPACKED_BYTES}))
    if unpacked > _RATIO_MATTERS_BYTES and unpacked > MAX_RATIO * max(packed, 1):
        raise RefusedError(Problem("file_refused", "ratio", {"limit": MAX_RATIO}))
    if kind := next(filter(None, (_MACROS.get(entry.filename) for entry in entries)), None):
        raise RefusedError(Problem("file_refused", "macros", {"kind": kind.value}))
    # The unencrypted files of an archive are read.
    files = [entry for entry in entries if not entry.is_dir()]
    encrypted = [entry for entry in files if entry.flag_bits & IS_ENCRYPTED]
    is_office = any(entry.filename.startswith(_OF_OFFICE) for entry in entries)
    if encrypted and (is_office or len(encrypted) == len(files)):
        raise RefusedError(Problem("file_refused", "encrypted", {"kind": "ZIP"}))
