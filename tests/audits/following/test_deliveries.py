"""Deliveries of saved searches: listed for their owner, repeated on request, and described."""

from datetime import timedelta

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.db import connection
from django.test import Client
from django.utils import timezone
from jsonschema import Draft202012Validator

from audits.following import delivering, webhooks
from audits.models import Delivery, SavedSearch
from contracts.models import ContractingProcess
from tests.audits.following.saving import HOOK, PAGE, SEARCHES, not_delivered, refuse, save
from tests.support.buying import purchase
from tests.support.clients import client_with_token

pytestmark = pytest.mark.django_db


def deliveries(client, search) -> list[dict]:
    return client.get(f"{SEARCHES}{search['id']}/deliveries/").json()


def replay(client, search, delivery):
    return client.post(
        f"{SEARCHES}{search['id']}/deliveries/", {"delivery": delivery}, content_type="application/json"
    )


@pytest.fixture
def search(reader, buy) -> dict:
    """A saved search, of which its webhook was told once; ask for ``posted`` or ``sent_to`` before it."""
    saved = save(reader, url=HOOK)
    buy(purchase(1))
    delivering.deliver_all()
    return saved


class TestList:
    def test_each_attempt_is_reported_with_what_was_answered(self, monkeypatch, reader, buy, posted):
        search = save(reader, url=HOOK)
        buy(purchase(1), purchase(2))
        with monkeypatch.context() as away:
            away.setattr(webhooks, "send", not_delivered)
            delivering.deliver_all()
        SavedSearch.objects.update(next_try_at=None)
        delivering.deliver_all()
        newest, oldest = deliveries(reader, search)
        of_both = {"message": posted[0][2]["webhook-id"], "url": HOOK, "replay": False, "processes": 2}
        assert {name: oldest[name] for name in of_both} == {name: newest[name] for name in of_both} == of_both
        assert (oldest["status"], oldest["attempt"], oldest["answer"]) == ("failed", 1, 500)
        assert oldest["problem"] == "HTTP 500"
        assert (newest["status"], newest["attempt"], newest["answer"], newest["problem"]) == ("delivered", 2, 204, "")
        assert newest["tried"] > oldest["tried"]

    def test_messages_by_mail_are_told_too(self, monkeypatch, reader, buy):
        search = save(reader)
        buy(purchase(1))
        with monkeypatch.context() as away:
            away.setattr("django.core.mail.EmailMessage.send", refuse)
            delivering.deliver_all()
        SavedSearch.objects.update(next_try_at=None)
        delivering.deliver_all()
        told = [(row["url"], row["status"], row["answer"], row["problem"]) for row in deliveries(reader, search)]
        assert told == [("", "delivered", None, ""), ("", "failed", None, "ConnectionRefusedError")]

    def test_they_are_forgotten_after_a_month(self, reader, posted, search):
        Delivery.objects.update(tried_at=timezone.now() - timedelta(days=29))
        delivering.deliver_all()
        assert len(deliveries(reader, search)) == 1
        Delivery.objects.update(tried_at=timezone.now() - timedelta(days=31))
        delivering.deliver_all()
        assert deliveries(reader, search) == []

    def test_they_are_of_one_account(self, reader, posted, make_user, search):
        other = client_with_token(make_user(name="other", email="other@x.example"), "follow")
        (delivery,) = deliveries(reader, search)
        assert other.get(f"{SEARCHES}{search['id']}/deliveries/").status_code == 404
        assert replay(other, search, delivery["id"]).status_code == 404
        own = save(other, url=HOOK)
        assert replay(other, own, delivery["id"]).status_code == 400
        assert not Delivery.objects.waiting().exists()


