from pathlib import Path

import pytest

from audits.facts.procurement.amendments import AmendmentWords
from audits.matching.reference_files import read_words
from audits.matching.words import Words

WORDS = AmendmentWords(Words(read_words(Path(__file__).parents[3] / "fixtures" / "reference" / "words.csv")))


@pytest.mark.parametrize(
    ("text", "buys"),
    [
        ("acrescimo de 20% ao objeto", True),
        ("acrescimo de clausulas", True),
        ("acresce a clausula quarta", False),
        ("incluir dois servidores", True),
        ("incluir a alinea b", False),
        ("incluir o anexo ii e ampliar o prazo", True),
        ("adicional de insalubridade", False),
        ("adicional de servidores", True),
        ("majoracao do valor unitario", False),
        ("majoracao do valor global", True),
        ("aumento nacional de combustiveis", False),
        ("aumento del precio", False),
        ("aumento de los precios", False),
        ("aumento de la cantidad", True),
        ("acrescimo / supressao", False),
        ("acrescimo e supressao de postos", True),
        ("efecto aumentativo", False),
        ("prorroga de plazo", False),
    ],
)
def test_more_is_bought_where_no_clause_wage_or_unit_price_is_meant(text, buys):
    assert WORDS.buys_more(text) is buys


def test_notes_costs_names_and_insurers_are_told_by_their_words():
    assert [WORDS.is_note(text) for text in ("primeiro termo de apostilamento", "apostila", "aditivo e apostila")] == [
        True,
        True,
        False,
    ]
    assert [WORDS.costs_nothing(text) for text in ("sin modificar el monto", "sin el monto")] == [True, False]
    assert [WORDS.is_informative(text) for text in ("segundo termo aditivo", "termo aditivo de cabos")] == [
        False,
        True,
    ]
    assert [WORDS.is_insurer(name) for name in ("reaseguradora del sur", "seguridad del sur")] == [True, False]


def test_without_words_nothing_is_told():
    empty = AmendmentWords(Words())

    assert not any((empty.buys_more("ampliar"), empty.costs_nothing("no cost"), empty.is_note("apostila")))
    assert empty.is_informative("adenda")
