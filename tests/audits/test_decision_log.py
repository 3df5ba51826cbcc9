"""Decisions are appended, numbered, dated and chained by the database; tampering is detected."""

import json
from datetime import timedelta
from io import StringIO
from typing import NamedTuple

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.db.models import Model
from django.utils import timezone

from audits.models import Review
from audits.models.review import CHAIN
from audits.reports.decision_heads import heads_before
from audits.triage import review_flag, undo_decision
from contracts.decisions.claims import decide_claim
from contracts.models import Claim, ClaimDecision, Submission
from contracts.postgres.chain import _LINKS
from contracts.signed_json import verify_signature
from contracts.signing_key import public_key
from tests.support.clients import new_user
from tests.support.migrations import begin_at
from tests.support.records import load, release
from tests.support.triage import load_release, raise_flag, write_outcomes

pytestmark = pytest.mark.django_db


class Log(NamedTuple):
    """A log that holds three decisions of an auditor."""

    model: type[Model]
    dated: str
    column: str  # holds the decision
    forge: dict  # fields of another decision

    @property
    def table(self):
        return self.model._meta.db_table


def flag_decisions(reviewer):
    flag = raise_flag(load_release(release()))
    for reason in ("one", "two", "three"):
        review_flag(flag=flag, reviewer=reviewer, decision=Review.Decision.CONFIRMED, reason=reason)
    forged = {"flag": flag, "reviewer": reviewer, "judged_digest": b"x", "judged": {}, "decision": "dismissed"}
    return Log(Review, "reviewed_at", "decision", forged)


def claim_decisions(reviewer):
    load(release(), channel=Submission.Channel.API)
    claim = Claim.objects.get()
    kinds = ClaimDecision.Kind
    for kind, members in ((kinds.ACCEPTED, []), (kinds.ACCEPTED_IN_PART, ["tender"]), (kinds.ACCEPTED, [])):
        decide_claim(
            claim=claim, decided_by=reviewer, kind=kind, reason="Seen in the gazette.", told=kind, members=members
        )
    return Log(ClaimDecision, "decided_at", "kind", {"claim": claim, "kind": "rejected"})


@pytest.fixture(params=[flag_decisions, claim_decisions])
def log(request):
    return request.param(new_user("auditor"))


def run(*arguments):
    """Return the exit status of verifylog and what it printed as JSON."""
    out, status = StringIO(), 0
    try:
        call_command("verifylog", *arguments, "--json", stdout=out)
    except SystemExit as end:
        status = end.code
    return status, json.loads(out.getvalue())


def tamper(log, statement):
    """Do what the owner of the table could do."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # a table with work left to do cannot be altered
        cursor.execute(f"ALTER TABLE {log.table} DISABLE TRIGGER USER")
        cursor.execute(statement.format(table=log.table, dated=log.dated, column=log.column))
        cursor.execute(f"ALTER TABLE {log.table} ENABLE TRIGGER USER")


def test_a_log_that_nobody_touched_is_whole(log):
    status, printed = run()
    rows = list(log.model.objects.order_by("number"))
    assert (status, printed["broken"], [row.number for row in rows]) == (0, [], [1, 2, 3])
    head = printed["heads"][-1]
    assert (head["log"], head["number"], head["hash"]) == (log.table, 3, bytes(rows[-1].chain).hex())


@pytest.mark.parametrize(
    ("statement", "broken"),
    [
        ("UPDATE {table} SET reason = 'other' WHERE number = 2", 2),
        ("UPDATE {table} SET {dated} = {dated} - interval '1 day' WHERE number = 1", 1),
        ("UPDATE contracts_claim SET decision_id = NULL; DELETE FROM {table} WHERE number = 2", 3),
        ("UPDATE {table} SET {column} = 'other' WHERE number = 3", 3),
        ("UPDATE contracts_claimdecision SET members = '{{awards}}' WHERE number = 2", 2),
        ("UPDATE contracts_claimdecision SET decided_by_id = NULL WHERE number = 2", 2),
        ("UPDATE contracts_claimdecision SET told = '' WHERE number = 2", 2),
    ],
)
def test_who_tampers_with_a_decision_is_found_out(log, statement, broken):
    if statement.startswith("UPDATE contracts_claimdecision") and log.model is not ClaimDecision:
        statement = "UPDATE {table} SET judged = '[]' WHERE number = 2"  # what the other log holds in its place
    tamper(log, statement)
    status, printed = run()
    assert (status, printed["broken"]) == (1, [{"log": log.table, "number": broken}])


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audits_flag SET decision = 'dismissed', state = 'dismissed'",
        "UPDATE audits_flag SET decision = ''",
        "UPDATE audits_flag SET state = 'withdrawn'",
        "UPDATE audits_flag SET judged_digest = 'x'",
        "ALTER TABLE audits_review DISABLE TRIGGER USER; DELETE FROM audits_review",
    ],
)
def test_a_flag_that_does_not_stand_as_its_decisions_say_is_found_out(statement):
    """A confirmed flag would vanish from the public, or one that nobody confirmed appear, and no chain be broken."""
    log = flag_decisions(new_user("auditor"))
    raise_flag(load_release(release(ocid="ocds-test01-9")))
    assert run()[0] == 0
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        where = "" if "DELETE" in statement else f" WHERE id = {log.forge['flag'].pk}"
        cursor.execute(statement + where)
    status, printed = run()
    assert (status, printed["broken"], printed["astray"]) == (1, [], [log.forge["flag"].pk])


def test_the_links_of_some_decisions_are_found_without_reading_the_whole_log(db):
    """Both the decisions and those before them, by the index of their numbers."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE audits_review CASCADE")  # else a vacuum may have told the planner that it has no row
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_bitmapscan = off")
        cursor.execute(f"EXPLAIN {CHAIN._written(_LINKS)}", [[1]])
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert plan.count("Index Cond: (number = ") == 2, plan