class TestReplay:
    def test_a_message_is_sent_again_the_same_and_nothing_else(self, reader, buy, posted, search):
        buy(purchase(2))
        delivering.deliver_all()
        first = deliveries(reader, search)[1]
        answer = replay(reader, search, first["id"])
        assert answer.status_code == 202
        assert answer.json()["status"] == "waiting"
        assert replay(reader, search, first["id"]).json()["id"] == answer.json()["id"], "it waits once"
        assert delivering.deliver_all() == 1
        assert posted[2][1] == posted[0][1]
        assert posted[2][2]["webhook-id"] == posted[0][2]["webhook-id"]
        again = deliveries(reader, search)[0]
        assert (again["status"], again["replay"], again["attempt"]) == ("delivered", True, 2)
        assert delivering.deliver_all() == 0

    def test_what_fails_again_is_not_tried_by_itself_and_delays_nothing(self, monkeypatch, reader, posted, search):
        replay(reader, search, deliveries(reader, search)[0]["id"])
        with monkeypatch.context() as away:
            away.setattr(webhooks, "send", not_delivered)
            delivering.deliver_all()
        assert [row["status"] for row in deliveries(reader, search)] == ["failed", "delivered"]
        stored = SavedSearch.objects.get()
        assert (stored.failures, stored.next_try_at, stored.enabled) == (0, None, True)
        assert delivering.deliver_all() == 0

    def test_what_is_not_public_any_more_is_not_sent_again(self, reader, posted, search):
        ContractingProcess.objects.update(verification="retired")
        replay(reader, search, deliveries(reader, search)[0]["id"])
        delivering.deliver_all()
        assert len(posted) == 1
        assert deliveries(reader, search)[0]["problem"] == delivering.NOTHING_PUBLIC

    def test_it_is_made_of_the_query_of_then(self, reader, posted, search):
        change = {"query": "country=PE"}
        reader.patch(f"{SEARCHES}{search['id']}/", change, content_type="application/json")
        replay(reader, search, deliveries(reader, search)[0]["id"])
        assert delivering.deliver_all() == 1
        assert posted[1][1] == posted[0][1]
        assert posted[1][2]["webhook-id"] == posted[0][2]["webhook-id"]

    def test_what_waits_already_is_not_queued_twice(
        self, reader, journalist, posted, monkeypatch, django_capture_on_commit_callbacks, search
    ):
        queued: list[bool] = []
        monkeypatch.setattr("contracts.runtime.broker.queue", lambda _task: queued.append(True))
        (delivery,) = deliveries(reader, search)
        session = Client()
        session.force_login(journalist)
        with django_capture_on_commit_callbacks(execute=True):
            for _ in range(2):
                replay(reader, search, delivery["id"])
                session.post(PAGE, {"wish": "replay", "row": delivery["id"]})
        assert len(queued) == 1

    def test_what_was_forgotten_meanwhile_is_a_first_attempt(self, posted, search):
        delivery = Delivery.objects.get()
        Delivery.objects.all().delete()
        assert delivering.ask_again(delivery)[0].attempt == 1

    def test_why_it_failed_is_told_in_the_language_of_the_reader(self, reader, posted, search):
        ContractingProcess.objects.update(verification="retired")
        replay(reader, search, deliveries(reader, search)[0]["id"])
        delivering.deliver_all()
        answer = reader.get(f"{SEARCHES}{search['id']}/deliveries/", headers={"Accept-Language": "es"})
        assert answer.json()[0]["problem"] == "ya nada de ello es público"

    @pytest.mark.parametrize("given", [{}, {"delivery": "x"}, {"delivery": 2**70}, {"delivery": 0}, []])
    def test_what_is_not_a_delivery_is_refused(self, reader, given):
        search = save(reader, url=HOOK)
        address = f"{SEARCHES}{search['id']}/deliveries/"
        answer = reader.post(address, given, content_type="application/json")
        assert answer.status_code == 400
        assert answer["Content-Type"].startswith("application/problem+json")


