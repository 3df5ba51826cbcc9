"""The feed of a search: what came, and what happened to what it finds."""

import html
from datetime import timedelta
from xml.etree import ElementTree as ET

import pytest
from django.test import override_settings
from django.utils import timezone

from audits.models import Flag
from audits.pages.searching import feeds
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


def test_an_amended_record_has_an_entry_beside_its_arrival(client, buy):
    buy(purchase(1, title=TITLE), purchase(2, country="Perú"))
    page = "http://testserver/processes/ocds-test01-1/"
    assert entries(client, "country=MX") == [(TITLE, page)]
    buy(purchase(1, title=TITLE, amount=2000, id="2", date="2999-07-01T00:00:00Z"))
    amended = f"{page}#amended-{day_of('amended')}"
    assert entries(client, "country=MX") == [(TITLE, page), (f"{TITLE} · record amended", amended)]
    assert entries(client, "country=PE") == [
        (purchase(2)["tender"]["title"], "http://testserver/processes/ocds-test01-2/")
    ]


def test_decisions_are_in_the_feed_and_undecided_flags_are_not(client, buy, confirm):
    buy(purchase(1, title=TITLE, amount=5_000_000))
    came = entries(client)
    assert came == [(TITLE, "http://testserver/processes/ocds-test01-1/")]
    Change.objects.update(at="2026-01-05T12:00:00Z")
    flag = confirm("T01")
    decided = f"http://testserver/flags/{flag.pk}/#flag_decided-{day_of('flag_decided')}"
    assert entries(client) == [(f"{TITLE} · flag decided: T01 Surveillance technology", decided), *came]
    with override_settings(VEEDOR_PUBLICATION="none"):
        assert entries(client) == came


def test_each_question_has_a_separate_entry(client, buy, confirm):
    """Readers show nothing again under an id that they have seen: of two questions of one day they would tell one."""
    buy(purchase(1, title=TITLE, amount=5_000_000))
    Change.objects.update(at="2026-01-05T12:00:00Z")
    first, second = confirm("T01"), confirm("T03")
    titles, ids = zip(*entries(client)[:2], strict=True)
    assert [title.removeprefix(f"{TITLE} · flag decided: ")[:4] for title in titles] == ["T03 ", "T01 "]
    assert [id_.split("#")[0] for id_ in ids] == [f"http://testserver/flags/{flag.pk}/" for flag in (second, first)]


def test_a_removed_flag_is_reported_once_without_its_rule(client, buy, confirm, dismiss):
    """Who cited it must hear of that; what the desk does with it since is its own."""
    buy(purchase(1, title=TITLE, amount=5_000_000))
    came = entries(client)
    confirm("T01")
    flag = dismiss("T01")
    assert flag.state == "dismissed"
    day = day_of("flag_decided")
    removed = (f"{TITLE} · flag no longer shown", f"http://testserver/flags/{flag.pk}/#flag_removed-{day}")
    assert sorted(entries(client, "ocid=ocds-test01-1")) == sorted([removed, *came])
    assert client.get(f"/flags/{flag.pk}/").status_code == 410
    Flag.objects.filter(pk=flag.pk).update(state="changed")
    Change.objects.filter(kind="flag_changed").update(at=timezone.now() + timedelta(days=1))
    assert sorted(entries(client, "ocid=ocds-test01-1")) == sorted([removed, *came])


def test_later_changes_of_an_old_record_are_listed_before_earlier_arrivals(client, buy, confirm, monkeypatch):
    """A list of the newest alone would never tell of it."""
    monkeypatch.setattr(feeds, "ENTRIES", 2)
    buy(purchase(1, title=TITLE, amount=5_000_000), *(purchase(number, title="Sillas") for number in (2, 3, 4)))
    Change.objects.update(at="2026-01-05T12:00:00Z")
    confirm("T01")
    (first, _id), (second, _second_id) = entries(client)
    assert (first, second) == (f"{TITLE} · flag decided: T01 Surveillance technology", "Sillas")


def test_names_that_look_like_html_stay_text(client, buy):
    """Readers show a summary as HTML: a picture in a name would tell its server who reads."""
    buy(purchase(1, suppliers=('A & B <img src="https://tracker.example/x.png">',)))
    feed = ET.fromstring(client.get("/search/feed.atom").content)
    (summary,) = feed.iter(f"{_ATOM}summary")
    assert summary.attrib["type"] == "html"
    assert "A &amp; B &lt;img src=" in summary.text
    assert "<" not in summary.text


def test_an_entry_about_a_question_has_its_sentence(client, buy, confirm):
    """A title says which rule: an editor decides by the sentence whether to open it."""
    buy(purchase(1, title=TITLE, amount=5_000_000))
    Change.objects.update(at="2026-01-05T12:00:00Z")
    flag = confirm("T01")
    (sentence,) = [row["sentence"] for row in client.get("/api/v1/flags/").json()["results"]]
    about, came = ET.fromstring(client.get("/search/feed.atom?lang=en").content).iter(f"{_ATOM}summary")
    assert html.unescape(about.text).startswith(f"{sentence} · ")
    assert sentence not in html.unescape(came.text)
    assert flag.rule == "T01"


def test_the_message_names_the_search_the_publisher_and_what_a_flag_is(client, buy):
    """A reader with a dozen feeds sees their names alone."""
    buy(purchase(1, title=TITLE))
    buyer = client.get("/api/v1/organizations/?role=buyer").json()["results"][0]
    query = f"buyer={buyer['id']}&country=MX&sector=surveillance,ai&rule=T01"
    feed = ET.fromstring(client.get(f"/search/feed.atom?lang=en&{query}").content)
    expected = ("Mexico", "surveillance and biometrics, artificial intelligence", "T01 Surveillance technology")
    assert feed.find(f"{_ATOM}title").text == " · ".join(
        ["Veedor: news of contracting processes", buyer["name"], *expected]
    )
    assert feed.find(f"{_ATOM}author/{_ATOM}name").text == "Veedor"
    assert feed.find(f"{_ATOM}subtitle").text.startswith("A flag is a question")


