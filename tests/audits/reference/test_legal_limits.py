import csv
import re
from datetime import UTC, date
from itertools import combinations
from pathlib import Path

import pytest

from audits.facts.methods.legal_limits import choices, legal_limit
from audits.judging.rule.vocabulary import NotApplicableError
from audits.matching.texts.normalize import fold_phrase
from audits.reference.legal_limits import CATEGORIES, read_submission_days, read_thresholds, threshold_parameters
from audits.rules import RULES
from contracts.ocds.parsing.parse import parse_process

FIXTURE = Path(__file__).parents[3] / "fixtures" / "reference" / "thresholds.csv"
DAYS = FIXTURE.with_name("submission_days.csv")
HEADER = "country,kind,method,procedure,category,currency,amount,valid_from,valid_to,source,url,enabled,note\n"
ROW = "UY,direct,direct,Compra Directa,goods,UYU,200000,2020-08-01,2020-12-31,Ley de prueba,,yes,\n"
COUNTRIES = {"AR", "BO", "BR", "CL", "CR", "DO", "EC", "GT", "PA", "PE", "PT", "PY", "SV", "UY"}


def written(tmp_path, *rows):
    path = tmp_path / "thresholds.csv"
    path.write_text(HEADER + "".join(rows), encoding="utf-8")
    return path


def process_of(country, procedure, category="", buyer="Ministerio de Salud de la Nación"):
    tender = {
        "procurementMethod": "direct",
        "procurementMethodDetails": procedure,
        "mainProcurementCategory": category,
    }
    record = {"ocid": "ocds-test01-1", "tender": tender, "buyer": {"name": buyer}}
    process, _ = parse_process(record, country=country, zone=UTC)
    return process


def limit_of(kind, process, currency, on):
    return legal_limit(read_thresholds(FIXTURE), process, kind=kind, currency=currency, on=date.fromisoformat(on))


def test_only_thresholds_that_are_on_are_read_from_the_fixture():
    rows = read_thresholds(FIXTURE)

    with FIXTURE.open(encoding="utf-8", newline="") as file:
        written = list(csv.DictReader(file))
    assert len(rows) == sum(row["enabled"] == "yes" for row in written) < len(written)
    assert {row["country"] for row in rows} == COUNTRIES
    assert all(row["source"] and row["valid_from"] and row["valid_to"] for row in rows)


def test_laws_are_cited_in_their_own_language_and_without_addresses():
    """Sentences of flags quote them in every language; an address has a column of its own."""
    quoted = " ".join(row["source"] for row in read_thresholds(FIXTURE) + read_submission_days(DAYS))
    assert (
        re.findall(r"\b(?:before|after|since|until|and|the|of|as|amended|law|article)\b", quoted, re.IGNORECASE) == []
    )
    assert re.findall(r"https?:|www\.|\.[a-z]+/", quoted) == []


def test_a_row_of_the_fixture_that_is_off_says_why():
    with FIXTURE.open(encoding="utf-8", newline="") as file:
        off = [row for row in csv.DictReader(file) if row["enabled"] != "yes"]

    assert {row["enabled"] for row in off} == {"no"}
    assert all(row["source"] and row["note"] for row in off)


def test_no_two_limits_of_the_fixture_hold_for_one_purchase():
    def meet(one, other):
        def both(name, every):
            return set(choices(one, name) or every) & set(choices(other, name) or every)

        procedures = {fold_phrase(name) for name in choices(one, "procedure")}
        return (
            (one["country"], one["kind"], one["currency"]) == (other["country"], other["kind"], other["currency"])
            and bool(procedures & {fold_phrase(name) for name in choices(other, "procedure")})
            and bool(both("category", CATEGORIES))
            and one["valid_from"] <= other["valid_to"]
            and other["valid_from"] <= one["valid_to"]
        )

    assert [pair for pair in combinations(read_thresholds(FIXTURE), 2) if meet(*pair)] == []


