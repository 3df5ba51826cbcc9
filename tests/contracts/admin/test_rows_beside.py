"""Claims from a table show their row, its place, and what could not be read of it."""

import pytest

from audits import groups
from contracts.intake.reading import tabular
from contracts.models import Claim, Release
from tests.contracts.pages.sending import file, process_all, send
from tests.support.pages import text_of
from tests.support.workbooks import xlsx

pytestmark = pytest.mark.django_db

HEADER = ["Objeto", "Entidad", "Proveedor", "Monto", "Fecha de firma", "Anotado por"]
ROWS = [
    ["Cámaras para la plaza", "Municipio Ficticio", "ACME S.A.", "1.250.000,50", "abril 2023", "fila <b>una</b>"],
    ["Radios P25", "Municipio Ficticio", "Beta S.A.", "2.500,00", "2023-05-02", "fila dos"],
]
BOOK = xlsx(
    {"Portada": [["Contratos"]], "2023": [["Contratos de 2023"], [], HEADER, *ROWS], "2024": [HEADER, ROWS[1]]}
)
CSV = "\n".join(";".join(row) for row in (HEADER, *ROWS)).encode()


@pytest.mark.parametrize(
    ("sent", "name", "row", "place"),
    [
        (BOOK, "a.xlsx", 4, "sheet 2023, row 4"),
        (CSV, "a.csv", 2, "row 2"),
        (xlsx({"1": [HEADER, ROWS[1]], "2": [HEADER, *ROWS]}), "months.xlsx", 2, "sheet 2, row 2"),
    ],
    ids=["workbook", "csv", "months"],
)
def test_the_row_stands_beside_what_was_read_of_it(client, sign_in, sent, name, row, place):
    send(client, files=[file(sent, name)])
    process_all()
    release = Release.objects.filter(line=row).latest("pk")
    desk = sign_in(groups.AUDITORS)
    claim = text_of(desk.get(f"/admin/contracts/claim/{release.claim_id}/change/").content.decode())
    assert place in claim
    assert "'abril 2023' has no day" in claim
    shown = desk.get(f"/admin/contracts/release/{release.pk}/change/").content.decode()
    for cell in ("1.250.000,50", "abril 2023", "fila &lt;b&gt;una&lt;/b&gt;"):
        assert f"<td>{cell}</td>" in shown
    for header in HEADER:
        assert f"<th>{header}</th>" in shown
    assert "fila dos" not in shown
    other = Claim.objects.exclude(pk=release.claim_id).first()
    assert "abril 2023" not in desk.get(f"/admin/contracts/claim/{other.pk}/change/").content.decode()


def test_a_row_that_stands_too_far_down_is_not_looked_for(client, sign_in, monkeypatch):
    monkeypatch.setattr(tabular, "MAX_ROWS_READ", 1)
    send(client, files=[file(CSV, "a.csv")])
    process_all()
    release = Release.objects.get(line=2)
    shown = sign_in(groups.AUDITORS).get(f"/admin/contracts/release/{release.pk}/change/").content.decode()
    assert "<td>1.250.000,50</td>" not in shown
    assert "1250000.50" in shown
