from pathlib import Path

import pytest

from audits.rules import RULES
from audits.thresholds import read_thresholds, threshold_parameters

FIXTURE = Path(__file__).parents[2] / "fixtures" / "reference" / "thresholds.csv"
HEADER = "country,kind,method,procedure,category,currency,amount,valid_from,valid_to,source,enabled,note\n"
ROW = "UY,direct,direct,Compra Directa,,UYU,200000,2020-08-01,2020-12-31,Ley de prueba,yes,\n"


def written(tmp_path, *rows):
    path = tmp_path / "thresholds.csv"
    path.write_text(HEADER + "".join(rows), encoding="utf-8")
    return path


def test_only_thresholds_that_are_on_are_read_from_the_fixture():
    rows = read_thresholds(FIXTURE)

    assert [(row["country"], row["procedure"], row["amount"]) for row in rows] == [
        ("UY", "Compra Directa", "200000"),
        ("UY", "Concurso de Precios", "1000000"),
        ("UY", "Licitación Abreviada", "10000000"),
    ]
    assert all(row["source"] and row["valid_from"] and row["valid_to"] for row in rows)


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
        ("UY,direct", "UY,directo"),
        ("Ley de prueba", ""),
        ("UYU", ""),
    ],
)
def test_a_row_that_is_on_must_be_complete(tmp_path, right, wrong):
    with pytest.raises(ValueError, match=r"thresholds\.csv, row 2"):
        read_thresholds(written(tmp_path, ROW.replace(right, wrong)))


def test_each_rule_that_knows_thresholds_gets_those_of_its_country(tmp_path):
    path = written(tmp_path, ROW, ROW.replace("UY,", "PE,").replace("UYU", "PEN"))

    parameters = threshold_parameters(read_thresholds(path), RULES.values())

    assert set(parameters) == {"UY", "PE"}
    assert set(parameters["UY"]) == {"R002", "R010", "R011", "R049", "R055"}
    assert [row["currency"] for row in parameters["PE"]["R049"]["thresholds"]] == ["PEN"]