@pytest.mark.parametrize(
    ("country", "kind", "procedure", "category", "currency", "on", "amount"),
    [
        ("BR", "direct", "Dispensa de Licitação", "services", "BRL", "2018-07-18", "8000"),
        ("BR", "direct", "Dispensa de Licitação", "services", "BRL", "2018-07-19", "17600"),
        ("BR", "direct", "DISPENSA", "goods", "BRL", "2020-05-06", "17600"),
        ("BR", "direct", "DISPENSA", "goods", "BRL", "2020-05-07", "50000"),
        ("BR", "direct", "Dispensa", "works", "BRL", "2021-01-01", "33000"),
        ("BR", "direct", "Dispensa", "works", "BRL", "2021-04-01", "100000"),
        ("BR", "direct", "Dispensa", "works", "BRL", "2022-01-01", "108040.82"),
        ("BR", "direct", "Dispensa", "goods", "BRL", "2023-12-31", "57208.33"),
        ("BR", "direct", "Dispensa", "goods", "BRL", "2024-01-01", "59906.02"),
        ("BR", "direct", "Dispensa Eletrônica", "services", "BRL", "2025-06-30", "62725.59"),
        ("BR", "direct", "Dispensa", "works", "BRL", "2026-01-01", "130984.20"),
        ("BR", "competitive", "Convite", "goods", "BRL", "2019-01-01", "176000"),
        ("BR", "competitive", "Tomada de Preços", "works", "BRL", "2018-07-18", "1500000"),
        ("DO", "direct", "Compras por Debajo del Umbral", "goods", "DOP", "2025-03-01", "248085.66"),
        ("DO", "competitive", "Comparación de Precios", "works", "DOP", "2024-03-01", "176181641.91"),
        ("DO", "competitive", "Comparación de Precios", "services", "DOP", "2024-03-01", "5362627.33"),
        ("EC", "direct", "Contratacion directa", "services", "USD", "2020-03-02", "70996.84"),
        ("EC", "direct", "Ínfima Cuantía", "", "USD", "2025-07-06", "7212.60"),
        ("EC", "direct", "Infima Cuantia", "", "USD", "2025-07-07", "10000"),
        ("EC", "competitive", "Menor Cuantía", "works", "USD", "2019-05-01", "248705.76"),
        ("EC", "competitive", "Cotización", "goods", "USD", "2022-05-01", "508496.02"),
        ("GT", "competitive", "Cotización (Art. 38 LCE)", "", "GTQ", "2020-01-01", "900000"),
        ("GT", "direct", "Compra de Baja Cuantía (Art.43 inciso a)", "", "GTQ", "2020-01-01", "25000"),
        ("PA", "competitive", "Contratación Menor", "", "PAB", "2020-09-08", "50000"),
        ("PE", "direct", "Contrataciones hasta 8 UIT (LEY 30225)", "", "PEN", "2024-12-31", "41200"),
        ("PE", "direct", "Contrataciones hasta 8 UIT (LEY 30225)", "", "PEN", "2025-01-01", "42800"),
        ("PY", "competitive", "Concurso de Ofertas", "", "PYG", "2020-12-01", "843400000"),
        ("AR", "competitive", "Compulsa Abreviada por Monto", "", "ARS", "2026-11-29", "40000000"),
        ("AR", "competitive", "Licitacion Privada", "", "ARS", "2025-06-30", "200000000"),
        ("BO", "competitive", "Contratación Menor", "", "BOB", "2026-11-29", "50000"),
        ("BO", "competitive", "ANPE", "", "BOB", "2026-11-29", "1000000"),
        ("CL", "competitive", "Compra Ágil", "", "CLP", "2024-12-12", "6729400"),
        ("CL", "competitive", "Compra Ágil", "", "CLP", "2025-02-28", "6729400"),
        ("CL", "competitive", "Compra Ágil", "", "CLP", "2025-03-01", "6803400"),
        ("CL", "competitive", "Compra Ágil", "", "CLP", "2026-01-31", "6975100"),
        ("CL", "competitive", "Compra Ágil", "", "CLP", "2026-02-01", "6961100"),
        ("CL", "competitive", "Compra Ágil", "", "CLP", "2026-10-31", "7215100"),
        ("DO", "direct", "Contratación Directa Sujeta al Umbral", "goods", "DOP", "2026-03-31", "248085.66"),
        ("DO", "direct", "Contratación Directa Sujeta al Umbral", "goods", "DOP", "2026-04-01", "268111.37"),
        ("DO", "direct", "Compras por Debajo del Umbral", "services", "DOP", "2026-11-29", "268111.37"),
        ("DO", "competitive", "Contratación Simplificada", "works", "DOP", "2026-03-31", "186064255.80"),
        ("DO", "competitive", "Licitación Restringida", "works", "DOP", "2026-01-28", "411347975.99"),
        ("EC", "direct", "Ínfima Cuantía", "", "USD", "2024-03-01", "6658.78"),
        ("EC", "direct", "Ínfima Cuantía", "", "USD", "2026-11-29", "10000"),
        ("EC", "competitive", "Cotización", "works", "USD", "2024-03-01", "998817.10"),
        ("GT", "direct", "Compra de Baja Cuantía", "", "GTQ", "2026-11-29", "25000"),
        ("GT", "competitive", "Compra Directa con Oferta Electrónica", "", "GTQ", "2024-06-30", "90000"),
        ("PA", "competitive", "Compra Menor", "", "PAB", "2026-11-29", "50000"),
        ("PE", "direct", "Contrato Menor", "", "PEN", "2025-04-22", "42800"),
        ("PE", "direct", "Contratos Menores", "", "PEN", "2026-01-01", "44000"),
        ("PE", "competitive", "Adjudicación Simplificada", "goods", "PEN", "2024-12-31", "479999.99"),
        ("PE", "competitive", "Adjudicación Simplificada", "works", "PEN", "2023-01-01", "2799999.99"),
        ("PE", "competitive", "Adjudicación Simplificada", "works", "PEN", "2025-04-21", "4999999.99"),
        ("PE", "competitive", "Licitación Pública Abreviada", "goods", "PEN", "2026-11-29", "484999.99"),
        ("PE", "competitive", "Licitación Pública Abreviada", "works", "PEN", "2026-11-29", "4999999.99"),
        ("PE", "competitive", "Concurso Público Abreviado", "services", "PEN", "2026-11-29", "484999.99"),
        ("PE", "competitive", "Comparación de Precios", "services", "PEN", "2026-11-29", "100000"),
        ("PE", "competitive", "Licitación Pública Abreviada", "goods", "PEN", "2025-04-22", "484999.99"),
        ("PE", "competitive", "Licitación Pública Abreviada", "works", "PEN", "2025-12-31", "4999999.99"),
        ("PE", "competitive", "Concurso Público Abreviado", "services", "PEN", "2025-12-31", "484999.99"),
        ("PT", "direct", "Ajuste direto", "works", "EUR", "2026-11-29", "29999.99"),
        ("PT", "direct", "Ajuste Direto Regime Geral", "services", "EUR", "2025-01-01", "19999.99"),
        ("PT", "competitive", "Consulta Prévia", "goods", "EUR", "2026-11-29", "74999.99"),
        ("SV", "competitive", "Comparación de Precios", "", "USD", "2025-05-31", "87600"),
        ("SV", "competitive", "Comparación de Precios", "", "USD", "2026-11-29", "98112"),
        ("CR", "competitive", "LICITACIÓN REDUCIDA", "services", "CRC", "2026-11-29", "64559795"),
        ("CR", "competitive", "Licitación Menor", "goods", "CRC", "2026-03-01", "258239178"),
        ("UY", "direct", "Compra Directa", "", "UYU", "2020-12-31", "200000"),
        ("UY", "direct", "Compra Directa", "", "UYU", "2022-01-01", "220000"),
        ("UY", "direct", "Compra Directa", "goods", "UYU", "2024-06-30", "251000"),
        ("UY", "direct", "Compra Directa", "", "UYU", "2025-12-31", "263000"),
        ("UY", "direct", "Compra Directa", "", "UYU", "2026-01-01", "654000"),
        ("UY", "competitive", "Licitación Abreviada", "", "UYU", "2025-06-30", "13166000"),
    ],
)
def test_the_limit_of_the_day_is_found(country, kind, procedure, category, currency, on, amount):
    limit = limit_of(kind, process_of(country, procedure, category), currency, on)

    assert str(limit.money.amount) == amount
    assert "|" not in limit.procedure


