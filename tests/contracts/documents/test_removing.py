"""Documents are removed by schedule, when nothing refers to them, and with what was erased."""

import json

import pytest

from contracts.erasing import erase_submission
from contracts.intake.documents.attaching import processes_of
from contracts.models import (
    Attachment,
    Claim,
    ClaimDecision,
    Content,
    ContentChunk,
    ContractingProcess,
    Document,
    DocumentPage,
    RetentionPolicy,
    Submission,
)
from contracts.retention import keep_retention
from tests.support.documents import bytes_of, decide, send, send_facts
from tests.support.papers import telling_pdf
from tests.support.records import load, release
from tests.support.sent import date_all_back
from tests.support.stored import dump_with_bytes

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("nudged")]


class TestRemoval:
    def test_a_document_that_nobody_needs_goes_when_its_time_is_over(self):
        send()
        date_all_back(days=400)
        assert keep_retention().contents == 1
        assert not DocumentPage.objects.exists()
        assert not ContentChunk.objects.exists()
        assert Content.objects.filter(removed_on=None).count() == 0

    def test_a_document_of_a_record_or_a_claim_stays(self):
        send(about=send_facts())
        date_all_back(days=400)
        assert keep_retention().contents == 0
        assert ContentChunk.objects.filter(content=Document.objects.get().cleaned).exists()

    def test_a_document_of_what_another_sent_before_stays_as_long(self, make_user):
        first = send_facts()
        told = json.dumps(release("ocds-facts-1"), indent=1).encode()
        again = load(content=told, channel=Submission.Channel.FORM)
        send(about=again)
        date_all_back(days=400)
        kept = set(ContentChunk.objects.values_list("content", flat=True))
        assert keep_retention().contents == 1  # the same facts in other bytes
        assert set(ContentChunk.objects.values_list("content", flat=True)) == kept - {again.content_id}
        # The publisher sends the same: the claim holds no release any more.
        load(release("ocds-facts-1"), release("ocds-facts-2"))
        date_all_back(days=400)
        assert keep_retention().contents <= 1
        assert DocumentPage.objects.exists()
        assert first.claims.get().state == Claim.State.ACCEPTED

    def test_a_document_of_a_rejected_claim_goes_with_it(self, make_user):
        send(about=send_facts())
        decide(ClaimDecision.Kind.REJECTED, make_user("Leads"))
        date_all_back(days=400)
        assert keep_retention().contents == 0  # it was decided on today
        RetentionPolicy.objects.create(pk=1, refused_days=0)
        assert keep_retention().contents == 1  # the facts with their releases; nothing needs the document then
        assert keep_retention().contents == 1
        assert not DocumentPage.objects.exists()
        assert not ContentChunk.objects.exists()

    def test_erasing_removes_bytes_copy_and_texts(self, announced):
        facts = send_facts()
        submission = send(about=facts)
        process = ContractingProcess.objects.get()
        announced.clear()
        erase_submission(submission, actor=None)
        assert "Contrato de cámaras" not in dump_with_bytes()
        assert set(ContentChunk.objects.values_list("content", flat=True)) == {facts.content_id}
        assert not Attachment.objects.exists()
        assert set(announced) == {process.pk}

    @pytest.mark.parametrize("with_records", [False, True])
    def test_what_another_had_sent_before_is_audited_again_without_it(self, with_records, announced):
        send_facts()
        process = ContractingProcess.objects.get()
        told = json.dumps(release("ocds-facts-1"), indent=1).encode()
        again = load(content=told, channel=Submission.Channel.FORM)
        submission = send(about=again)
        assert processes_of(submission.content_id) == [process.pk]
        announced.clear()
        erase_submission(again, actor=None, with_records=with_records)
        assert processes_of(submission.content_id) == []
        assert set(announced) == {process.pk}

    def test_erasing_one_of_two_senders_leaves_what_the_other_sent(self):
        first, second = send(), send(channel=Submission.Channel.API)
        erase_submission(first, actor=None)
        assert Document.objects.get().texts.count() == 2
        erase_submission(second, actor=None)
        assert not Document.objects.exists()

    def test_whoever_sends_the_copy_of_another_and_takes_it_back_leaves_that_copy(self):
        original = send(telling_pdf("Contrato"))
        copy = Document.objects.get().cleaned_id
        sent_again = send(bytes_of(copy))
        assert sent_again.content_id == copy
        erase_submission(sent_again, actor=None)
        assert bytes_of(copy)
        erase_submission(original, actor=None)
        assert not ContentChunk.objects.exists()

    def test_facts_that_go_with_their_records_leave_no_attachment(self):
        facts = send_facts()
        send(about=facts)
        erase_submission(facts, actor=None, with_records=True)
        assert not Attachment.objects.exists()
        assert Document.objects.exists()

    def test_the_same_document_may_be_sent_again(self):
        erase_submission(send(), actor=None)
        assert send().counts["pages_read"] == 2
