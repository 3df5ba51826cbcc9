"""Copies of DOCX: the text stays, authors, places and times go, in whatever part they stand."""

import io
import zipfile

import pytest
from PIL import Image

from tests.contracts.documents.copying import PATH, copy_of, plain, text_of
from tests.support.papers import TRACES, docx_with, telling_docx, telling_jpeg


def test_a_copy_of_a_docx_can_be_read():
    assert text_of(copy_of(telling_docx("Contrato de cámaras"), "DOCX").content) == "Contrato de cámaras"


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


def test_styles_of_a_docx_lose_the_marks_of_who_edited_them():
    styles = b'<w:styles><w:style w:styleId="a"><w:name w:val="a"/><w:rsid w:val="00F70A48"/></w:style></w:styles>'
    copy = copy_of(docx_with("word/styles.xml", styles), "DOCX")
    assert "00F70A48" not in plain(copy.content, "DOCX")
    assert '<w:name w:val="a"/>' in plain(copy.content, "DOCX")