class TestTurns:
    """Who is told first, and that nobody keeps the others waiting."""

    @pytest.fixture
    def sent_to(self, monkeypatch):
        """Where messages went, in their order; an address with `slow` takes all the time that there is."""
        sent: list[str] = []

        def take(url, *_message):
            sent.append(url)
            if "slow" in url:
                raise SoftTimeLimitExceeded
            return 204

        monkeypatch.setattr(webhooks, "send", take)
        return sent

    def test_what_is_due_is_reported_before_what_is_asked_for_again(self, reader, sent_to, search):
        replay(reader, search, deliveries(reader, search)[0]["id"])
        save(reader, url=f"{HOOK}&due")
        SavedSearch.objects.exclude(pk=search["id"]).update(told=0)
        assert delivering.deliver_all() == 2
        assert sent_to == [HOOK, f"{HOOK}&due", HOOK]

    def test_repeats_are_limited_and_every_account_gets_its_turn(
        self, reader, journalist, make_user, sent_to, monkeypatch
    ):
        monkeypatch.setattr(delivering, "MAX_REPLAYS", 4)
        monkeypatch.setattr(delivering, "MAX_REPLAYS_OF_ACCOUNT", 3)
        other = make_user(name="other")
        gone = make_user(name="gone")
        gone.is_active = False
        gone.save()
        for owner, number in ((gone, 4), (journalist, 6), (other, 2)):
            search = SavedSearch.objects.create(owner=owner, name="x", language="en", url=f"https://{owner}.example/")
            for last in range(number):
                Delivery.objects.create(search=search, after=0, last=last, attempt=1, processes=1)
        ours, theirs = "https://journalist.example/", "https://other.example/"
        tried = []
        monkeypatch.setattr(
            delivering, "_send", lambda delivery, _news: tried.append(delivery.search.url) or _note(delivery)
        )
        delivering.deliver_all()
        assert tried == [ours, theirs, ours, theirs]
        delivering.deliver_all()
        assert tried[4:] == [ours] * 3
        assert Delivery.objects.waiting().count() == 5

    def test_an_interruption_is_a_failed_attempt_and_the_others_are_told(self, reader, buy, sent_to):
        slow = save(reader, url=f"{HOOK}&slow")
        save(reader, url=HOOK)
        buy(purchase(1))
        with pytest.raises(SoftTimeLimitExceeded):
            delivering.deliver_all()
        (failed,) = deliveries(reader, slow)
        assert (failed["status"], failed["problem"]) == ("failed", delivering.INTERRUPTED)
        assert SavedSearch.objects.get(pk=slow["id"]).failures == 1
        SavedSearch.objects.filter(pk=slow["id"]).update(next_try_at=timezone.now())
        with pytest.raises(SoftTimeLimitExceeded):
            delivering.deliver_all()
        assert sent_to == [f"{HOOK}&slow", HOOK, f"{HOOK}&slow"]

    def test_what_is_asked_for_again_and_interrupted_is_not_tried_by_itself(self, reader, sent_to, search):
        SavedSearch.objects.update(url=f"{HOOK}&slow")
        replay(reader, search, deliveries(reader, search)[0]["id"])
        with pytest.raises(SoftTimeLimitExceeded):
            delivering.deliver_all()
        assert deliveries(reader, search)[0]["problem"] == delivering.INTERRUPTED
        assert delivering.deliver_all() == 0


def _note(delivery):
    delivery.tried_at = timezone.now()
    delivery.save()


def test_the_database_deletes_deliveries_with_their_search(reader):
    search = save(reader, url=HOOK)
    Delivery.objects.create(search_id=search["id"], after=0, last=1, attempt=1, processes=1)
    with connection.cursor() as cursor:
        # As a process of the version before does, which knows no deliveries.
        cursor.execute("DELETE FROM audits_savedsearch WHERE id = %s", [search["id"]])
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert not Delivery.objects.exists()


def test_the_description_of_the_api_has_the_message_as_it_is_posted(reader, posted, search):
    described = reader.get("/api/v1/schema/?format=json").json()
    (event,) = described["webhooks"].values()
    ((_url, message, headers),) = posted
    assert set(described["webhooks"]) == {message["type"]}
    schema = event["post"]["requestBody"]["content"]["application/json"]["schema"]
    whole = {**_closed(schema), "components": _closed(described["components"])}
    assert [error.message for error in Draft202012Validator(whole).iter_errors(message)] == []
    assert Draft202012Validator(whole).is_valid({**message, "type": "other"}) is False
    named = {parameter["name"] for parameter in event["post"]["parameters"]}
    assert named == {name for name in headers if name.startswith("webhook-")}


def _closed(schema):
    """Return a schema that knows no members but those that it names."""
    if isinstance(schema, list):
        return [_closed(entry) for entry in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {name: _closed(value) for name, value in schema.items()}
    return {**closed, "additionalProperties": False} if "properties" in closed else closed
