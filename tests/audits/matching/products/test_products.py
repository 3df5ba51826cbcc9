from pathlib import Path

import pytest

from audits.matching.products.unlisted import Sign, unlisted_products
from audits.matching.reference.data import Reference
from audits.matching.texts.word_lists import Words

WORDS = Reference.read(Path(__file__).parents[4] / "fixtures" / "reference").words


def names_in(text, language="es"):
    return [
        text[found.start : found.end] for found in unlisted_products(text, language, WORDS) if found.sign is Sign.NAME
    ]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Mantenimiento de Software de Recaudación de Tasas VELTRO", "VELTRO"),
        ("soporte del Sistema Informático TRAMIX de catastro", "TRAMIX"),
        ("Actualización de la plataforma de trámites en línea «ORBIX»", "ORBIX"),
        ("SOPORTE DEL SISTEMA DE GESTION CATASTRAL (SIGCAM)", "SIGCAM"),
        ("SOPORTE DEL SOFTWARE KOFAX", "KOFAX"),
        ("ACTUALIZACION DEL SISTEMA DE INFORMACION FINANCIERO Y ADMINISTRATIVO VANTRA EN EL MUNICIPIO", "VANTRA"),
        ("SOPORTE DEL SOFTWARE CONTABLE ORDINA V5 DE LA ALCALDIA", "ORDINA"),
        ("Renovación del sistema de Gestión Escolar Alumni para el año", "Alumni"),
        ("Licenciamento da Aplicação Informática meuRIO", "meuRIO"),
        ("Licencias anuales [VELTRO]", "VELTRO"),
    ],
)
def test_a_name_ends_what_a_system_does(text, name):
    assert name in names_in(text)


def test_portuguese_gives_products_an_article_where_capitals_inside_tell_them():
    assert names_in("Renovação do licenciamento do iPortalDoc e de outros", "pt") == ["iPortalDoc"]
    assert names_in("Renovação do licenciamento do INEM e de outros serviços", "pt") == []


def test_abbreviations_of_systems_in_the_plural_are_kinds():
    assert names_in("Manutenção de sistemas SCIE em edifícios municipais", "pt") == []
    assert names_in("Manutenção do sistema SCIE em edifícios municipais", "pt") == ["SCIE"]


@pytest.mark.parametrize(
    "text",
    [
        "Mantenimiento del sistema de la SNR",
        "Sistema de gestión del Instituto de Previsión IPS",
        "Software de control de CCTV",
        "SOPORTE DE SOFTWARE (LICENCIAS)",
        "MANTENIMIENTO DEL SISTEMA DE INFORMACION DE SABANALTA PARA EL AÑO",
        "SISTEMA DE INFORMACION GEOGRAFICA PARA EL CATASTRO",
        "SOPORTE DEL SISTEMA FINANCIERO DE LA GOBERNACION XIV",
        "Licencias de Softwares y Solución Integrada de Gestión",
        "LICENCIAS DE INFRAESTRUCTURA, SOFTWARE COMPLETO, SOLUCION OPTICA",
        "SOFTWARE EMPRESARIAL, LICENCIAS DE ACTUALIZACION, SOFTWARE CULTURAL",
        "Servicio de datos para las cámaras del ECU 911",
        "[LICITANET] - Renovação de licenças",
    ],
)
def test_ordinary_words_and_abbreviations_of_bodies_are_no_names(text):
    assert list(unlisted_products(text, "es", WORDS)) == []


@pytest.mark.parametrize(
    ("text", "language", "name"),
    [
        ("SOPORTE DEL SOFTWARE MONITOREO", "es", "MONITOREO"),
        ("Mantenimiento Del Sistema De Alerta Temprana", "es", "Temprana"),
        ("Renovação de licenças do software Suporte", "pt", "Suporte"),
    ],
)
def test_a_word_that_buyers_write_in_small_letters_is_not_a_name(text, language, name):
    without = Words(row for row in WORDS.rows if row.list != "ordinary_word")
    told = {text[found.start : found.end] for found in unlisted_products(text, language, without)}

    assert name in told
    assert list(unlisted_products(text, language, WORDS)) == []


@pytest.mark.parametrize("text", ["Suministro de equipo CO2", "Entrega de cámaras con equipo ANALIZADORES19"])
def test_gases_and_notes_at_the_end_of_a_word_are_no_models(text):
    assert list(unlisted_products(text, "es", WORDS)) == []


def test_letters_and_digits_behind_a_machine_are_a_model():
    text = "Suministro de equipo THR9 y equipo DATADOMAIN3300"

    assert [text[found.start : found.end] for found in unlisted_products(text, "es", WORDS)] == [
        "THR9",
        "DATADOMAIN3300",
    ]


@pytest.mark.parametrize(
    ("names", "told"), [(True, {"Fortix", "THR9", "marca Elvion"}), (False, {"THR9", "marca Elvion"})]
)
def test_brands_and_models_are_told_with_names_and_alone(names, told):
    text = "Renovación del software Fortix, equipo THR9 de la marca Elvion"

    assert {text[found.start : found.end] for found in unlisted_products(text, "es", WORDS, names=names)} == told


def test_a_brand_may_begin_as_a_short_word_does():
    brand = [
        text[found.start : found.end]
        for text in ["de la marca Elvion"]
        for found in unlisted_products(text, "es", WORDS)
    ]

    assert brand == ["marca Elvion"]
    assert list(unlisted_products("de la marca y modelo ofertados", "es", WORDS)) == []


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("J065--MIM Software Upgrades, Support Services, and Licensing", "MIM"),
        ("Software license - TruePlanning software", "TruePlanning"),
        ("Renewal of Licence OfficeTimeline", "OfficeTimeline"),
        ("annual renewal of GAMS licences", "GAMS"),
        ("a system called Galaxy, and its support", "Galaxy"),
    ],
)
def test_english_names_stand_before_what_they_are(text, name):
    assert set(names_in(text, "en")) == {name}


@pytest.mark.parametrize(
    "text",
    [
        "License/Maintenance fees for application software (including COTS) and application development",
        "Software License Resellers Agreement for Colleges",
        "For software application license for BOST since NITA implements policies",
        "SUPPORT OF ENTERPRISE GEOSPATIAL SOFTWARE (eGIS)",
        "SUPPORT OF SUBJECT MATTER EXPERTS AND MIM SOFTWARE",
        "ADP Software - Standalone license",
        "Renewal of Licence Software",
        "Support by subject matter experts [SMES] of software",
        "NAVY ERP SPECIAL PROJECTS SUPPORT",
        "Speed camera system on A17, and servers for AURORA2",
        "Switchboard; NSN 1290; radio, NSN 6110",
    ],
)
def test_what_follows_software_in_english_is_what_it_is_for(text):
    assert list(unlisted_products(text, "en", WORDS)) == []
