"""What was tried to tell of a saved search: listed for its owner, sent again if asked for, and described."""

from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone
from jsonschema import Draft202012Validator

from audits.following import telling, webhooks
from audits.models import Delivery, SavedSearch
from contracts.models import ContractingProcess
from tests.audits.following.test_saved_searches import HOOK, SEARCHES, _not_delivered, save
from tests.audits.pages.conftest import buy, lexicon, purchase  # noqa: F401  -- fixtures
from tests.contracts.api.conftest import client_with_token
from tests.support.people import make_user  # noqa: F401  -- a fixture

pytestmark = pytest.mark.django_db

PAGE = "/search/saved/"


def deliveries(client, search) -> list[dict]:
    return client.get(f"{SEARCHES}{search['id']}/deliveries/").json()


def replay(client, search, delivery):
    return client.post(
        f"{SEARCHES}{search['id']}/deliveries/", {"delivery": delivery}, content_type="application/json"
    )


class TestList:
    def test_each_attempt_is_told_with_what_was_answered(self, monkeypatch, reader, buy, posted):  # noqa: F811
        search = save(reader, url=HOOK)
        buy(purchase(1), purchase(2))
        with monkeypatch.context() as away:
            away.setattr(webhooks, "send", _not_delivered)
            telling.tell_all()
        SavedSearch.objects.update(next_try_at=None)
        telling.tell_all()
        newest, oldest = deliveries(reader, search)
        of_both = {"message": posted[0][2]["webhook-id"], "url": HOOK, "replay": False, "processes": 2}
        assert {name: oldest[name] for name in of_both} == {name: newest[name] for name in of_both} == of_both
        assert (oldest["status"], oldest["attempt"], oldest["answer"]) == ("failed", 1, 500)
        assert oldest["problem"] == "HTTP 500"
        assert (newest["status"], newest["attempt"], newest["answer"], newest["problem"]) == ("delivered", 2, 204, "")
        assert newest["tried"] > oldest["tried"]

    def test_messages_by_mail_are_told_too(self, monkeypatch, reader, buy):  # noqa: F811
        search = save(reader)
        buy(purchase(1))
        with monkeypatch.context() as away:
            away.setattr("django.core.mail.EmailMessage.send", _refuse)
            telling.tell_all()
        SavedSearch.objects.update(next_try_at=None)
        telling.tell_all()
        told = [(row["url"], row["status"], row["answer"], row["problem"]) for row in deliveries(reader, search)]
        assert told == [("", "delivered", None, ""), ("", "failed", None, "ConnectionRefusedError")]

    def test_they_are_forgotten_after_a_month(self, reader, buy, posted):  # noqa: F811
        search = save(reader, url=HOOK)
        buy(purchase(1))
        telling.tell_all()
        Delivery.objects.update(tried_at=timezone.now() - timedelta(days=29))
        telling.tell_all()
        assert len(deliveries(reader, search)) == 1
        Delivery.objects.update(tried_at=timezone.now() - timedelta(days=31))
        telling.tell_all()
        assert deliveries(reader, search) == []

    def test_they_are_of_one_account(self, reader, buy, posted, make_user):  # noqa: F811
        search = save(reader, url=HOOK)
        buy(purchase(1))
        telling.tell_all()
        other = client_with_token(make_user(name="other", email="other@x.example"), "read")
        (delivery,) = deliveries(reader, search)
        assert other.get(f"{SEARCHES}{search['id']}/deliveries/").status_code == 404
        assert replay(other, search, delivery["id"]).status_code == 404
        own = save(other, url=HOOK)
        assert replay(other, own, delivery["id"]).status_code == 400
        assert not Delivery.objects.waiting().exists()


def _refuse(*_arguments, **_options):
    raise ConnectionRefusedError


class TestReplay:
    def test_a_message_is_sent_again_the_same_and_nothing_else(self, reader, buy, posted):  # noqa: F811
        search = save(reader, url=HOOK)
        buy(purchase(1))
        telling.tell_all()
        buy(purchase(2))
        telling.tell_all()
        first = deliveries(reader, search)[1]
        answer = replay(reader, search, first["id"])
        assert answer.status_code == 202
        assert answer.json()["status"] == "waiting"
        assert replay(reader, search, first["id"]).json()["id"] == answer.json()["id"], "it waits once"
        assert telling.tell_all() == 1
        assert posted[2][1] == posted[0][1]
        assert posted[2][2]["webhook-id"] == posted[0][2]["webhook-id"]
        again = deliveries(reader, search)[0]
        assert (again["status"], again["replay"], again["attempt"]) == ("delivered", True, 2)
        assert telling.tell_all() == 0

    def test_what_fails_again_is_not_tried_by_itself_and_delays_nothing(self, monkeypatch, reader, buy, posted):  # noqa: F811
        search = save(reader, url=HOOK)
        buy(purchase(1))
        telling.tell_all()
        replay(reader, search, deliveries(reader, search)[0]["id"])
        with monkeypatch.context() as away:
            away.setattr(webhooks, "send", _not_delivered)
            telling.tell_all()
        assert [row["status"] for row in deliveries(reader, search)] == ["failed", "delivered"]
        stored = SavedSearch.objects.get()
        assert (stored.failures, stored.next_try_at, stored.enabled) == (0, None, True)
        assert telling.tell_all() == 0

    def test_what_is_not_public_any_more_is_not_sent_again(self, reader, buy, posted):  # noqa: F811
        search = save(reader, url=HOOK)
        buy(purchase(1))
        telling.tell_all()
        ContractingProcess.objects.update(verification="retired")
        replay(reader, search, deliveries(reader, search)[0]["id"])
        telling.tell_all()
        assert len(posted) == 1
        assert deliveries(reader, search)[0]["problem"] == telling.NOTHING_PUBLIC

    @pytest.mark.parametrize("given", [{}, {"delivery": "x"}, {"delivery": 2**70}, {"delivery": 0}, []])
    def test_what_is_no_delivery_is_refused(self, reader, given):
        search = save(reader, url=HOOK)
        address = f"{SEARCHES}{search['id']}/deliveries/"
        answer = reader.post(address, given, content_type="application/json")
        assert answer.status_code == 400
        assert answer["Content-Type"].startswith("application/problem+json")


