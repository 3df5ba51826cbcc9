"""Copies of PDFs: pages, links and notes stay, who made, read or signed them goes."""

import io

import pikepdf
import pytest
from PIL import Image

from tests.contracts.documents.copying import PATH, copy_of, plain, text_of
from tests.support.papers import TRACES, pdf_with, telling_jpeg, telling_pdf
from tests.support.pdfs import pdf

TELLING = telling_pdf("Contrato de cámaras", "Fin")


def test_a_copy_of_a_pdf_has_no_attachments_nor_scripts_and_says_the_same():
    copy = copy_of(TELLING, "PDF")
    assert {"Author", "Metadata", "attachments", "notes", "EXIF"} <= set(copy.removed)
    with pikepdf.open(io.BytesIO(copy.content)) as document:
        assert not document.attachments
        assert len(document.pages) == 2
        assert "/Contents" not in document.pages[0].Annots[0]
    assert text_of(copy.content) == text_of(TELLING)


def test_names_of_metadata_with_half_a_character_are_told():
    with pikepdf.open(io.BytesIO(pdf("Contrato"))) as document:
        document.docinfo["/Autor"] = "Ana Persona"
        file = io.BytesIO()
        document.save(file, compress_streams=False, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    content = file.getvalue()
    assert b"/Autor" in content
    copy = copy_of(content.replace(b"/Autor", b"/Aut\xedr"), "PDF")
    assert copy.content.startswith(b"%PDF-")


NOTE = {"Subtype": pikepdf.Name.Text, "Rect": [0, 0, 9, 9], "Contents": f"{TRACES[0]}: see page 2"}
LINK = {"Subtype": pikepdf.Name.Link, "Rect": [0, 0, 9, 9]}
IN_PDFS = {
    "a note that is written inside the page": lambda _pdf: NOTE,
    "a file that a note holds": lambda pdf: (
        NOTE
        | {
            "Subtype": pikepdf.Name.FileAttachment,
            "Contents": "",
            "FS": pikepdf.AttachedFileSpec(pdf, TRACES[0].encode(), filename=f"{TRACES[0]}.txt").obj,
        }
    ),
    "a link to a file": lambda _pdf: LINK | {"A": pikepdf.Dictionary(S=pikepdf.Name.URI, URI=PATH)},
    "where a picture lay": lambda _pdf: LINK | {"Alt": rf"C:\Users\{TRACES[0]}\Desktop\logo.png"},
    "an action that opens a file": lambda _pdf: LINK | {"A": pikepdf.Dictionary(S=pikepdf.Name.Launch, F=PATH)},
    "a film beside it": lambda _pdf: (
        LINK | {"MK": pikepdf.Dictionary(D=pikepdf.Dictionary(F=f"/C/Users/{TRACES[0]}/acta.mp4"))}
    ),
    "for whom a layer is": lambda pdf: (
        LINK | {"OC": pdf.make_indirect(pikepdf.Dictionary(Usage=pikepdf.Dictionary(User={"/Name": TRACES[0]})))}
    ),
    "when a link was made": lambda _pdf: LINK | {"M": f"D:2024 {TRACES[0]}"},
}


@pytest.mark.parametrize("kind", IN_PDFS)
def test_a_copy_of_a_pdf_tells_nothing_of_who_read_it(kind):
    content = pdf_with(IN_PDFS[kind])
    assert TRACES[0] in plain(content, "PDF")
    copy = copy_of(content, "PDF")
    assert TRACES[0] not in plain(copy.content, "PDF")
    assert copy.removed
    assert text_of(copy.content) == "Contrato"


def test_a_copy_of_a_pdf_has_no_form_in_xml_nor_a_local_address_that_links_begin_with():
    with pikepdf.open(io.BytesIO(pdf("Contrato"))) as document:
        form = pikepdf.Stream(document, f"<xmp:CreatorTool>{TRACES[0]}</xmp:CreatorTool>".encode())
        document.Root["/AcroForm"] = pikepdf.Dictionary(XFA=form, Fields=pikepdf.Array([]))
        document.Root["/URI"] = pikepdf.Dictionary(Base=PATH)
        file = io.BytesIO()
        document.save(file)
    copy = copy_of(file.getvalue(), "PDF")
    assert TRACES[0] not in plain(copy.content, "PDF")
    assert {"form", "paths"} <= set(copy.removed)


def test_a_broken_form_does_not_keep_a_pdf_from_being_copied():
    with pikepdf.open(io.BytesIO(pdf("Contrato"))) as document:
        document.Root["/AcroForm"] = pikepdf.Array([1])
        file = io.BytesIO()
        document.save(file)
    assert text_of(copy_of(file.getvalue(), "PDF").content) == "Contrato"


def test_a_jpeg_2000_of_a_pdf_has_its_pixels_alone():
    picture = io.BytesIO()
    Image.effect_noise((40, 30), 80).save(picture, "JPEG2000")
    box = b"uuid" + bytes(16) + TRACES[0].encode()
    telling = picture.getvalue()[:12] + (len(box) + 4).to_bytes(4) + box + picture.getvalue()[12:]
    with pikepdf.open(io.BytesIO(pdf("Contrato"))) as document:
        stream = pikepdf.Stream(document, telling)
        stream.Filter = pikepdf.Name.JPXDecode
        document.pages[0].Resources["/XObject"] = pikepdf.Dictionary(Photo=stream)
        file = io.BytesIO()
        document.save(file)
    with pikepdf.open(io.BytesIO(copy_of(file.getvalue(), "PDF").content)) as document:
        assert document.pages[0].Resources.XObject.Photo.read_raw_bytes() == picture.getvalue()


def test_what_is_written_on_a_page_and_links_to_the_web_stay():
    said = {"Subtype": pikepdf.Name.FreeText, "Rect": [0, 0, 9, 9], "Contents": "Anexo 2"}
    copy = copy_of(pdf_with(lambda _pdf: said), "PDF")
    assert "Anexo 2" in plain(copy.content, "PDF")
    address = pikepdf.Dictionary(S=pikepdf.Name.URI, URI="https://example.org/acta")
    copy = copy_of(pdf_with(lambda _pdf: LINK | {"A": address, "Alt": "El acta"}), "PDF")
    assert "El acta" in plain(copy.content, "PDF")
    assert "https://example.org/acta" in plain(copy.content, "PDF")


@pytest.mark.parametrize("filters", [["DCTDecode"], ["ASCIIHexDecode", "DCTDecode"]], ids="-".join)
def test_a_picture_of_a_pdf_has_no_exif_however_it_is_packed(filters):
    with pikepdf.open(io.BytesIO(pdf("Contrato"))) as document:
        picture = telling_jpeg()
        packed = picture if len(filters) == 1 else picture.hex().encode() + b">"
        stream = pikepdf.Stream(document, packed)
        stream.Filter = pikepdf.Array([pikepdf.Name(f"/{name}") for name in filters])
        document.pages[0].Resources["/XObject"] = pikepdf.Dictionary(Photo=stream)
        file = io.BytesIO()
        document.save(file)
    copy = copy_of(file.getvalue(), "PDF")
    assert "EXIF" in copy.removed
    with pikepdf.open(io.BytesIO(copy.content)) as document:
        raw = document.pages[0].Resources.XObject.Photo.read_raw_bytes()
        assert not Image.open(io.BytesIO(raw)).getexif()


def test_a_copy_of_a_pdf_has_no_identifier_of_the_original():
    with pikepdf.open(io.BytesIO(pdf("Contrato"))) as document:
        document.trailer["/ID"] = pikepdf.Array(
            [pikepdf.String("of the draft 123"), pikepdf.String("of the draft 123")]
        )
        file = io.BytesIO()
        document.save(file)
    with pikepdf.open(io.BytesIO(file.getvalue())) as before:
        known = bytes(before.trailer.ID[0])
    with pikepdf.open(io.BytesIO(copy_of(file.getvalue(), "PDF").content)) as after:
        assert known not in {bytes(part) for part in after.trailer.ID}


def signed(document: pikepdf.Pdf) -> dict:
    """The field of a signature, as it stands on a page of a document that is signed."""
    signature = document.make_indirect(
        pikepdf.Dictionary(
            Type=pikepdf.Name.Sig,
            Name="Ana Persona",
            M="D:20250815111241-03'00'",
            Location="Asunción",
            Contents=b"cert",
        )
    )
    document.Root.DSS = pikepdf.Dictionary(Certs=[document.make_stream(b"certificate")])
    document.Root.Perms = pikepdf.Dictionary(DocMDP=signature)
    return {"FT": pikepdf.Name.Sig, "Rect": [0, 0, 9, 9], "T": "Firma1", "V": signature}


def signed_below(document: pikepdf.Pdf) -> dict:
    """The same, where the field stands above what is on the page, and tells what kind it is."""
    field = signed(document)
    return field | {"Parent": document.make_indirect(pikepdf.Dictionary(FT=field.pop("FT"), T=field.pop("T")))}


@pytest.mark.parametrize("field", [signed, signed_below])
def test_a_copy_has_no_signature_which_would_be_broken_and_tells_who_signed_when_and_where(field):
    content = pdf_with(field)
    assert "Ana Persona" in plain(content, "PDF")
    copy = copy_of(content, "PDF")
    assert "signatures" in copy.removed
    found = plain(copy.content, "PDF")
    assert not any(told in found for told in ("Ana Persona", "20250815", "Asunci", "certificate", "/DocMDP"))
    assert "/Rect" in found, "what it shows stays on the page"
