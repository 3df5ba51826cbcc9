"""What a person erases, and what stays."""

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from audits import groups
from audits.models import Flag, Review
from audits.triage import review_flag
from contracts import erasing, retention
from contracts.decisions.claims import decide_claim
from contracts.erasing import SubmissionBusyError, erase_submission
from contracts.intake.processing import process_submission
from contracts.models import (
    ClaimDecision,
    ContractingProcess,
    Organization,
    Release,
    Submission,
    SubmissionOrigin,
    TrailEntry,
)
from contracts.ocds.gate.document import encode
from contracts.postgres import locks
from contracts.receipts import answer_question, new_words, receipt_of
from contracts.retention import keep_retention
from tests.support.auditing import audit_due
from tests.support.records import load, release
from tests.support.sent import CANARY, NOT_OCDS, body_of, claim_of, decide, has_bytes, send
from tests.support.stored import is_stored

pytestmark = pytest.mark.django_db


def test_an_erased_submission_leaves_its_hash_and_day_and_the_record_stays(make_user):
    sender, lead = make_user(name="sender"), make_user(groups.LEADS)
    submission = send(body_of(), sender)
    erase_submission(submission, actor=lead)
    submission.refresh_from_db()
    assert (submission.erased_on, len(submission.content_id)) == (timezone.now().date(), 64)
    assert not has_bytes(submission)
    assert not SubmissionOrigin.objects.exists()
    assert (submission.ocids, submission.package, submission.problems, submission.counts) == ([], {}, [], {})
    assert ContractingProcess.objects.get().title
    entry = TrailEntry.objects.get(action="submission_erased")
    assert (entry.actor_id, entry.details) == (lead.pk, {"sha256": submission.content_id, "with_records": False})
    assert "sender" not in str(entry.details)


def test_bytes_that_another_sender_sent_too_stay(make_user):
    one, other = (send(body_of(), make_user(name=name)) for name in ("one", "other"))
    assert one.pk != other.pk
    erase_submission(one, actor=None)
    assert has_bytes(other)
    erase_submission(other, actor=None)
    assert not has_bytes(other)


def test_with_its_records_the_record_is_compiled_anew_and_decisions_stay(make_user):
    first = send(body_of())
    title = ContractingProcess.objects.get().title
    second = send(body_of(id="later", date="2030-01-01T00:00:00Z", tender={"id": "t", "title": CANARY}))
    audit_due()
    assert ContractingProcess.objects.get().title == CANARY
    erase_submission(second, actor=None, with_records=True)
    audit_due()
    assert ContractingProcess.objects.get().title == title
    flag = Flag.objects.get(rule="R018")
    review_flag(flag=flag, reviewer=make_user(name="lead"), decision=Review.Decision.CONFIRMED, reason="Read it")
    erase_submission(first, actor=None, with_records=True)
    audit_due()
    flag.refresh_from_db()
    process = ContractingProcess.objects.get()
    assert (Release.objects.count(), process.release_count, process.title, process.buyer) == (0, 0, "", None)
    assert process.verification == "retired"
    assert (flag.decision, flag.withdrawn_because) == ("confirmed", "record")
    assert Review.objects.count() == 1


def test_very_many_contents_go_some_after_others(monkeypatch):
    monkeypatch.setattr(retention, "_BATCH", 2)
    refused = [send(b'{"neither": %d}' % number, days=91) for number in range(5)]
    assert keep_retention().contents == 5
    assert not any(has_bytes(submission) for submission in refused)
    entries = TrailEntry.objects.filter(action="retention_run", details__contents__gt=0).order_by("pk")
    assert [entry.details["contents"] for entry in entries] == [2, 2, 1]


def test_to_erase_very_many_records_takes_few_locks(monkeypatch):
    records = [release(ocid=f"ocds-test01-{number}") for number in range(30)]
    submission = send(encode({"releases": records}))
    monkeypatch.setattr(locks, "MAX_LOCKS", 10)
    monkeypatch.setattr(erasing, "_BATCH_OCIDS", 5)
    before = count_locks()
    erase_submission(submission, actor=None, with_records=True)
    assert not Release.objects.exists()
    assert count_locks() - before < 10


