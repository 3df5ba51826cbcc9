"""Copies of documents of any kind: what they say stays, who made them goes."""

import io
import zipfile

import msgspec
import pikepdf
import pytest
from PIL import Image

from contracts.documents.stripping import strip_jpeg
from contracts.files.lines import as_line
from contracts.ocds.problems import RefusedError
from tests.contracts.documents.copying import copy_of, plain, text_of
from tests.support.papers import TRACES, odt, telling_docx, telling_jpeg, telling_odt, telling_pdf, telling_rtf
from tests.support.pdfs import encrypted_pdf
from tests.support.shared import DOCUMENTS, needs_documents
from tests.support.workbooks import zipped

FILES = {
    "PDF": telling_pdf("Contrato de cámaras", "Fin"),
    "DOCX": telling_docx("Contrato de cámaras"),
    "ODT": telling_odt("Contrato de cámaras"),
    "RTF": telling_rtf("Contrato de cámaras"),
    "JPEG": telling_jpeg(),
    "PNG": telling_jpeg("PNG"),
    "TIFF": telling_jpeg("TIFF"),
}


@pytest.mark.parametrize("kind", FILES)
def test_a_copy_tells_nothing_of_who_made_it(kind):
    assert any(trace in plain(FILES[kind], kind) for trace in TRACES)
    copy = copy_of(FILES[kind], kind)
    assert [trace for trace in TRACES if trace in plain(copy.content, kind)] == []
    assert copy.removed
    assert not any(trace in " ".join(copy.removed) for trace in TRACES)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF"])
def test_a_copy_of_a_picture_has_its_pixels_alone(kind):
    image = Image.open(io.BytesIO(copy_of(FILES[kind], kind).content))
    assert (image.format, image.size) == (kind, (60, 40))
    # What tells how the pixels lie stays in a TIFF.
    assert {0x013B, 0x0131, 0x8825}.isdisjoint(image.getexif())


def test_a_copy_of_an_odt_shows_the_same():
    copy = copy_of(FILES["ODT"], "ODT")
    assert text_of(copy.content) == "Contrato de cámaras\nAnexo"
    assert {"comments", "changes", "paths", "rsids", "EXIF", "meta.xml"} <= set(copy.removed)
    with zipfile.ZipFile(io.BytesIO(copy.content)) as archive:
        assert archive.namelist() == ["mimetype", "content.xml", "Pictures/1.jpg", "META-INF/manifest.xml"]


def test_a_copy_of_an_odt_tells_its_version_or_office_programs_would_call_it_broken():
    with zipfile.ZipFile(io.BytesIO(odt("<text:p>Uno</text:p>"))) as archive:
        content = archive.read("content.xml").replace(b"><office:body>", b' office:version="1.4"><office:body>')
    versioned = zipped({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": content.decode()})
    with zipfile.ZipFile(io.BytesIO(copy_of(versioned, "ODT").content)) as archive:
        assert b'full-path="/" manifest:version="1.4"' in archive.read("META-INF/manifest.xml")


def test_a_copy_of_an_odt_has_no_entities_and_keeps_the_text_behind_what_is_left_out():
    body = "<text:p>Uno <office:annotation><text:p>nota</text:p></office:annotation>dos</text:p>"
    assert text_of(copy_of(odt(body), "ODT").content) == "Uno dos"
    bomb = odt("").replace(b"<office:document-content", b"<!DOCTYPE x [<!ENTITY a 'aa'>]><office:document-content")
    with pytest.raises(RefusedError):
        copy_of(bomb, "ODT")


def test_an_odt_with_a_part_that_cannot_be_unpacked_is_refused_as_damaged():
    picture = bytes(range(256)) * 40
    file = io.BytesIO(odt("<text:p>Uno</text:p>"))
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("Pictures/1.png", picture)
        at = archive.getinfo("Pictures/1.png").header_offset + 30 + len("Pictures/1.png")
    damaged = bytearray(file.getvalue())
    damaged[at : at + 20] = b"\xff" * 20
    with pytest.raises(RefusedError) as refused:
        copy_of(bytes(damaged), "ODT")
    assert refused.value.problems[0].variant == "damaged"


def test_a_copy_of_an_rtf_or_a_text_is_its_text():
    assert copy_of(FILES["RTF"], "RTF").content.decode() == "Contrato de cámaras\n"
    assert copy_of("São João\r\nfim".encode("cp1252"), "TXT").content.decode() == "São João\nfim"


def test_the_same_document_gives_the_same_copy():
    for kind in ("PDF", "DOCX", "ODT", "RTF"):
        assert copy_of(FILES[kind], kind).content == copy_of(FILES[kind], kind).content


@pytest.mark.parametrize(
    ("content", "kind"),
    [(encrypted_pdf(), "PDF"), (b"%PDF-1.7", "PDF"), (b"PK", "DOCX"), (b"\xff\xd8\xff", "JPEG"), (b"II*\0", "TIFF")],
)
def test_what_cannot_be_copied_is_refused(content, kind):
    with pytest.raises(RefusedError):
        copy_of(content, kind)


@needs_documents
@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_real_documents_have_copies_with_the_same_pages(path):
    kind = path.suffix[1:].upper()
    copy = copy_of(path.read_bytes(), kind)
    if kind == "PDF":
        with pikepdf.open(path) as before, pikepdf.open(io.BytesIO(copy.content)) as after:
            assert len(after.pages) == len(before.pages)
            assert "/Info" not in after.trailer


def test_half_a_character_makes_no_line_malformed():
    assert msgspec.json.decode(as_line({"removed": ["a\udcedb", "ñ😀"]})) == {"removed": ["a?b", "ñ😀"]}


@pytest.mark.parametrize("progressive", [False, True])
def test_a_jpeg_is_kept_to_its_end(progressive):
    file = io.BytesIO()
    Image.effect_noise((300, 200), 80).save(file, "JPEG", progressive=progressive)
    assert strip_jpeg(file.getvalue()) == (file.getvalue(), False)
    assert strip_jpeg(file.getvalue() + b"more") == (file.getvalue(), True)
