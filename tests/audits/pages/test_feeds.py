"""The feed of a search: what came, and what happened to what it finds."""

from xml.etree import ElementTree as ET

import pytest
from django.test import override_settings

from audits.models import Flag
from audits.pages import feeds
from contracts.models import Change
from tests.support.buying import TITLE, purchase

pytestmark = pytest.mark.django_db
_ATOM = "{http://www.w3.org/2005/Atom}"


def entries(client, query=""):
    """(title, id) of the entries of a feed, as readers see them."""
    feed = ET.fromstring(client.get(f"/search/feed.atom?lang=en&{query}").content)
    return [(entry.find(f"{_ATOM}title").text, entry.find(f"{_ATOM}id").text) for entry in feed.iter(f"{_ATOM}entry")]


def day_of(kind):
    return Change.objects.filter(kind=kind).latest("pk").at.date()


def test_it_tells_that_a_record_was_amended_and_goes_on_telling_that_it_came(client, buy):
    buy(purchase(1, title=TITLE), purchase(2, country="Perú"))
    page = "http://testserver/processes/ocds-test01-1/"
    assert entries(client, "country=MX") == [(TITLE, page)]
    buy(purchase(1, title=TITLE, amount=2000, id="2", date="2999-07-01T00:00:00Z"))
    amended = f"{page}#amended-{day_of('amended')}"
    assert entries(client, "country=MX") == [(TITLE, page), (f"{TITLE} · record amended", amended)]
    assert entries(client, "country=PE") == [
        (purchase(2)["tender"]["title"], "http://testserver/processes/ocds-test01-2/")
    ]


def test_it_tells_what_persons_decided_and_nothing_of_what_nobody_did(client, buy, confirm, dismiss):
    buy(purchase(1, title=TITLE, amount=5_000_000))
    came = entries(client)
    assert came == [(TITLE, "http://testserver/processes/ocds-test01-1/")]
    Change.objects.update(at="2026-01-05T12:00:00Z")
    confirm("T01")
    decided = f"{came[0][1]}#flag_decided-{day_of('flag_decided')}"
    assert entries(client) == [(f"{TITLE} · flag decided", decided), *came]
    with override_settings(VEEDOR_PUBLICATION="none"):
        assert entries(client) == came
    dismiss("T01")
    assert Flag.objects.get(rule="T01").state == "dismissed"
    assert entries(client) == came


def test_what_happened_to_an_old_record_is_told_before_what_came_earlier(client, buy, confirm, monkeypatch):
    """A list of the newest alone would never tell of it."""
    monkeypatch.setattr(feeds, "ENTRIES", 2)
    buy(purchase(1, title=TITLE, amount=5_000_000), *(purchase(number, title="Sillas") for number in (2, 3, 4)))
    Change.objects.update(at="2026-01-05T12:00:00Z")
    confirm("T01")
    (first, _id), (second, _second_id) = entries(client)
    assert (first, second) == (f"{TITLE} · flag decided", "Sillas")


def test_names_that_look_like_html_stay_text(client, buy):
    """Readers show a summary as HTML: a picture in a name would tell its server who reads."""
    buy(purchase(1, suppliers=('A & B <img src="https://tracker.example/x.png">',)))
    feed = ET.fromstring(client.get("/search/feed.atom").content)
    (summary,) = feed.iter(f"{_ATOM}summary")
    assert summary.attrib["type"] == "html"
    assert "A &amp; B &lt;img src=" in summary.text
    assert "<" not in summary.text
