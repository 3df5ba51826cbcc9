"""Small PDFs, written by hand."""

import zlib
from collections.abc import Sequence


def pdf(*pages: str | bytes, more: bytes = b"") -> bytes:
    """
    Return a PDF of pages, each a text or the bytes of a content stream.

    :param more: put into the trailer
    """
    objects: list[bytes] = []
    kids = " ".join(f"{4 + 2 * index} 0 R" for index in range(len(pages)))
    objects.append(b"<< /Type /Catalog /Pages 2 0 R >>")
    objects.append(f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode())
    objects.append(b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>")
    for index, page in enumerate(pages):
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F 3 0 R >> >> "
            b"/Contents %d 0 R >>" % (5 + 2 * index)
        )
        content = zlib.compress(page if isinstance(page, bytes) else text_stream(page))
        objects.append(stream(content, b"/Filter /FlateDecode"))
    return pdf_of(objects, more=more)


def pdf_of(objects: Sequence[bytes], *, more: bytes = b"") -> bytes:
    """
    Return a PDF of objects, numbered from 1; the first is its catalog.

    :param more: put into the trailer, where ``%(xref)d`` becomes the place of the table of objects
    """
    file, places = bytearray(b"%PDF-1.7\n"), []
    for number, body in enumerate(objects, 1):
        places.append(len(file))
        file += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    table = len(file)
    file += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    file += b"".join(b"%010d 00000 n \n" % place for place in places)
    more = more.replace(b"%(xref)d", b"%d" % table)
    file += b"trailer\n<< /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, more, table)
    return bytes(file)


def stream(data: bytes, entries: bytes = b"") -> bytes:
    """Return a stream as an object, its data as they are."""
    return b"<< /Length %d %s >>\nstream\n" % (len(data), entries) + data + b"\nendstream"


def encrypted_pdf() -> bytes:
    """Return a PDF that asks for a password which nobody knows."""
    key = b"<" + b"ab" * 32 + b">"
    encrypt = b"/Encrypt << /Filter /Standard /V 1 /R 2 /Length 40 /P -4 /O %s /U %s >> /ID [<00> <00>]" % (key, key)
    return pdf("secret", more=encrypt)


def text_stream(text: str) -> bytes:
    """Return what draws the lines of a text with the font F."""
    shown = b"".join(
        b"(%s) Tj T* " % line.encode("cp1252").replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")
        for line in text.splitlines()
    )
    return b"BT /F 12 Tf 14 TL 50 800 Td " + shown + b"ET"
