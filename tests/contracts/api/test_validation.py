"""Trials of submissions: read, told, and nothing kept."""

import gzip
import json

import pytest

from contracts.api import submitting
from contracts.models import Submission
from tests.contracts.api.sending import ADDRESS, SIMPLE, nothing_is_stored, problem, send
from tests.records import release

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("nudged")]


class TestValidation:
    def test_it_tells_what_would_come_and_keeps_nothing(self, sender):
        mixed = {"releases": [release(), {"id": "no ocid"}]}
        response = send(sender, mixed, address=f"{ADDRESS}validate/")
        assert response.status_code == 200
        body = response.json()
        assert (body["kind"], body["releases"], body["ocids"]) == ("ocds", 1, ["ocds-test01-1"])
        assert body["problems"][0]["pointer"] == "/releases/1/ocid"
        assert nothing_is_stored()

    def test_a_simple_contract_can_be_tried_too(self, sender):
        body = send(sender, SIMPLE, address=f"{ADDRESS}validate/").json()
        assert (body["kind"], body["releases"]) == ("simple_contract", 1)
        assert nothing_is_stored()

    def test_what_can_not_be_read_is_the_same_refusal(self, sender):
        problem(send(sender, b"{}", address=f"{ADDRESS}validate/"), 400, "not_a_package")

    def test_a_submission_that_was_sent_already_is_not_touched(self, sender):
        receipt = send(sender, release()).json()
        assert send(sender, release(), address=f"{ADDRESS}validate/").status_code == 200
        assert Submission.objects.get().pk.hex == receipt["id"].replace("-", "")


def empty_objects(number: int) -> bytes:
    """A bomb of small problems: a few kilobytes that unpack to so many releases without anything in them."""
    return gzip.compress(b"[" + b"{}," * number + b"{}]")


class TestBounds:
    """A trial answers in bounded time, and says what it did not look at."""

    def test_it_stops_after_so_many_problems(self, sender):
        body = send(sender, empty_objects(2_000_000), address=f"{ADDRESS}validate/").json()
        assert body["problem_count"] == submitting.MAX_TRIAL_PROBLEMS + 1
        last = body["problems"][-1]
        assert (last["code"], last["warning"]) == ("reading_stopped", False)
        assert "10000 problems" in last["detail"]
        assert last["hint"]
        assert 0 < last["offset"] < 6_000_000
        assert nothing_is_stored()

    def test_it_stops_after_some_seconds(self, sender, monkeypatch):
        monkeypatch.setattr(submitting, "MAX_TRIAL_SECONDS", -1.0)
        body = send(sender, {"releases": [release()]}, address=f"{ADDRESS}validate/").json()
        assert (body["releases"], [problem["code"] for problem in body["problems"]]) == (0, ["reading_stopped"])
        assert "seconds" in body["problems"][0]["detail"]

    def test_it_stops_after_so_many_bytes_also_where_nothing_stands(self, sender, monkeypatch):
        monkeypatch.setattr(submitting, "MAX_TRIAL_BYTES", 1024**2)
        first = json.dumps(release()).encode()
        spaces = gzip.compress(first + b" " * 4_000_000 + json.dumps(release("ocds-test01-2")).encode())
        body = send(sender, spaces, address=f"{ADDRESS}validate/").json()
        assert body["ocids"] == ["ocds-test01-1"]
        assert [(problem["code"], problem["offset"]) for problem in body["problems"]] == [("reading_stopped", 1024**2)]

    def test_what_was_not_looked_at_is_no_refusal_of_a_submission(self, sender, monkeypatch):
        monkeypatch.setattr(submitting, "LOOK_SECONDS", -1.0)
        assert send(sender, [7, 8]).status_code == 202

    def test_a_whole_reading_has_no_such_problem(self, sender):
        body = send(sender, {"releases": [release(), {}]}, address=f"{ADDRESS}validate/").json()
        assert [problem["code"] for problem in body["problems"]] == ["ocid_missing"]
