from pathlib import Path

import pytest

from audits.facts.contracts.amendment_words import AmendmentWords
from audits.matching.reference.files import read_rows
from audits.matching.texts.normalize import fold
from audits.matching.texts.word_lists import Word, Words

WORDS = AmendmentWords(Words(read_rows(Path(__file__).parents[4] / "fixtures" / "reference" / "words.csv", Word)))


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
    assert WORDS.buys_more(text, works=True) is buys


@pytest.mark.parametrize(
    ("text", "buys"),
    [
        ("ampliacion del plazo", False),
        ("modificacion del plazo. ampliacion. plazo: 2 meses", False),
        ("acrescimo do prazo de execucao", False),
        ("extension of time", False),
        ("ampliacion de plazo y monto", True),
        ("ampliacion del plazo por trabajos adicionales", True),
        ("ampliacion de la cantidad", True),
        ("prazo: acrescimo de 60 dias", False),
        ("ampliacion de plazo, monto y cantidad", True),
        ("ampliacion de plazo/monto", True),
        ("ampliacion del plazo de ejecucion y del monto", True),
        ("prorroga de plazo. ampliacion de la cantidad", True),
        ("prorrogacao de prazo, acrescimo de 25%", True),
        ("vigencia: adicion de equipos", True),
    ],
)
def test_more_time_buys_more_of_works_alone(text, buys):
    assert WORDS.buys_more(text, works=False) is buys
    assert WORDS.buys_more(text, works=True)


def test_a_framework_agreement_is_told_by_the_head_of_a_title():
    titles = (
        "acuerdo marco de pescado",
        "licitacion acuerdo marco",
        "pedido acuerdo marco",
        "derivado del acuerdo marco",
    )
    assert [WORDS.framework_named(title) for title in titles] == ["acuerdo marco", "licitacion acuerdo marco", "", ""]


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


def test_without_words_nothing_is_reported():
    empty = AmendmentWords(Words())

    assert not any(
        (
            empty.buys_more("ampliar", works=False),
            empty.framework_named("acuerdo marco"),
            empty.costs_nothing("no cost"),
            empty.is_note("apostila"),
        )
    )
    assert empty.is_informative("adenda")


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("Modificación del plazo. Ampliación. Plazo: 12 meses", 360),
        ("Prórroga por 90 días", 90),
        ("Prorrogação da vigência por mais 12 (doze) meses", 360),
        ("Prorrogação por mais 6 (seis) meses", 180),
        ("Renewal for 2 years", 730),
        ("Time extension, 1 month", 30),
        ("Renovación por 1 mes", 30),
        ("Prórroga. Plazo: 0 meses", 0),
        ("Prórroga", 0),
        ("Prórroga de 6 meses a 12 meses", 0),
        ("Pago a 180 días", 0),
        ("Acréscimo de 12 meses de garantia", 0),
    ],
)
def test_a_renewal_tells_for_how_long(text, days):
    assert WORDS.days_renewed(fold(text).text) == days