@pytest.mark.parametrize(
    ("buyer", "amount"), [("Universidad Nacional de Ejemplo", "200000000"), ("Municipalidad de Ejemplo", None)]
)
def test_limits_of_a_nation_do_not_bind_its_towns(buyer, amount):
    process = process_of("AR", "Licitación Privada", buyer=buyer)
    if amount is None:
        with pytest.raises(NotApplicableError):
            limit_of("competitive", process, "ARS", "2025-06-30")
    else:
        assert str(limit_of("competitive", process, "ARS", "2025-06-30").money.amount) == amount


def test_the_dates_of_an_override_are_read_as_dates():
    row = {"kind": "direct", "procedure": "Compra Directa", "currency": "UYU", "amount": "9", "source": "Ley"}

    def amount_on(day, **dates):
        process = process_of("UY", "Compra Directa")
        limit = legal_limit([row | dates], process, kind="direct", currency="UYU", on=date.fromisoformat(day))
        return str(limit.money.amount)

    assert amount_on("2024-03-01", valid_from="20240101", valid_to="20241231") == "9"
    with pytest.raises(ValueError, match="1/7/2024"):
        amount_on("2024-03-01", valid_from="1/7/2024")


@pytest.mark.parametrize(
    ("country", "procedure", "category", "currency", "on"),
    [
        pytest.param("PE", "Contratación Directa", "", "PEN", "2020-07-15", id="by exception, without a limit"),
        pytest.param("PE", "Contrataciones hasta 8 UIT (LEY 30225)", "", "PEN", "2025-04-22", id="the law has ended"),
        pytest.param("EC", "Bienes y Servicios únicos", "", "USD", "2020-11-10", id="a special regime"),
        pytest.param("EC", "Ínfima Cuantía", "", "USD", "2017-03-01", id="a year whose table was not read"),
        pytest.param("PE", "Contrato Menor", "", "PEN", "2025-04-21", id="before the law"),
        pytest.param("PE", "Contrato Menor", "", "PEN", "2027-01-01", id="a year whose unit is not set"),
        pytest.param("UY", "Compra Directa", "", "UYU", "2021-06-01", id="indexed, by an amount that was not read"),
        pytest.param("UY", "Compra por Excepción", "", "UYU", "2026-11-29", id="by exception"),
        pytest.param("EC", "Ínfima Cuantía", "", "USD", "2025-10-03", id="between two laws"),
        pytest.param("BR", "Inexigibilidade", "goods", "BRL", "2024-03-01", id="competition is not possible"),
        pytest.param("BR", "Dispensa", "", "BRL", "2024-03-01", id="two limits, and no category"),
        pytest.param("BR", "", "goods", "BRL", "2024-03-01", id="an unnamed method"),
        pytest.param("BR", "Dispensa", "goods", "USD", "2024-03-01", id="another currency"),
        pytest.param("DO", "Compras por Debajo del Umbral", "works", "DOP", "2025-03-01", id="works"),
    ],
)
def test_no_limit_is_found_where_none_is_sure(country, procedure, category, currency, on):
    with pytest.raises(NotApplicableError):
        limit_of("direct", process_of(country, procedure, category), currency, on)


