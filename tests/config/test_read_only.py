"""A database that takes no writes, as a standby after a failover: readers read, senders are asked to come back."""

import pytest
from django.db import InternalError, connection

from audits.models import PageFigures
from contracts.models import ApiToken, Submission
from contracts.postgres.isolating import insist, is_transient, write_aside
from tests.support.clients import client_with_token, new_user
from tests.support.records import load, release

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def made_read_only():
    """`made_read_only()`: from now on the database takes no writes."""

    def make(setting="on"):
        with connection.cursor() as cursor:
            cursor.execute(f"SET default_transaction_read_only = {setting}")

    yield make
    make("off")


def test_readers_get_their_pages_and_lists(client, made_read_only):
    load(release())
    reader = client_with_token(new_user("reader"), "read")
    made_read_only()

    addresses = (
        "/",
        "/data/",
        "/search/?q=limpieza",
        "/processes/ocds-test01-1/",
        "/sitemap.xml",
        "/api/v1/contracts/",
    )
    assert {address: client.get(address).status_code for address in addresses} == dict.fromkeys(addresses, 200)
    assert reader.get("/api/v1/contracts/").status_code == 200
    assert not PageFigures.objects.exists()
    assert ApiToken.objects.get().last_used_on is None


def test_who_sends_something_is_asked_to_come_back(sender, made_read_only):
    contract = {"title": "Cámaras", "buyer": "Municipio", "supplier": "ACME", "amount": 1, "currency": "PEN"}
    made_read_only()
    answer = sender.post("/api/v1/submissions/", contract, content_type="application/json")

    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert int(answer["Retry-After"]) > 0
    assert not Submission.objects.exists()


def test_a_worker_blames_no_record_and_asks_again(made_read_only, monkeypatch):
    """Three attempts that fail by themselves would have made a submission fail for good."""
    made_read_only()
    with pytest.raises(InternalError) as refused:
        ApiToken.objects.update(name="other")
    assert is_transient(refused.value)

    monkeypatch.setattr("contracts.postgres.isolating.time.sleep", lambda _seconds: made_read_only("off"))
    insist(lambda: Submission.objects.update(error="noted"))


def test_what_fails_by_a_defect_of_ours_is_not_passed_over():
    def write():
        with connection.cursor() as cursor:
            cursor.execute("UPDATE nothing SET a = 1")

    with pytest.raises(Exception, match="nothing"):
        write_aside(write)
