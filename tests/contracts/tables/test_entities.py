"""Codes of web pages in cells are read as the letters they stand for, and told."""

import pytest

from contracts.ocds.problems import Problem
from contracts.tables.entities import without_entities
from contracts.tables.mending import mended
from contracts.tables.reading import RowRelease, read_table
from contracts.tables.sheets import read_csv


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
def test_they_are_letters(written, meant):
    assert without_entities(written) == meant


@pytest.mark.parametrize("text", ["R&D", "AT&T; IBM", "Silva &SOUZA;", "A & B; C", "&", "Luz &para todos"])
def test_any_other_text_stays(text):
    assert without_entities(text) == text


def test_a_supplier_with_one_is_one_and_the_cells_are_told_at_once():
    """Its semicolons parted it into three."""
    header = "Objeto,Comprador,Proveedor,Monto"
    rows = ("Nube,Educa&#231;&#227;o,Silva &amp; Filhos Ltda &#8211; EPP,5", "Tv,Muni,B,6")
    found = list(read_table(mended(read_csv(["\n".join((header, *rows)).encode()]))))
    first, second = (entry.release for entry in found if isinstance(entry, RowRelease))
    assert first["buyer"]["name"] == "Educação"
    assert [supplier["name"] for supplier in first["awards"][0]["suppliers"]] == ["Silva & Filhos Ltda – EPP"]
    assert second["buyer"]["name"] == "Muni"
    (problem,) = [entry for entry in found if isinstance(entry, Problem)]
    assert (problem.code, problem.pointer, problem.is_warning) == ("entities", "/2", True)
    assert problem.values == {"text": "Educa&#231;&#227;o", "used": "Educação", "number": 2}
