"""Slow documents from the form are read one at a time, so that other workers stay free."""

import gzip
import json
from datetime import timedelta

import pytest

from contracts import tasks
from contracts.intake.processing import next_turn, process_submission
from contracts.models import Submission
from contracts.receipts import new_words, receipt_of
from contracts.submitting import submit
from tests.support.documents import PAPER
from tests.support.pdfs import pdf
from tests.support.records import release
from tests.support.waiting import held_elsewhere

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("nudged")]
RECORD = json.dumps(release("ocds-form-1")).encode()
FORM, API = Submission.Channel.FORM, Submission.Channel.API


def sent(content: bytes, channel=FORM) -> Submission:
    submission, *_ = submit(iter([content]), channel=channel, user=None)
    return submission


@pytest.mark.parametrize(
    ("content", "channel", "is_read"),
    [
        (PAPER, FORM, False),
        (gzip.compress(RECORD, mtime=0), FORM, False),
        (RECORD + b" " * Submission.LITTLE_BYTES, FORM, False),
        (RECORD, FORM, True),
        (PAPER, API, True),
    ],
)
def test_it_waits_while_another_one_is_read(content, channel, is_read):
    submission = sent(content, channel)
    with held_elsewhere("turn of the form"):
        process_submission(submission.pk)
        submission.refresh_from_db()
        assert (submission.state == "processed", submission.attempts) == (is_read, int(is_read))
    process_submission(submission.pk)
    submission.refresh_from_db()
    assert submission.state == "processed"


def test_who_is_done_calls_the_next_one(nudged):
    first, second, third = (sent(pdf(f"Contrato {number}")) for number in range(3))
    little = sent(RECORD)
    nudged.clear()
    tasks.process_submission(str(little.pk))
    assert nudged == []
    tasks.process_submission(str(first.pk))
    (called,) = nudged
    assert called in {str(second.pk), str(third.pk)}
    tasks.process_submission(called)
    tasks.process_submission(nudged[-1])
    assert len(nudged) == 2, "nothing is left to call"
    assert not Submission.objects.due().exists()


def test_the_sweep_finds_all_else_and_the_next_one(nudged):
    for number in range(3):
        sent(pdf(f"Contrato {number}"))
    others = {str(sent(RECORD).pk), str(sent(PAPER, API).pk)}
    nudged.clear()
    tasks.process_due_submissions()
    assert (len(nudged), others <= set(nudged)) == (3, True)


def test_who_sends_many_delays_nobody_who_sends_one(nudged):
    """Only their receipts tell that scans are of one sender; what came before on it has had its turn, or has it."""
    many, one = (receipt_of(new_words()) for _ in range(2))
    scans = [sent(pdf(f"Contrato {number}")) for number in range(3)]
    for scan in scans:
        many.submissions.add(scan)
    alone = sent(pdf("Contrato"))
    one.submissions.add(alone)
    Submission.objects.filter(pk=alone.pk).update(received_at=alone.received_at + timedelta(days=1))
    assert list(turns()) == [scans[0].pk, alone.pk, scans[1].pk, scans[2].pk]


def turns():
    """Yield what has its turn, one after the other."""
    while found := next_turn():
        yield found.pk
        process_submission(found.pk)