def test_a_log_without_a_decision_is_said_to_hold():
    """Who proves a backup by the command must not take silence for an answer."""
    out = StringIO()
    call_command("verifylog", stdout=out)
    assert out.getvalue().endswith("logs hold, with the heads of 0 days.\n")


def test_flags_that_changed_were_withdrawn_or_undone_are_not_astray():
    reviewer, process = new_user("auditor"), load_release(release())
    flag = raise_flag(process)
    review_flag(flag=flag, reviewer=reviewer, decision=Review.Decision.CONFIRMED, reason="one")
    changed = raise_flag(process, values={"count": 2, "method": "open", "ocid": process.ocid})
    assert (changed.state, run()[0]) == ("changed", 0)
    review_flag(flag=changed, reviewer=reviewer, decision=Review.Decision.DISMISSED, reason="two")
    undo_decision(undone_by=reviewer, flag_id=changed.pk)
    assert run()[0] == 0
    write_outcomes(process)
    assert run()[0] == 0


@pytest.mark.parametrize("of_version_0_2_0", [False, True])
def test_a_log_that_was_cut_or_written_anew_misses_the_head_that_was_kept_outside(log, tmp_path, of_version_0_2_0):
    kept = tmp_path / "heads.json"
    heads = run()[1]["heads"]
    if of_version_0_2_0:  # it printed the decisions on flags alone
        heads = [{name: value for name, value in head.items() if name != "log"} for head in heads]
    kept.write_text(json.dumps({"heads": heads}))
    known = log.model is Review or not of_version_0_2_0
    assert run("--expect", str(kept))[0] == (0 if known else 1)
    tamper(log, "UPDATE contracts_claim SET decision_id = NULL; DELETE FROM {table} WHERE number = 3")
    status, printed = run("--expect", str(kept))
    assert (status, printed["broken"], len(printed["missing"])) == (1, [], 1)


def test_what_is_published_proves_a_cut_and_tells_no_number(log, tmp_path):
    tomorrow = timezone.now().date() + timedelta(days=1)
    heads = heads_before(tomorrow)
    row = log.model.objects.order_by("number").last()
    assert {"log": log.table, "day": timezone.now().date().isoformat(), "hash": bytes(row.chain).hex()} in heads
    assert {name for head in heads for name in head} == {"log", "day", "hash"}
    kept = tmp_path / "decision-logs.json"
    kept.write_text(json.dumps({"until": "any", "heads": heads}))
    assert run("--expect", str(kept))[0] == 0
    tamper(log, "UPDATE contracts_claim SET decision_id = NULL; DELETE FROM {table} WHERE number = 3")
    status, printed = run("--expect", str(kept))
    assert (status, [head["log"] for head in printed["missing"]]) == (1, [log.table])
    out, err = StringIO(), StringIO()
    with pytest.raises(SystemExit):
        call_command("verifylog", "--expect", str(kept), stdout=out, stderr=err)
    assert f"({log.table}) is no longer in the log" in err.getvalue()


