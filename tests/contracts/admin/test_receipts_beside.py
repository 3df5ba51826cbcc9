"""Claims from the form show their receipt; auditors ask questions there and see the answers."""

import re

import pytest

from audits import groups
from contracts.models import Claim, Document, Receipt, Submission
from tests.contracts.pages.sending import FACTS, ask, file, process_all, send
from tests.support.pages import text_of, words_of
from tests.support.pdfs import pdf

pytestmark = pytest.mark.django_db

ANSWERED = "/admin/contracts/claim/?state=answered"


def page(client, address: str) -> str:
    answer = client.get(f"/admin/contracts/{address}/change/")
    assert answer.status_code == 200
    return answer.content.decode()


def ask_at_the_desk(desk, receipt: Receipt) -> None:
    address = f"/admin/contracts/receipt/{receipt.pk}/change/"
    rows = {f"questions-{name}": number for name, number in (("TOTAL_FORMS", 1), ("INITIAL_FORMS", 0))}
    assert desk.post(address, rows | {"questions-0-text": "¿De qué año es?"}).status_code == 302


def test_a_claim_a_submission_and_a_document_lead_to_their_receipt(client, sign_in):
    words = words_of(send(client, **FACTS, files=[file(pdf("Contrato"), "a.pdf")]))
    process_all()
    receipt, claim, document = Receipt.objects.get(), Claim.objects.get(), Document.objects.get()
    desk = sign_in(groups.AUDITORS)
    pages = f"claim/{claim.pk}", f"submission/{claim.submission_id}", f"document/{document.pk}"
    for address in pages:
        shown = page(desk, address)
        assert f'href="/admin/contracts/receipt/{receipt.pk}/change/"' in shown
        assert "ask who sent it" in text_of(shown)
    ask_at_the_desk(desk, receipt)
    for address in pages:
        assert "0 of 1 questions answered" in text_of(page(desk, address))
    question = re.search(r'name="question" value="(\d+)"', ask(client, words))[1]
    ask(client, words, wish="answer", question=question, answer="De 2024.")
    for address in pages:
        assert "1 of 1 questions answered" in text_of(page(desk, address))
    assert {"simple contract", "document"} <= set(re.findall(r">([a-z ]+)</a>", page(desk, f"receipt/{receipt.pk}")))


def test_a_claim_whose_sender_answered_waits_in_a_list_of_its_own_until_somebody_decides(client, sign_in):
    """Also where another sent the same before, so that the claim is theirs."""
    first, second = words_of(send(client, **FACTS)), words_of(send(client, **FACTS))
    send(client, title="Otra compra", buyer="Otro municipio")
    process_all()
    desk = sign_in(groups.AUDITORS)
    assert "of these, their sender answered 0" in text_of(desk.get("/admin/").content.decode())
    claim = Claim.objects.get(ocid=Submission.objects.earliest("received_at").ocids[0])
    later = Receipt.objects.exclude(submissions=claim.submission).get(submissions__repeats=claim)
    ask_at_the_desk(desk, later)
    assert claim.ocid not in desk.get(ANSWERED).content.decode()
    for words in (first, second):
        if found := re.search(r'name="question" value="(\d+)"', ask(client, words)):
            ask(client, words, wish="answer", question=found[1], answer="De 2024.")
    listed = desk.get(ANSWERED).content.decode()
    assert claim.ocid in listed
    assert "1 claim" in text_of(listed)
    assert "of these, their sender answered 1" in text_of(desk.get("/admin/").content.decode())
    desk.post(f"/admin/contracts/claim/{claim.pk}/change/", {"kind": "rejected", "reason": "No."})
    assert claim.ocid not in desk.get(ANSWERED).content.decode()
