"""Tables sent to the API: detected by their content, tried, stored, and read row by row."""

import gzip
import json
import tempfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from contracts.api.submissions.template import MEDIA_TYPE
from contracts.intake.processing import process_submission
from contracts.models import Release, Submission
from contracts.tables.headers.template import FACTS
from contracts.tables.sheets.rows import read_workbook
from tests.contracts.api.sending import ADDRESS, nothing_is_stored, problem, send
from tests.support.clients import client_with_token, new_user
from tests.support.shared import SHARED, needs_tables
from tests.support.workbooks import ods, xlsx, zipped

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("nudged")]

ROWS = [
    ["Título", "Comprador", "Proveedor", "Monto", "Moneda", "Fecha de firma", "País", "Notas"],
    ["Cámaras para la plaza", "Municipalidad", "ACME", "1.250.000,50", "PEN", "31/12/2023", "Perú", "x"],
    ["", "", "", "sin datos", "", "", "", ""],
    ["Nube", "Ministerio", "Otra", "mucho", "PEN", "2024-01-02", "PE", ""],
]
CSV = "\n".join(";".join(row) for row in ROWS).encode()
VALIDATE = f"{ADDRESS}validate/"


@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        (CSV, "text/csv"),
        (CSV, "application/json"),
        (CSV.decode().encode("cp1252"), "application/octet-stream"),
        (CSV.decode().encode("cp850"), "text/csv"),
        (CSV.decode().encode("mac_roman"), "text/csv"),
        (gzip.compress(CSV, mtime=0), "application/gzip"),
        (gzip.compress(CSV.decode().encode("utf-16"), mtime=0), "application/gzip"),
        (xlsx({"Hoja": ROWS}), "application/vnd.ms-excel"),
        (xlsx({"Hoja": ROWS}), "application/json"),
        (ods(ROWS), "application/vnd.oasis.opendocument.spreadsheet"),
    ],
)
def test_a_table_is_read_under_any_name(sender, content, content_type):
    receipt = send(sender, content, content_type)
    assert (receipt.status_code, receipt.json()["kind"]) == (202, "table")
    process_submission(receipt.json()["id"])
    status = sender.get(receipt.json()["status_url"]).json()
    (sheet,) = status["sheets"]
    assert (sheet["rows"], sheet["rows_read"], sheet["unused"]) == (3, 2, ["Notas"])
    assert sheet["columns"]["Monto"] == "amount"
    assert status["counts"]["releases_new"] == 2
    place = "/Hoja" if content[:2] == b"PK" else ""
    problems = {(row["code"], row["pointer"], row["warning"]) for row in status["problems"]}
    assert {("row_incomplete", f"{place}/3", False), ("cell_unread", f"{place}/4/Monto", True)} <= problems
    assert {claim["state"] for claim in status["claims"]} == {"held"}
    # The row stays linked: the release says where it stood.
    assert sorted(Release.objects.values_list("pointer", "line")) == [(f"{place}/2", 2), (f"{place}/4", 4)]


def test_a_dry_run_shows_the_mapping_and_stores_nothing(sender):
    body = send(sender, CSV, "text/csv", address=VALIDATE, headers={"Accept-Language": "es"}).json()
    assert (body["kind"], body["releases"], body["sheets"][0]["rows_read"]) == ("table", 2, 2)
    details = {row["code"]: row["detail"] for row in body["problems"]}
    assert details["row_incomplete"].startswith("La fila no dice lo suficiente")
    assert nothing_is_stored()


def test_the_same_table_is_reported_and_not_doubled(sender):
    first, again = send(sender, CSV, "text/csv"), send(sender, CSV, "text/csv")
    assert (again.status_code, again.json()["unchanged"], again.json()["id"]) == (200, True, first.json()["id"])
    process_submission(first.json()["id"])
    other = send(sender, CSV + b"\n", "text/csv").json()
    process_submission(other["id"])
    counts = Submission.objects.get(pk=other["id"]).counts
    assert (counts["releases_new"], counts["releases_known"]) == (0, 2)


def test_a_form_with_a_table_is_a_table(sender):
    response = sender.post(ADDRESS, {"file": SimpleUploadedFile("lista.pdf", CSV)}, format="multipart")
    assert response.json()["kind"] == "table"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"Rar!\x1a\x07\x00", "archive"),
        (b"<html><table><tr><td>x</td></tr></table>", "saved as XLSX"),
        (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1", "Save it as JPEG"),
        (b"BEGIN:VCARD\nFN:Ana\n", "names people"),
        (zipped({"ppt/presentation.xml": "<x/>"}), "PPTX. Print it to a PDF"),
        (b"7/3/24, 10:15 - Ana: compraron\n7/3/24, 10:16 - Luz: sin concurso\n", "who wrote to whom and when"),
        (b"https://example.org/contrato.pdf\n", "fields of the form"),
        (xlsx({"A": ROWS})[:-50], "damaged"),
        (gzip.compress(xlsx({"A": ROWS}), mtime=0), "archive"),
        (gzip.compress(b"%PDF-1.7\n", mtime=0), "archive"),
        (gzip.compress(gzip.compress(CSV, mtime=0), mtime=0), "archive"),
    ],
)
def test_a_file_of_another_kind_gets_one_reason_and_is_not_stored(sender, content, said):
    body = problem(send(sender, content, "application/octet-stream"), 422, "file_refused")
    assert len(body["errors"]) == 1
    assert said in body["detail"]
    assert nothing_is_stored()


