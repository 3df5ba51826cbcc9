"""Contracts already on record are reported in the receipt, the dry run and the status."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from contracts.decisions.claims import decide_claim
from contracts.erasing import erase_submission
from contracts.intake.processing import process_submission
from contracts.models import Claim, ClaimDecision, ContractingProcess, Publisher, PublisherGrant, Submission
from tests.contracts.api.sending import ADDRESS, send
from tests.support.clients import client_with_token, new_user
from tests.support.records import TOLD, load, release

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("nudged")]

PACKAGE = {"releases": [release("ocds-ngo-1"), release("ocds-ngo-2", buyer={"id": "S"})]}


def as_new(told):
    """The same under other ocids."""
    return json.loads(json.dumps(told).replace("ocds-ngo-", "ocds-new-"))


RECORD = "http://testserver/api/v1/contracting-processes/ocds-test01-1/"


@pytest.mark.parametrize("sent", [TOLD, PACKAGE, release("ocds-ngo-1")], ids=["simple", "package", "release"])
def test_a_contract_of_the_publisher_is_reported_and_held(sender, sent):
    load(release())
    receipt = send(sender, sent)
    trial = send(sender, sent, address=f"{ADDRESS}validate/").json()
    process_submission(receipt.json()["id"])
    status = sender.get(receipt.json()["status_url"]).json()
    assert receipt.status_code == 202
    for answer in (receipt.json(), trial, status):
        (same,) = answer["same_contracts"]
        assert (same["agrees"], same["known_ocid"], same["url"]) == ("facts", "ocds-test01-1", RECORD)
        assert same["known_contract_id"] == "C"
        assert "same buyer, supplier, value and date" in same["detail"]
    assert {claim["state"] for claim in status["claims"]} == {"held"}
    assert ContractingProcess.objects.public().count() == 1


def test_the_same_ocid_is_reported_as_such(sender):
    load(release())
    receipt = send(sender, release(language="es")).json()
    assert [same["agrees"] for same in receipt["same_contracts"]] == ["ocid"]


def test_same_contracts_are_reported_in_the_readers_language(sender):
    load(release())
    receipt = send(sender, TOLD, HTTP_ACCEPT_LANGUAGE="es").json()
    assert "Ya consta un contrato" in receipt["same_contracts"][0]["detail"]


def test_held_contracts_of_others_are_not_reported(sender):
    other = client_with_token(new_user("other", "contracts.add_submission"), "submit", "read")
    process_submission(send(other, PACKAGE).json()["id"])
    receipt = send(sender, TOLD).json()
    process_submission(receipt["id"])
    assert receipt["same_contracts"] == sender.get(receipt["status_url"]).json()["same_contracts"] == []
    again = send(sender, release("ocds-ngo-1", language="es")).json()
    assert [same["known_ocid"] for same in again["same_contracts"]] == [receipt_ocid(receipt)]


def receipt_ocid(receipt) -> str:
    return Submission.objects.get(pk=receipt["id"]).ocids[0]


def test_own_held_contracts_are_reported_without_an_address(sender):
    process_submission(send(sender, release("ocds-ngo-1")).json()["id"])
    (same,) = send(sender, TOLD).json()["same_contracts"]
    assert (same["known_ocid"], same["url"]) == ("ocds-ngo-1", None)


def test_contracts_no_longer_public_are_not_reported(sender):
    load(release())
    receipt = send(sender, TOLD).json()
    process_submission(receipt["id"])
    ContractingProcess.objects.filter(ocid="ocds-test01-1").update(verification="retired")
    assert sender.get(receipt["status_url"]).json()["same_contracts"] == []


def test_publishers_get_no_report_of_same_contracts(sender):
    load(release())
    publisher = Publisher.objects.create(slug="test", name="Test", ocid_prefix="ocds-test01")
    PublisherGrant.objects.create(user=sender.user, publisher=publisher, granted_by=sender.user)
    assert send(sender, release("ocds-test01-2")).json()["same_contracts"] == []


class TestTheSameAgain:
    """Other bytes with the same records: they wait once, and both submissions tell what becomes of them."""

    @staticmethod
    def told(client, body) -> dict:
        receipt = send(client, body).json()
        process_submission(receipt["id"])
        return client.get(receipt["status_url"]).json()

    def test_an_account_is_told_which_of_its_submissions_holds_them(self, sender, make_user):
        first = self.told(sender, PACKAGE)
        again = self.told(sender, PACKAGE | {"uri": "https://example.org/again"})
        assert again["counts"]["releases_known"] == 2
        assert again["claims"] == first["claims"]
        assert {(claim["state"], claim["submission"]) for claim in again["claims"]} == {("held", first["id"])}
        assert [same["agrees"] for same in again["same_contracts"]] == ["ocid", "ocid"]
        assert first["same_contracts"] == []
        lead = make_user("Leads")
        for claim in Claim.objects.all():
            decide_claim(claim=claim, kind=ClaimDecision.Kind.REJECTED, reason="No.", decided_by=lead)
        assert {claim["state"] for claim in sender.get(f"{ADDRESS}{again['id']}/").json()["claims"]} == {"rejected"}

    def test_a_new_contract_is_not_a_duplicate(self, sender):
        first = self.told(sender, PACKAGE)
        more = PACKAGE | {"releases": [*PACKAGE["releases"], release("ocds-ngo-3")]}
        holders = {claim["ocid"]: claim["submission"] for claim in self.told(sender, more)["claims"]}
        assert holders.pop("ocds-ngo-3") != first["id"]
        assert holders == dict.fromkeys(["ocds-ngo-1", "ocds-ngo-2"], first["id"])

    def test_submissions_of_another_account_are_not_revealed(self, sender):
        other = client_with_token(new_user("other", "contracts.add_submission"), "submit", "read")
        self.told(sender, PACKAGE)
        again = self.told(other, PACKAGE | {"uri": "https://example.org/again"})
        new = self.told(other, as_new(PACKAGE))
        assert again["counts"]["releases_known"] == 0
        assert again["claims"][0] == {"ocid": "ocds-ngo-1", "state": "held", "told": "", "submission": again["id"]}
        assert as_new(again) == new | {name: as_new(again)[name] for name in ("id", "sha256", "bytes", "claims")}
        assert [claim | {"submission": new["id"]} for claim in as_new(again["claims"])] == new["claims"]

    def test_a_decision_on_the_claim_of_another_is_reported_from_the_next_day_on(self, sender, make_user):
        other = client_with_token(new_user("other", "contracts.add_submission"), "submit", "read")
        self.told(sender, PACKAGE)
        again = self.told(other, PACKAGE | {"uri": "https://example.org/again"})
        lead = make_user("Leads")
        for claim in Claim.objects.all():
            decide_claim(claim=claim, kind=ClaimDecision.Kind.REJECTED, reason="No.", decided_by=lead)

        def states():
            return {claim["state"] for claim in other.get(f"{ADDRESS}{again['id']}/").json()["claims"]}

        assert states() == {"held"}
        Submission.objects.filter(pk=again["id"]).update(received_at=timezone.now() - timedelta(days=1))
        assert states() == {"rejected"}

    def test_values_of_a_shared_claim_are_not_revealed(self, sender):
        """Another release of the same ocid may say what only its sender knows."""
        other = client_with_token(new_user("other", "contracts.add_submission"), "submit", "read")
        one = release("ocds-ngo-1", date="yesterday")
        self.told(sender, {"releases": [one]})
        assert self.told(other, {"uri": "x", "releases": [one]})["corrections"] != []
        self.told(sender, {"releases": [release("ocds-ngo-3", date="tomorrow"), release("ocds-ngo-3", id="more")]})
        told = self.told(other, {"uri": "y", "releases": [release("ocds-ngo-3", id="more")]})
        assert told["corrections"] == []
        assert [claim["ocid"] for claim in told["claims"]] == ["ocds-ngo-3"]

    def test_public_contracts_are_reported_to_everyone(self, sender):
        load(release("ocds-test01-7"))
        assert self.told(sender, release("ocds-test01-7"))["counts"]["releases_known"] == 1

    def test_readers_of_all_submissions_see_all_duplicates(self, sender):
        first = self.told(sender, PACKAGE)
        other = client_with_token(new_user("other", "contracts.add_submission"), "submit", "read")
        again = self.told(other, PACKAGE | {"uri": "https://example.org/again"})
        account = new_user("auditor", "contracts.view_submission", "audits.view_flag")
        auditor = client_with_token(account, "read", "review")
        seen = auditor.get(f"{ADDRESS}{again['id']}/").json()
        assert {claim["submission"] for claim in seen["claims"]} == {first["id"]}

    def test_what_says_the_same_waits_by_itself_once_the_first_is_erased(self, sender):
        first = self.told(sender, PACKAGE)
        again = self.told(sender, PACKAGE | {"uri": "https://example.org/again"})
        erase_submission(Submission.objects.get(pk=first["id"]), actor=None, with_records=True)
        assert sender.get(f"{ADDRESS}{again['id']}/").json()["claims"] == []  # nothing is told of what was erased
        process_submission(again["id"])
        told = sender.get(f"{ADDRESS}{again['id']}/").json()
        assert {(claim["state"], claim["submission"]) for claim in told["claims"]} == {("held", again["id"])}
        assert told["counts"]["releases_new"] == 2
