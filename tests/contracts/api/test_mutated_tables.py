"""Tables with bytes changed, cut out and put in: whatever they hold, the answer is none of our errors."""

import os
import random
from collections import Counter

import pytest

from contracts.intake.processing import process_submission
from contracts.models import Submission
from tests.contracts.api.sending import send
from tests.support.shared import TABLES
from tests.support.workbooks import ods, xlsx

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("nudged")]

# A full run of 200 takes minutes, for each workbook is read in a process of its own: VEEDOR_MUTATIONS=200.
MUTATIONS = int(os.environ.get("VEEDOR_MUTATIONS", "24"))
HEADER = ["ocid", "title", "buyer", "supplier", "amount", "date", "tender/value/amount"]
ROWS = [
    [f"ocds-x-{number}", f"Cámara {number}", '"Muni"', "A; B", "1.234,5", "31/12/2023", "7"] for number in range(20)
]
MADE_UP = [
    ";".join(HEADER).encode() + b"\n" + "\n".join(";".join(row) for row in ROWS).encode(),
    xlsx({"A": [HEADER, *ROWS]}),
    ods([HEADER, *ROWS]),
]
PIECES = [
    b'"',
    b";",
    b"\x00",
    b"\xff\xfe",
    b"\n",
    b"\r",
    b"PK\x03\x04",
    b"=1+1",
    b"9" * 400,
    b"<!DOCTYPE x>",
    b"\\ud800",
]


def mutated(content: bytes, chance: random.Random) -> bytes:
    """Change some bytes, cut a part out, repeat one, or put something in."""
    changed = bytearray(content)
    for _time in range(chance.randint(1, 5)):
        at = chance.randrange(len(changed) or 1)
        match chance.randrange(5):
            case 0:
                for place in chance.sample(range(len(changed)), min(200, len(changed))):
                    changed[place] = chance.randrange(256)
            case 1:
                del changed[at : at + chance.randint(1, 500)]
            case 2:
                changed[at:at] = changed[at : at + chance.randint(1, 500)] * chance.randint(1, 20)
            case 3:
                changed[at:at] = chance.choice(PIECES)
            case 4:
                del changed[at:]
    return bytes(changed)


def test_mutated_tables_are_read_or_refused_and_no_worker_fails(sender):
    chance = random.Random(15)
    contents = [*MADE_UP, *(path.read_bytes() for path in TABLES)]
    answers: Counter[int] = Counter()
    for number in range(MUTATIONS):
        response = send(sender, mutated(contents[number % len(contents)], chance), "application/octet-stream")
        answers[response.status_code] += 1
        assert response.status_code in {200, 202, 400, 413, 422}, response.content
        assert response.status_code in {200, 202} or response.json()["errors"]
    for submission in Submission.objects.all():
        assert process_submission(submission.pk).state == "processed"
    assert sum(answers.values()) == MUTATIONS
