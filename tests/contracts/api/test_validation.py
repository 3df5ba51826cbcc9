"""Trials of submissions: read, told, and nothing kept."""

import pytest

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
