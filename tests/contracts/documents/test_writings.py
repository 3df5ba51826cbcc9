"""Documents without pages that are no DOCX: ODT, RTF and plain text."""

import io
import tempfile
import zipfile

import pytest

from contracts.documents.reading import read_document
from contracts.files.plain import decoded
from contracts.files.rtf import DamagedError, text_of_rtf
from contracts.ocds.problems import RefusedError
from tests.support.papers import odt, telling_odt, telling_rtf

# What each encoding must tell from the others, however short.
SPANISH = "El señor Núñez pagó ¿cuánto? por las cámaras de Ñemby."
PORTUGUESE = "Município de São João: licitação nº 12, câmeras de vigilância."


def read(content: bytes):
    with tempfile.TemporaryFile() as file:
        file.write(content)
        return read_document(file)


def refusal(content: bytes) -> str:
    with pytest.raises(RefusedError) as refused:
        read(content)
    return refused.value.problems[0].variant


def test_an_odt_is_read_by_paragraphs_as_a_docx_is():
    document = read(
        odt(
            "<text:h>Contrato</text:h><text:p/>"
            "<text:p>Uno<text:s text:c='2'/>dos<text:tab/>tres<text:line-break/>cuatro</text:p>"
            "<table:table><table:table-row><table:table-cell><text:p>Monto</text:p></table:table-cell>"
            "<table:table-cell><text:p>100</text:p></table:table-cell></table:table-row></table:table>"
            "<text:p>Caja <draw:text-box><text:p>dentro</text:p></draw:text-box>fuera</text:p>"
        )
    )
    (part,) = document.parts
    assert (document.kind, document.pages, document.paragraphs) == ("ODT", 1, 6)
    assert part.text == "Contrato\nUno  dos\ttres\ncuatro\nMonto\n100\nCaja fuera\ndentro"
    assert [number for _first, number in part.paragraphs] == [1, 3, 4, 5, 6, 7]


def test_an_odt_that_counts_spaces_by_a_number_of_5000_digits_is_read():
    spaces = "9" * 5000
    assert read(odt(f"<text:p>Uno<text:s text:c='{spaces}'/>dos</text:p>")).parts[0].text == f"Uno{' ' * 100}dos"


def test_comments_deletions_and_properties_of_odt_and_rtf_are_not_read():
    assert read(telling_odt("Contrato de cámaras")).parts[0].text == "Contrato de cámaras\nAnexo"
    assert read(telling_rtf("Contrato de cámaras", "São João")).parts[0].text == "Contrato de cámaras\nSão João"


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (odt("<text:p>"), "damaged"),
        (odt("", **{"META-INF__manifest.xml": b"<manifest:encryption-data/>"}), "encrypted"),
        (odt("").replace(b"content.xml", b"content.xxx"), "damaged"),
        (
            odt("").replace(b"<office:document-content", b"<!DOCTYPE x [<!ENTITY a 'aa'>]><office:document-content"),
            "damaged",
        ),
        (b"{\\rtf1" + b"{" * 1000, "damaged"),
    ],
    ids=["broken off", "a password", "no content", "an entity", "too deep"],
)
def test_what_cannot_be_read_is_refused_with_its_reason(content, why):
    assert refusal(content) == why


def test_an_odt_that_unpacks_to_far_more_is_refused_unread():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        archive.writestr("content.xml", b" " * 90 * 1024**2)
    assert refusal(file.getvalue()) == "ratio"


@pytest.mark.parametrize(
    ("rtf", "text"),
    [
        (rb"{\rtf1\ansi\ansicpg1252 C\'e1maras\par Fin}", "Cámaras\nFin"),
        (rb"{\rtf1\ansi\ansicpg1251 \'c4\'e0}", "Да"),
        (rb"{\rtf1 a{\*\generator x;}b{\pict\pngblip 89504e}c}", "abc"),
        (rb"{\rtf1\uc2 \u225 ab{\uc0 \u233}c}", "áéc"),
        (rb"{\rtf1\u-10179?\u-8704?}", "\U0001f600"),
        (rb"{\rtf1 a\cell b\cell\row c\~d\{e\}\\}", "a\tb\t\nc\xa0d{e}\\"),
        (rb"{\rtf1{\field{\*\fldinst HYPERLINK C:\\x}{\fldrslt anexo}}}", "anexo"),
        (rb"{\rtf1\bin4 {{{{b}", "b"),
        (rb"{\rtf1 a{\info{\deleted0 Ana}}b\\", "ab\\"),
        (rb"{\rtf1 a}}}} b", "a b"),
    ],
)
def test_an_rtf_gives_its_text(rtf, text):
    assert text_of_rtf(rtf) == text


def test_an_rtf_of_many_brackets_takes_no_memory():
    with pytest.raises(DamagedError):
        text_of_rtf(b"{\\rtf1" + b"{" * 10_000_000)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "cp1252", "cp850", "mac_roman"])
@pytest.mark.parametrize("text", [SPANISH, PORTUGUESE])
def test_a_text_is_read_in_any_encoding(text, encoding):
    content = f"{text}\r\nFin\r".encode(encoding)
    document = read(content)
    assert document.kind == "TXT"
    assert document.parts[0].text == f"{text}\nFin"
    assert [number for _first, number in document.parts[0].paragraphs] == [1, 2]


def test_a_text_of_two_systems_is_read_and_controls_are_not():
    content = f"{SPANISH}\n{SPANISH}\n".encode() + "cámaras\x00\x07".encode("cp1252")
    assert decoded(content) == f"{SPANISH}\n{SPANISH}\ncámaras"
