"""
A document → a copy without metadata: run as a process of its own, by ``run_isolated``.

Argument: the kind of file. The lines are ``{"removed": [names]}``, the kinds of metadata that were found, never their
values, and the copy in parts, ``{"data": base64}``; or ``{"refused": variant}``. Names in the text, and what a scan
shows, stay.
"""

import base64
import codecs
import io
import re
import sys
import zipfile
from collections.abc import Iterator
from typing import Any

from contracts.documents.cleaning_odt import clean_odt
from contracts.documents.stripping import clean_image, strip_jp2, strip_jpeg, strip_part
from contracts.files import rtf
from contracts.files.lines import write_lines
from contracts.files.plain import decoded

CHUNK_BYTES = 1024**2
# No signature holds for a copy: programs would call it broken. It tells who signed, when and with what, and has their
# certificate; what it shows on the page stays.
_SIGNATURE_KEYS = ("/V", "/Lock", "/SV")
# Keys of PDF objects that name people, programs and times, or that run actions by themselves.
_PDF_KEYS = ("/Metadata", "/PieceInfo", "/LastModified", "/AA", "/AF", "/Thumb")
# For whom a layer was made, and by which program.
_LAYER_KEYS = ("/User", "/CreatorInfo")
_PDF_NAMES = {"/EmbeddedFiles": "attachments", "/JavaScript": "scripts"}
_NOTE_KEYS = ("/T", "/RC", "/Subj", "/FS", "/Sound", "/Movie", "/RichMediaContent")
# When a note, a link or a field was written or filled in.
_DATE_KEYS = ("/M", "/CreationDate", "/NM")
# Notes of a reader have authors; the link and the field of a form have a name of their own there.
_NO_NOTES = ("/Link", "/Widget")
# What is written on the page itself; what other notes say is shown beside it, as comments of a DOCX are.
_WRITTEN_ON_PAGE = ("/FreeText", "/Stamp")
# What holds an attached file, with its name.
_FILE_KEYS = ("/EF", "/RF", "/F", "/UF", "/DOS", "/Mac", "/Unix", "/Desc")
# Actions that run a script, or open a file whose path may name a person.
_ACTIONS = ("/JavaScript", "/Launch", "/GoToR", "/GoToE", "/ImportData")
_ACTION_KEYS = ("/JS", "/F", "/Win", "/Mac", "/Unix")
# Where a path may stand: in a link, in the name of a file elsewhere, and in what office programs write in place of a
# picture. A PDF writes it with slashes alone, "/C/Users/…".
_PATH_KEYS = ("/URI", "/Base", "/F", "/UF", "/Alt", "/ActualText", "/TU")
_LOCAL = re.compile(r"(?:file:|[A-Za-z]:[\\/]|\\\\|/(?:[A-Za-z]/)?(?:Users|home)/)")

_CORE = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><cp:coreProperties '
    b'xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"/>'
)
_PROPERTIES = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><Properties '
    b'xmlns="http://schemas.openxmlformats.org/officeDocument/2006/%s"/>'
)
_EMPTY_PARTS = {
    "docProps/core.xml": _CORE,
    "docProps/app.xml": _PROPERTIES % b"extended-properties",
    "docProps/custom.xml": _PROPERTIES % b"custom-properties",
}
_HEAD = 2000
_DECLARED = re.compile(rb"UTF-16", re.IGNORECASE)
_RELATIONSHIP = re.compile(rb"<Relationship [^<>]*>")
# Whatever the namespaces are called, in either kind of quotes.
_AUTHORS = re.compile(
    rb" \w{1,12}:(?:author|initials|date|dateUtc|providerId|userId|rsid\w{0,12})=(?:\"[^\"<]*\"|'[^'<]*')"
)
_RSID = re.compile(rb"<w:rsid(?:Root)? [^<>]*>")
_TEMPLATE = re.compile(rb"<w:attachedTemplate [^<>]*>")
_DOCUMENT_ID = re.compile(rb"<w1[45]:docId [^<>]*>")
# Paths of a machine: templates, pictures and links name whose home they lay in.
_LOCAL_VALUE = re.compile(rb"=(?:\"(?:file:|[A-Za-z]:[\\/]|\\\\|/(?:Users|home)/)[^\"<]*\")")
_INSTRUCTION = re.compile(rb"(<w:instrText[^<>]*>)([^<]*)")
_LOCAL_PATH = re.compile(rb"file:|[A-Za-z]:\\|\\\\\w|/(?:Users|home)/")
# What other programs keep beside the text: embedded files, names of printers, properties of servers (who shared it).
_EMPTIED = re.compile(r"word/embeddings/|word/printerSettings|customXml/item\d*\.xml$", re.IGNORECASE)
# From the first of these tags to the last: people write between them.
_STRETCHES = {
    "comments": (b"<w:comment ", b"</w:comment>"),
    "people": (b"<w15:person ", b"</w15:person>"),
    "rsids": (b"<w:rsids>", b"</w:rsids>"),
    "mail merge": (b"<w:mailMerge>", b"</w:mailMerge>"),
    "variables": (b"<w:docVars>", b"</w:docVars>"),
    "metadata": (b"<metadata", b"</metadata>"),
}