def test_decisions_of_today_are_in_no_head_yet(log):
    """Else who asks twice would learn when somebody decides."""
    assert heads_before(timezone.now().date()) == []
    tamper(log, "UPDATE {table} SET {dated} = {dated} - interval '1 day' WHERE number = 2")
    second = log.model.objects.get(number=2)
    assert [head["hash"] for head in heads_before(timezone.now().date())] == [bytes(second.chain).hex()]


def test_heads_are_published_signed(log, anonymous):
    tamper(log, "UPDATE {table} SET {dated} = {dated} - interval '1 day' WHERE number = 2")
    heads = heads_before(timezone.now().date())
    answer = anonymous.get("/api/v1/decision-logs/").json()
    verify_signature(answer, public_key())
    assert answer["heads"] == heads
    assert answer["until"] == (timezone.now().date() - timedelta(days=1)).isoformat()


def test_a_file_without_heads_is_refused(tmp_path):
    kept = tmp_path / "manifest.json"
    kept.write_text("{}")
    with pytest.raises(CommandError, match="holds no heads"):
        run("--expect", str(kept))


def test_no_program_can_date_a_decision_back_or_number_it(log):
    long_ago = timezone.now() - timedelta(days=400)
    forged = log.model.objects.create(**log.forge, **{log.dated: long_ago}, reason="always so", number=1, chain=b"x")
    forged.refresh_from_db()
    assert (forged.number, getattr(forged, log.dated) > long_ago + timedelta(days=399)) == (4, True)
    assert run()[1]["broken"] == []


@pytest.mark.parametrize(
    "statement", ["UPDATE {table} SET reason = 'other'", "DELETE FROM {table}", "TRUNCATE {table} CASCADE"]
)
def test_decisions_refuse_to_be_changed_or_emptied(log, statement):
    Claim.objects.update(decision=None)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE {log.table} ENABLE TRIGGER USER")  # see tests/conftest.py
    with pytest.raises(DatabaseError, match="pgtrigger"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(table=log.table))
    assert log.model.objects.count() == 3


def test_heads_of_decisions_on_flags_that_were_kept_outside_still_hold(db):
    """The function of version 0.2.0 is still there, to be compared with."""
    flag_decisions(new_user("auditor"))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT chain = audits_review_chain(lag(chain, 1, '') OVER log, number, flag_id, decision, reason,"
            " reviewer_id, reviewed_at, judged_digest, judged) FROM audits_review WINDOW log AS (ORDER BY number)"
        )
        assert cursor.fetchall() == [(True,)] * 3


def test_decisions_on_claims_of_before_are_chained_by_the_upgrade(transactional_db):
    begin_at(("contracts", "0009"), ("audits", "0013"))
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO contracts_content (sha256, size, encoding, is_gzip, received_at)"
            " VALUES ('x', 1, 'utf-8', false, now());"
            "INSERT INTO contracts_submission (id, content_id, kind, channel, received_at, standing, speaks_for,"
            " attempts, error, package, counts, problems, problem_count, ocids)"
            " VALUES (gen_random_uuid(), 'x', 'ocds', 'api', now(), 'held', '{}', 0, '', '{}', '{}', '[]', 0, '[]');"
            "INSERT INTO contracts_claim (id, submission_id, ocid, made_at)"
            " SELECT gen_random_uuid(), id, 'a', now() FROM contracts_submission;"
            "INSERT INTO contracts_claimdecision (claim_id, kind, members, releases, reason, decided_at)"
            " SELECT id, 'accepted', '{}', '{}', reason, now()"
            " FROM contracts_claim, unnest(ARRAY['one', 'two']) reason"
        )
    call_command("migrate", verbosity=0)
    assert run()[1]["broken"] == []
    assert list(ClaimDecision.objects.order_by("pk").values_list("number", flat=True)) == [1, 2]
    assert len(bytes(ClaimDecision.objects.last().chain)) == 32
