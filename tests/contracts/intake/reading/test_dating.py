"""Releases whose date does not fit: they are stored, and reported."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from contracts.intake import processing
from contracts.models import Claim, ContractingProcess, Release, Submission
from tests.support.records import load, release
from tests.support.sent import decide

pytestmark = pytest.mark.django_db


def dated(date: str, number: int = 0, **changes) -> dict:
    return release(id=f"{date} {number}", date=date, **changes)


def found(submission: Submission) -> list[tuple[str, str]]:
    assert submission.state == "processed"
    return [(problem["code"], problem.get("pointer", "")) for problem in submission.problems]


def days_ahead(days: float) -> str:
    return (timezone.now() + timedelta(days=days)).isoformat()


def test_a_release_of_the_day_after_tomorrow_is_reported_and_stored():
    submission = load({"releases": [dated(days_ahead(0.9)), dated(days_ahead(1.1))]})
    assert found(submission) == [("release_in_future", "/releases/1/date")]
    assert submission.counts["releases_new"] == 2
    assert submission.problems[0]["values"]["date"] == Release.objects.last().release_id.split()[0]


@pytest.mark.parametrize("date", [None, "", "soon", 7, "9999-12-31T00:00:00Z"])
def test_a_date_that_cannot_be_read_is_not_a_date(date):
    load(dated("2024-03-01T00:00:00Z"))
    assert found(load(release(date=date))) == []


def test_a_release_older_than_the_latest_is_reported_and_stored():
    load(dated("2024-03-01T00:00:00Z"), dated("2024-05-01T00:00:00Z"))
    submission = load(dated("2024-04-01T00:00:00Z"), dated("2024-05-01T00:00:00Z", 2), release("ocds-test01-2"))
    assert found(submission) == [("release_older_than_known", "/date")]
    assert submission.problems[0]["values"] == {
        "date": "2024-04-01T00:00:00+00:00",
        "known": "2024-05-01T00:00:00+00:00",
    }
    assert submission.counts["releases_new"] == 3


def test_a_history_in_any_order_and_sent_again_is_as_it_should_be(monkeypatch):
    monkeypatch.setattr(processing, "BATCH_RELEASES", 1)
    history = [dated(f"2024-0{month}-01T00:00:00Z") for month in (5, 4, 3)]
    assert found(load(*history)) == []
    assert found(load(*history, {"ocid": "ocds-test01-9"})) == []
    assert Release.objects.filter(ocid=history[0]["ocid"]).count() == 3


def test_an_attempt_that_died_makes_no_release_older(monkeypatch):
    monkeypatch.setattr(processing, "BATCH_RELEASES", 1)
    history = [dated(f"2024-0{month}-01T00:00:00Z") for month in (5, 4)]
    submission = load(*history)
    Submission.objects.filter(pk=submission.pk).update(processed_at=None, attempts=0, attempted_at=None)
    Release.objects.order_by("pk").last().delete()
    assert found(processing.process_submission(submission.pk)) == []
    assert Release.objects.count() == 2


def test_what_is_dated_ahead_is_told_to_who_changes_nothing_by_it():
    load(dated("2999-01-01T00:00:00Z", tender={"id": "1", "title": "Of another century"}))
    submission = load(dated("2024-03-01T00:00:00Z", tender={"id": "1", "title": "As it should be"}))
    assert found(submission) == [("release_older_than_known", "/date")]
    assert submission.problems[0]["values"]["known"] == "2999-01-01T00:00:00+00:00"
    assert ContractingProcess.objects.get().title == "Of another century"


def test_a_claim_is_compared_with_what_is_official_and_is_not_known_itself():
    api = {"channel": Submission.Channel.API}
    load(dated("2024-05-01T00:00:00Z"), **api)
    assert ContractingProcess.objects.public().count() == 0
    assert found(load(dated("2024-03-01T00:00:00Z"))) == []
    assert found(load(dated("2024-02-01T00:00:00Z"), **api)) == [("release_older_than_known", "/date")]


def test_a_correction_that_is_dated_before_what_was_accepted_is_told_to_change_nothing(django_user_model):
    """As where the year of a signature was wrong; with a date of its own it counts."""
    api = {"channel": Submission.Channel.API, "kind": Submission.Kind.SIMPLE_CONTRACT}
    person = django_user_model.objects.create_user("lead")
    contract = {"id": "C-1", "title": "Cámaras", "buyer": "Municipio", "supplier": "ACME", "date_signed": "2024-05-01"}
    load(contract, **api)
    decide(Claim.objects.get(), "accepted", person)
    corrected = {**contract, "supplier": "Otra", "date_signed": "2023-05-01"}
    assert found(load(corrected, **api)) == [("release_older_than_known", "")]
    assert found(load({**corrected, "date": "2024-06-01"}, **api)) == []


def test_warnings_about_dates_end_no_reading(monkeypatch):
    monkeypatch.setattr(processing, "MAX_BROKEN", 2)
    ahead = [dated("2999-01-01T00:00:00Z", number) for number in range(4)]
    content = b"[" + b",".join(json.dumps(entry).encode() for entry in ahead) + b',{},{"ocid":"b"}]'
    submission = load(content=content)
    assert (submission.counts["releases_read"], submission.problem_count) == (5, 5)


def test_a_simple_contract_has_no_pointer_into_a_release():
    contract = {"title": "Cámaras", "buyer": "Municipio", "date": days_ahead(40)[:10]}
    submission = load(contract, kind=Submission.Kind.SIMPLE_CONTRACT)
    assert ("release_in_future", "") in found(submission)


def period(start: str, end: str) -> dict:
    return {"startDate": start, "endDate": end}


FINE, REVERSED = period("2024-05-01", "2024-12-01"), period("2024-12-01", "2024-05-01")


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"contracts": [{"id": "1", "period": FINE}, {"id": "2", "period": REVERSED}]}, "/contracts/1/period/endDate"),
        ({"awards": [{"id": "1", "contractPeriod": REVERSED}]}, "/awards/0/contractPeriod/endDate"),
        ({"tender": {"id": "1", "tenderPeriod": REVERSED}}, "/tender/tenderPeriod/endDate"),
        (
            {"tender": {"id": "1", "lots": [{"id": "1", "contractPeriod": REVERSED}]}},
            "/tender/lots/0/contractPeriod/endDate",
        ),
        (
            {"contracts": [{"id": "1", "period": period("2024-05-01T10:00:00Z", "2024-05-01T09:00:00Z")}]},
            "/contracts/0/period/endDate",
        ),
        ({"contracts": [{"id": "1", "period": period("2024-05-01T10:00:00Z", "2024-05-01")}]}, ""),
        ({"contracts": [{"id": "1", "period": period("2024-05-01T00:00:00Z", "2024-05-01T00:00:00Z")}]}, ""),
        ({"contracts": [{"id": "1", "period": period("soon", "2024-05-01")}, {"id": "2", "period": "2024"}, "x"]}, ""),
        ({"contracts": {"id": "1"}, "tender": [], "awards": None}, ""),
    ],
)
def test_a_period_that_ends_before_it_begins_is_reported_and_stored(changes, pointer):
    submission = load({"releases": [release(**changes)]})
    told = [
        (problem["code"], problem["pointer"])
        for problem in submission.problems
        if problem["code"] == "period_reversed"
    ]
    assert told == ([("period_reversed", f"/releases/0{pointer}")] if pointer else [])
    assert submission.counts["releases_new"] == 1


def test_a_reversed_period_of_a_simple_contract_is_reported_once_at_what_was_written():
    contract = {"title": "Nube", "buyer": "Tula", "start_date": "2024-12-01", "end_date": "2024-05-01"}
    submission = load(contract, kind=Submission.Kind.SIMPLE_CONTRACT)
    assert found(submission) == [("period_reversed", "/end_date")]
    assert submission.problems[0]["values"] == {"start": "2024-12-01", "end": "2024-05-01"}