def clean_pdf(content: bytes) -> tuple[bytes, set[str]]:
    """
    Return a PDF without metadata, signatures, attachments, scripts, notes beside the text and paths of machines.

    :raises ValueError: if it cannot be read
    """
    import pikepdf  # noqa: PLC0415 - after the limits

    removed: set[str] = set()
    try:
        with pikepdf.open(io.BytesIO(content)) as pdf:
            if "/Info" in pdf.trailer:
                removed |= {str(name).strip("/") for name in pdf.trailer.Info}
                del pdf.trailer["/Info"]
            _drop(pdf.trailer, ("/ID",), removed)  # its first half stays the same from draft to draft
            _drop(pdf.Root, ("/OpenAction",), removed)
            _drop(pdf.Root, ("/Perms", "/DSS"), removed, "signatures")
            # A form in XML has metadata and scripts of its own; the fields of the page stay.
            _drop(pdf.Root, ("/NeedsRendering",), removed, "form")
            if isinstance(form := pdf.Root.get("/AcroForm"), pikepdf.Dictionary):
                _drop(form, ("/XFA",), removed, "form")
            names = pdf.Root.get("/Names")
            if names is not None:
                for key, word in _PDF_NAMES.items():
                    if key in names:
                        del names[key]
                        removed.add(word)
            for thing in pdf.objects:
                for part in _with_parts(thing, pikepdf):
                    _clean_object(part, removed, pikepdf)
                if isinstance(thing, pikepdf.Stream):
                    _clean_picture(pdf, thing, removed, pikepdf)
            file = io.BytesIO()
            pdf.save(file, deterministic_id=True)
    except (pikepdf.PdfError, pikepdf.PasswordError, RuntimeError, TypeError) as error:
        raise ValueError(str(error)) from error
    return file.getvalue(), removed


def _with_parts(thing: Any, pikepdf: Any) -> Iterator[Any]:
    """Yield an object with the dictionaries written inside it; those with a number of their own come alone."""
    waiting = [thing]
    while waiting:
        part = waiting.pop()
        if isinstance(part, pikepdf.Array):
            inner = list(part)
        elif isinstance(part, pikepdf.Dictionary | pikepdf.Stream):
            yield part
            inner = [value for _key, value in part.items()]
        else:
            continue
        waiting += [value for value in inner if isinstance(value, pikepdf.Object) and not value.is_indirect]


def _clean_object(thing: Any, removed: set[str], pikepdf: Any) -> None:
    _drop(thing, _PDF_KEYS, removed)
    # The kind of a field may stand with its parent alone; no value but that of a signature is a dictionary.
    if str(thing.get("/FT", "")) == "/Sig" or isinstance(thing.get("/V"), pikepdf.Dictionary):
        _drop(thing, _SIGNATURE_KEYS, removed, "signatures")
    if isinstance(thing.get("/Usage"), pikepdf.Dictionary):
        _drop(thing.Usage, _LAYER_KEYS, removed, "layers")
    if "/EF" in thing:
        _drop(thing, _FILE_KEYS, removed, "attachments")
    kind = str(thing.get("/Subtype", ""))
    is_note = "/Rect" in thing or str(thing.get("/Type", "")) == "/Annot"
    if is_note:
        _drop(thing, _DATE_KEYS, removed, "notes")
    if is_note and kind not in _NO_NOTES:
        _drop(thing, _NOTE_KEYS, removed, "notes")
        if kind not in _WRITTEN_ON_PAGE:
            _drop(thing, ("/Contents",), removed, "notes")
    if str(thing.get("/S", "")) in _ACTIONS:
        _drop(thing, _ACTION_KEYS, removed, "actions")
    for key in _PATH_KEYS:
        path = thing.get(key)
        if isinstance(path, pikepdf.String) and _LOCAL.match(str(path).strip()):
            _drop(thing, (key,), removed, "paths")


