"""Sheets with one fact a line: names on the left, values beside them."""

import tempfile

import pytest

from contracts.ocds.problems import Problem
from contracts.tables.reading import read_table
from contracts.tables.sheets.rows import read_csv, read_workbook
from contracts.tables.table import RowRelease, SheetRead
from tests.support.workbooks import xlsx

LINES = [
    ["FICHA DEL CONTRATO"],
    [],
    ["Entidad", "Municipio de Ejemplo"],
    ["Objeto del contrato", "Cámaras con reconocimiento facial"],
    ["Contratista", "ACME S.A."],
    ["DATOS ECONÓMICOS"],
    ["Valor del contrato", "RD$ 1,200,000.00"],
    ["Fecha de firma", "15 de marzo de 2023"],
]


def read(sheets):
    with tempfile.TemporaryFile() as file:
        file.write(xlsx(sheets))
        return list(read_table(read_workbook(file)))


def releases_of(entries):
    return [entry.release for entry in entries if isinstance(entry, RowRelease)]


def told(release):
    (contract,) = release["contracts"]
    (supplier,) = release["awards"][0]["suppliers"]
    value = {name: str(member) for name, member in contract["value"].items()}
    return release["buyer"]["name"], release["tender"]["title"], supplier["name"], value, contract.get("dateSigned")


def test_a_contract_told_by_lines_is_read():
    entries = read({"Ficha": LINES})
    assert [entry for entry in entries if isinstance(entry, Problem)] == []
    assert list(map(told, releases_of(entries))) == [
        (
            *("Municipio de Ejemplo", "Cámaras con reconocimiento facial", "ACME S.A."),
            {"amount": "1200000.00", "currency": "DOP"},
            "2023-03-15",
        )
    ]
    (sheet,) = (entry for entry in entries if isinstance(entry, SheetRead))
    assert (sheet.rows, sheet.rows_read, sheet.columns["Valor del contrato"]) == (1, 1, "amount")


def test_contracts_in_columns_are_read_one_each_also_from_delimited_text():
    more = [*LINES[2:5], *LINES[6:]]
    beside = [
        [*line, other] for line, other in zip(more, ("Otro Municipio", "Fibra", "BETA", "5.000,50", ""), strict=True)
    ]
    found = [told(release) for release in releases_of(read({"A": beside, "B": LINES}))]
    assert [entry[:3] for entry in found] == [
        ("Municipio de Ejemplo", "Cámaras con reconocimiento facial", "ACME S.A."),
        ("Otro Municipio", "Fibra", "BETA"),
        ("Municipio de Ejemplo", "Cámaras con reconocimiento facial", "ACME S.A."),
    ]
    assert (found[1][3]["amount"], found[1][4]) == ("5000.50", None)
    text = "\n".join(f'"{line[0]}";"{line[1]}"' for line in LINES if len(line) == 2).encode()
    assert told(*releases_of(read_table(read_csv([text])))) == found[0]


@pytest.mark.parametrize(
    "lines",
    [
        # What columns of another sheet hold.
        [["Entidad", "nombre de quien compra"], ["Objeto", "qué se compra"], ["Valor", "número con dos decimales"]],
        [["Nota", "Sin datos"], ["Fuente", "5"]],
        # Sums and counts.
        [["Concepto", "Cantidad"], ["Proveedores", "30"], ["Monto total", "1.200.000"], ["Contratos", "45"]],
        [["Rubro", "Importe 2023"], ["Comprador", "100"], ["Proveedor", "200"], ["Precio", "300"]],
        [["Entidad", "Municipio de Ejemplo"], ["Total", "1.200.000"], ["Número", "45"]],
        # Whose the tax number is, and which of two contracts is told, nobody can tell.
        [
            ["Nombre", "Municipio"],
            ["NIT", "800111222-1"],
            ["Objeto", "Cámaras"],
            ["Valor", "5"],
            ["NIT", "900123456-7"],
        ],
        [*LINES[2:], *LINES[2:]],
    ],
)
def test_what_tells_of_no_contract_is_not_turned(lines):
    entries = read({"Hoja": lines})
    assert releases_of(entries) == []
    assert "table_not_recognised" in [entry.code for entry in entries if isinstance(entry, Problem)]


def test_what_stands_beside_or_between_the_lines_is_reported_and_is_not_a_contract():
    notes = {"Contratista": "NIT 900123456", "Valor del contrato": "IVA incluido"}
    lines = [[*line, *([notes[line[0]]] if line and line[0] in notes else [])] for line in LINES]
    lines.insert(5, ["", "BETA S.A."])
    entries = read({"Ficha": lines})
    assert [told(release)[2] for release in releases_of(entries)] == ["ACME S.A."]
    assert [
        (entry.code, entry.variant, entry.values["text"], entry.pointer)
        for entry in entries
        if isinstance(entry, Problem)
    ] == [
        ("row_incomplete", "beside", "NIT 900123456", "/Ficha/3"),
        ("row_incomplete", "lone", "BETA S.A.", "/Ficha/6"),
    ]


def test_a_note_on_the_unit_of_amounts_counts():
    entries = read({"Ficha": [["FICHA"], ["Montos en miles de pesos"], *LINES[2:]]})
    assert told(*releases_of(entries))[3] == {"amount": "1200000000", "currency": "DOP"}
    assert [entry.code for entry in entries if isinstance(entry, Problem)] == ["amounts_scaled"]


def test_names_that_are_headers_too_are_turned_once():
    header = [["Objeto", "Objeto"], ["Entidad", "Entidad"], ["Contratista", "Proveedor"], ["Valor", "100"]]
    assert len(releases_of(read({"Ficha": header}))) <= 1