def count_locks() -> int:
    """Return how many advisory locks this session holds."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()")
        return cursor.fetchone()[0]


@pytest.mark.parametrize("decided", [None, "rejected"])
def test_unaccepted_documents_are_erased_with_their_submission_and_leave_the_queue(make_user, decided):
    sender = make_user(groups.SUBMITTERS)
    body = body_of(tender={"id": "t", "title": CANARY})
    submission = send(body, sender, channel=Submission.Channel.API)
    audit_due()
    claim = submission.claims.get()
    if decided:
        decide(claim, decided, make_user(name="auditor"))
    erase_submission(submission, actor=sender)
    audit_due()
    claim.refresh_from_db()
    assert not Release.objects.exists()
    assert not is_stored(CANARY)
    assert (claim.state, claim.decisions.count()) == ("rejected", 1)
    assert decided or claim.decision.decided_by is None, "it would tell who sent it"
    send(body_of())  # the publisher
    claim.refresh_from_db()
    assert claim.state == "rejected"


@pytest.mark.parametrize("kind", ["accepted", "accepted_in_part"])
def test_what_was_accepted_stays_in_the_record(make_user, kind):
    claim = claim_of(days=0, tender={"id": "t", "title": CANARY})
    part = {"members": ["/tender"]} if kind == "accepted_in_part" else {}
    person = make_user(name="auditor")
    decide_claim(claim=claim, decided_by=person, kind=ClaimDecision.Kind(kind), reason="Seen.", **part)
    erase_submission(claim.submission, actor=None)
    claim.refresh_from_db()
    assert claim.state == kind
    assert ContractingProcess.objects.public().get().title == CANARY


def test_what_a_worker_is_processing_is_not_erased():
    submission = send(NOT_OCDS, process=False)
    Submission.objects.filter(pk=submission.pk).update(attempted_at=timezone.now())
    with pytest.raises(SubmissionBusyError):
        erase_submission(submission, actor=None)
    assert has_bytes(submission)


def test_what_is_erased_before_it_was_processed_is_not_processed():
    submission = send(body_of(), process=False)
    erase_submission(submission, actor=None)
    assert process_submission(submission.pk) is None
    assert not ContractingProcess.objects.exists()


@pytest.mark.parametrize(
    ("group", "own", "action", "is_erased"),
    [
        (groups.LEADS, False, "erase", True),
        (groups.LEADS, False, "erase_with_records", True),
        (groups.SUBMITTERS, True, "erase", True),
        (groups.SUBMITTERS, True, "erase_with_records", False),
        (groups.SUBMITTERS, False, "erase", False),
        (groups.AUDITORS, False, "erase", False),
    ],
)
def test_leads_erase_and_submitters_withdraw_their_own(client, make_user, group, own, action, is_erased):
    user = make_user(group)
    submission = send(body_of(), user if own else make_user(name="somebody"))
    client.force_login(user)
    chosen = {"action": action, "_selected_action": [str(submission.pk)]}
    address = reverse("admin:contracts_submission_changelist")
    client.post(address, chosen)
    submission.refresh_from_db()
    assert submission.erased_on is None, "asks first"
    client.post(address, chosen | {"confirmed": "yes"})
    submission.refresh_from_db()
    assert (submission.erased_on is not None) is is_erased
    assert ContractingProcess.objects.filter(release_count__gt=0).exists() is (
        not is_erased or action != "erase_with_records"
    )


@pytest.mark.parametrize(
    ("statement", "values"),
    [("SELECT %s::int", [CANARY]), ("SELECT to_tsquery(%s)", [CANARY]), (f"SELECT 1/0 WHERE '{CANARY}' <> %s", ["x"])],
)
def test_no_search_word_reaches_the_log_of_the_database(settings, statement, values):
    if not str(connection.settings_dict["HOST"]).startswith("/"):
        pytest.skip("the log of another server is not ours to read")
    from config.embedded import ensure_database

    log = ensure_database(settings.VEEDOR_HOME).folder() / "log"
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)
    assert "canary" not in log.read_text(encoding="utf-8", errors="replace")
    assert "ready to accept connections" in log.read_text(encoding="utf-8", errors="replace")


def test_where_an_organization_is_goes_with_the_release_that_said_it():
    """Its name and roles are in the release that stays, too: of what is left of the record nothing tells a country."""
    known = {
        "id": "S",
        "name": "Acme Redes",
        "roles": ["supplier"],
        "identifier": {"scheme": "GLEIF", "id": "5493001"},
    }
    erased = load(release("ocds-test01-9", parties=[known | {"address": {"countryName": "CHILE"}}]))
    load(release("ocds-test01-9", id="2", date="2024-05-01T00:00:00Z", parties=[known]))
    assert Organization.objects.get(identifier="5493001").country == "CL"

    erase_submission(erased, actor=None, with_records=True)

    left = Organization.objects.get(identifier="5493001")
    assert (left.name, left.country) == ("Acme Redes", "")
    assert "supplier" in left.roles


def test_with_the_last_of_what_came_with_a_receipt_goes_what_its_holder_answered(make_user):
    receipt, both = receipt_of(new_words()), [send(body_of(ocid=f"ocds-test01-{number}")) for number in (1, 2)]
    receipt.submissions.add(*both)
    question = receipt.questions.create(text="Which?", asked_by=make_user(name="asks"), asked_on=timezone.localdate())
    assert answer_question(receipt, question=str(question.pk), text=CANARY)
    erase_submission(both[0], actor=None)
    question.refresh_from_db()
    assert question.answer == CANARY, "the other one stays"
    erase_submission(both[1], actor=None)
    question.refresh_from_db()
    assert (question.answer, question.answered_on) == ("", None)