@pytest.mark.parametrize(
    ("country", "procedure", "category", "currency", "on"),
    [
        pytest.param("CL", "Compra Ágil", "", "CLP", "2024-12-11", id="the regulation of before, in an unread month"),
        pytest.param("CL", "Compra Ágil", "", "CLP", "2026-11-01", id="a month whose unit was not read"),
        pytest.param("CR", "Licitación Menor", "goods", "CRC", "2026-02-28", id="before the amounts of the year"),
        pytest.param("CR", "Licitación Menor", "works", "CRC", "2026-11-29", id="works"),
        pytest.param("DO", "Contratación Simplificada", "works", "DOP", "2026-04-01", id="a resolution not read"),
        pytest.param("DO", "Licitación Restringida", "works", "DOP", "2026-01-29", id="the new law has none"),
        pytest.param("EC", "Menor Cuantía", "goods", "USD", "2026-11-29", id="the method has ended"),
        pytest.param("PE", "Adjudicación Simplificada", "goods", "PEN", "2025-04-22", id="the law has ended"),
        pytest.param("PE", "Licitación Pública Abreviada", "goods", "PEN", "2027-01-01", id="a budget to come"),
    ],
)
def test_no_limit_of_a_lighter_procedure_is_found_where_none_is_sure(country, procedure, category, currency, on):
    with pytest.raises(NotApplicableError):
        limit_of("competitive", process_of(country, procedure, category), currency, on)


