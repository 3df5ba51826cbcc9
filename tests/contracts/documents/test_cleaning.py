"""Copies of documents: what they say stays, who made them goes."""

import io
import tempfile
import zipfile

import msgspec
import pikepdf
import pytest
from PIL import Image

from contracts.documents.copies import clean_copy
from contracts.documents.reading import read_document
from contracts.files.lines import as_line
from contracts.ocds.problems import RefusedError
from tests.support.papers import TRACES, telling_docx, telling_jpeg, telling_pdf
from tests.support.pdfs import encrypted_pdf, pdf
from tests.support.shared import DOCUMENTS, needs_documents


def copy_of(content: bytes, kind: str):
    with tempfile.TemporaryFile() as file:
        file.write(content)
        file.flush()
        return clean_copy(file, kind)


def text_of(content: bytes) -> str:
    with tempfile.TemporaryFile() as file:
        file.write(content)
        return "\n".join(part.text for part in read_document(file).parts)


def plain(content: bytes, kind: str) -> str:
    """All bytes of a file, unpacked."""
    if kind == "DOCX":
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            content = b"".join(archive.read(name) for name in archive.namelist())
    elif kind == "PDF":
        file = io.BytesIO()
        with pikepdf.open(io.BytesIO(content)) as document:
            document.save(file, compress_streams=False, object_stream_mode=pikepdf.ObjectStreamMode.disable)
        content = file.getvalue()
    return content.decode("latin-1").replace("\x00", "")


FILES = {
    "PDF": telling_pdf("Contrato de cámaras", "Fin"),
    "DOCX": telling_docx("Contrato de cámaras"),
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


def test_a_copy_of_a_pdf_has_no_attachments_nor_scripts_and_says_the_same():
    copy = copy_of(FILES["PDF"], "PDF")
    assert {"Author", "Metadata", "attachments", "notes", "EXIF"} <= set(copy.removed)
    with pikepdf.open(io.BytesIO(copy.content)) as document:
        assert not document.attachments
        assert len(document.pages) == 2
        assert str(document.pages[0].Annots[0].Contents) == "see here"
    assert text_of(copy.content) == text_of(FILES["PDF"])


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF"])
def test_a_copy_of_a_picture_has_its_pixels_alone(kind):
    image = Image.open(io.BytesIO(copy_of(FILES[kind], kind).content))
    assert (image.format, image.size) == (kind, (60, 40))
    # What tells how the pixels lie stays in a TIFF.
    assert {0x013B, 0x0131, 0x8825}.isdisjoint(image.getexif())


def test_a_copy_of_a_docx_can_be_read():
    assert text_of(copy_of(FILES["DOCX"], "DOCX").content) == "Contrato de cámaras"


def test_the_same_document_gives_the_same_copy():
    for kind in ("PDF", "DOCX"):
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


def test_names_of_metadata_with_half_a_character_are_told():
    with pikepdf.open(io.BytesIO(pdf("Contrato"))) as document:
        document.docinfo["/Autor"] = "Ana Persona"
        file = io.BytesIO()
        document.save(file, compress_streams=False, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    content = file.getvalue()
    assert b"/Autor" in content
    copy = copy_of(content.replace(b"/Autor", b"/Aut\xedr"), "PDF")
    assert copy.content.startswith(b"%PDF-")


def test_half_a_character_makes_no_line_malformed():
    assert msgspec.json.decode(as_line({"removed": ["a\udcedb", "ñ😀"]})) == {"removed": ["a?b", "ñ😀"]}
