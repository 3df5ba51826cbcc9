"""Documents with telling metadata, as people send them."""

import io
import zipfile
from collections.abc import Callable
from typing import Any

import pikepdf
from docx import Document
from PIL import Image

from tests.support.pdfs import pdf

# What metadata tells of a person; none of it may stand in a copy.
TRACES = ("Ana Persona", "Impresora de Ana", "-12.0464")


def telling_pdf(*pages: str) -> bytes:
    """Return a PDF that names its author in three places, with an attachment and a picture that knows where it was."""
    with pikepdf.open(io.BytesIO(pdf(*pages))) as document:
        document.docinfo["/Author"] = TRACES[0]
        document.docinfo["/Producer"] = TRACES[1]
        with document.open_metadata() as metadata:
            metadata["dc:creator"] = [TRACES[0]]
        document.attachments["ana.txt"] = pikepdf.AttachedFileSpec(document, TRACES[0].encode(), filename="ana.txt")
        note = pikepdf.Dictionary(
            Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Text, Rect=[0, 0, 9, 9], T=TRACES[0], Contents="see here"
        )
        document.pages[0].Annots = document.make_indirect([document.make_indirect(note)])
        picture = pikepdf.Stream(document, telling_jpeg())
        picture.update(
            {
                "/Type": pikepdf.Name.XObject,
                "/Subtype": pikepdf.Name.Image,
                "/Width": 60,
                "/Height": 40,
                "/ColorSpace": pikepdf.Name.DeviceRGB,
                "/BitsPerComponent": 8,
                "/Filter": pikepdf.Name.DCTDecode,
            }
        )
        document.pages[0].Resources["/XObject"] = pikepdf.Dictionary(Photo=picture)
        file = io.BytesIO()
        # Uncompressed, so that a search of the bytes finds what stands in it.
        document.save(file, compress_streams=False, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    return file.getvalue()


def pdf_with(annotation: Callable[[pikepdf.Pdf], dict[str, Any]]) -> bytes:
    """Return a PDF of a page that says "Contrato", with an annotation written inside its page."""
    with pikepdf.open(io.BytesIO(pdf("Contrato"))) as document:
        document.pages[0].Annots = pikepdf.Array([pikepdf.Dictionary(**annotation(document))])
        file = io.BytesIO()
        document.save(file)
    return file.getvalue()


def docx_with(name: str, part: bytes) -> bytes:
    """Return a DOCX that says "Contrato", with a part that is put into it or in the place of its own."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(telling_docx("Contrato"))) as source, zipfile.ZipFile(file, "w") as archive:
        for other in set(source.namelist()) - {name}:
            archive.writestr(other, source.read(other))
        archive.writestr(name, part)
    return file.getvalue()


def telling_jpeg(kind: str = "JPEG", *, exif: bool = True) -> bytes:
    """Return a picture whose EXIF names its author and where it was taken."""
    image = Image.new("RGB", (60, 40), "white")
    if not exif:
        file = io.BytesIO()
        image.save(file, kind)
        return file.getvalue()
    return _with_exif(image, kind)


def _with_exif(image: Image.Image, kind: str) -> bytes:
    exif = Image.Exif()
    exif[0x013B] = TRACES[0]  # artist
    exif[0x0131] = TRACES[1]  # software
    exif.get_ifd(0x8825)[1] = "S"
    exif.get_ifd(0x8825)[29] = TRACES[2]
    file = io.BytesIO()
    image.save(file, kind, exif=exif)
    return file.getvalue()


def telling_docx(*paragraphs: str) -> bytes:
    """Return a DOCX with an author."""
    document = Document()
    document.core_properties.author = TRACES[0]
    document.core_properties.last_modified_by = TRACES[0]
    document.core_properties.comments = TRACES[1]
    for text in paragraphs:
        document.add_paragraph(text)
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


_ODT = """<?xml version="1.0" encoding="UTF-8"?>
<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:xlink="http://www.w3.org/1999/xlink"
 xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0"
 xmlns:officeooo="http://openoffice.org/2009/office"><office:body><office:text>%s</office:text></office:body>
</office:document-content>"""


def odt(body: str, **parts: bytes) -> bytes:
    """
    Return an ODT.

    :param body: XML of its paragraphs
    :param parts: further parts by their names, with ``__`` for a slash
    """
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        archive.writestr("content.xml", _ODT % body)
        for name, part in parts.items():
            archive.writestr(name.replace("__", "/"), part)
    return file.getvalue()


def telling_odt(*paragraphs: str) -> bytes:
    """Return an ODT with an author, a comment, a change, a picture that knows its place, and paths of a machine."""
    ana, printer, _place = TRACES
    noted = f"<dc:creator>{ana}</dc:creator><dc:date>2024-01-01T00:00:00</dc:date>"
    body = (
        f"<text:tracked-changes><text:changed-region><text:deletion>{noted}<text:p>{ana}</text:p></text:deletion>"
        "</text:changed-region></text:tracked-changes>"
        + "".join(f"<text:p officeooo:rsid='{ana}'>{text}</text:p>" for text in paragraphs)
        + f"<text:p><office:annotation>{noted}<text:p>{ana}</text:p></office:annotation>"
        f"<text:a xlink:href='file:///home/{ana}/x.odt'>Anexo</text:a>"
        "<draw:image xlink:href='Pictures/1.jpg'/></text:p>"
    )
    meta = f"<office:meta>{ana}, {printer}</office:meta>".encode()
    return odt(
        body,
        **{"meta.xml": meta, "settings.xml": printer.encode(), "Pictures__1.jpg": telling_jpeg()},
        **{f"Object 1/{ana}.xml": ana.encode(), "Thumbnails__thumbnail.png": ana.encode()},
    )


def telling_rtf(*paragraphs: str) -> bytes:
    """Return an RTF with an author, a comment and a change that took something out."""
    ana, printer, _place = TRACES
    told = f"{{\\info{{\\author {ana}}}{{\\*\\company {printer}}}}}{{\\*\\revtbl{{{ana};}}}}"
    text = "".join(f"{''.join(map(_rtf_letter, text))}\\par\r\n" for text in paragraphs)
    noted = f"{{\\*\\atnauthor {ana}}}{{\\*\\annotation {ana}}}{{\\deleted\\revised {ana}}}"
    head = "{\\rtf1\\ansi\\ansicpg1252\\uc1{\\fonttbl{\\f0 Arial;}}"
    return f"{head}{told}\\pard {text}{noted}}}".encode("ascii")


def _rtf_letter(letter: str) -> str:
    return letter if letter.isascii() else f"\\u{ord(letter)}?"


def docx_of(*parts: str | list[list[str]]) -> bytes:
    """Return a DOCX of paragraphs and tables; ``^`` in a cell continues the one above, ``<`` the one before."""
    document = Document()
    for part in parts:
        if isinstance(part, str):
            document.add_paragraph(part)
            continue
        table = document.add_table(len(part), len(part[0]))
        for number, row in enumerate(part):
            for column, text in enumerate(row):
                cell = table.cell(number, column)
                if text == "^":
                    table.cell(number - 1, column).merge(cell)
                elif text == "<":
                    table.cell(number, column - 1).merge(cell)
                else:
                    cell.text = text
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()
