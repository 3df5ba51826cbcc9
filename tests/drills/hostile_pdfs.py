"""PDFs that break readers: with bytes changed, or made up with a page, a table or a tree that is a trap."""

import random
import zlib
from collections.abc import Callable
from functools import cache

from tests.drills.damage import damage
from tests.support.pdfs import encrypted_pdf, pdf, pdf_of, stream, text_stream

# They stand on the first and the last page of PDFs with a trap on a page between them.
GOOD = ("La primera pagina se lee entera, pase lo que pase.", "La tercera pagina se lee tambien, pase lo que pase.")
_MEGABYTE = 1024**2
_FONT = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"
_BOX = b"[0 0 595 842]"


def make_pdf(chance: random.Random, known: list[bytes]) -> tuple[str, bytes, tuple[str, ...]]:
    """
    Make a PDF by chance.

    :param known: PDFs that are damaged
    :returns: what was done, the file, and texts that must be read all the same
    """
    if chance.random() < 0.5:
        content = chance.choice([pdf(*GOOD), *known])
        what, damaged = damage(content, chance)
        return what, damaged, ()
    what = chance.choice(sorted(_TRAPS))
    good = GOOD if what in _PAGES else ()
    return what, _TRAPS[what](), good


def _with_page(page: bytes, *more: bytes) -> bytes:
    """Return a PDF whose second page is given; ``more`` objects are numbered from 9."""
    texts = [stream(text_stream(text)) for text in GOOD]
    plain = b"<< /Type /Page /Parent 2 0 R /MediaBox %s /Resources << /Font << /F 3 0 R >> >> /Contents %d 0 R >>"
    return pdf_of(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [4 0 R 8 0 R 6 0 R] /Count 3 >>",
            _FONT,
            plain % (_BOX, 5),
            texts[0],
            plain % (_BOX, 7),
            texts[1],
            page,
            *more,
        ]
    )


def _page(more: bytes, box: bytes = _BOX) -> bytes:
    return b"<< /Type /Page /Parent 2 0 R /MediaBox %s %s >>" % (box, more)


@cache
def _packed(size: int, letter: bytes = b" ", times: int = 1) -> bytes:
    packer = zlib.compressobj(9)
    parts = [packer.compress(letter * _MEGABYTE) for _part in range(size // _MEGABYTE)]
    packed = b"".join((*parts, packer.flush()))
    for _time in range(times - 1):
        packed = zlib.compress(packed, 9)
    return packed


def _form_in_itself() -> bytes:
    form = stream(
        b"/X Do /X Do", b"/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X 10 0 R >> >>"
    )
    return _with_page(_page(b"/Resources << /XObject << /X 10 0 R >> >> /Contents 9 0 R"), stream(b"/X Do"), form)


def _forms_in_forms() -> bytes:
    """Ten forms, each of which draws the next ten times."""
    forms = [
        stream(
            b"/X Do " * 10,
            b"/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X %d 0 R >> >>" % (11 + number),
        )
        for number in range(10)
    ]
    last = stream(b"0 0 m 9 9 l S", b"/Type /XObject /Subtype /Form /BBox [0 0 9 9]")
    page = _page(b"/Resources << /XObject << /X 10 0 R >> >> /Contents 9 0 R")
    return _with_page(page, stream(b"/X Do"), *forms, last)


def _stream_bomb() -> bytes:
    return _with_page(_page(b"/Contents 9 0 R"), stream(_packed(400 * _MEGABYTE), b"/Filter /FlateDecode"))


def _stream_bomb_twice() -> bytes:
    packed = _packed(1000 * _MEGABYTE, times=2)
    return _with_page(_page(b"/Contents 9 0 R"), stream(packed, b"/Filter [/FlateDecode /FlateDecode]"))


def _saved_states() -> bytes:
    return _with_page(_page(b"/Contents 9 0 R"), stream(_packed(20 * _MEGABYTE, b"q "), b"/Filter /FlateDecode"))


def _letters_without_end() -> bytes:
    content = zlib.compress(
        b"BT /F 1 Tf 0 0 Td " + b"(aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa) Tj " * 200_000 + b"ET"
    )
    resources = b"/Resources << /Font << /F 3 0 R >> >> /Contents 9 0 R"
    return _with_page(_page(resources), stream(content, b"/Filter /FlateDecode"))


def _huge_page() -> bytes:
    resources = b"/Resources << /XObject << /X 10 0 R >> >> /Contents 9 0 R"
    picture = stream(
        b"\0\0\0", b"/Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceRGB /BitsPerComponent 8"
    )
    return _with_page(_page(resources, b"[0 0 100000000 100000000]"), stream(b"9 0 0 9 0 0 cm /X Do"), picture)


def _picture_bomb() -> bytes:
    resources = b"/Resources << /XObject << /X 10 0 R >> >> /Contents 9 0 R"
    kind = b"/Type /XObject /Subtype /Image /Width 60000 /Height 60000 /ColorSpace /DeviceGray /BitsPerComponent 1"
    picture = stream(_packed(450 * _MEGABYTE, b"\0"), kind + b" /Filter /FlateDecode")
    return _with_page(_page(resources), stream(b"595 0 0 842 0 0 cm /X Do"), picture)


def _tree(kids: bytes, count: int, *more: bytes, catalog: bytes = b"") -> bytes:
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R %s >>" % catalog,
        b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, count),
        _FONT,
        _page(b"/Resources << /Font << /F 3 0 R >> >> /Contents 5 0 R"),
        stream(text_stream(GOOD[0])),
        *more,
    ]
    return pdf_of(objects)


