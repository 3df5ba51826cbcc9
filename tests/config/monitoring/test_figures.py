"""The figures of an installation, each moved by what it counts."""

import json
from datetime import timedelta

import pytest
from django.db.models import F
from django.utils import timezone

from audits.engine import organizations
from audits.models import AuditAttempt, Flag, PageFigures, Review, SavedSearch
from audits.tasks import total_outcomes
from audits.triage import review_flag
from config.monitoring.figures import as_json, read_figures
from contracts import tasks
from contracts.decisions.claims import decide_claim
from contracts.intake.processing import process_submission
from contracts.models import Claim, ClaimDecision, RetentionClock, Submission
from tests.support.auditing import audit_due
from tests.support.receiving import receive
from tests.support.records import load, release
from tests.support.triage import load_release, made_up_release, raise_flag

pytestmark = pytest.mark.django_db


def figures(area: str) -> dict:
    return as_json(read_figures())[area]


@pytest.fixture(autouse=True)
def _server(empty_broker):
    pass


def submit(value, user=None) -> Submission:
    content = value if isinstance(value, bytes) else json.dumps(value).encode()
    return receive([content], channel=Submission.Channel.API, user=user)[0]


def test_an_empty_installation_has_figures_of_nothing():
    told = as_json(read_figures())
    assert set(told) == {"ingest", "audit", "schedule", "retention", "queue", "desk", "following", "disk"}
    assert told["schedule"] == {"silent_seconds": 0}
    assert told["retention"] == {"behind_seconds": 0}
    RetentionClock.objects.create(pk=1, until=timezone.now() - timedelta(days=2))
    assert figures("retention")["behind_seconds"] == pytest.approx(2 * 86_400, abs=60)
    assert set(told["ingest"].values()) == {0}
    assert told["queue"] == {"reachable": 1, "messages": {"celery": 0, "fresh": 0}}
    assert told["desk"] == {name: {"flag": 0, "claim": 0} for name in ("open", "overdue", "decided")}
    assert told["following"] == {"failing": {"email": 0, "webhook": 0}}
    assert told["audit"]["done"] == told["audit"]["seconds"] == {"process": 0, "organization": 0}


def test_what_came_by_the_form_a_moment_ago_has_not_waited_since_midnight(monkeypatch):
    now = timezone.now().replace(hour=18)
    monkeypatch.setattr(timezone, "now", lambda: now)
    receive([json.dumps(release()).encode()], channel=Submission.Channel.FORM)
    told = figures("ingest")
    assert (told["waiting"], told["oldest_waiting_seconds"]) == (1, 0)


def test_ingest():
    first = submit(release("ocds-test01-1"))
    submit(b'{"releases": [1, {"ocid": "a"}]}')
    Submission.objects.filter(pk=first.pk).update(received_at=timezone.now() - timedelta(minutes=5))
    before = figures("ingest")
    assert (before["received"], before["waiting"], before["processed"], before["problems"]) == (2, 2, 0, 0)
    assert before["bytes"] == len(json.dumps(release("ocds-test01-1"))) + 32
    assert 300 <= before["oldest_waiting_seconds"] < 360
    for submission in Submission.objects.all():
        process_submission(submission.pk)
    after = figures("ingest")
    assert (after["waiting"], after["processed"], after["oldest_waiting_seconds"]) == (0, 2, 0)
    assert after["problems"] == sum(Submission.objects.values_list("problem_count", flat=True)) > 0
    Submission.objects.filter(pk=first.pk).update(processed_at=None, failed_at=timezone.now())
    assert (figures("ingest")["failed"], figures("ingest")["waiting"]) == (1, 0)


def test_audits():
    load(release("ocds-test01-1"), release("ocds-test01-2"))
    due = figures("audit")
    assert due["due"]["process"] == 2
    assert due["done"] == {"process": 0, "organization": 0}
    audit_due()
    written = organizations.audit_due()
    done = figures("audit")
    assert done["due"] == {"process": 0, "organization": 0}
    assert done["done"] == {"process": 2, "organization": written}
    assert done["failed"] == {"process": 0, "organization": 0}
    assert min(done["seconds"].values()) > 0


