"""Taking back what was sent by the form: while something is added, and what was answered."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from audits.models import Audit, DeskEntry, Flag, LexiconTerm, PageFigures, Review
from audits.triage import review_flag
from contracts import erasing, receipts, retention
from contracts.decisions.claims import decide_claim
from contracts.erasing import forget_unnamed
from contracts.intake.documents.attaching import attach, processes_of
from contracts.models import (
    Claim,
    ClaimDecision,
    ContentChunk,
    ContractingProcess,
    Organization,
    Receipt,
    ReceiptQuestion,
    SameBody,
    SameBodyDecision,
    Submission,
    TrailEntry,
)
from contracts.models.claim import CHAIN
from contracts.ocds.parsing.calendar_days import start_of_day
from contracts.pages.sending import storing
from contracts.submitting import submit
from tests.contracts.pages.sending import FACTS, ask, file, process_all, send
from tests.support.auditing import settle
from tests.support.pages import words_of
from tests.support.pdfs import pdf
from tests.support.records import load, release
from tests.support.stored import dump, is_stored, times_since

pytestmark = pytest.mark.django_db


def test_additions_during_a_withdrawal_are_not_stored(client, monkeypatch):
    words = words_of(send(client, **FACTS))
    process_all()

    def take_back_first(chunks, *, receipt, **options):
        """As in another tab, after the page looked whether the receipt stands."""
        receipts.take_back(Receipt.objects.get(pk=receipt.pk))
        return submit(chunks, receipt=receipt, **options)

    monkeypatch.setattr(storing, "submit", take_back_first)
    page = ask(client, words, wish="add", files=[file()])
    assert "nothing sent after that is kept" in page
    assert "Taken back on" in page
    assert Submission.objects.count() == 1
    assert not ContentChunk.objects.exists()


def test_each_file_belongs_to_the_receipt_as_soon_as_it_is_stored(client, monkeypatch):
    """Whatever breaks off behind it: what has no receipt could never be taken back."""
    store = storing._store
    stored = []

    def break_off(*args, **kwargs):
        if stored:
            raise OSError
        stored.append(store(*args, **kwargs).submission)
        return storing.Sent("", stored[0])

    monkeypatch.setattr(storing, "_store", break_off)
    client.raise_request_exception = False
    assert client.post("/submit/", {"step": "send", **FACTS, "files": [file()]}).status_code == 500
    assert list(Receipt.objects.get().submissions.all()) == stored


def test_one_submission_can_be_withdrawn_and_its_correction_stays(client):
    """Else a corrected table would stand beside the wrong one, or all would have to be sent again."""
    table = "Objeto;Entidad;Proveedor;Monto;Moneda\nNube para la plaza;Municipio Ficticio;ACME S.A.;{};PEN\n"
    words = words_of(send(client, **FACTS, files=[file(table.format(1000).encode(), "a.csv")]))
    process_all()
    page = ask(client, words, wish="add", files=[file(table.format(2000).encode(), "b.csv")])
    assert page.count("<summary>Take back this one alone</summary>") == 3
    assert page.count("<summary>Take it back</summary>") == 1, "the button stands behind a second question"
    assert page.count('value="take back"') == page.count("Yes, erase it") == 4
    process_all()
    (wrong,) = Submission.objects.filter(ocids=[ContractingProcess.objects.get(amount=1000).ocid])
    page = ask(client, words, wish="take back", submission=str(wrong.pk))
    assert "taken back and erased" in page
    assert "Taken back on" not in page
    wrong.refresh_from_db()
    assert wrong.erased_on
    assert [int(process.amount) for process in ContractingProcess.objects.filter(title="Nube para la plaza")] == [2000]
    assert Submission.objects.filter(erased_on=None).count() == 2


def test_a_record_published_since_is_not_shown_as_decided_by_a_person(client):
    words = words_of(send(client, files=[file(json.dumps(release("ocds-form-1")).encode())]))
    process_all()
    load(content=json.dumps(release("ocds-form-1"), indent=1).encode())
    assert Claim.objects.get().decision.decided_by is None
    page = ask(client, words)
    assert "was decided, so all of it together cannot be taken back" in page
    assert "A person has decided" not in page


def test_a_document_of_a_decided_claim_cannot_be_withdrawn_alone(client, make_user):
    """Who decided had read it, and what was published quotes it."""
    words = words_of(send(client, **FACTS, files=[file(pdf("Contrato"))]))
    process_all()
    document = Submission.objects.get(kind=Submission.Kind.DOCUMENT)
    assert "Take back this one alone" in ask(client, words)
    lead = make_user("Leads")
    decide_claim(claim=Claim.objects.get(), kind=ClaimDecision.Kind.ACCEPTED, reason="Seen.", decided_by=lead)
    page = ask(client, words)
    assert "Take back this one alone" not in page
    assert "cannot be taken back here any more. Ask for that on its public page" in page, "not a button alone"
    assert "write all of it again" not in page
    assert "cannot be taken back" in ask(client, words, wish="take back", submission=str(document.pk))
    document.refresh_from_db()
    assert document.erased_on is None


def test_a_document_sent_after_the_decision_can_be_withdrawn_alone(client, make_user):
    """Who sees that a photograph shows who took it need not ask anybody."""
    words = words_of(send(client, **FACTS))
    process_all()
    lead = make_user("Leads")
    decide_claim(claim=Claim.objects.get(), kind=ClaimDecision.Kind.ACCEPTED, reason="Seen.", decided_by=lead)
    ask(client, words, wish="add", files=[file(pdf("Adenda"))])
    process_all()
    document = Submission.objects.filter(kind=Submission.Kind.DOCUMENT)
    assert "cannot be taken back" in ask(client, words, wish="take back", submission=str(document.get().pk))
    document.update(received_at=timezone.now() + timedelta(days=1))
    assert "taken back and erased" in ask(client, words, wish="take back", submission=str(document.get().pk))
    assert document.get().erased_on
    assert ContractingProcess.objects.public().exists()
    assert "cannot be taken back" in ask(client, words, wish="take back")


def test_a_document_attached_by_a_person_cannot_be_withdrawn(client, make_user):
    load(release("ocds-official-1"))
    words = words_of(send(client, files=[file(pdf("Contrato"))]))
    process_all()
    document = Submission.objects.get(kind=Submission.Kind.DOCUMENT)
    process = ContractingProcess.objects.get()
    attach(document, process=process, attached_by=make_user("Auditors"))
    assert "cannot be taken back" in ask(client, words, wish="take back", submission=str(document.pk))
    assert "cannot be taken back" in ask(client, words, wish="take back")
    assert processes_of(document.content_id) == [process.pk]


def test_a_document_of_two_receipts_leaves_only_the_contract_of_the_receipt_taken_back(sign_in):
    client = sign_in("Submitters")
    send(client, **FACTS, files=[file(pdf("Contrato"))])
    words = words_of(send(client, **FACTS, description="otro", files=[file(pdf("Contrato"))]))
    process_all()
    document = Submission.objects.get(kind=Submission.Kind.DOCUMENT)
    assert len(processes_of(document.content_id)) == 2
    assert "taken back and erased" in ask(client, words, wish="take back", submission=str(document.pk))
    kept = ContractingProcess.objects.exclude(description="otro")
    assert processes_of(document.content_id) == [kept.get().pk]
    # The same form twice: one receipt takes nothing from the other.
    again = words_of(send(client, **FACTS, files=[file(pdf("Contrato"))]))
    assert "taken back and erased" in ask(client, again, wish="take back")
    assert processes_of(document.content_id) == [kept.get().pk]


def test_submissions_of_another_receipt_are_not_withdrawn(client):
    words, _other = words_of(send(client, **FACTS)), send(client, **FACTS, description="otro")
    process_all()
    foreign = Receipt.objects.order_by("pk").last().submissions.get()
    assert "nothing of that kind" in ask(client, words, wish="take back", submission=str(foreign.pk))
    assert not Submission.objects.exclude(erased_on=None).exists()


def test_a_refused_submission_creates_no_receipt(client):
    send(client, status=400, files=[file(b"<html></html>", "a.html")])
    assert not Receipt.objects.exists()


def test_answers_are_withdrawn_too(client, make_user):
    words = words_of(send(client, **FACTS))
    process_all()
    asked = {"asked_by": make_user("Auditors"), "asked_on": timezone.now().date()}
    question = ReceiptQuestion.objects.create(receipt=Receipt.objects.get(), text="Which plaza?", **asked)
    ask(client, words, wish="answer", question=str(question.pk), answer="That before my window.")
    assert "before my window" in dump()
    ask(client, words, wish="take back")
    assert "before my window" not in dump()


def test_a_withdrawal_does_not_reveal_the_time(client):
    """As of sending: the database dates decisions and trail itself, and chains what it dated."""
    begun = timezone.now()
    words = words_of(send(client, **FACTS, files=[file()]))
    process_all()
    settle()
    assert Flag.objects.standing().exists()
    ask(client, words, wish="take back")
    settle()
    assert not Flag.objects.standing().exists()
    assert (ClaimDecision.objects.count(), TrailEntry.objects.count()) == (2, 4)
    assert {decision.decided_at for decision in ClaimDecision.objects.all()} == {start_of_day(begun)}
    assert times_since(begun) == {}
    assert CHAIN.broken() == []


def test_withdrawing_a_held_claim_does_not_recount_page_figures(client):
    """They would tell when, and anybody could have them counted again and again."""
    words = words_of(send(client, **FACTS))
    process_all()
    PageFigures.objects.create(name="kept", figures={}, counted_at=timezone.now())
    ask(client, words, wish="take back")
    assert PageFigures.objects.exists()


def test_decisions_of_the_desk_keep_their_time(client, make_user):
    begun = timezone.now()
    send(client, **FACTS)
    process_all()
    decided = {"kind": ClaimDecision.Kind.REJECTED, "reason": "No.", "decided_by": make_user("Leads")}
    decide_claim(claim=Claim.objects.get(), **decided)
    assert ClaimDecision.objects.get().decided_at > begun
    assert TrailEntry.objects.get(action="claim_decided").at > begun


SECRET = "Zoraida Ruiseñor"
TOLD = {
    "title": f"Cámaras de videovigilancia con reconocimiento facial para {SECRET}",
    "description": f"Servicio de nube y licencias exclusivas de {SECRET}, por excepción y sin concurso",
    "buyer": f"Municipio de {SECRET}",
    "supplier": f"{SECRET} S.A.C.",
    "value": "900000",
    "currency": "PEN",
    "method": "direct",
    "country": "Perú",
}
OTHER = {"title": "Impresoras", "buyer": "Otro municipio", "supplier": TOLD["supplier"], "country": "Perú"}


def send_and_take_back(client, callbacks, between=lambda: None):
    terms = {"facial_recognition": "reconocimiento facial", "video_surveillance": "cámaras de videovigilancia"}
    for concept, term in terms.items():
        LexiconTerm.objects.create(concept=concept, language="es", term=term, source="s")
    words = words_of(send(client, **TOLD))
    process_all()
    settle()
    assert Flag.objects.filter(rule="T01").exists()
    assert is_stored(SECRET)
    between()
    with callbacks(execute=True):
        assert "erased; what remains is the day" in ask(client, words, wish="take back")


def test_quotes_and_organizations_of_a_withdrawn_claim_are_deleted(client, django_capture_on_commit_callbacks):
    known = Organization.objects.create(key="name:PE:otra", name="Otra")
    send_and_take_back(client, django_capture_on_commit_callbacks)
    settle()
    assert not is_stored(SECRET)
    assert not is_stored("zoraida ruisenor")
    assert (Flag.objects.count(), Audit.objects.count()) == (0, 0)
    assert Organization.objects.filter(pk=known.pk).exists(), "it was not named there"


@pytest.mark.parametrize("roles", [[], ["supplier"]], ids=["that claims named", "that public records named too"])
def test_a_delayed_withdrawal_is_completed_by_the_schedule(
    client, monkeypatch, django_capture_on_commit_callbacks, roles
):
    def fail(_pks):
        raise OSError

    with monkeypatch.context() as patched:
        patched.setattr(erasing, "forget_unnamed", fail)
        send_and_take_back(
            client, django_capture_on_commit_callbacks, lambda: Organization.objects.update(roles=roles)
        )
    assert is_stored(SECRET)
    retention.keep_retention()
    assert not is_stored(SECRET)


def test_organizations_named_by_others_are_kept(client, django_capture_on_commit_callbacks):
    send_and_take_back(client, django_capture_on_commit_callbacks, lambda: (send(client, **OTHER), process_all()))
    assert set(Organization.objects.values_list("name", flat=True)) == {TOLD["supplier"], OTHER["buyer"]}


def test_an_undecided_merge_proposal_is_deleted_and_a_decided_one_kept(make_user):
    names = ("one", "other", "third", "fourth")
    one, other, third, fourth = (Organization.objects.create(key=f"name:PE:{name}", name=name) for name in names)
    SameBody.objects.create(one=one, other=other, likeness=90)
    decided = SameBody.objects.create(one=third, other=fourth, likeness=90)
    refused = {"kind": SameBodyDecision.Kind.REFUSED, "reason": "No.", "decided_by": make_user("Leads")}
    decided.decision = SameBodyDecision.objects.create(pair=decided, **refused)
    decided.save()
    assert forget_unnamed([entry.pk for entry in (one, other, third, fourth)]) == 2
    assert set(Organization.objects.all()) == {third, fourth}
    assert SameBody.objects.get() == decided


def test_decided_flags_survive_a_withdrawal(client, make_user, django_capture_on_commit_callbacks):
    def decide():
        reviewed = {"reviewer": make_user("Auditors"), "decision": Review.Decision.DISMISSED, "reason": "No."}
        review_flag(flag=Flag.objects.get(rule="T01"), **reviewed)

    send_and_take_back(client, django_capture_on_commit_callbacks, decide)
    flag = Flag.objects.get()
    assert (flag.rule, bool(flag.evidence)) == ("T01", True)
    assert list(Audit.objects.values_list("outcomes", "sector_evidence")) == [({}, [])]


def test_an_assigned_undecided_flag_loses_its_content(client, make_user, django_capture_on_commit_callbacks):
    def hand():
        DeskEntry.objects.create(flag=Flag.objects.get(rule="T01"), kind="assigned", by=make_user("Leads"))

    send_and_take_back(client, django_capture_on_commit_callbacks, hand)
    flag = Flag.objects.get()
    assert (flag.sentence, flag.values, flag.evidence, flag.render()) == ("", {}, [], "")
    assert not is_stored(SECRET)
