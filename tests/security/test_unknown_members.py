"""
What a contract of a person says beside its facts – whom to call, what was seen at night – is published nowhere.

By the API it is refused with a pointer, in the form there is no place for it, and the columns of a table that nobody
reads stay in the sealed bytes.
"""

import csv
import io
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from contracts.decisions.claims import decide_claim
from contracts.intake.processing import process_submission
from contracts.models import Claim, ClaimDecision, ContentChunk, ContractingProcess, Submission
from tests.contracts.api.sending import ADDRESS, nothing_is_stored, problem, send
from tests.support.clients import new_user
from tests.support.stored import is_stored, stored_rows

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("nudged")]

CANARY = "Zarzaparrilla"
FACTS = {
    "title": "Cámaras para la plaza",
    "buyer": "Municipio Ficticio",
    "supplier": "ACME",
    "amount": "1200",
    "currency": "PEN",
    "country": "PE",
    "date_signed": "2024-03-05",
}
HIDDEN = {"name": CANARY, "email": f"{CANARY}@example.org"}
# Where a member may hide that nobody reads, and the pointer that is told.
NESTED = [
    ({"contact": CANARY}, "/contact"),
    ({"notes": CANARY}, "/notes"),
    ({"contact": HIDDEN}, "/contact"),
    ({"notes": [[{"deep": [HIDDEN]}]]}, "/notes"),
    ({CANARY: 1}, f"/{CANARY}"),
    ({"buyer": {"name": "X", "contact": HIDDEN}}, "/buyer/contact"),
    ({"supplier": None, "suppliers": [{"name": "X"}, {"name": "Y", "notes": CANARY}]}, "/suppliers/1/notes"),
    ({"funders": [{"name": "X", "contactPoint": HIDDEN}]}, "/funders/0/contactPoint"),
    ({"buyer": {"name": {"contact": CANARY}}}, "/buyer/name"),
    ({"documents": [{"url": "https://a.example", "notes": CANARY}]}, "/documents/0/notes"),
    ({"documents": [["https://a.example", CANARY]]}, "/documents/0"),
    ({"amount": None, "value": {"amount": 5, "currency": "PEN", "contact": HIDDEN}}, "/value/contact"),
    ({"amount": {"amount": 5, "contact": HIDDEN}}, "/amount"),
    ({"date_signed": None, "dates": {"date_signed": "2024-03-05", "notes": CANARY}}, "/dates"),
    ({"title": {"text": "x", "notes": CANARY}}, "/title"),
    ({"method": [HIDDEN]}, "/method"),
]


@pytest.mark.parametrize(("more", "pointer"), NESTED, ids=[pointer for _more, pointer in NESTED])
@pytest.mark.parametrize("address", ["", "simple-contract/", "validate/"])
def test_the_api_refuses_it_with_its_pointer(sender, address, more, pointer):
    contract = {name: value for name, value in (FACTS | more).items() if value is not None}
    answer = send(sender, contract, address=f"{ADDRESS}{address}")
    body = problem(answer, 422, "simple_contract")
    pointers = [error["pointer"] for error in body["errors"]]
    assert any(found == pointer or found.startswith(f"{pointer}/") for found in pointers), pointers
    assert nothing_is_stored()
    assert not is_stored(CANARY)


def test_the_form_has_no_place_for_it(client):
    client.post("/submit/", {"step": "send", **FACTS, "value": "1200", "contact": CANARY, "notes": CANARY})
    assert Submission.objects.count() == 1
    assert not is_stored(CANARY)


@pytest.mark.parametrize(("more", "_pointer"), NESTED[:6])
def test_a_file_with_the_form_is_refused_for_it(client, more, _pointer):
    body = json.dumps(FACTS | more).encode()
    answer = client.post("/submit/?lang=en", {"step": "send", "files": [SimpleUploadedFile("a.json", body)]})
    assert answer.status_code == 400
    assert not is_stored(CANARY)


COLUMNS = (
    *("contact", "Contacto", "Contato", "Nombre de contacto", "Contact point", "E-mail", "Correo electrónico"),
    *("Teléfono", "Telefone", "Phone", "notes", "Notas", "Notas internas", "Observaciones", "Observações"),
    *("Comentarios", "Comentários", "Remarks", "Fuente confidencial", "Responsable", "veedor_notes"),
)


def test_columns_of_a_table_that_nobody_reads_stay_sealed(sender, client):
    rows = io.StringIO()
    writer = csv.DictWriter(rows, [*FACTS, *COLUMNS])
    writer.writeheader()
    writer.writerow(FACTS | {name: f"{CANARY} {name}" for name in COLUMNS})
    assert send(sender, rows.getvalue().encode(), "text/csv").status_code == 202
    submission = Submission.objects.get()
    process_submission(submission.pk)
    submission.refresh_from_db()
    (sheet,) = submission.sheets
    assert set(COLUMNS) <= set(sheet["unused"]), "who sent it is told what was not read"
    decide_claim(
        claim=Claim.objects.get(), decided_by=new_user("desk"), kind=ClaimDecision.Kind.ACCEPTED, reason="Seen."
    )
    ocid = ContractingProcess.objects.public().get().ocid
    for address in (
        f"/api/v1/contracting-processes/{ocid}/",
        f"/api/v1/contracting-processes/{ocid}/releases/",
        f"/api/v1/ocds/records/{ocid}/",
        "/api/v1/contracting-processes.csv",
        "/api/v1/contracts.jsonl",
        f"/processes/{ocid}/",
    ):
        answer = client.get(address)
        text = b"".join(answer) if answer.streaming else answer.content
        assert answer.status_code == 200, address
        assert b"ACME" in text or b"plaza" in text, address
        assert CANARY.encode() not in text, address
    assert any(CANARY.encode() in bytes(chunk.data) for chunk in ContentChunk.objects.all()), "kept as it was sent"
    of_others = stored_rows(but={"contracts_contentchunk"})
    assert not [table for table, found in of_others.items() if CANARY in str(found)]
