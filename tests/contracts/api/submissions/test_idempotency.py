"""Requests repeated under an Idempotency-Key."""

from datetime import timedelta

import pytest
from django.utils import timezone

from contracts.erasing import erase_submission
from contracts.models import ContentChunk, IdempotencyKey, Publisher, Submission
from contracts.retention import keep_retention
from tests.contracts.api.sending import ADDRESS, SIMPLE, grant, problem, send
from tests.support.clients import client_with_token, new_user
from tests.support.documents import PAPER
from tests.support.records import release

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("nudged")]


def sent(client, data, key: str, **options):
    return send(client, data, headers={"Idempotency-Key": key}, **options)


def test_a_request_repeated_gives_the_same_submission(sender):
    first, again = sent(sender, release(), "k-1"), sent(sender, release(), "k-1")
    assert (first.status_code, again.status_code) == (202, 200)
    assert again.json()["id"] == first.json()["id"]
    assert again.json()["unchanged"]
    assert Submission.objects.count() == 1


@pytest.mark.parametrize("address", [ADDRESS, f"{ADDRESS}simple-contract/"])
def test_another_body_under_the_key_is_a_422_and_not_stored(sender, address):
    sent(sender, SIMPLE, "k-1", address=address)
    problem(sent(sender, SIMPLE | {"title": "Nube"}, "k-1", address=address), 422, "idempotency_key_reused")
    assert Submission.objects.count() == 1


def test_the_same_body_for_another_publisher_or_contract_is_another_request(sender):
    grant(sender.user, Publisher.objects.create(slug="mx", name="MX"))
    first, other = (sent(sender, release(f"ocds-ngo-{number}"), f"k-{number}").json()["id"] for number in (1, 2))
    named = {"address": f"{ADDRESS}?publisher=mx"}
    problem(sent(sender, release("ocds-ngo-1"), "k-1", **named), 422, "idempotency_key_reused")
    assert sent(sender, release("ocds-ngo-1"), "k-3", **named).status_code == 202
    paper = {"content_type": "application/pdf", "address": f"{ADDRESS}?about={first}"}
    assert [sent(sender, PAPER, "k-4", **paper).status_code for _time in range(2)] == [202, 200]
    paper["address"] = f"{ADDRESS}?about={other}"
    problem(sent(sender, PAPER, "k-4", **paper), 422, "idempotency_key_reused")


def test_an_erased_submission_is_stored_again_under_its_key(sender):
    first = sent(sender, release(), "k-1").json()
    erase_submission(Submission.objects.get(), actor=sender.user)
    again = sent(sender, release(), "k-1")
    assert again.status_code == 202
    assert again.json()["id"] != first["id"]
    assert ContentChunk.objects.filter(content=again.json()["sha256"]).exists()


def test_a_key_expires_after_a_day(sender):
    sent(sender, release(), "k-1")
    IdempotencyKey.objects.update(received_at=timezone.now() - timedelta(hours=24, seconds=1))
    assert sent(sender, release("ocds-test01-2"), "k-1").status_code == 202
    IdempotencyKey.objects.update(received_at=timezone.now() - timedelta(hours=24, seconds=1))
    keep_retention()
    assert not IdempotencyKey.objects.exists()


def test_keys_belong_to_an_account_and_are_stored_as_digests(sender):
    other = client_with_token(new_user("other", "contracts.add_submission"), "submit")
    sent(sender, release(), "my secret key")
    assert sent(other, release("ocds-test01-2"), "my secret key").status_code == 202
    assert "secret" not in str(list(IdempotencyKey.objects.values()))


def test_a_refused_request_leaves_its_key_free(sender):
    assert sent(sender, b"{}", "k-1").status_code == 400
    assert sent(sender, release(), "k-1").status_code == 202


@pytest.mark.parametrize("key", ["", "  ", "x" * 256, "ñ", "a\tb"])
def test_an_invalid_key_is_a_400(sender, key):
    problem(sent(sender, release(), key), 400, "idempotency_key_invalid")
    assert not Submission.objects.exists()
