"""Texts that were encoded as UTF-8 twice are read as what was meant, and told."""

import pytest

from contracts.ocds.problems import Problem
from contracts.tables.encoded_twice import once
from contracts.tables.mending import mended
from contracts.tables.reading import RowRelease, read_table
from contracts.tables.sheets import Row, read_csv

TEXTS = ["Educación", "ÁRBOL Ñandú", "São João – “Ações”", "DIRECCIÓN", "1.000 €", "n.º 5"]


def twice(text: str) -> str:
    return "".join(
        bytes([byte]).decode("latin-1" if byte in {0x81, 0x8D, 0x8F, 0x90, 0x9D} else "cp1252")
        for byte in text.encode()
    )


@pytest.mark.parametrize("text", TEXTS)
def test_it_is_read_as_what_was_meant(text):
    assert twice(text) != text
    assert once(twice(text)) == text


@pytest.mark.parametrize(
    "text", [*TEXTS, "", "Muni", "MAÇÃ", "IRMÃ”", "IRMÃ’", "Â", "Ã±andú y señal", "Ελλάδα", "AÇÃO…"]
)
def test_any_other_text_stays(text):
    assert once(text) == text


def test_headers_are_known_and_cells_told_at_once():
    table = "Descripción;Entidad;Proveedor;Monto\nCámaras;Región Ñ;ACME;5\nNube;Muni;Compañía;6\n"
    found = list(read_table(mended(read_csv([twice(table).encode()]))))
    releases = [entry.release for entry in found if isinstance(entry, RowRelease)]
    assert [release["buyer"]["name"] for release in releases] == ["Región Ñ", "Muni"]
    (problem,) = [entry for entry in found if isinstance(entry, Problem)]
    assert (problem.code, problem.pointer, problem.is_warning) == ("encoded_twice", "/1", True)
    assert problem.values == {"text": twice("Descripción"), "used": "Descripción", "number": 4}


def test_so_is_what_is_merged_with_a_cell_above():
    first = Row("Hoja", 1, [twice("Región"), "Nube"])
    rows = list(mended([first, Row("Hoja", 2, ["", "Fibra"], {0: twice("Región")})]))
    assert [row.whole()[0] for row in rows[:2]] == ["Región", "Región"]
    assert rows[2].values["number"] == 1