@pytest.mark.parametrize(
    "content",
    [b"%PDF-1.7\n" + b"x" * 1000, zipped({"word/document.xml": "<x/>"}), b"\x89PNG\r\n\x1a\n"],
    ids=["PDF", "DOCX", "PNG"],
)
def test_a_document_is_not_a_table_by_whatever_name_and_is_kept_as_one(sender, content):
    receipt = send(sender, content, "text/csv")
    assert (receipt.status_code, receipt.json()["kind"]) == (202, "document")


@pytest.mark.parametrize(
    "content",
    [
        b"a;b\n1;2\n3;4\n",
        b"a;b\n1;2\n",
        xlsx({"Hoja": [["a", "b"], ["1", "2"]]}),
        xlsx({"Portada": [["Contratos de 2024"]], "Hoja": [["a", "b"], ["1", "2"]]}),
    ],
    ids=["CSV", "row", "XLSX", "cover"],
)
def test_a_table_with_unknown_columns_is_refused_with_its_headers(sender, content):
    body = problem(send(sender, content, "application/octet-stream"), 422, "table_not_recognised")
    assert "'a', 'b'" in body["detail"]
    assert nothing_is_stored()


@pytest.mark.parametrize(
    "content",
    [
        b"title,buyer,supplier,amount\n" * 2,
        xlsx({"Portada": [["Contratos de 2024"], ["Municipio"]], "Datos": [ROWS[0]]}),
        xlsx({"Datos": [ROWS[0]], "Notas": [["Contratos de 2024"], ["Municipio"]]}),
    ],
    ids=["twice, as where a page ends", "below a cover", "before notes"],
)
def test_one_with_headers_alone_is_refused(sender, content):
    body = problem(send(sender, content, "application/octet-stream"), 422, "no_records")
    assert "no row of data below a row of headers" in body["detail"]
    assert nothing_is_stored()


def test_one_of_nothing_but_broken_rows_is_refused_with_their_places(sender):
    body = problem(send(sender, b"title;buyer\n;x\n;y\n", "text/csv"), 422, "row_incomplete")
    assert [error["pointer"] for error in body["errors"]] == ["/2", "/3"]


@needs_tables
def test_a_real_export_is_read_by_the_worker(sender):
    content = (SHARED / "data" / "tables" / "portugal-base.xlsx").read_bytes()
    receipt = send(sender, content, "application/octet-stream").json()
    submission = process_submission(receipt["id"])
    assert submission.state == "processed"
    assert submission.counts["releases_new"] == 60
    # "Vulcanizadora Fragoso &amp; Filhos".
    assert [problem["code"] for problem in submission.problems] == ["entities"]
    assert submission.sheets[0]["mapping"] == "portugal-base"


@pytest.mark.parametrize("language", ["es", "pt", "en"])
def test_the_template_is_understood_when_it_is_filled_in(anonymous, sender, language):
    response = anonymous.get(f"{ADDRESS}template/", {"language": language})
    assert (response.status_code, response["Content-Type"]) == (200, MEDIA_TYPE)
    (header,) = read_back(response.content)
    filled = xlsx({"A": [header, ["Nube", "", "Muni", "ACME", "5", "PEN"]]})
    body = send(sender, filled, "application/octet-stream", address=VALIDATE).json()
    (sheet,) = body["sheets"]
    assert (body["releases"], sheet["mapping"], sheet["unused"]) == (1, "general", [])
    assert {*sheet["columns"].values()} == {*FACTS}


def test_the_template_is_in_the_reader_s_language_and_no_other_is_known(anonymous):
    response = anonymous.get(f"{ADDRESS}template/", headers={"Accept-Language": "pt-BR"})
    assert "veedor-pt.xlsx" in response["Content-Disposition"]
    for asked in ("pt-br", "pt-PT"):
        assert "veedor-pt.xlsx" in anonymous.get(f"{ADDRESS}template/?language={asked}")["Content-Disposition"]
    problem(anonymous.get(f"{ADDRESS}template/?language=fr"), 400, "invalid_parameter")


def read_back(content: bytes) -> list[list]:
    with tempfile.TemporaryFile() as file:
        file.write(content)
        return [list(row.cells) for row in read_workbook(file)]


