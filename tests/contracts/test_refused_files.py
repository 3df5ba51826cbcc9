"""All ways in report errors of a file in one shape: which file, where, why, how to fix it."""

import json
import random
from contextlib import suppress
from io import StringIO

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.utils import translation

from audits import groups
from contracts.intake.processing import process_submission
from contracts.models import Document, Submission
from contracts.ocds.problems import Problem
from contracts.translating import problem_line, problem_place
from tests.contracts.api.sending import ADDRESS
from tests.support.clients import client_with_token, new_user
from tests.support.pages import text_of, words_of
from tests.support.papers import telling_odt, telling_rtf
from tests.support.pdfs import encrypted_pdf
from tests.support.workbooks import xlsx

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("nudged")]
SHAPE = {"file", "where", "detail", "hint", "code", "variant", "values", "pointer", "line", "warning"}
ROWS = b"title;buyer;amount\nNube;Tula;5\n;x;\n"
INCOMPLETE = "The row is incomplete"
LOCKED = "The document is protected by a password (PDF)."
DAMAGED = "The file is damaged (ZIP): download it again, or open it and save it again."


@pytest.fixture
def sender():
    user = new_user("sender")
    user.user_permissions.add(*_permissions("add_submission"))
    return client_with_token(user, "read", "submit")


def _permissions(*names):
    return Permission.objects.filter(codename__in=names)


def read_by(command: str, content: bytes, tmp_path) -> list[dict]:
    path = tmp_path / "lista"
    path.write_bytes(content)
    out = StringIO()
    with suppress(SystemExit):  # if nothing could be read
        call_command(command, str(path), "--json", stdout=out)
    return json.loads(out.getvalue())["problems"]


def by_api(sender, content: bytes) -> list[list[dict]]:
    """Return the problems of a dry run, and of the answer or, where it was taken, of its status."""
    found = []
    for address in (f"{ADDRESS}validate/", ADDRESS):
        file = SimpleUploadedFile("lista", content)
        answer = sender.post(address, {"file": file})
        body = answer.json()
        if "status_url" in body:
            process_submission(body["id"])
            body = sender.get(body["status_url"]).json()
        found.append(body["problems"])
    return found


@pytest.mark.parametrize(
    ("content", "command", "where", "why"),
    [
        (ROWS, "readtable", "row 3", INCOMPLETE),
        (encrypted_pdf(), "readdocument", "", LOCKED),
        (xlsx({"A": [["x"]]})[:300], "readtable", "", DAMAGED),
    ],
    ids=["a row", "a document that is taken and not read", "a file that is refused"],
)
def test_the_api_and_commands_tell_the_same(sender, tmp_path, content, command, where, why):
    told = [*by_api(sender, content), read_by(command, content, tmp_path)]
    for problems in told:
        first = problems[0]
        assert set(first) == SHAPE
        assert first["file"] == "lista"
        assert first["where"] == where
        assert first["detail"].startswith(why)
        assert first["hint"] or why == DAMAGED, "which says what to do"
    assert told[0][0] == told[1][0] == told[2][0]


@pytest.mark.parametrize("start", [b"", b"BROKEN,", b"\x00\x01;"])
def test_bytes_of_no_known_kind_are_refused_with_one_problem(sender, start):
    """Not with one for each bracket that a program which reads JSON finds among them."""
    content = start + random.Random(7).randbytes(50_000)
    for problems in by_api(sender, content):
        assert [(problem["code"], problem["variant"]) for problem in problems] == [("file_refused", "unknown")]
        assert "opens on your own device" in problems[0]["detail"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "windows-1252"])
def test_a_table_in_any_encoding_is_none_of_them(sender, encoding):
    rows = "título;comprador;valor;moneda\nCámaras\x0b;Tula;5;MXN\n".encode(encoding)
    for problems in by_api(sender, rows):
        assert [problem for problem in problems if problem["code"] == "file_refused"] == []


