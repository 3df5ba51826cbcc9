from math import log
from pathlib import Path

import pytest

from audits.judging.dossiers.backing import (
    BACKING,
    BACKING_OF_NAME,
    BACKING_OF_OTHER_TRADES,
    BACKING_OF_TRADE,
    backing,
)
from audits.judging.dossiers.building import build_dossier
from audits.matching.lexicon import Term
from audits.matching.reader import Reader
from audits.matching.reference import Reference
from contracts.ocds.views import Text

REFERENCE = Reference.read(Path(__file__).parents[3] / "fixtures" / "reference")


def least(title, *, supplier="", buyer="", language="pt"):
    text = Text("/tender/title", title, "title")
    weak = [
        found
        for found in REFERENCE.scan(text, language)[0]
        if found.concept in {"software_platform", "network_equipment", "server_storage"}
    ]
    assert weak
    suppliers = [supplier] if supplier else []
    return backing(weak, [text], suppliers, [buyer] if buyer else [], language, REFERENCE)


@pytest.mark.parametrize(
    ("title", "supplier"),
    [
        ("Fornecimento do sistema VELTRO nos centros de saúde", "VELTRO Workforce, SA"),
        ("Aumento do licenciamento dos módulos do Veltro", "Veltro, Lda"),
    ],
)
def test_a_program_that_bears_the_name_of_its_supplier_needs_little(title, supplier):
    assert least(title, supplier=supplier) == BACKING_OF_TRADE


@pytest.mark.parametrize(
    ("title", "supplier", "buyer"),
    [
        ("Formação no sistema VELTRO", "Outra Casa, SA", ""),
        ("Reparação na rede Veltro", "Veltro, SA", ""),
        ("Formação na plataforma da Veltro", "Veltro, SA", "Câmara da Veltro"),
        ("Serviços para a plataforma de apoio", "Apoio, SA", ""),
    ],
)
def test_others_names_networks_the_buyers_own_and_ordinary_words_are_not_the_suppliers(title, supplier, buyer):
    assert least(title, supplier=supplier, buyer=buyer) > BACKING_OF_TRADE


@pytest.mark.parametrize("title", ["Formação na plataforma Escolgest", "Reparação do sistema DOCveltro"])
def test_a_program_with_a_name_needs_less(title):
    assert least(title, supplier="Outra Casa, SA") == BACKING_OF_NAME


@pytest.mark.parametrize("title", ["Formação nos sistemas AVXC", "Formação na plataforma de ensino livre"])
def test_kinds_of_systems_and_what_they_do_name_none(title):
    assert least(title, supplier="Outra Casa, SA") == BACKING_OF_OTHER_TRADES
    assert least(title) == BACKING


def test_what_is_bought_by_its_first_words_needs_less():
    assert least("Compra de storage", language="es") == BACKING_OF_NAME
    assert least("Edificio para el storage", language="es") == BACKING
    assert least("Compra de plataforma", language="es") == BACKING


@pytest.mark.parametrize(("probability", "is_found"), [(0.39, False), (0.41, True)])
def test_a_dossier_asks_for_as_much_as_its_texts_and_names_tell(probability, is_found):
    reference = Reference(
        terms=[Term("software_platform", "pt", "plataforma", "weak")],
        entries=[],
        reader=Reader({}, log(probability / (1 - probability))),
        words=REFERENCE.words.rows,
    )
    release = {"ocid": "x-1", "language": "pt", "tender": {"title": "Formação na plataforma Escolgest"}}

    assert bool(build_dossier(release, reference=reference).scope) is is_found
