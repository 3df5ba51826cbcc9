"""Decisions are appended, numbered, dated and chained by the database; who tampers with them is found out."""

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from audits.models import Review
from audits.triage import review_flag
from tests.contracts.api.conftest import make_user
from tests.support.records import release
from tests.support.triage import load_release, raise_flag

pytestmark = pytest.mark.django_db


@pytest.fixture
def reviews():
    """Three decisions on one flag."""
    flag = raise_flag(load_release(release()))
    reviewer = make_user("auditor")
    for reason in ("one", "two", "three"):
        review_flag(flag=flag, reviewer=reviewer, decision=Review.Decision.CONFIRMED, reason=reason)
    return list(Review.objects.order_by("number"))


def run(*arguments):
    """Return the exit status of verifylog and what it printed as JSON."""
    out, status = StringIO(), 0
    try:
        call_command("verifylog", *arguments, "--json", stdout=out)
    except SystemExit as end:
        status = end.code
    return status, json.loads(out.getvalue())


def tamper(statement, *values):
    """Do what the owner of the table could do."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # a table with work left to do cannot be altered
        cursor.execute("ALTER TABLE audits_review DISABLE TRIGGER USER")
        cursor.execute(statement, values)
        cursor.execute("ALTER TABLE audits_review ENABLE TRIGGER USER")


def test_a_log_that_nobody_touched_is_whole(reviews):
    status, printed = run()
    assert (status, printed["broken"], [review.number for review in reviews]) == (0, [], [1, 2, 3])
    assert printed["heads"][-1]["hash"] == bytes(reviews[-1].chain).hex()


@pytest.mark.parametrize(
    ("statement", "broken"),
    [
        ("UPDATE audits_review SET reason = 'other' WHERE number = 2", [2]),
        ("UPDATE audits_review SET reviewed_at = reviewed_at - interval '1 day' WHERE number = 1", [1]),
        ("DELETE FROM audits_review WHERE number = 2", [3]),
        ("UPDATE audits_review SET decision = 'dismissed' WHERE number = 3", [3]),
    ],
)
def test_who_tampers_with_a_decision_is_found_out(reviews, statement, broken):
    tamper(statement)
    assert run() == (1, {**run()[1], "broken": broken})


def test_a_log_that_was_cut_or_written_anew_misses_the_head_that_was_kept_outside(reviews, tmp_path):
    kept = tmp_path / "heads.json"
    kept.write_text(json.dumps(run()[1]))
    assert run("--expect", str(kept))[0] == 0
    tamper("DELETE FROM audits_review WHERE number = 3")
    status, printed = run("--expect", str(kept))
    assert (status, printed["broken"], len(printed["missing"])) == (1, [], 1)


def test_no_program_can_date_a_decision_back_or_number_it(reviews):
    long_ago = timezone.now() - timedelta(days=400)
    forged = Review.objects.create(
        flag=reviews[0].flag, reviewer=reviews[0].reviewer, decision="dismissed", reason="always so",
        reviewed_at=long_ago, number=1, judged_digest=b"x", judged={},
    )  # fmt: skip
    forged.refresh_from_db()
    assert (forged.number, forged.reviewed_at > long_ago + timedelta(days=399)) == (4, True)
    assert run()[0] == 0


@pytest.mark.parametrize(
    "statement", ["UPDATE audits_review SET reason = 'other'", "DELETE FROM audits_review", "TRUNCATE audits_review"]
)
def test_decisions_refuse_to_be_changed_or_emptied(reviews, statement):
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE audits_review ENABLE TRIGGER USER")  # see tests/conftest.py
    with pytest.raises(DatabaseError, match="pgtrigger"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert Review.objects.count() == 3
