"""How many bytes an account may send a day."""

import io
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from audits import groups
from contracts.intake.received import quota
from contracts.intake.received.quota import QuotaExceededError
from contracts.models import SentBytes, Submission
from contracts.retention import keep_retention
from tests.contracts.api.sending import ADDRESS, nothing_is_stored, problem, send
from tests.support.clients import client_with_token, new_user
from tests.support.records import release

pytestmark = pytest.mark.django_db
LIMIT = 5_000


@pytest.fixture(autouse=True)
def _low_quota(settings, nudged):
    settings.VEEDOR_QUOTA_BYTES = LIMIT


def padded(size: int, ocid: str = "ocds-test01-1") -> bytes:
    body = json.dumps(release(ocid)).encode()
    return body + b" " * (size - len(body))


def sent_by(user) -> int:
    return SentBytes.objects.get(user=user).bytes


def test_what_is_sent_over_the_quota_is_refused_and_told(sender):
    assert send(sender, padded(3_000)).status_code == 202
    refused = send(sender, padded(3_000, "ocds-test01-2"))
    body = problem(refused, 429, "quota_exceeded")
    assert (body["limit"], body["left"]) == (LIMIT, 2_000)
    assert body["errors"][0]["values"] == {"size": 3_000, "limit": LIMIT, "left": 2_000}
    assert 0 < int(refused["Retry-After"]) <= 24 * 60 * 60
    assert Submission.objects.count() == 1
    assert send(sender, padded(2_000, "ocds-test01-2")).status_code == 202, "what is left may be sent"


def test_more_than_any_day_allows_is_a_413_that_names_no_time(sender):
    refused = send(sender, padded(LIMIT + 1))
    assert problem(refused, 413, "quota_exceeded")["left"] == LIMIT
    assert "Retry-After" not in refused
    assert nothing_is_stored()


def test_what_is_known_or_refused_or_validated_counts_too(sender):
    assert [send(sender, padded(1_000)).status_code for _ in range(2)] == [202, 200]
    assert send(sender, b"{}" + b" " * 998).status_code == 400
    assert send(sender, padded(1_000), address=f"{ADDRESS}validate/").status_code == 200
    assert sent_by(sender.user) == 4_000
    problem(send(sender, padded(1_001), address=f"{ADDRESS}validate/"), 429, "quota_exceeded")


def test_a_form_counts_its_file(sender):
    file = io.BytesIO(padded(3_000))
    file.name = "a.json"
    assert sender.post(ADDRESS, {"file": file}).status_code == 202
    file.seek(0)
    problem(sender.post(ADDRESS, {"file": file}), 429, "quota_exceeded")
    assert sent_by(sender.user) == 3_000


def test_what_is_announced_to_be_too_long_is_not_read(sender):
    class Unread(io.BytesIO):
        def read(self, *_size):
            raise AssertionError("nothing may be read")

    problem(send(sender, b"", **{"CONTENT_LENGTH": "6000", "wsgi.input": Unread()}), 413, "quota_exceeded")


def test_accounts_have_quotas_of_their_own_and_tokens_share_that_of_theirs(sender):
    other = client_with_token(new_user("other", "contracts.add_submission"), "submit")
    assert send(sender, padded(4_000)).status_code == 202
    assert send(other, padded(4_000)).status_code == 202
    problem(send(client_with_token(sender.user, "submit"), padded(4_000, "ocds-b-1")), 429, "quota_exceeded")


def test_the_quota_restarts_daily_and_old_days_are_deleted(sender):
    send(sender, padded(4_000))
    SentBytes.objects.update(day=timezone.now().date() - timedelta(days=1))
    assert send(sender, padded(4_000, "ocds-test01-2")).status_code == 202
    assert sent_by(sender.user) == 4_000
    keep_retention()
    assert SentBytes.objects.exists()
    SentBytes.objects.update(day=timezone.now().date() - timedelta(days=1))
    keep_retention(dry_run=True)
    assert SentBytes.objects.exists()
    keep_retention()
    assert not SentBytes.objects.exists()


def test_without_a_quota_nothing_is_counted(sender, settings):
    settings.VEEDOR_QUOTA_BYTES = 0
    assert send(sender, padded(2 * LIMIT)).status_code == 202
    assert not SentBytes.objects.exists()


def test_files_of_the_machine_have_none(tmp_path):
    file = tmp_path / "a.json"
    file.write_bytes(padded(2 * LIMIT))
    call_command("load", str(file), "--json", stdout=io.StringIO())
    assert Submission.objects.get().state == "processed"
    assert not SentBytes.objects.exists()


def test_the_admin_tells_what_is_left(sign_in):
    client = sign_in(groups.LEADS)
    file = io.BytesIO(padded(LIMIT + 1))
    file.name = "a.json"
    page = client.post("/admin/contracts/submission/add/", {"file": file, "kind": "ocds"})
    assert page.status_code == 200
    assert "Your account may send" in page.content.decode()
    assert nothing_is_stored()


@pytest.mark.django_db(transaction=True)
def test_whoever_sends_at_once_gets_no_more(sender):
    start = Barrier(8)

    def take(_number) -> bool:
        try:
            with connection.cursor():  # a connection of this thread, before all begin together
                start.wait(10)
            quota.take(sender.user, 1_500)
        except QuotaExceededError:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(take, range(8)))
    assert taken.count(True) == 3
    assert sent_by(sender.user) == 4_500