@pytest.mark.parametrize("name", ["thresholds", "submission_days", "grounds", "laws"])
def test_every_row_of_a_table_has_all_columns_and_no_more(name):
    with FIXTURE.with_name(f"{name}.csv").open(encoding="utf-8", newline="") as file:
        head, *rows = csv.reader(file)

    assert {len(row) for row in rows} == {len(head)}


def test_an_empty_file_has_no_thresholds(tmp_path):
    assert read_thresholds(written(tmp_path)) == ()


def test_a_row_that_is_off_needs_no_amount(tmp_path):
    off = ROW.replace("200000", "").replace(",yes,", ",no,")

    assert read_thresholds(written(tmp_path, off)) == ()


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("200000", ""),
        ("200000", "about 200000"),
        ("200000", "0"),
        ("2020-12-31", "31/12/2020"),
        ("2020-12-31", "2020-07-31"),
        ("direct,Compra Directa", ","),
        ("goods", "goods | supplies"),
        ("UY,direct", "UY,directo"),
        ("Ley de prueba", ""),
        ("UYU", ""),
    ],
)
def test_a_row_that_is_on_must_be_complete(tmp_path, right, wrong):
    with pytest.raises(ValueError, match=r"thresholds\.csv, row 2"):
        read_thresholds(written(tmp_path, ROW.replace(right, wrong)))


def test_each_rule_gets_the_limits_that_it_asks_of_in_their_country(tmp_path):
    competitive = ROW.replace("direct,direct,Compra Directa", "competitive,,Licitación Abreviada")
    path = written(tmp_path, ROW, competitive, ROW.replace("UY,", "PE,").replace("UYU", "PEN"))

    parameters = threshold_parameters(read_thresholds(path), RULES.values())

    assert set(parameters) == {"UY", "PE"}
    assert set(parameters["UY"]) == {"R002", "R010", "R011", "R049", "R052", "R055"}
    assert [row["procedure"] for row in parameters["UY"]["R002"]["thresholds"]] == ["Licitación Abreviada"]
    assert [row["procedure"] for row in parameters["UY"]["R055"]["thresholds"]] == ["Compra Directa"]
    assert set(parameters["PE"]) == {"R010", "R011", "R049", "R052", "R055"}
    assert [row["currency"] for row in parameters["PE"]["R049"]["thresholds"]] == ["PEN"]