def test_names_of_files_are_told_to_their_sender_alone(sender):
    by_api(sender, ROWS)
    lead = new_user("lead")
    lead.groups.add(Group.objects.get(name=groups.LEADS))
    seen = client_with_token(lead, "read", "review").get(f"{ADDRESS}{Submission.objects.get().pk}/").json()
    assert {problem["file"] for problem in seen["problems"]} == {""}


@pytest.mark.parametrize(
    ("content", "where", "why"),
    [(ROWS, "row 3", INCOMPLETE), (b"%PDF-1.7\n" + b"x" * 1000, "", "The document is damaged")],
    ids=["a row", "a document"],
)
def test_the_status_page_and_the_admin_tell_it_too(client, sign_in, content, where, why):
    page = client.post("/submit/?lang=en", {"step": "send", "files": [SimpleUploadedFile("lista", content)]})
    process_submission(Submission.objects.get().pk)
    status = client.post("/submit/status/?lang=en", {"receipt": words_of(page.content.decode())}).content.decode()
    admin = sign_in(groups.LEADS).get(
        f"/admin/contracts/submission/{Submission.objects.get().pk}/change/", headers={"accept-language": "en"}
    )
    for shown in (status, admin.content.decode()):
        text = text_of(shown)
        assert where in text
        assert why in text
        assert "Fill in its cells" in text or "without a password" in text


@pytest.mark.parametrize(
    "content",
    [
        b"https://example.org/contrato.pdf\n",
        b"[InternetShortcut]\r\nURL=https://example.org/contrato.pdf\r\n",
        b"Objeto;Entidad;Proveedor;Monto\n",
        b"Objeto del contrato;Entidad que compra;Proveedor;Monto\n",
        b"https://example.org/contrato.pdf\nhttps://example.org/anexo.pdf\nhttps://example.org/acta.pdf\n",
        b"<?xml version='1.0'?>\n<plist>\n<dict> <key>URL</key> <string>x y z</string> </dict>\n</plist>",
    ],
    ids=["a link", "a shortcut", "headers alone", "headers of several words", "links", "markup"],
)
def test_a_link_markup_and_headers_without_rows_are_not_called_bad_json(client, content):
    page = client.post("/submit/?lang=en", {"step": "send", "files": [SimpleUploadedFile("lista", content)]})
    text = text_of(page.content.decode())
    assert "or a link, into the fields of the form" in text
    assert "JSON object" not in text
    assert "Send OCDS as JSON" not in text, "what to do is said already, and OCDS means nothing to most"


@pytest.mark.parametrize(
    "content",
    [
        "[7/3/24 10:15] Ana: mirá este contrato\n[7/3/24 10:16] Luz: 41 millones\n",
        "\u200e[07/03/2024, 10:15:22] Ana: mirá este contrato\nsí\n",
        "7/3/24, 10:15 - Ana: mirá este contrato\n7/3/24, 10:16 - Luz: 41 millones\n",
    ],
)
def test_a_chat_is_not_kept_for_it_shows_who_wrote(client, content):
    page = client.post("/submit/?lang=en", {"step": "send", "files": [SimpleUploadedFile("x", content.encode())]})
    assert "shows who wrote to whom and when" in text_of(page.content.decode())


@pytest.mark.parametrize(
    "content",
    [
        "Buenos días, cuento lo que sé.\nFue en febrero, sin licitación, y costó Q 1,250,000.00, creo.\nA.\n".encode(),
        "Município de São João. Câmeras com reconhecimento facial.".encode("cp1252"),
        "[Anexo 1] Contrato de cámaras\nMonto: 41 millones\n".encode("utf-16"),
        telling_rtf("Contrato de cámaras"),
        telling_odt("Contrato de cámaras"),
    ],
    ids=["a letter", "a sentence", "brackets", "an RTF", "an ODT"],
)
def test_what_people_write_is_taken_as_a_document(client, content):
    client.post("/submit/?lang=en", {"step": "send", "files": [SimpleUploadedFile("x", content)]})
    sent = Submission.objects.get()
    process_submission(sent.pk)
    sent.refresh_from_db()
    assert (sent.kind, sent.counts["pages_read"], sent.problem_count) == ("document", 1, 0)
    assert Document.objects.get().cleaned is not None


