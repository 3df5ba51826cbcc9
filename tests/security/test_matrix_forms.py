"""The access matrix of what everyone may send: the forms of the public site and records of the API, for every role."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from audits import groups
from audits.replies import send_reply
from contracts.models import IntakePolicy, Receipt, ReceiptQuestion, Submission
from contracts.receipts import new_words, receipt_of
from tests.security.admin_entries import LEADS
from tests.security.unchanged import stored, undone
from tests.security.world import BAD_TOKENS, FORMS, POSTED, POSTERS, ROLES, SESSIONS
from tests.support.receiving import receive
from tests.support.records import release

pytestmark = pytest.mark.usefixtures("nudged")

FACTS = {"title": "C\u00e1maras", "buyer": "Municipio Ficticio", "country": "Per\u00fa"}
COLUMNS = {"column-0": "title", "column-1": "amount"}
REPLIED = "?ocid=ocds-test01-1"
REPLY = {"kind": "reply", "party": "Acme", "speaker": "Someone", "contact": "a@example.org", "text": "No."}
# The steps of the forms for everyone: address, fields, and whether they change anything.
STEPS: dict[str, list[tuple[str, dict[str, str], bool]]] = {
    "submit/": [
        ("nothing", {}, False),
        ("check", {"step": "check", **FACTS}, False),
        ("send", {"step": "send", **FACTS}, True),
    ],
    "submit/table/": [
        ("no receipt", {}, False),
        ("not of this receipt", {"receipt": "WORDS", "submission": "MINE", "step": "send"}, False),
        ("nothing chosen", {"receipt": "WORDS", "submission": "TABLE", "step": "send"}, False),
        ("check", {"receipt": "WORDS", "submission": "TABLE", "step": "check", **COLUMNS}, False),
        ("send", {"receipt": "WORDS", "submission": "TABLE", "step": "send", **COLUMNS}, True),
    ],
    "signed/": [("nothing", {}, False), ("a copy", {"file": "FILE"}, False)],
    "submit/proof/": [("nothing", {}, False), ("a proof", {"proof": "veedor-proof-1:x"}, False)],
    "submit/status/": [
        ("no receipt", {}, False),
        ("wrong words", {"receipt": "baba " * 9, "wish": "take back"}, False),
        ("words", {"receipt": "WORDS"}, False),
        ("no wish", {"receipt": "WORDS", "wish": "accept"}, False),
        ("answer", {"receipt": "WORDS", "wish": "answer", "question": "OWN", "answer": "Yes."}, True),
        ("foreign", {"receipt": "WORDS", "wish": "answer", "question": "FOREIGN", "answer": "Yes."}, False),
        ("add", {"receipt": "WORDS", "wish": "add", "files": "FILE"}, True),
        ("take back", {"receipt": "WORDS", "wish": "take back"}, True),
    ],
    "reply/": [
        ("nothing", {"QUERY": REPLIED}, False),
        ("to what is held", {"QUERY": "?ocid=ocds-claimed-1", **REPLY}, False),
        ("send", {"QUERY": REPLIED, **REPLY}, True),
    ],
    "reply/status/": [
        ("no receipt", {}, False),
        ("wrong words", {"receipt": "baba " * 9, "wish": "take back"}, False),
        ("words of a submission", {"receipt": "WORDS", "wish": "take back"}, False),
        ("words", {"receipt": "REPLY"}, False),
        ("answer", {"receipt": "REPLY", "wish": "answer", "question": "ASKED", "answer": "Yes."}, True),
        ("foreign", {"receipt": "REPLY", "wish": "answer", "question": "FOREIGN", "answer": "Yes."}, False),
        ("take back", {"receipt": "REPLY", "wish": "take back"}, True),
    ],
}


@pytest.mark.parametrize("is_open", [True, False])
@pytest.mark.parametrize("role", [*SESSIONS, "auditor", "revoked"])
def test_each_step_of_the_forms_for_everyone(world, role, is_open):
    """Whoever holds a receipt acts with it; where a lead closed the form, only those send who may without it."""
    assert STEPS.keys() == FORMS
    IntakePolicy.objects.update_or_create(pk=1, defaults={"anonymous": is_open})
    client = world.session(role) if role in SESSIONS else world.client(role)
    may_send = is_open or role in {groups.SUBMITTERS, *LEADS}
    kind = {"channel": Submission.Channel.FORM, "kind": Submission.Kind.TABLE}
    table, _is_new = receive([b"Esto;Aquello\nNube para el registro;1.250,50\n"], **kind)
    receipt = receipt_of(words := new_words())
    receipt.submissions.add(world.foreign, table)
    asked = {"asked_by": world.secret_auditor, "asked_on": timezone.now().date()}
    mine = ReceiptQuestion.objects.create(receipt=receipt, text="When?", **asked)
    other = ReceiptQuestion.objects.create(receipt=world.rows["contracts_receipt"], text="Where?", **asked)
    values: dict[str, Any] = {
        "WORDS": words,
        "TABLE": str(table.pk),
        "MINE": str(world.mine.pk),
        "OWN": str(mine.pk),
        "FOREIGN": str(other.pk),
    }
    of_reply = send_reply(**REPLY, process=world.flags["new"].process)
    to_reply = ReceiptQuestion.objects.create(receipt=Receipt.objects.latest("pk"), text="Who?", **asked)
    values |= {"REPLY": of_reply, "ASKED": str(to_reply.pk)}
    differing, before = [], stored()
    for route, steps in STEPS.items():
        for name, fields, is_act in steps:
            changes = is_act and (may_send or not (route == "submit/" or name == "add"))
            values["FILE"] = SimpleUploadedFile("a.json", json.dumps(release("ocds-added-1")).encode())
            sent = {field: values.get(value, value) for field, value in fields.items()}
            with undone():
                answer = client.post(f"/{route}{sent.pop('QUERY', '')}", sent)
                has_done = stored() != before
            if has_done != changes or answer.status_code >= 500:
                differing.append((route, name, answer.status_code, has_done))
            if route == "submit/" and (answer.status_code == 403) != (not may_send):
                differing.append((route, name, answer.status_code))
    assert differing == []


BODIES: dict[str, Callable[[], Any]] = {
    "api/v1/submissions/": lambda: release("ocds-posted-1"),
    "api/v1/submissions/validate/": lambda: release("ocds-posted-1"),
    "api/v1/submissions/simple-contract/": lambda: FACTS,
}


@pytest.mark.parametrize("role", ROLES)
def test_records_are_taken_from_those_who_may_submit(world, role):
    assert BODIES.keys() == POSTED
    client, differing, before = world.client(role), [], stored()
    for route, body in BODIES.items():
        with undone():
            answer = client.post(f"/{route}", json.dumps(body()), content_type="application/json")
            changed = {table for table, rows in stored().items() if rows != before.get(table)}
        refusal = 401 if role in {"anonymous", *BAD_TOKENS} else 403
        expected = {200, 202} if role in POSTERS else {refusal}
        stores = role in POSTERS and "validate" not in route
        if answer.status_code not in expected or ("contracts_submission" in changed) != stores:
            differing.append((route, answer.status_code, changed))
        if role not in POSTERS and changed:
            differing.append((route, "changed", changed))
    assert differing == []
