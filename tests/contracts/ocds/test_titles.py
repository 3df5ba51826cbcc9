"""Titles that only number a procedure, and what a process is called then."""

import pytest

from contracts.models.process import called
from contracts.ocds.titles import is_only_number, item_texts


@pytest.mark.parametrize(
    "title",
    [
        *(
            "LP-0012-2024",
            "CONVOCATORIA 004",
            "Convocatoria",
            "Pregão Eletrônico nº 12/2023",
            "015-2011",
            "CD 2019000042",
        ),
        *(
            "Licitación Pública Nacional LPN-01-2020",
            "Tender Ref 17/03822 Bulletin 1",
            "SELECCIÓN ABREVIADA DE MENOR CUANTÍA 3",
        ),
        *("ORDEN DE COMPRA N° 4500012345", "LP-SM-5-2024-GR.CAJ-GSRJ-1"),
    ],
)
def test_a_title_that_only_numbers_a_procedure(title):
    assert is_only_number(title)


@pytest.mark.parametrize(
    "title",
    [
        *(
            "",
            "Cámaras",
            "Adquisición de 12 cámaras",
            "Core network 2024",
            "Contrato de obra 5",
            "Flytrening for kull 01.20",
        ),
        *("Prestação de Serviços de Limpeza – Janeiro de 2009", "Licitación pública para 30 patrullas", "GPS", "***"),
    ],
)
def test_a_title_that_says_something(title):
    assert not is_only_number(title)


def test_a_number_stands_behind_the_first_text_that_says_more():
    assert called("Cámaras", ["Otra cosa"], "ocds-1") == "Cámaras"
    assert called("LP-12", ["LP-12", "", "Cámaras para el mercado"], "ocds-1") == "Cámaras para el mercado (LP-12)"
    assert called("", ["", "Cámaras para el mercado"], "ocds-1") == "Cámaras para el mercado"
    assert (called("LP-12", ["", "N° 5"], "ocds-1"), called("", [], "ocds-1")) == ("LP-12", "ocds-1")


def test_the_number_stays_whole_behind_a_long_text():
    name = called("CONVOCATORIA 004", ["Cámaras " * 100], "ocds-1")
    assert (len(name) <= 200, name.endswith("… (CONVOCATORIA 004)")) == (True, True)


def test_items_are_read_of_every_stage_whatever_else_stands_there():
    release = {
        "tender": {"items": [{"description": "Cámaras"}, {"description": 5}, "x", {}]},
        "awards": [{"items": [{"description": "Postes"}]}, None, {"items": {"description": "x"}}],
        "contracts": {"items": []},
    }
    assert list(item_texts(release)) == ["Cámaras", "Postes"]
    assert list(item_texts({"tender": [1]})) == []