def test_nobody_is_told_to_print_a_mail_which_names_its_sender(client):
    mail = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504 + "__substg1.0_0037001F".encode("utf-16-le")
    page = client.post("/submit/?lang=en", {"step": "send", "files": [SimpleUploadedFile("a.msg", mail)]})
    text = text_of(page.content.decode())
    assert "Save it there as EML" in text
    assert "Print it" not in text


def test_the_form_and_the_admin_tell_why_a_file_was_refused(client, sign_in):
    refused = xlsx({"A": [["x"]]})[:300]
    facts = {"step": "send", "title": "Cámaras", "buyer": "Muni"}
    page = client.post("/submit/?lang=en", {**facts, "files": [SimpleUploadedFile("lista", refused)]})
    assert words_of(page.content.decode())
    upload = sign_in(groups.LEADS).post(
        "/admin/contracts/submission/add/",
        {"file": SimpleUploadedFile("lista", refused)},
        headers={"accept-language": "en"},
    )
    for shown in (page, upload):
        text = text_of(shown.content.decode())
        assert DAMAGED in text
        assert "Send OCDS as JSON" not in text


@pytest.mark.parametrize(
    ("problem", "place"),
    [
        (Problem("pages_unread", "damaged", {"pages": [3]}), "página 3"),
        (Problem("pages_unread", "time", {"pages": [3, 7]}), "páginas 3, 7"),
        (Problem("pages_unread", "", {"read": 1, "pages": 9, "limit": 5}), ""),
        (Problem("cell_unread", "date", {"text": "x"}, "/Hoja 1/7/Fecha~1hora", 7), "hoja Hoja 1, fila 7, Fecha/hora"),
        (Problem("cell_unread", "date", {"text": "x"}, "/7/7", 7), "fila 7, 7"),
        (Problem("cell_unread", "date", {"text": "x"}, "/7/7/Fecha", 7), "hoja 7, fila 7, Fecha"),
        (Problem("row_incomplete", pointer="/7/7", line=7), "hoja 7, fila 7"),
        (Problem("row_incomplete", pointer="/12", line=12), "fila 12"),
        (Problem("table_not_recognised", values={"headers": ["a"]}, pointer="/Hoja~1 1"), "hoja Hoja/ 1"),
        (Problem("amounts_scaled", values={"header": "a", "number": 1000, "text": "b"}, pointer="/Hoja"), "hoja Hoja"),
        (Problem("table_not_recognised", values={"headers": ["a"]}), ""),
        (Problem("ocid_missing", pointer="/releases/1"), "/releases/1"),
        (Problem("not_json", line=3, offset=90), "línea 3, byte 90"),
        (Problem("file_refused", "damaged", {"kind": "ZIP"}), ""),
    ],
)
def test_places_are_told_in_words(problem, place):
    with translation.override("es"):
        assert problem_place(problem) == place
        assert problem_line(problem, "lista").startswith(f"lista: {place}: " if place else "lista: ")


def test_xml_that_excel_wrote_is_told_as_such_and_its_columns_are_not_asked_for(client):
    content = b"<?xml version='1.0'?>\n<Workbook>\n<Cell>Objeto</Cell>\n<Cell>Nube</Cell>\n</Workbook>\n"
    page = client.post("/submit/?lang=en", {"step": "send", "files": [SimpleUploadedFile("lista.xls", content)]})
    text = text_of(page.content.decode())
    assert "save it there as XLSX" in text
    assert "What each column" not in text