class TestMappingsOfAnAccount:
    TABLE = b"Lo que compraron;A quien;Costo\nNube para el registro;ACME;1.250,50\n;;\n;;x\n"
    MAPPING = {
        "columns": {"Lo que compraron": "title", "A quien": "supplier", "Costo": "amount"},
        "country": "PE",
        "currency": "PEN",
    }
    KEPT = "/api/v1/me/table-mappings/"

    def test_a_table_is_read_by_the_senders_mapping(self, sender):
        problem(send(sender, self.TABLE, "text/csv", address=VALIDATE), 422, "table_not_recognised")
        kept = send(sender, self.MAPPING, address=self.KEPT)
        assert kept.status_code == 201
        trial = send(sender, self.TABLE, "text/csv", address=VALIDATE).json()
        (sheet,) = trial["sheets"]
        assert (sheet["mapping"], sheet["rows"], sheet["rows_read"]) == ("given", 2, 1)
        assert [row["pointer"] for row in trial["problems"]] == ["/4"]
        receipt = send(sender, self.TABLE, "text/csv").json()
        # What is deleted or changed later changes nothing of what was sent.
        assert sender.delete(f"{self.KEPT}{kept.json()['id']}/").status_code == 204
        process_submission(receipt["id"])
        release = Release.objects.get()
        assert (release.pointer, json.loads(release.content)["tender"]["title"]) == ("/2", "Nube para el registro")

    def test_a_mapping_of_the_same_headers_replaces_the_first(self, sender):
        first = send(sender, self.MAPPING, address=self.KEPT).json()
        columns = {**self.MAPPING["columns"], "Costo": "id"}
        second = send(sender, {"columns": columns}, address=self.KEPT).json()
        assert first["id"] == second["id"]
        (kept,) = sender.get(self.KEPT).json()
        assert kept["columns"] == columns
        assert sender.get(f"{self.KEPT}{kept['id']}/").json() == kept

    def test_the_mapping_with_most_columns_is_used(self, sender):
        few = {"columns": {"Lo que compraron": "description", "A quien": "buyer"}}
        for mapping in (few, self.MAPPING):
            assert send(sender, mapping, address=self.KEPT).status_code == 201
        (sheet,) = send(sender, self.TABLE, "text/csv", address=VALIDATE).json()["sheets"]
        assert sheet["columns"]["Lo que compraron"] == "title"

    def test_workbooks_and_their_empty_or_damaged_kin_too(self, sender):
        send(sender, self.MAPPING, address=self.KEPT)
        rows = [line.split(";") for line in self.TABLE.decode().splitlines()]
        (sheet,) = send(sender, xlsx({"Hoja": rows}), "application/json", address=VALIDATE).json()["sheets"]
        assert (sheet["mapping"], sheet["rows_read"]) == ("given", 1)
        problem(send(sender, xlsx({"A": rows})[:-50], "application/json", address=VALIDATE), 422, "file_refused")

    def test_each_member_that_cannot_be_used_is_reported(self, sender):
        bad = {"columns": {"a": "price", "b": "title"}, "country": "Atlantis"}
        body = problem(send(sender, bad, address=self.KEPT), 422, "mapping_refused")
        assert [error["pointer"] for error in body["errors"]] == ["/columns/a", "/country"]
        problem(send(sender, b"[1]", address=self.KEPT), 422, "mapping_refused")
        assert sender.get(self.KEPT).json() == []

    def test_mappings_are_private_to_their_account(self, sender, anonymous, db):
        kept = send(sender, self.MAPPING, address=self.KEPT).json()
        other = client_with_token(new_user("other", "contracts.add_submission"), "read", "submit")
        assert other.get(self.KEPT).json() == []
        for method in ("get", "delete"):
            assert getattr(other, method)(f"{self.KEPT}{kept['id']}/").status_code == 404
        problem(send(other, self.TABLE, "text/csv", address=VALIDATE), 422, "table_not_recognised")
        assert anonymous.get(self.KEPT).status_code == 401

    def test_a_read_only_token_cannot_change_mappings(self, sender):
        """It may stand in a shared script; tables that its account sends later would be read by what it kept."""
        kept = send(sender, self.MAPPING, address=self.KEPT).json()
        reading = client_with_token(sender.user, "read")
        columns = {**self.MAPPING["columns"], "A quien": "buyer"}
        problem(send(reading, {"columns": columns}, address=self.KEPT), 403, "permission_denied")
        assert reading.delete(f"{self.KEPT}{kept['id']}/").status_code == 403
        assert reading.get(self.KEPT).json() == [kept]

    def test_the_number_of_mappings_per_account_is_limited(self, sender, monkeypatch):
        monkeypatch.setattr("contracts.intake.reading.mapping.MAX_KEPT", 1)
        assert send(sender, self.MAPPING, address=self.KEPT).status_code == 201
        assert send(sender, {**self.MAPPING, "country": "CO"}, address=self.KEPT).status_code == 201
        other = {"columns": {"a": "title", "b": "buyer"}}
        body = problem(send(sender, other, address=self.KEPT), 422, "mapping_refused")
        assert "at most 1 mappings" in body["detail"]
