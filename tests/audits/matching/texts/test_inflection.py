import pytest

from audits.matching.texts.inflection import MAX_FORMS, forms
from audits.matching.texts.normalize import fold_phrase


@pytest.mark.parametrize(
    ("term", "language", "form"),
    [
        ("cámara de videovigilancia", "es", "camaras de video vigilancia"),
        ("cámara de videovigilancia", "es", "camara de la videovigilancia"),
        ("cámaras ptz", "es", "camara ptz"),
        ("distribuidor exclusivo", "es", "distribuidoras exclusivas"),
        ("estación repetidora", "es", "estaciones repetidoras"),
        ("red de fibra óptica", "es", "redes de fibra optica"),
        ("integração com a polícia", "pt", "integracoes com a policia"),
        ("estação rádio base", "pt", "estacoes radio base"),
        ("código-fonte", "pt", "codigo fonte"),
        ("identidade digital", "pt", "identidades digitais"),
        ("fibra óptica", "pt", "fibra otica"),
        ("fibra ótica", "pt", "fibras opticas"),
        ("conectividade à internet", "pt", "conetividade a internet"),
        ("deteção de intrusões", "pt", "deteccao de intrusoes"),
        ("plataforma eletrónica", "pt", "plataforma electronica"),
        ("infraestrutura de rede", "pt", "infra estruturas de rede"),
        ("license plate reader", "en", "license plate readers"),
        ("security body", "en", "security bodies"),
        ("video-surveillance", "en", "videosurveillance"),
        ("ECU 911", "es", "ecu911"),
    ],
)
def test_a_form_is_known(term, language, form):
    assert form in forms(term, language)


@pytest.mark.parametrize(
    ("term", "language"), [("aws", "es"), ("rpas", "es"), ("epos", "en"), ("lims", "en"), ("país", "es")]
)
def test_four_letters_that_end_in_s_are_no_plural(term, language):
    assert forms(term, language) == {fold_phrase(term)}


def test_the_term_itself_is_always_among_its_forms():
    term = "sistema de control de acceso de la puerta de la sala de los servidores de la red de datos"

    found = forms(term, "es")

    assert len(found) <= MAX_FORMS + 1
    assert term in found


def test_a_name_has_one_form():
    assert forms("Oracle", "xx") == {"oracle"}


def test_a_name_with_capitals_within_has_no_other_forms():
    assert forms("SaaS", "pt") == {"saas"}
    assert forms("IoT", "es") == {"iot"}


def test_only_portuguese_changed_its_spelling():
    assert "fibra otica" not in forms("fibra óptica", "es")
    assert "robotica" in forms("robótica", "pt")
    assert "roboptica" not in forms("robótica", "pt")