def _clean_picture(pdf: Any, stream: Any, removed: set[str], pikepdf: Any) -> None:
    """Strip a JPEG or JPEG 2000 of its metadata, also one that is packed once more."""
    filters, parameters = (_listed(stream.get(key), pikepdf) for key in ("/Filter", "/DecodeParms"))
    strip = {"/DCTDecode": strip_jpeg, "/JPXDecode": strip_jp2}.get(str(filters[-1])) if filters else None
    if strip is None:
        return
    picture = stream.read_raw_bytes()
    if len(filters) > 1:
        packed = pikepdf.Stream(pdf, picture)
        packed.Filter = pikepdf.Array(filters[:-1])
        picture = packed.read_bytes()
    cleaned, found = strip(picture)
    if found:
        last = parameters[-1] if len(parameters) == len(filters) else None
        stream.write(cleaned, filter=filters[-1], decode_parms=last)
        removed.add("EXIF")


def _listed(value: Any, pikepdf: Any) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, pikepdf.Array) else [value]


def _drop(thing: Any, keys: tuple[str, ...], removed: set[str], word: str = "") -> None:
    for key in keys:
        if key in thing:
            del thing[key]
            removed.add(word or key.strip("/"))


def clean_docx(content: bytes) -> tuple[bytes, set[str]]:
    """
    Return a DOCX with empty properties, without comments, authors of changes, embedded files and paths of machines.

    :raises ValueError: if it cannot be read
    """
    removed: set[str] = set()
    file = io.BytesIO()
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as copy:
            for entry in source.infolist():
                if entry.filename.startswith("docProps/thumbnail"):
                    removed.add("thumbnail")
                    continue
                part = _clean_part(entry.filename, source.read(entry), removed)
                # A new entry: the old one tells when it was written, and by which program.
                fresh = zipfile.ZipInfo(entry.filename)
                fresh.compress_type = zipfile.ZIP_DEFLATED
                copy.writestr(fresh, part)
    except (zipfile.BadZipFile, OSError, RuntimeError, EOFError, UnicodeError, zipfile.zlib.error) as error:  # type: ignore[attr-defined]
        raise ValueError(str(error)) from error
    return file.getvalue(), removed


def _clean_part(name: str, part: bytes, removed: set[str]) -> bytes:
    if name in _EMPTY_PARTS:
        removed.add(name.removeprefix("docProps/"))
        return _EMPTY_PARTS[name]
    if b"coreProperties" in part[:_HEAD] and not name.endswith(".rels"):  # some programs give them other names
        removed.add("core.xml")
        return _CORE
    if _EMPTIED.match(name):
        removed.add("attachments")
        return b"<empty/>" if name.endswith(".xml") else b""
    if not name.endswith((".xml", ".rels", ".svg")):
        return strip_part(part, removed)
    if part.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        part = _DECLARED.sub(b"UTF-8", part.decode("utf-16").encode(), count=1)
    for word, (first, last) in _STRETCHES.items():
        start, end = part.find(first), part.rfind(last)
        if 0 <= start < end:
            part = part[:start] + part[end + len(last) :]
            removed.add(word)
    for word, pattern in (("authors", _AUTHORS), ("rsids", _RSID), ("template", _TEMPLATE), ("id", _DOCUMENT_ID)):
        part, number = pattern.subn(b"", part)
        if number:
            removed.add(word)
    part, number = _LOCAL_VALUE.subn(b'="about:blank"', part)
    if number:
        removed.add("paths")
    part = _INSTRUCTION.sub(lambda found: found[1] if _LOCAL_PATH.search(found[2]) else found[0], part)
    return _RELATIONSHIP.sub(lambda found: b"" if b"thumbnail" in found[0] else found[0], part)


def clean_rtf(content: bytes) -> tuple[bytes, set[str]]:
    """
    Return only the text of an RTF: nothing else is needed to see what it says.

    :raises ValueError: if it cannot be read
    """
    try:
        return rtf.text_of_rtf(content).encode("utf-8", "replace"), {"all but the text"}
    except rtf.DamagedError as error:
        raise ValueError(str(error)) from error


def clean_text(content: bytes) -> tuple[bytes, set[str]]:
    """Return a plain text as UTF-8; it has no metadata."""
    return decoded(content).encode("utf-8", "replace"), set()


CLEANERS = {
    "PDF": clean_pdf,
    "DOCX": clean_docx,
    "ODT": clean_odt,
    "RTF": clean_rtf,
    "TXT": clean_text,
    "PNG": clean_image,
    "JPEG": clean_image,
    "TIFF": clean_image,
}


def clean(kind: str, content: bytes) -> Iterator[dict[str, Any]]:
    try:
        copy, removed = CLEANERS[kind](content)
    except ValueError:
        yield {"refused": "damaged"}
        return
    yield {"removed": sorted(removed)}
    for start in range(0, len(copy), CHUNK_BYTES):
        yield {"data": base64.b64encode(copy[start : start + CHUNK_BYTES]).decode()}


if __name__ == "__main__":
    write_lines(lambda: clean(sys.argv[1], sys.stdin.buffer.read()))
