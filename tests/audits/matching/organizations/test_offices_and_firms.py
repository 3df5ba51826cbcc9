from pathlib import Path

import pytest

from audits.matching.organizations.offices_and_firms import OfficesAndFirms
from audits.matching.reference.data import Reference
from audits.matching.texts.normalize import fold
from audits.matching.texts.word_lists import Words

REFERENCE = Reference.read(Path(__file__).parents[4] / "fixtures" / "reference")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (
            "Sillas para la Secretaría de las Tecnologías de la Información y las Comunicaciones",
            ["Secretaría de las Tecnologías de la Información y las Comunicaciones"],
        ),
        (
            "Palco da Fundação Municipal de Tecnologia, Telecomunicações e Cultura",
            ["Fundação Municipal de Tecnologia, Telecomunicações e Cultura"],
        ),
        ("ADESÃO COM A EMPRESA LUMIA TELECOMUNICAÇÕES LTDA PARA O ANO", ["EMPRESA LUMIA TELECOMUNICAÇÕES LTDA"]),
        ("Adquisición de unidad central de telecomunicaciones", []),
        ("Suministro de unidad de comunicaciones móvil", []),
        ("Soporte para la Oficina, redes y telecomunicaciones", []),
        ("Equipos para la Unidad de Informática", ["Unidad de Informática"]),
        ("Contratar empresa que brinde telecomunicaciones SAS", []),
        ("Empresa especializada em redes de telecomunicações LTDA", []),
        ("Servicio de telecomunicaciones para la escuela", []),
    ],
)
def test_names_tell_who_and_not_what(text, names):
    assert [text[start:end] for start, end in REFERENCE.offices_and_firms.spans(fold(text))] == names


def test_without_words_nobody_is_named():
    assert list(OfficesAndFirms(Words()).spans(fold("Secretaría de Telecomunicaciones"))) == []