def test_audits_that_run_or_were_given_up():
    (running, given_up) = (load_release(made_up_release()) for _ in range(2))
    later = timezone.now() + timedelta(minutes=1)
    AuditAttempt.objects.create(process=running, key=b"1", leased_until=later)
    AuditAttempt.objects.create(process=given_up, key=b"2", leased_until=later, failed_at=timezone.now())
    assert (figures("audit")["running"], figures("audit")["given_up"]) == (1, 1)


def test_a_schedule_that_stands_still_is_reported():
    total_outcomes()
    assert figures("schedule")["silent_seconds"] < 60
    row = PageFigures.objects.get(pk="desk")
    row.figures["counted_at"] = (timezone.now() - timedelta(hours=1)).isoformat()
    row.save()
    assert 3600 <= figures("schedule")["silent_seconds"] < 3660


def test_a_folder_of_dumps_out_of_reach_is_reported(settings, tmp_path, caplog):
    (tmp_path / "dumps").write_text("No folder.")
    settings.VEEDOR_DUMPS = tmp_path / "dumps"
    assert figures("disk") == {"free_share": 0}
    assert "The folder of exports is unavailable." in caplog.text


def test_messages_that_wait_in_the_broker():
    for number in range(3):
        tasks.enqueue(f"7b0a7b3e-0000-4000-8000-00000000000{number}", is_fresh=number == 0)
    assert figures("queue") == {"reachable": 1, "messages": {"celery": 2, "fresh": 1}}


def test_a_broker_out_of_reach_is_reported(settings, monkeypatch):
    from config.celery import app

    monkeypatch.setattr(app.conf, "broker_read_url", "redis://127.0.0.1:1/0")
    assert figures("queue") == {"reachable": 0}


def test_the_desk(make_user, settings):
    auditor = make_user("Auditors")
    flag = raise_flag(load_release(made_up_release()))
    assert (figures("desk")["open"]["flag"], figures("desk")["overdue"]["flag"]) == (1, 0)
    Flag.objects.update(raised_at=F("raised_at") - timedelta(days=settings.VEEDOR_DESK_DAYS + 1))
    assert figures("desk")["overdue"]["flag"] == 1
    Flag.objects.update(state=Flag.State.CHANGED)  # a moment ago: nobody is late with it
    assert (figures("desk")["open"]["flag"], figures("desk")["overdue"]["flag"]) == (1, 0)
    review_flag(flag=flag, reviewer=auditor, decision=Review.Decision.IN_REVIEW)
    assert figures("desk")["decided"]["flag"] == 0, "who takes a flag has not decided on it"
    review_flag(flag=flag, reviewer=auditor, decision=Review.Decision.CONFIRMED, reason="It is so.")
    assert figures("desk")["decided"] == {"flag": 1, "claim": 0}
    assert (figures("desk")["open"]["flag"], figures("desk")["overdue"]["flag"]) == (0, 0)


def test_the_desk_decides_on_claims(make_user, settings):
    process_submission(submit(release("ocds-new-1"), user=make_user("Submitters")).pk)
    assert (figures("desk")["open"]["claim"], figures("desk")["overdue"]["claim"]) == (1, 0)
    Claim.objects.update(made_at=F("made_at") - timedelta(days=settings.VEEDOR_DESK_DAYS + 1))
    assert figures("desk")["overdue"]["claim"] == 1
    decide_claim(
        claim=Claim.objects.get(),
        decided_by=make_user("Auditors"),
        kind=ClaimDecision.Kind.ACCEPTED,
        reason="Seen in the gazette.",
    )
    assert figures("desk") == {
        "open": {"flag": 0, "claim": 0},
        "overdue": {"flag": 0, "claim": 0},
        "decided": {"flag": 0, "claim": 1},
    }


def test_what_nobody_decided_is_not_a_decision_of_a_person(make_user, settings):
    settings.VEEDOR_HOLD_SUBMISSIONS = False
    process_submission(submit(release("ocds-new-1"), user=make_user("Submitters")).pk)
    assert Claim.objects.get().state == Claim.State.ACCEPTED
    assert figures("desk")["decided"]["claim"] == 0


def test_news_that_does_not_arrive(make_user):
    owner = make_user()
    for url, failures, enabled in (("", 1, True), ("", 0, True), ("", 20, False), ("https://example.org/", 2, True)):
        SavedSearch.objects.create(owner=owner, language="es", url=url, failures=failures, enabled=enabled)
    assert figures("following") == {"failing": {"email": 1, "webhook": 1}}
