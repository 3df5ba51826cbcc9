"""Words that tell of tenders that failed before, and of how many."""

import pytest

from audits.facts.methods.failed_tenders import failures
from audits.matching.texts.normalize import fold


def told(text):
    return [(found.least, found.is_told, text[found.start : found.end]) for found in failures(fold(text))]


@pytest.mark.parametrize(
    ("text", "count", "words"),
    [
        ("Licitación declarada desierta en dos ocasiones", 2, "desierta en dos ocasiones"),
        ("LICITACIÓN DECLARADA DESIERTA POR TERCERA VEZ", 3, "DESIERTA POR TERCERA VEZ"),
        ("Contratación tras quedar desierta en 02 (dos) oportunidades", 2, "desierta en 02 (dos) oportunidades"),
        ("Primera y segunda convocatoria declaradas desiertas", 2, "segunda convocatoria declaradas desiertas"),
        (
            "Dos licitaciones públicas LP-1/20 y LP-2/20, desiertas",
            2,
            "Dos licitaciones públicas LP-1/20 y LP-2/20, desiertas",
        ),
        ("Ítems declarados desiertos en 3 procesos", 3, "desiertos en 3 procesos"),
        ("Licitação  fracassada por duas vezes", 2, "fracassada por duas vezes"),
        ("Três pregões fracassados", 3, "Três pregões fracassados"),
        ("Negotiated Procurement - Two-Failed Biddings", 2, "Two-Failed Biddings"),
        ("The tender was declared unsuccessful twice", 2, "unsuccessful twice"),
    ],
)
def test_the_number_beside_the_words_is_read(text, count, words):
    assert told(text) == [(count, True, words)]


@pytest.mark.parametrize(
    "text",
    [
        "Convocatorias anteriores declaradas desiertas",
        "Licitações anteriores fracassadas",
        "Previous tenders failed",
        "After previous unsuccessful tenders",
    ],
)
def test_earlier_ones_in_the_plural_are_two(text):
    assert [found[:2] for found in told(text)] == [(2, False)]


@pytest.mark.parametrize(
    "text",
    [
        "Adjudicación directa por licitaciones públicas desiertas",
        "Se haya declarado desierta una licitación pública",
        # The second call is this one.
        "Segunda convocatoria por haber quedado desierta la primera",
        "Insumos declarados desiertos en la LPN 70/21 y otros",
        "Licitação deserta",
        # The number is that of another clause.
        "Mantenimiento dos veces por semana; licitación desierta",
        "Unsuccessful tender for two vehicles",
    ],
)
def test_without_a_number_it_is_one(text):
    assert [found[:2] for found in told(text)] == [(1, False)]


@pytest.mark.parametrize(
    "text",
    [
        "La licitación será declarada desierta en dos ocasiones",
        "Se declarará desierta la licitación si no hay dos ofertas",
        "La licitación no fue declarada desierta en dos ocasiones",
        "Projeto de um desembarcadouro na Ilha da Deserta Grande",
        "The bidder failed to submit two tenders",
        "Camino del desierto, dos tramos",
    ],
)
def test_what_did_not_fail_or_is_not_a_tender_tells_nothing(text):
    assert told(text) == []
