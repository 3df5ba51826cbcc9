"""Documents → pages: what could be read, what not and why; no document takes its reader's caller along."""

import io
import os
import random

import pytest
from docx import Document
from docx.oxml import parse_xml
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from contracts.documents import reading
from contracts.documents.places import quads
from contracts.ocds.problems import RefusedError
from tests.support.documents import needs_ocr, read
from tests.support.papers import telling_docx
from tests.support.pdfs import encrypted_pdf, pdf
from tests.support.shared import DOCUMENTS
from tests.support.workbooks import zipped

# A full run of 200 takes minutes: VEEDOR_MUTATIONS=200.
MUTATIONS = int(os.environ.get("VEEDOR_MUTATIONS", "8"))


def saved(document) -> bytes:
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def refusal(content: bytes) -> str:
    with pytest.raises(RefusedError) as refused:
        read(content)
    problem = refused.value.problem
    return f"{problem.code} {problem.variant}"


def picture(text: str, size=(900, 160), kind="PNG") -> bytes:
    image = Image.new("L", size, 255)
    if text:
        ImageDraw.Draw(image).text((40, 50), text, fill=0, font=ImageFont.load_default(size=40))
    file = io.BytesIO()
    image.save(file, kind)
    return file.getvalue()


class TestPdf:
    def test_pages_are_read_with_their_numbers(self):
        document = read(pdf("Contrato n.º 1\nCláusula (primera)", "", "Fin"))
        assert (document.kind, document.pages, document.pages_read, document.ocr_pages) == ("PDF", 3, 3, 0)
        assert document.parts[0].text == "Contrato n.º 1\nCláusula (primera)"
        assert [(part.number, part.source) for part in document.parts] == [(1, "text"), (2, ""), (3, "text")]
        assert document.problems == ()
        assert document.pages_read == document.pages

    def test_so_many_pages_are_read_and_the_rest_is_reported(self):
        document = read(pdf(*["x"] * 503))
        assert (document.pages, document.pages_read) == (503, 500)
        (problem,) = document.problems
        assert (problem.code, problem.values["read"], problem.values["pages"]) == ("pages_unread", 500, 503)

    def test_a_page_that_ends_its_reader_costs_that_page(self):
        bomb = b"BT /F 12 Tf (x) Tj ET " + b"0 0 m 1 1 l " * 30_000_000
        document = read(pdf("before", bomb, "after"), memory_bytes=400 * 1024**2)
        assert document.pages == 3
        texts = {part.number: part.text for part in document.parts}
        assert (texts[1], texts[3]) == ("before", "after")

    @pytest.mark.parametrize(
        ("content", "why"),
        [
            (encrypted_pdf(), "document_refused encrypted"),
            (b"%PDF-1.7\n", "document_refused damaged"),
            (b"%PDF-1.7\n1 0 obj << /Type /Catalog /Pages 1 0 R /Kids [1 0 R] >> endobj", "document_refused damaged"),
            (b"<html>", "document_refused kind"),
            (zipped({"a.txt": "x"}), "document_refused kind"),
            (zipped({"word/document.xml": "<x/>"}), "document_refused damaged"),
            (zipped({"word/document.xml": "<x/>", "word/vbaProject.bin": "x"}), "file_refused macros"),
            (zipped({"xl/workbook.xml": "<x/>", "xl/vbaProject.bin": "x"}), "file_refused macros"),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "_VBA_PROJECT".encode("utf-16-le"), "file_refused macros"),
            (b"\x89PNG\r\n\x1a\n....", "document_refused damaged"),
        ],
    )
    def test_what_is_refused_is_told_its_reason(self, content, why):
        assert refusal(content) == why

    def test_one_that_is_too_large_is_refused_before_it_is_read(self, monkeypatch):
        monkeypatch.setattr(reading, "MAX_BYTES", 100)
        assert refusal(pdf("x")) == "document_refused size"


def test_a_docx_is_read_by_paragraphs_and_its_tables_where_they_stand():
    document = Document()
    document.add_paragraph("Primera")
    document.add_table(1, 2).rows[0].cells[1].text = "En la tabla"
    document.add_paragraph("").add_run("").add_break()
    document.add_paragraph("Última").add_run("").add_break()
    found = read(saved(document))
    assert (found.kind, found.pages, found.pages_read, found.paragraphs) == ("DOCX", 1, 1, 3)
    (part,) = found.parts
    assert part.text == "Primera\nEn la tabla\nÚltima\n"
    # The second paragraph is the first cell, which is empty as the fourth is.
    assert part.paragraphs == ((0, 1), (8, 3), (20, 5))
    assert [part.paragraphs_of(*edges) for edges in ((0, 7), (7, 8), (8, 9), (5, 28))] == [(1,), (1,), (3,), (1, 3, 5)]


def test_cells_that_are_merged_are_read_once():
    document = Document()
    table = document.add_table(2, 2)
    table.cell(0, 0).merge(table.cell(0, 1)).text = "Plazo"
    table.cell(1, 1).text = "Dos años"
    assert [part.text for part in read(saved(document)).parts] == ["Plazo\nDos años"]


