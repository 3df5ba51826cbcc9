"""Deliveries on the reader's page, and the button that repeats one."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audits.following import account, delivering
from audits.models import Delivery, SavedSearch
from tests.audits.following.saving import HOOK, PAGE, save
from tests.support.buying import purchase
from tests.support.clients import client_with_token

pytestmark = pytest.mark.django_db


class TestPage:
    @pytest.fixture
    def session(self, journalist):
        client = Client()
        client.force_login(journalist)
        return client

    def test_a_search_is_saved_from_where_it_was_made(self, client, session, lexicon):
        found = client.get("/search/?q=camaras&country=MX&in=processes&page=2&lang=es&utm_source=x").content.decode()
        assert 'href="/search/saved/?query=q%3Dcamaras%26country%3DMX&amp;lang=es#new"' in found
        offered = session.get(f"{PAGE}?query=q%3Dcamaras%26country%3DMX&lang=es")
        assert 'value="q=camaras&amp;country=MX"' in offered.content.decode()
        given = {"wish": "save", "name": "Cámaras", "query": "q=camaras&country=MX", "url": HOOK}
        saved = session.post(f"{PAGE}?lang=es", given)
        search = SavedSearch.objects.get()
        assert (search.query, search.language, search.url) == ("q=camaras&country=MX", "es", HOOK)
        assert search.secret in saved.content.decode()
        assert search.secret not in session.get(PAGE).content.decode(), "it is shown only once"

    def test_a_search_that_is_sent_twice_is_saved_once(self, session, lexicon):
        given = {"wish": "save", "name": "Cámaras", "query": "q=camaras&country=MX", "url": HOOK}
        secrets = {re.search(r"whsec_[^<\s]+", session.post(PAGE, given).content.decode())[0] for _click in range(2)}
        assert (SavedSearch.objects.count(), len(secrets)) == (1, 1)
        session.post(PAGE, given | {"name": "Cámaras y redes"})
        assert SavedSearch.objects.count() == 2

    def test_what_cannot_be_saved_is_reported_and_kept_in_the_form(self, session):
        given = {"wish": "save", "name": "Mine", "query": "country=Narnia", "url": "http://newsroom.example/"}
        answer = session.post(PAGE, given)
        assert answer.status_code == 400
        assert 'value="country=Narnia"' in answer.content.decode()
        assert answer.content.decode().count("<li>") >= 2
        assert not SavedSearch.objects.exists()

    def test_deliveries_are_shown_and_sent_again(self, session, reader, buy, posted):
        save(reader, url=HOOK)
        buy(purchase(1))
        delivering.deliver_all()
        delivery = Delivery.objects.get()
        shown = session.get(PAGE).content.decode()
        assert delivery.message in shown
        assert ">204<" in shown
        assert session.post(PAGE, {"wish": "replay", "row": delivery.pk}).status_code == 302
        assert delivering.deliver_all() == 1
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

    def test_nobody_reaches_the_searches_of_another(self, client, session, make_user, buy, posted):
        stranger = client_with_token(make_user(name="other", email="other@x.example"), "follow")
        row = save(stranger, url=HOOK, name="Of another")["id"]
        buy(purchase(1))
        delivering.deliver_all()
        assert client.get(PAGE).status_code == 403
        assert client.post(PAGE, {"wish": "delete", "row": row}).status_code == 403
        assert "Of another" not in session.get(PAGE).content.decode()
        for wish, of in (("pause", row), ("delete", row), ("replay", Delivery.objects.get().pk)):
            session.post(PAGE, {"wish": wish, "row": of})
        assert SavedSearch.objects.get().enabled
        assert not Delivery.objects.waiting().exists()

    def test_a_search_by_mail_needs_an_address(self, make_user):
        client = Client()
        client.force_login(make_user(name="nobody"))
        given = {"wish": "save", "name": "x", "query": "country=MX"}
        answer = client.post(f"{PAGE}?lang=en", {**given, "url": ""})
        assert answer.status_code == 400
        assert "Your account has no e-mail address: give a webhook." in answer.content.decode()
        assert client.post(PAGE, {**given, "url": HOOK}).status_code == 200
        assert SavedSearch.objects.get().url == HOOK

    def test_each_search_shows_its_newest_deliveries_and_costs_no_query(self, session, journalist):
        def shown():
            with CaptureQueriesContext(connection) as asked:
                page = session.get(PAGE).content.decode()
            return len(asked), page

        def add(name):
            search = SavedSearch.objects.create(owner=journalist, name=name, language="en", query="country=MX")
            Delivery.objects.bulk_create(
                Delivery(search=search, after=0, last=number, attempt=1, processes=1, tried_at=timezone.now())
                for number in range(1, account.MAX_SHOWN + 3)
            )
            return search

        add("first")
        shown()
        before, _page = shown()
        second = add("second")
        after, page = shown()
        assert after == before
        assert f">search_{second.pk}_3<" in page.replace(" ", "")
        assert f">search_{second.pk}_2<" not in page.replace(" ", "")
