"""The API tells what is on record already: in the receipt, the trial and the status."""

import pytest

from contracts.intake.processing import process_submission
from contracts.models import ContractingProcess, Publisher, PublisherGrant, Submission
from tests.contracts.api.conftest import client_with_token, make_user
from tests.contracts.api.sending import ADDRESS, send
from tests.contracts.intake.test_same_contracts import TOLD
from tests.support.records import load, release

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("nudged")]

PACKAGE = {"releases": [release("ocds-ngo-1"), release("ocds-ngo-2", buyer={"id": "S"})]}
RECORD = "http://testserver/api/v1/contracting-processes/ocds-test01-1/"


@pytest.mark.parametrize("sent", [TOLD, PACKAGE, release("ocds-ngo-1")], ids=["simple", "package", "release"])
def test_a_contract_of_the_publisher_is_told_and_held(sender, sent):
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


def test_the_same_ocid_is_told_as_such(sender):
    load(release())
    receipt = send(sender, release(language="es")).json()
    assert [same["agrees"] for same in receipt["same_contracts"]] == ["ocid"]


def test_it_is_told_in_the_language_of_the_reader(sender):
    load(release())
    receipt = send(sender, TOLD, HTTP_ACCEPT_LANGUAGE="es").json()
    assert "Ya consta un contrato" in receipt["same_contracts"][0]["detail"]


def test_nothing_is_told_of_what_others_sent_and_is_held(sender):
    other = client_with_token(make_user("other", "contracts.add_submission"), "submit", "read")
    process_submission(send(other, PACKAGE).json()["id"])
    receipt = send(sender, TOLD).json()
    process_submission(receipt["id"])
    assert receipt["same_contracts"] == sender.get(receipt["status_url"]).json()["same_contracts"] == []
    again = send(sender, release("ocds-ngo-1", language="es")).json()
    assert [same["known_ocid"] for same in again["same_contracts"]] == [receipt_ocid(receipt)]


def receipt_ocid(receipt) -> str:
    return Submission.objects.get(pk=receipt["id"]).ocids[0]


def test_what_an_account_sent_before_is_told_without_an_address(sender):
    process_submission(send(sender, release("ocds-ngo-1")).json()["id"])
    (same,) = send(sender, TOLD).json()["same_contracts"]
    assert (same["known_ocid"], same["url"]) == ("ocds-ngo-1", None)


def test_what_is_no_longer_public_is_no_longer_told(sender):
    load(release())
    receipt = send(sender, TOLD).json()
    process_submission(receipt["id"])
    ContractingProcess.objects.filter(ocid="ocds-test01-1").update(verification="retired")
    assert sender.get(receipt["status_url"]).json()["same_contracts"] == []


def test_who_speaks_for_the_publisher_is_told_nothing(sender):
    load(release())
    publisher = Publisher.objects.create(slug="test", name="Test", ocid_prefix="ocds-test01")
    PublisherGrant.objects.create(user=sender.user, publisher=publisher, granted_by=sender.user)
    assert send(sender, release("ocds-test01-2")).json()["same_contracts"] == []
