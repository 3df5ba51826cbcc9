"""A column called "Contrato" holds titles in tables of people: read as numbers, they left records without one."""

import pytest

from contracts.tables.headers.recognition import recognise
from tests.support.tables import read_rows

HEAD = ("Contrato", "Entidad", "Proveedor", "Monto (USD)")
REST = ["Muni", "ACME", "5"]


def fact(*cells: str, header=HEAD) -> str | None:
    recognised = recognise(header, [[cell, *REST] for cell in cells])
    assert recognised is not None
    return recognised.columns.get("Contrato")


def test_words_are_the_title():
    release, _problems, _sheet = read_rows(HEAD, ("Compra de drones", *REST))
    assert release["tender"]["title"] == "Compra de drones"
    assert release["awards"][0]["id"] != "Compra de drones"


def test_most_of_them_tell_it():
    assert fact("Compra de drones", "Cámaras para el centro", "Obra 12 de 2024", "") == "title"
    assert fact("Compra de drones", "CT-1", "CT-2") == "id"


@pytest.mark.parametrize(
    "cells", [("CT-12/2024",), ("123",), ("LPN SEDAPAL",), ("Contrato de obra 12-2024",), ("Drones",), ()]
)
def test_numbers_stay_numbers(cells):
    assert fact(*cells) == "id"


def test_one_text_below_itself_is_not_a_title():
    assert fact(*["Ver contrato"] * 3) == "id"


def test_it_is_the_number_beside_a_title():
    assert fact("Compra de drones", header=("Contrato", "Objeto", "Proveedor", "Monto")) == "id"


def test_another_number_stays_beside_it():
    header = ("Contrato", "Expediente", "Proveedor", "Monto")
    recognised = recognise(header, [["Compra de drones", "EX-1", "ACME", "5"]])
    assert recognised is not None
    assert (recognised.columns["Contrato"], recognised.columns["Expediente"]) == ("title", "id")