def test_the_description_of_the_api_has_the_message_as_it_is_posted(reader, buy, posted):  # noqa: F811
    save(reader, url=HOOK)
    buy(purchase(1))
    telling.tell_all()
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


class TestPage:
    @pytest.fixture
    def session(self, journalist):
        client = Client()
        client.force_login(journalist)
        return client

    def test_a_search_is_saved_from_where_it_was_made(self, client, session, lexicon):  # noqa: F811
        found = client.get("/search/?q=camaras&country=MX&in=processes&page=2&lang=es").content.decode()
        assert 'href="/search/saved/?query=q%3Dcamaras%26country%3DMX&amp;lang=es#new"' in found
        offered = session.get(f"{PAGE}?query=q%3Dcamaras%26country%3DMX&lang=es")
        assert 'value="q=camaras&amp;country=MX"' in offered.content.decode()
        given = {"wish": "save", "name": "Cámaras", "query": "q=camaras&country=MX", "url": HOOK}
        saved = session.post(f"{PAGE}?lang=es", given)
        search = SavedSearch.objects.get()
        assert (search.query, search.language, search.url) == ("q=camaras&country=MX", "es", HOOK)
        assert search.secret in saved.content.decode()
        assert search.secret not in session.get(PAGE).content.decode(), "it is shown once"

    def test_what_cannot_be_saved_is_told_and_kept_in_the_form(self, session):
        given = {"wish": "save", "name": "Mine", "query": "country=Narnia", "url": "http://newsroom.example/"}
        answer = session.post(PAGE, given)
        assert answer.status_code == 400
        assert 'value="country=Narnia"' in answer.content.decode()
        assert answer.content.decode().count("<li>") >= 2
        assert not SavedSearch.objects.exists()

    def test_deliveries_are_shown_and_sent_again(self, session, reader, buy, posted):  # noqa: F811
        save(reader, url=HOOK)
        buy(purchase(1))
        telling.tell_all()
        delivery = Delivery.objects.get()
        shown = session.get(PAGE).content.decode()
        assert delivery.message in shown
        assert ">204<" in shown
        assert session.post(PAGE, {"wish": "replay", "row": delivery.pk}).status_code == 302
        assert telling.tell_all() == 1
        assert len(posted) == 2

    def test_it_pauses_goes_on_and_deletes(self, session, reader):
        row = save(reader)["id"]
        SavedSearch.objects.update(failures=3)
        session.post(PAGE, {"wish": "pause", "row": row})
        assert not SavedSearch.objects.get().enabled
        session.post(PAGE, {"wish": "resume", "row": row})
        assert (SavedSearch.objects.get().enabled, SavedSearch.objects.get().failures) == (True, 0)
        session.post(PAGE, {"wish": "other", "row": row})
        session.post(PAGE, {"wish": "delete", "row": "0"})
        assert SavedSearch.objects.exists()
        session.post(PAGE, {"wish": "delete", "row": row})
        assert not SavedSearch.objects.exists()

    def test_nobody_reaches_the_searches_of_another(self, client, session, make_user, buy, posted):  # noqa: F811
        stranger = client_with_token(make_user(name="other", email="other@x.example"), "read")
        row = save(stranger, url=HOOK, name="Of another")["id"]
        buy(purchase(1))
        telling.tell_all()
        assert client.get(PAGE).status_code == 403
        assert client.post(PAGE, {"wish": "delete", "row": row}).status_code == 403
        assert "Of another" not in session.get(PAGE).content.decode()
        for wish, of in (("pause", row), ("delete", row), ("replay", Delivery.objects.get().pk)):
            session.post(PAGE, {"wish": wish, "row": of})
        assert SavedSearch.objects.get().enabled
        assert not Delivery.objects.waiting().exists()

    def test_a_search_by_mail_needs_an_address(self, make_user):  # noqa: F811
        client = Client()
        client.force_login(make_user(name="nobody"))
        answer = client.post(PAGE, {"wish": "save", "name": "x", "query": "", "url": ""})
        assert answer.status_code == 400
        assert mail.outbox == []