def _pages_in_a_chain() -> bytes:
    """A tree of pages of one branch, thirty thousand deep."""
    kids = [b"<< /Type /Pages /Kids [%d 0 R] /Count 1 >>" % (7 + number) for number in range(30_000)]
    return _tree(b"6 0 R", 1, *kids, b"<< /Type /Pages /Kids [4 0 R] /Count 1 >>")


_PAGES: dict[str, Callable[[], bytes]] = {
    "a form that draws itself": _form_in_itself,
    "forms that draw forms ten times": _forms_in_forms,
    "a stream bomb": _stream_bomb,
    "a stream bomb packed twice": _stream_bomb_twice,
    "ten million saved states": _saved_states,
    "eight million letters": _letters_without_end,
    "a page of 35 kilometres": _huge_page,
    "a picture bomb": _picture_bomb,
}
_TRAPS: dict[str, Callable[[], bytes]] = _PAGES | {
    "a million pages that are not there": lambda: _tree(b"4 0 R", 1_000_000),
    "fewer pages than none": lambda: _tree(b"4 0 R", -1),
    "a page in itself": lambda: _tree(b"2 0 R 4 0 R", 2),
    "a page ten thousand times": lambda: _tree(b"4 0 R " * 10_000, 10_000),
    "a chain of pages": _pages_in_a_chain,
    "a hundred thousand lists in lists": lambda: _tree(
        b"4 0 R", 1, catalog=b"/Trap " + b"[" * 100_000 + b"]" * 100_000
    ),
    "a table that is before itself": lambda: pdf_of(
        [b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [] /Count 0 >>"], more=b"/Prev %(xref)d"
    ),
    "a password": encrypted_pdf,
    "a script and a file": lambda: _tree(
        b"4 0 R",
        1,
        b"<< /S /JavaScript /JS (app.alert\\(1\\)) >>",
        b"<< /S /Launch /F (/bin/sh) >>",
        catalog=b"/OpenAction 6 0 R /AA << /WC 7 0 R >>",
    ),
    "a PDF behind 900 bytes": lambda: b"\n" * 900 + pdf(*GOOD),
    "a PDF that is an archive too": lambda: pdf(*GOOD) + b"PK\x05\x06" + bytes(18),
}
