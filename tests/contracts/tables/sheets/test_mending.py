"""Texts encoded twice or with HTML entities are decoded, and reported."""

import pytest

from contracts.ocds.entities import without_entities
from contracts.tables.sheets.mending import encoded_once, mended
from contracts.tables.sheets.rows import Row, read_csv
from tests.support.tables import parts

TEXTS = ["Educación", "ÁRBOL Ñandú", "São João – “Ações”", "DIRECCIÓN", "1.000 €", "n.º 5"]


def twice(text: str) -> str:
    return "".join(
        bytes([byte]).decode("latin-1" if byte in {0x81, 0x8D, 0x8F, 0x90, 0x9D} else "cp1252")
        for byte in text.encode()
    )


@pytest.mark.parametrize("text", TEXTS)
def test_what_was_encoded_twice_is_read_as_what_was_meant(text):
    assert twice(text) != text
    assert encoded_once(twice(text)) == text


@pytest.mark.parametrize(
    "text", [*TEXTS, "", "Muni", "MAÇÃ", "IRMÃ”", "IRMÃ’", "Â", "Ã±andú y señal", "Ελλάδα", "AÇÃO…"]
)
def test_what_was_encoded_once_stays(text):
    assert encoded_once(text) == text


def test_headers_are_known_and_cells_told_at_encoded_once():
    table = "Descripción;Entidad;Proveedor;Monto\nCámaras;Región Ñ;ACME;5\nNube;Muni;Compañía;6\n"
    releases, (problem,), _sheets = parts(mended(read_csv([twice(table).encode()])))
    assert [release["buyer"]["name"] for release in releases] == ["Región Ñ", "Muni"]
    assert (problem.code, problem.pointer, problem.is_warning) == ("encoded_twice", "/1", True)
    assert problem.values == {"text": twice("Descripción"), "used": "Descripción", "number": 4}


def test_so_is_what_is_merged_with_a_cell_above():
    first = Row("Hoja", 1, [twice("Región"), "Nube"])
    rows = list(mended([first, Row("Hoja", 2, ["", "Fibra"], {0: twice("Región")})]))
    assert [row.whole()[0] for row in rows[:2]] == ["Región", "Región"]
    assert rows[2].values["number"] == 1


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Educa&#231;&#227;o", "Educação"),
        ("C&acirc;meras &amp; v&iacute;deo", "Câmeras & vídeo"),
        ("Silva &amp;amp; Filhos", "Silva & Filhos"),
        ("Obras&nbsp;Ltda", "Obras Ltda"),
        ("A &#x2013; B", "A – B"),
    ],
)
def test_codes_of_web_pages_are_letters(written, meant):
    assert without_entities(written) == meant


@pytest.mark.parametrize("text", ["R&D", "AT&T; IBM", "Silva &SOUZA;", "A & B; C", "&", "Luz &para todos"])
def test_a_text_without_codes_stays(text):
    assert without_entities(text) == text


def test_a_supplier_with_a_code_is_one_and_the_cells_are_told_at_once():
    """Its semicolons parted it into three."""
    header = "Objeto,Comprador,Proveedor,Monto"
    rows = ("Nube,Educa&#231;&#227;o,Silva &amp; Filhos Ltda &#8211; EPP,5", "Tv,Muni,B,6")
    (first, second), (problem,), _sheets = parts(mended(read_csv(["\n".join((header, *rows)).encode()])))
    assert first["buyer"]["name"] == "Educação"
    assert [supplier["name"] for supplier in first["awards"][0]["suppliers"]] == ["Silva & Filhos Ltda – EPP"]
    assert second["buyer"]["name"] == "Muni"
    assert (problem.code, problem.pointer, problem.is_warning) == ("entities", "/2", True)
    assert problem.values == {"text": "Educa&#231;&#227;o", "used": "Educação", "number": 2}
