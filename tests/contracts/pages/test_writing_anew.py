"""Senders correct a contract by its receipt: they write it again, and withdraw the old one."""

import itertools
import re
import uuid

import pytest

from audits import groups
from contracts.intake.documents.attaching import processes_of
from contracts.models import Attachment, ContractingProcess, Receipt, Submission
from contracts.receipts import take_back
from tests.contracts.pages.sending import FACTS, SENDER, ask, file, process_all, send
from tests.support.pages import text_of, words_of
from tests.support.pdfs import pdf

pytestmark = pytest.mark.django_db


def written():
    """What was written, in the order in which it came: of the time only the day is kept."""
    listed = Receipt.submissions.through.objects.filter(submission__kind=Submission.Kind.SIMPLE_CONTRACT)
    return [entry.submission for entry in listed.order_by("pk").select_related("submission")]


def test_a_rewritten_contract_keeps_its_receipt_and_documents(client):
    words = words_of(send(client, **FACTS, files=[file(pdf("Contrato"))]))
    process_all()
    document = Submission.objects.get(kind=Submission.Kind.DOCUMENT)
    assert '<form method="post" action="/submit/?lang=en">' in ask(client, words)
    empty = client.post("/submit/?lang=en", {"receipt": words}).content.decode()
    assert f'<input type="hidden" name="receipt" value="{words}">' in empty
    assert 'role="alert"' not in empty
    checked = client.post("/submit/?lang=en", {"receipt": words, "step": "check", **FACTS}).content.decode()
    assert f'name="receipt" value="{words}"' in checked

    page = send(client, receipt=words, **(FACTS | {"title": "Drones para la plaza"}))
    assert "What became of it" in page
    assert "what you wrote: received" in text_of(page)
    assert Receipt.objects.get().submissions.count() == 3
    process_all()
    old, _new = written()
    page = ask(client, words, wish="take back", submission=str(old.pk))
    assert "taken back and erased" in page
    assert "was decided, so all" not in page, "its sender did"
    kept = ContractingProcess.objects.get(title="Drones para la plaza")
    assert not ContractingProcess.objects.filter(title=FACTS["title"]).exists()
    assert processes_of(document.content_id) == [kept.pk]
    assert "taken back and erased" in ask(client, words, wish="take back")
    assert Receipt.objects.get().withdrawn_on is not None


def test_the_desk_sees_a_rewritten_text_beside_a_claim_until_the_old_one_is_taken_back(client, sign_in):
    words = words_of(send(client, **FACTS, value="USD 5"))
    send(client, title="Otra compra", buyer="Otro municipio")  # of somebody else
    process_all()
    send(client, receipt=words, **FACTS, value="USD 6")
    process_all()
    old, new = (entry.claims.get() for entry in written() if entry.receipts.get().submissions.count() > 1)
    desk = sign_in(groups.AUDITORS)

    def told(claim):
        text = text_of(desk.get(f"/admin/contracts/claim/{claim.pk}/change/").content.decode())
        return "Written with the same receipt" in text and re.findall(r"(later|before): (\S+)", text)

    assert told(old) == [("later", new.ocid)]
    assert told(new) == [("before", old.ocid)]
    ask(client, words, wish="take back", submission=str(old.submission_id))
    assert told(new) is False


def test_facts_can_be_added_to_a_receipt_with_only_files(client):
    """Nothing was written that could be written anew."""
    shown = text_of(ask(client, words_of(send(client, files=[file(pdf("Contrato"))]))))
    assert "Add facts What you write is kept with this receipt, beside your files." in shown
    assert "Write it anew" not in shown
    assert "Write it anew" in text_of(ask(client, words_of(send(client, **FACTS))))


@pytest.mark.parametrize("step", [1, -1], ids=["ascending keys", "descending keys"])
def test_documents_belong_to_the_facts_sent_with_them(client, monkeypatch, step):
    """What is written on one day has no order but that in which it was kept with the receipt."""
    keys = (uuid.UUID(int=number) for number in itertools.count(100, step))
    monkeypatch.setattr(Submission._meta.pk, "_get_default", lambda: next(keys))
    words = words_of(send(client, **FACTS, files=[file(pdf("Contrato"))]))
    send(client, receipt=words, **(FACTS | {"title": "Drones para la plaza"}), files=[file(pdf("Adenda"))])
    old, new = written()
    assert [row.about for row in Attachment.objects.order_by("pk")] == [old, new]


def test_a_corrected_table_inherits_documents_of_the_withdrawn_one(client):
    table = "Objeto;Entidad;Proveedor;Monto;Moneda\nNube para la plaza;Municipio Ficticio;ACME S.A.;{};PEN\n"
    words = words_of(send(client, files=[file(table.format(1000).encode(), "a.csv"), file(pdf("Contrato"))]))
    process_all()
    document = Submission.objects.get(kind=Submission.Kind.DOCUMENT)
    (wrong,) = Submission.objects.filter(kind=Submission.Kind.TABLE)
    ask(client, words, wish="add", files=[file(table.format(2000).encode(), "b.csv")])
    process_all()
    ask(client, words, wish="take back", submission=str(wrong.pk))
    assert processes_of(document.content_id) == [ContractingProcess.objects.get(amount=2000).pk]


def test_unknown_or_withdrawn_receipts_cannot_send(client):
    words = words_of(send(client, **FACTS))
    take_back(Receipt.objects.get())
    for given, status, said in (
        (words, 200, "Taken back on"),
        ("uno dos tres", 404, "There is no receipt with these words"),
    ):
        answer = client.post(
            "/submit/?lang=en", {"receipt": given, "step": "send", **FACTS, "title": "Otro"}, **SENDER
        )
        assert answer.status_code == status
        assert said in answer.content.decode()
    assert len(written()) == 1
    assert Receipt.objects.count() == 1


def test_a_signed_in_sender_is_not_named_for_earlier_anonymous_submissions(client, sign_in):
    words = words_of(send(client, **FACTS))
    lead = sign_in(groups.LEADS)
    assert "You are signed in as" in lead.get("/submit/?lang=en").content.decode()
    assert "We store no name" in lead.post("/submit/?lang=en", {"receipt": words}).content.decode()
    named = words_of(send(lead, **FACTS))
    assert "You are signed in as" in lead.post("/submit/?lang=en", {"receipt": named}).content.decode()


def test_documents_are_labelled_by_kind_and_size(client):
    words = words_of(send(client, **FACTS, files=[file(pdf("Contrato"))]))
    assert "(PDF" not in ask(client, words), "before it is read nothing is known"
    process_all()
    assert re.search(r"Document</strong> \(PDF, [\d.]+\s(?:bytes|KB)\):", ask(client, words))


def test_a_document_known_from_another_sender_is_not_revealed(client):
    """Whoever tries a paper would learn at once that it was sent before, and once it is back that it still is."""
    send(client, **FACTS, files=[file(pdf("Contrato"))])
    process_all()
    words = words_of(send(client, files=[file(pdf("Contrato"))]))
    assert "(PDF" not in ask(client, words)
    process_all()
    assert "(PDF" in ask(client, words)
    assert "(PDF" not in ask(client, words, wish="take back")