def test_misspelt_filters_and_those_of_other_lists_are_refused(client, buy):
    """The news of everything would be taken for those of one supplier."""
    buy(purchase(1, title=TITLE))
    answer = client.get("/search/feed.atom?suplier=170&lang=en")
    assert answer.status_code == 400
    assert answer.content.decode().startswith("The parameter suplier is not known. Did you mean supplier?")
    for query in ("in=contracts", "counted=yes", "role=buyer"):
        assert client.get(f"/search/feed.atom?{query}").status_code == 400, query
    assert client.get("/search/feed.atom?in=processes&order_by=date&page=1&utm_source=x").status_code == 200


def test_followers_of_a_rule_are_told_of_removed_flags(client, buy, confirm, dismiss):
    """The rule finds its process no longer; of which rule the question was nobody is told."""
    buy(purchase(1, title=TITLE, amount=5_000_000), purchase(2, title="Sillas"))
    confirm("T01")
    assert next(title for title, _id in entries(client, "rule=T01&country=MX")).startswith(
        f"{TITLE} · flag decided: T01"
    )
    flag = dismiss("T01")
    for query, heard in (("rule=T01&country=MX", True), ("rule=T22", True), ("rule=T01&country=PE", False)):
        removed = (
            f"{TITLE} · flag no longer shown",
            f"http://testserver/flags/{flag.pk}/#flag_removed-{day_of('flag_decided')}",
        )
        assert entries(client, query) == ([removed] if heard else []), query


@pytest.mark.parametrize(
    ("page", "asked"),
    [
        ("/countries/MX/", "country=MX"),
        ("/technologies/surveillance/", "sector=surveillance"),
        ("/countries/MX/surveillance/", "country=MX&amp;sector=surveillance"),
        ("/methodology/T01/", "rule=T01"),
    ],
)
def test_pages_of_countries_technologies_and_rules_link_their_feeds(client, buy, page, asked):
    buy(purchase(1, title=TITLE))
    shown = client.get(f"{page}?lang=es").content.decode()
    address = f"/search/feed.atom?{asked}&amp;lang=es"
    assert f'<link rel="alternate" type="application/atom+xml" href="{address}">' in shown
    assert f'<a href="{address}" rel="nofollow">Atom</a>' in shown
    saved = asked.replace("&amp;", "&").replace("=", "%3D").replace("&", "%26")
    assert f'href="/search/saved/?query={saved}&amp;lang=es#new"' in shown
    assert len(entries(client, asked.replace("&amp;", "&"))) == (0 if "rule" in asked else 1)


@pytest.mark.parametrize("query", ["country=Narnia", "order_by=x", "date__gte=soon", "q=-camara"])
def test_a_feed_with_an_invalid_query_is_refused(client, query):
    """Empty, it would be taken for one without news."""
    refused = client.get(f"/search/feed.atom?{query}")
    assert refused.status_code == 400
    assert refused.content.decode()
    assert client.get("/search/feed.atom?country=PE").status_code == 200


def test_characters_that_xml_does_not_allow_are_removed(client, buy):
    buy(purchase(1, title="Cámaras\ufffe\uffff"))
    (entry,) = ET.fromstring(client.get("/search/feed.atom").content).iter(f"{_ATOM}entry")
    assert entry.find(f"{_ATOM}title").text == "Cámaras"


def test_a_feed_has_the_language_of_the_linking_page_and_a_specific_title(client, buy):
    """Programs that read feeds ask for no language, and list them by their titles."""
    page = client.get("/search/?q=cámaras&country=MX", headers={"accept-language": "es"}).content.decode()
    address = "/search/feed.atom?country=MX&amp;q=c%C3%A1maras&amp;lang=es"
    assert page.count(f'href="{address}"') == 2
    feed = client.get(address.replace("&amp;", "&")).content.decode()
    assert "<title>Veedor: novedades de procesos de contratación · México · cámaras</title>" in feed


@pytest.mark.parametrize("query", ["order_by=&page=1&q=", "q=c%C3%A1maras%01", "utm_source=%0B"])
def test_the_title_of_a_feed_contains_only_its_filters(client, query):
    feed = ET.fromstring(client.get(f"/search/feed.atom?lang=en&{query}").content)
    told = ["Veedor: news of contracting processes", *(["cámaras"] if "maras" in query else [])]
    assert feed.find(f"{_ATOM}title").text == " · ".join(told)


def test_the_feed_has_the_results_of_the_search_by_day(client, buy):
    buy(purchase(1), purchase(2, country="Perú"))
    feed = ET.fromstring(client.get("/search/feed.atom?country=PE").content)
    assert [entry.find(f"{_ATOM}link").attrib["href"] for entry in feed.iter(f"{_ATOM}entry")] == [
        "http://testserver/processes/ocds-test01-2/"
    ]
    assert all(entry.text.endswith("T00:00:00+00:00") for entry in feed.iter(f"{_ATOM}updated"))
    # Readers of feeds that go by the address it gives itself follow the same search.
    (itself,) = (link for link in feed.findall(f"{_ATOM}link") if link.attrib["rel"] == "self")
    assert itself.attrib["href"] == "http://testserver/search/feed.atom?country=PE"
