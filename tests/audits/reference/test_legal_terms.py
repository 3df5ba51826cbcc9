"""The time to bid that laws give: the table, what it refuses, and what rules are told."""

import csv
from datetime import UTC, date
from pathlib import Path

import pytest

from audits.facts.methods.legal_limits import legal_days
from audits.reference.legal_limits import read_submission_days, submission_day_parameters
from audits.rules import RULES
from contracts.ocds.parsing.parse import parse_process

FIXTURE = Path(__file__).parents[3] / "fixtures" / "reference" / "submission_days.csv"
HEADER = "country,procedure,category,days,cut_to,count,valid_from,valid_to,source,url,enabled,note\n"
COUNTRIES = {"AR", "BO", "BR", "CL", "CO", "CR", "DO", "EC", "GT", "HN", "MX", "PA", "PE", "PT", "PY", "SV", "UY"}
ROW = "UY,Licitación Pública,works,15,,working,2020-01-01,2020-12-31,Ley de prueba,,yes,\n"


def written(tmp_path, *rows):
    path = tmp_path / "submission_days.csv"
    path.write_text(HEADER + "".join(rows), encoding="utf-8")
    return path


def days_of(country, procedure, on, category=""):
    tender = {"procurementMethodDetails": procedure, "mainProcurementCategory": category}
    process, _ = parse_process({"ocid": "ocds-test01-1", "tender": tender}, country=country, zone=UTC)
    return legal_days(read_submission_days(FIXTURE), process, on=date.fromisoformat(on))


def test_the_table_names_every_country_and_says_why_a_row_is_off():
    with FIXTURE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))

    assert {row["country"] for row in rows} == COUNTRIES
    assert all(row["url"].startswith("http") for row in rows)
    assert all(row["note"] for row in rows if row["enabled"] != "yes")
    assert len(read_submission_days(FIXTURE)) == sum(row["enabled"] == "yes" for row in rows) < len(rows)


def test_every_term_that_is_on_names_its_article():
    assert [term for term in read_submission_days(FIXTURE) if "art. " not in term["source"]] == []


@pytest.mark.parametrize(
    ("country", "procedure", "on", "category", "days"),
    [
        ("BR", "Pregão - Eletrônico", "2024-05-01", "", 10),
        ("PE", "Licitación Pública", "2025-06-01", "goods", 30),
        ("PT", "Concurso público", "2024-05-01", "works", 14),
        ("PT", "CONCURSO PUBLICO", "2024-05-01", "services", 6),
        ("MX", "01. Licitación Pública Nacional LAASSP / Servicios / Nacional", "2024-05-01", "", 15),
        ("MX", "16 LICITACION PUBLICA NACIONAL LOPSRM", "2016-05-01", "", 15),
        ("MX", "04 INVITACION A CUANDO MENOS TRES NACIONAL LAASSP", "2016-05-01", "", 5),
        ("MX", "01. Licitación Pública Nacional LAASSP", "2025-04-16", "", 15),
        ("MX", "01. Licitación Pública Nacional LAASSP", "2025-04-17", "", 15),
        ("MX", "LICITACION PUBLICA INTERNACIONAL ABIERTA LAASSP", "2026-11-29", "", 20),
        ("MX", "INVITACION A CUANDO MENOS TRES NACIONAL LAASSP", "2026-11-29", "", 5),
        ("MX", "LICITACION PUBLICA NACIONAL LOPSRM", "2025-04-16", "", 15),
        ("MX", "LICITACION PUBLICA NACIONAL LOPSRM", "2025-04-17", "", 10),
        ("MX", "LICITACION PUBLICA INTERNACIONAL LOPSRM", "2026-11-29", "", 20),
        ("GT", "Licitación Pública (Art. 17 LCE)", "2026-11-29", "", 40),
        ("CO", "Mínima cuantía", "2026-11-29", "", 1),
        ("PE", "Licitación Pública Abreviada", "2025-06-01", "goods", 8),
        ("PE", "Concurso Público Abreviado", "2026-11-29", "services", 8),
        ("UY", "Licitación Pública", "2026-01-01", "", 5),
        ("UY", "Licitación Abreviada", "2026-11-29", "", 5),
        ("UY", "Concurso de Precios", "2026-11-29", "", 2),
    ],
)
def test_a_method_has_the_days_of_its_law(country, procedure, on, category, days):
    found = days_of(country, procedure, on, category)
    assert found.days == days
    assert "art." in found.source


@pytest.mark.parametrize(
    ("country", "procedure", "on", "category"),
    [
        ("PE", "Licitación Pública", "2024-06-01", "goods"),  # before the law
        ("PE", "Licitación Pública Abreviada", "2025-04-21", "goods"),  # before the law
        ("PT", "Concurso público", "2024-05-01", ""),  # its category decides
        ("UY", "Licitación Pública", "2025-12-31", ""),  # a wording that was not read
        ("CL", "LE", "2024-12-12", ""),  # off
        ("CR", "Licitación Mayor", "2026-11-29", ""),  # no article
        ("CO", "Mínima cuantía", "2021-12-23", ""),  # before the decree
        ("CO", "Licitación pública", "2026-11-29", ""),  # the law leaves it to the terms of reference
        ("BR", "", "2024-05-01", ""),
    ],
)
def test_no_days_are_given_where_none_are_sure(country, procedure, on, category):
    assert days_of(country, procedure, on, category) is None


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("15", ""),
        ("15", "fifteen"),
        ("15", "0"),
        ("15,,", "15,16,"),
        ("15,,", "15,0,"),
        ("working", "business"),
        ("2020-12-31", "31/12/2020"),
        ("2020-12-31", "2019-07-31"),
        ("Licitación Pública", ""),
        ("works", "roads"),
        ("Ley de prueba", ""),
        ("UY", ""),
    ],
)
def test_a_row_that_is_on_must_be_complete(tmp_path, right, wrong):
    with pytest.raises(ValueError, match=r"submission_days\.csv, row 2"):
        read_submission_days(written(tmp_path, ROW.replace(right, wrong)))


def test_the_rules_about_time_get_the_terms_of_each_country(tmp_path):
    terms = read_submission_days(written(tmp_path, ROW, ROW.replace("UY", "PE"), ROW.replace(",yes,", ",no,")))

    parameters = submission_day_parameters(terms, RULES.values())

    about_time = {"R003", "R014"}
    assert {country: set(by_rule) for country, by_rule in parameters.items()} == {"UY": about_time, "PE": about_time}
    assert [term["days"] for term in parameters["UY"]["R014"]["legal_terms"]] == ["15"]
