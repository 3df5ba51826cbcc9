"""Where words stand on the picture of a page: kept while it is read, and cut into quads."""

import io
import struct
import tempfile

import pikepdf
import pytest
from PIL import Image, ImageDraw, ImageFont

from contracts.documents.places import PIECE, WHOLE, pack, quads
from contracts.documents.reading import read_document
from contracts.documents.texts import ReadPage
from tests.support.documents import needs_ocr, read
from tests.support.pdfs import pdf
from tests.support.shared import DOCUMENTS

TEXT = "El código fuente\nse entregará"
BOXES = [(100, 100, 200, 150), (210, 100, 400, 150), (410, 104, 600, 150), (100, 200, 150, 250), (160, 200, 400, 250)]


def shares(*box: int) -> tuple[float, ...]:
    return tuple(round(edge / WHOLE, 4) for edge in box)


class TestQuads:
    def test_a_passage_has_one_a_line_around_its_whole_words(self):
        start = TEXT.index("fuente")
        found = quads(TEXT, pack(BOXES), start + 2, TEXT.index("entregará") + 3)
        assert found == (shares(410, 104, 600, 150), shares(100, 200, 400, 250))

    def test_words_beside_it_are_left_out(self):
        assert quads(TEXT, pack(BOXES), 3, 9) == (shares(210, 100, 400, 150),)
        assert quads(TEXT, pack(BOXES), 2, 3) == ()

    def test_a_word_that_goes_on_in_the_next_line_has_two(self):
        boxes = [(500, 100, 600, 150), (100, 200, 200, 250)]
        expected = tuple(shares(*box) for box in boxes)
        for hyphen in "-\xad":
            assert quads(f"perío{hyphen}dos", pack(boxes), 0, 9) == expected

    def test_a_word_that_stands_nowhere_known_has_none(self):
        assert quads("uno dos", pack([(0, 0, 0, 0), BOXES[0]]), 0, 7) == (shares(*BOXES[0]),)

    @pytest.mark.parametrize("places", [b"", b"\1", pack(BOXES[:1])])
    def test_places_that_are_lacking_are_none(self, places):
        assert quads(TEXT, places, 10, 16) == ()


def edited(content: bytes, **members) -> bytes:
    """Return a PDF whose first page has other members."""
    with pikepdf.open(io.BytesIO(content)) as document:
        document.pages[0].obj.update({f"/{name}": value for name, value in members.items()})
        file = io.BytesIO()
        document.save(file)
    return file.getvalue()


def pages_of(content: bytes) -> list[ReadPage]:
    """Return the pages of a PDF with the places of its words."""
    with tempfile.TemporaryFile() as file:
        file.write(content)
        return [page for page in read_document(file).parts if page.text]


def place_of(content: bytes, words: str) -> tuple[float, ...]:
    (page,) = pages_of(content)
    start = page.text.index(words)
    (quad,) = quads(page.text, page.places, start, start + len(words))
    return quad


class TestPdf:
    PAPER = pdf("Primera línea del contrato\nEl código fuente se entregará")

    def test_each_word_has_its_place(self):
        left, upper, right, lower = place_of(self.PAPER, "código fuente")
        first = place_of(self.PAPER, "Primera")
        # Lines of 14 points on a page of 842.
        assert upper - first[1] == pytest.approx(14 / 842, abs=0.001)
        assert 0.1 < left < right < 0.5
        assert 0 < lower - upper < 20 / 842

    def test_a_page_is_measured_as_it_is_shown(self):
        left, upper, right, lower = place_of(self.PAPER, "Primera")
        turned = place_of(edited(self.PAPER, Rotate=90), "Primera")
        assert turned == pytest.approx((1 - lower, left, 1 - upper, right), abs=0.001)
        # The upper half of it alone.
        cut = place_of(edited(self.PAPER, CropBox=pikepdf.Array([0, 421, 595, 842])), "Primera")
        assert cut == pytest.approx((left, upper * 2, right, lower * 2), abs=0.001)

    def test_text_outside_of_the_page_does_not_move_what_is_on_it(self):
        hidden = b"BT /F 12 Tf -4000 700 Td (fuera de la hoja) Tj ET "
        shown = b"BT /F 12 Tf 72 700 Td (dentro) Tj ET"
        assert place_of(pdf(hidden + shown), "dentro") == place_of(pdf(shown), "dentro")

    def test_a_word_that_ends_in_the_next_line_is_one_word_for_rules(self):
        content = b"BT /F 12 Tf 72 700 Td (lo que el contrato se reno-) Tj 0 -14 Td (vara cada ano sin mas) Tj ET"
        (page,) = pages_of(pdf(content))
        start = page.text.index("reno")
        word = page.text[start : page.text.index(" cada")]
        assert word.replace("\xad", "").split() == ["renovara"]
        upper, lower = quads(page.text, page.places, start, start + len(word))
        assert lower[1] - upper[1] == pytest.approx(14 / 842, abs=0.001)
        assert lower[0] < upper[0]

    @pytest.mark.parametrize("path", [path for path in DOCUMENTS if path.suffix == ".pdf" and "scan" not in path.name])
    def test_all_words_of_real_documents_have_a_place(self, path):
        for page in pages_of(path.read_bytes()):
            boxes = list(struct.iter_unpack("<4H", page.places))
            assert len(boxes) == len(PIECE.findall(page.text))
            assert all(map(any, boxes))


@needs_ocr
@pytest.mark.parametrize("kind", ["PNG", "PDF"])
def test_words_that_were_recognised_have_their_places(kind):
    scan = Image.new("L", (1000, 700), 255)
    for top, line in ((60, "Contrato de servicios de red"), (560, "Entrega del codigo fuente")):
        ImageDraw.Draw(scan).text((60, top), line, fill=0, font=ImageFont.load_default(size=40))
    file = io.BytesIO()
    scan.save(file, kind, resolution=100)
    (page,) = read(file.getvalue()).parts
    assert (page.source, page.text) == ("ocr", "Contrato de servicios de red\n\nEntrega del codigo fuente")
    start = page.text.index("Entrega")
    (quad,) = quads(page.text, page.places, start, start + len("Entrega"))
    assert quad[:2] == pytest.approx((60 / 1000, 570 / 700), abs=0.01)
    assert quad[3] < 610 / 700
