"""Slow submissions of the form are read one at a time, short ones and long ones, so that other workers stay free."""

import gzip
import json
import zipfile
from datetime import timedelta

import pytest

from contracts import tasks
from contracts.intake.processing import next_of, process_submission
from contracts.models import Submission
from contracts.receipts import new_words, receipt_of
from contracts.submitting import submit
from tests.support.documents import PAPER
from tests.support.pdfs import pdf
from tests.support.records import release
from tests.support.waiting import held_elsewhere
from tests.support.workbooks import zipped

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("nudged")]
RECORD = json.dumps(release("ocds-form-1")).encode()
FORM, API = Submission.Channel.FORM, Submission.Channel.API
SHORT, LONG = Submission.Turn


def sent(content: bytes, channel=FORM) -> Submission:
    submission, *_ = submit(iter([content]), channel=channel, user=None)
    return submission


@pytest.mark.parametrize(
    ("content", "channel", "turn"),
    [
        (PAPER, FORM, SHORT),
        (PAPER + b" " * Submission.SHORT_BYTES, FORM, LONG),
        (zipped({"a.pdf": PAPER, "b.bin": b"0" * Submission.LITTLE_BYTES}, zipfile.ZIP_STORED), FORM, SHORT),
        (gzip.compress(RECORD, mtime=0), FORM, LONG),
        (RECORD + b" " * Submission.LITTLE_BYTES, FORM, LONG),
        (RECORD, FORM, None),
        (PAPER, API, None),
    ],
)
def test_it_waits_while_another_one_of_its_turn_is_read(content, channel, turn):
    submission = sent(content, channel)
    assert submission.turn == turn
    assert [each for each in Submission.Turn if Submission.objects.waiting_for(each).exists()] == [turn][: bool(turn)]
    for held in Submission.Turn:
        waits = held == turn
        with held_elsewhere(f"{held} turn of the form"):
            process_submission(submission.pk)
            submission.refresh_from_db()
            assert (submission.state == "processed", submission.attempts) == (not waits, int(not waits))
        Submission.objects.filter(pk=submission.pk).update(processed_at=None, attempted_at=None, attempts=0)
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


def test_the_sweep_finds_the_next_one_of_each_turn(nudged):
    short, large = sent(pdf("Contrato")), sent(RECORD + b" " * Submission.LITTLE_BYTES)
    nudged.clear()
    tasks.process_due_submissions()
    assert nudged == [str(short.pk), str(large.pk)]


def test_who_is_done_calls_only_its_own_turn(nudged):
    short, large = sent(pdf("Contrato")), sent(RECORD + b" " * Submission.LITTLE_BYTES)
    nudged.clear()
    tasks.process_submission(str(large.pk))
    assert nudged == []
    tasks.process_submission(str(short.pk))
    assert nudged == []


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
    while found := next_of(SHORT):
        yield found.pk
        process_submission(found.pk)
