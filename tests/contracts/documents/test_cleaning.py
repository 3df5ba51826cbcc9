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
from contracts.documents.stripping import strip_jpeg
from contracts.files.lines import as_line
from contracts.ocds.problems import RefusedError
from tests.support.papers import (
    TRACES,
    docx_with,
    odt,
    pdf_with,
    telling_docx,
    telling_jpeg,
    telling_odt,
    telling_pdf,
    telling_rtf,
)
from tests.support.pdfs import encrypted_pdf, pdf
from tests.support.shared import DOCUMENTS, needs_documents
from tests.support.workbooks import zipped


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
    if kind in {"DOCX", "ODT"}:
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


def test_a_copy_of_a_pdf_has_no_attachments_nor_scripts_and_says_the_same():
    copy = copy_of(FILES["PDF"], "PDF")
    assert {"Author", "Metadata", "attachments", "notes", "EXIF"} <= set(copy.removed)
    with pikepdf.open(io.BytesIO(copy.content)) as document:
        assert not document.attachments
        assert len(document.pages) == 2
        assert "/Contents" not in document.pages[0].Annots[0]
    assert text_of(copy.content) == text_of(FILES["PDF"])


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF"])
def test_a_copy_of_a_picture_has_its_pixels_alone(kind):
    image = Image.open(io.BytesIO(copy_of(FILES[kind], kind).content))
    assert (image.format, image.size) == (kind, (60, 40))
    # What tells how the pixels lie stays in a TIFF.
    assert {0x013B, 0x0131, 0x8825}.isdisjoint(image.getexif())


def test_a_copy_of_a_docx_can_be_read():
    assert text_of(copy_of(FILES["DOCX"], "DOCX").content) == "Contrato de cámaras"


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


NOTE = {"Subtype": pikepdf.Name.Text, "Rect": [0, 0, 9, 9], "Contents": f"{TRACES[0]}: see page 2"}
LINK = {"Subtype": pikepdf.Name.Link, "Rect": [0, 0, 9, 9]}
PATH = f"file:///C:/Users/{TRACES[0]}/contrato.docx"
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


def test_a_form_that_is_none_keeps_a_pdf_from_no_copy():
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


CHANGED = (
    '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p>'
    f"<w:ins w:author='{TRACES[0]}' w:id='1'><w:r><w:t>Contrato</w:t></w:r></w:ins></w:p></w:body></w:document>"
)
TEMPLATE = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate" '
    f'Target="{PATH}" TargetMode="External"/></Relationships>'
)
UTF_16 = f'<?xml version="1.0" encoding="UTF-16"?><w:ins w:author="{TRACES[0]}"/>'.encode("utf-16")
DRAWING = (
    f'<svg inkscape:export-filename="/home/{TRACES[0]}/plano.png" xmlns="http://www.w3.org/2000/svg"><metadata id="m">'
    f"<dc:creator>{TRACES[1]}</dc:creator></metadata><rect/></svg>"
)


def telling_gif(side: int = 6) -> bytes:
    """Return a GIF with a comment; its header says how long a side of it is."""
    file = io.BytesIO()
    Image.new("P", (6, 4)).save(file, "GIF", comment=TRACES[0].encode())
    content = file.getvalue()
    return content[:6] + side.to_bytes(2, "little") * 2 + content[10:]


CORE = f"<coreProperties><creator>{TRACES[0]}</creator></coreProperties>"
IN_DOCX = {
    "its template": ("word/_rels/settings.xml.rels", TEMPLATE),
    "where a picture lay": ("word/header9.xml", rf'<pic:cNvPr id="0" descr="C:\Users\{TRACES[0]}\foto.jpg"/>'),
    "a field": ("word/footer9.xml", rf'<w:instrText> HYPERLINK "C:\\Users\\{TRACES[0]}" </w:instrText>'),
    "a list of letters": ("word/settings9.xml", f"<w:mailMerge><w:query w:val='{TRACES[0]}'/></w:mailMerge>"),
    "variables": ("word/settings9.xml", f"<w:docVars><w:docVar w:val='{TRACES[0]}'/></w:docVars>"),
    "properties of a server": ("customXml/item1.xml", f"<SharedWith>{TRACES[0]}</SharedWith>"),
    "an embedded file": ("word/embeddings/sheet.docx", telling_docx("x")),
    "a printer": ("word/printerSettings1.bin", TRACES[1].encode("utf-16-le")),
    "properties by another name": ("package/ab12.psmdcp", CORE),
    "a picture as TIFF": ("word/media/image9.tiff", telling_jpeg("TIFF")),
    "a picture as GIF": ("word/media/image9.gif", telling_gif()),
    "a picture that nobody can read": ("word/media/image9.tif", b"II*\x00" + TRACES[0].encode()),
    "a picture that is too large": ("word/media/image9.gif", telling_gif(60_000)),
    "a picture that ends early": ("word/media/image9.tif", telling_jpeg("TIFF")[:20] + TRACES[0].encode()),
    "a drawing": ("word/media/image9.svg", DRAWING),
    "a picture as PNG": ("word/media/image9.png", telling_jpeg("PNG")),
    "a picture by another name": ("word/media/image9.bin", telling_jpeg()),
    "a film behind a picture": ("word/media/image9.jpg", telling_jpeg(exif=False) + TRACES[0].encode()),
    "an author in other quotes": ("word/document.xml", CHANGED),
    "an author with angle brackets": ("word/footer9.xml", f'<w:ins w:author="{TRACES[0]} a@b>"/>'),
    "an author in UTF-16": ("word/footer9.xml", UTF_16),
}


@pytest.mark.parametrize("kind", IN_DOCX)
def test_a_copy_of_a_docx_tells_nothing_beside_its_text(kind):
    name, part = IN_DOCX[kind]
    content = docx_with(name, part if isinstance(part, bytes) else part.encode())
    copy = copy_of(content, "DOCX")
    found = plain(copy.content, "DOCX")
    assert [trace for trace in TRACES if trace in found] == []
    assert text_of(copy.content) == "Contrato"
    with zipfile.ZipFile(io.BytesIO(copy.content)) as archive:
        assert name in archive.namelist()


def test_when_something_was_changed_goes_too():
    changed = 'dateUtc="2024-05-06T07:08:09Z"'
    times = f"<w16cex:commentExtensible w16cex:{changed}/><w:ins w16du:{changed}/>"
    ids = '<w15:docId w15:val="{7A1B}"/><w14:docId w14:val="7A1B"/>'
    found = plain(copy_of(docx_with("word/more.xml", (times + ids).encode()), "DOCX").content, "DOCX")
    assert "2024-05-06" not in found
    assert "7A1B" not in found
    assert "<w:ins/>" in found


@pytest.mark.parametrize("progressive", [False, True])
def test_a_jpeg_is_kept_to_its_end(progressive):
    file = io.BytesIO()
    Image.effect_noise((300, 200), 80).save(file, "JPEG", progressive=progressive)
    assert strip_jpeg(file.getvalue()) == (file.getvalue(), False)
    assert strip_jpeg(file.getvalue() + b"more") == (file.getvalue(), True)


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


def test_styles_of_a_docx_lose_the_marks_of_who_edited_them():
    styles = b'<w:styles><w:style w:styleId="a"><w:name w:val="a"/><w:rsid w:val="00F70A48"/></w:style></w:styles>'
    copy = copy_of(docx_with("word/styles.xml", styles), "DOCX")
    assert "00F70A48" not in plain(copy.content, "DOCX")
    assert '<w:name w:val="a"/>' in plain(copy.content, "DOCX")