def test_fields_text_boxes_and_insertions_are_read_and_deletions_are_not():
    document = Document()
    names = (
        'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
        'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    )
    run = "<w:r><w:t>{}</w:t></w:r>".format
    box = "<w:txbxContent><w:p>{}</w:p></w:txbxContent>".format
    changed = f"<w:ins>{run('Puesto')}</w:ins><w:del><w:r><w:delText>Quitado</w:delText></w:r></w:del>"
    boxed = f"<mc:Choice>{box(run('Dentro'))}</mc:Choice><mc:Fallback>{box(run('Dentro'))}</mc:Fallback>"
    for inner in (
        f"<w:sdt {names}><w:sdtContent><w:p>{run('Campo')}</w:p></w:sdtContent></w:sdt>",
        f"<w:p {names}>{changed}<w:moveFrom>{run('Llevado')}</w:moveFrom></w:p>",
        f"<w:p {names}>{run('Fuera')}<w:r><mc:AlternateContent>{boxed}</mc:AlternateContent></w:r></w:p>",
    ):
        document.element.body.insert(-1, parse_xml(inner))
    (part,) = read(saved(document)).parts
    assert part.text == "Campo\nPuesto\nFuera\nDentro"
    assert [number for _first, number in part.paragraphs] == [1, 2, 3, 4]


def test_a_docx_that_is_longer_than_can_be_read_is_not_whole():
    found = read(telling_docx(*["largo " * 1000] * 340))
    assert (found.pages, found.pages_read) == (340, 333)
    assert [problem.code for problem in found.problems] == ["pages_unread"]


def page_of_a_telephone() -> Image.Image:
    page = Image.new("L", (1240, 1754), 255)
    pen, font = ImageDraw.Draw(page), ImageFont.load_default(size=30)
    lines = [
        "El contratista entrega cámaras con reconocimiento facial",
        "a la Municipalidad de Ejemplo, y las mantiene dos años.",
        "El precio es de doce millones de guaraníes, sin impuestos.",
    ]
    for number in range(24):
        pen.text((120, 120 + 60 * number), lines[number % 3], fill=0, font=font)
    return page


def as_jpeg(page: Image.Image, orientation: int = 1) -> bytes:
    exif, file = Image.Exif(), io.BytesIO()
    exif[0x0112] = orientation
    page.save(file, "JPEG", exif=exif, quality=90)
    return file.getvalue()


class TestPictures:
    @needs_ocr
    @pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF"])
    def test_their_text_is_recognised(self, kind):
        document = read(picture("Reconocimiento facial", kind=kind))
        assert (document.pages, document.pages_read, document.ocr_pages) == (1, 1, 1)
        assert "Reconocimiento" in document.parts[0].text

    @needs_ocr
    @pytest.mark.parametrize("turned", [90, 180, 270])
    @pytest.mark.parametrize("is_told", [False, True])
    def test_those_of_a_telephone_are_read_however_it_was_held(self, turned, is_told):
        """What a telephone turns as it is shown, it tells; of the rest recognition finds out how the page lies."""
        page, (upright,) = page_of_a_telephone(), read(as_jpeg(page_of_a_telephone())).parts
        orientation = {90: 6, 180: 3, 270: 8}[turned]
        content = as_jpeg(page.rotate(turned, expand=True), orientation if is_told else 1)
        document = read(content)
        assert document.problems == ()
        (part,) = document.parts
        assert "reconocimiento facial" in part.text
        assert part.text.split()[:20] == upright.text.split()[:20]
        if is_told:  # the same places, for the copy is turned too
            assert quads(part.text, part.places, 0, 9) == quads(upright.text, upright.places, 0, 9)

    @needs_ocr
    def test_one_without_any_text_is_reported(self):
        (problem,) = read(picture("")).problems
        assert (problem.code, problem.variant) == ("pages_unread", "no_text")

    @needs_ocr
    def test_one_that_is_hardly_legible_is_reported(self):
        document = read(as_jpeg(page_of_a_telephone().filter(ImageFilter.GaussianBlur(4))))
        assert [(problem.code, problem.variant, problem.values) for problem in document.problems] == [
            ("pages_unread", "ocr_poor", {"pages": [1]})
        ]

    def test_where_nothing_recognises_text_it_is_told_what_is_missing(self, monkeypatch):
        monkeypatch.setattr(reading, "missing_for_ocr", lambda: ["tesseract"])
        document = read(picture("x"))
        assert (document.pages, document.pages_read) == (1, 0)
        assert document.problems[0].variant == "ocr_missing"
        assert document.problems[0].values["missing"] == ["tesseract"]

    def test_a_picture_that_is_too_large_is_refused_before_it_is_decoded(self):
        document = read(picture("", size=(5000, 5000)))
        assert [problem.variant for problem in document.problems] == ["too_large"]


def test_documents_with_bytes_changed_are_read_or_refused_and_nothing_else(monkeypatch):
    monkeypatch.setattr(reading, "missing_for_ocr", lambda: ["tesseract"])
    chance = random.Random(15)
    contents = [pdf("Uno", "Dos", "Tres"), *(path.read_bytes() for path in DOCUMENTS if path.suffix == ".pdf")]
    outcomes = []
    for number in range(MUTATIONS):
        content = bytearray(contents[number % len(contents)])
        for place in chance.sample(range(len(content)), min(200, len(content) // 4)):
            content[place] = chance.randrange(256)
        try:
            outcomes.append(read(bytes(content)).pages_read)
        except RefusedError as refused:
            outcomes.append(refused.problem.code)
    assert len(outcomes) == MUTATIONS
