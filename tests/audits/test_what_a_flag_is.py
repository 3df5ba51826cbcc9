"""The page that says what a flag is: what is published here, and by which lists."""

import re

import pytest

from audits.judging.rule.pages import parse
from audits.judging.rule.texts import LANGUAGES
from audits.methodology.views import WHAT_A_FLAG_IS
from audits.models import PublicList, Watchlist, WatchlistEntry
from audits.reference.loading import load_reference
from audits.reference.rule_sets import FOLDER
from tests.audits.reading import TEXTS, blocks_of, read
from tests.support.wording import FORBIDDEN

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("publication", ["reviewed", "all", "none"])
def test_what_a_flag_is_says_what_this_installation_publishes(client, settings, publication):
    settings.VEEDOR_PUBLICATION = publication
    told = {
        "reviewed": "the flags that two people confirmed (or one, where a lead allows that)",
        "all": "are marked as unreviewed",
        "none": "no flags, only counts",
    }
    words = str(read(client, "/methodology/what-a-flag-is/"))

    assert [name for name, part in told.items() if part in words] == [publication]


def test_what_a_flag_is_shows_the_lists_and_whether_they_are_on(client):
    assert "No lists are loaded." in str(read(client, "/methodology/what-a-flag-is/"))
    PublicList.objects.create(name="List A", authority="Council", effect="None elsewhere", enabled=False)
    vendors = Watchlist.objects.create(slug="vendors", name="Vendors")
    for name, country, listings in [("One", "CN", ["List A"]), ("Two", "CN", ["List A"]), ("Three", "FR", [])]:
        WatchlistEntry.objects.create(watchlist=vendors, name=name, country=country, listings=listings)
    WatchlistEntry.objects.create(watchlist=vendors, name="Off", country="US", listings=["List A"], enabled=False)
    past = {"listings": ["List A"], "listed_on": ["List A: 2024-02-27/2024-10-21"]}
    WatchlistEntry.objects.create(watchlist=vendors, name="Taken off", country="CA", **past)
    words = str(read(client, "/methodology/what-a-flag-is/"))

    assert (
        "2 organizations on the lists of this installation are named by a public list. By country of seat: CN 2."
        in words
    )
    assert "List A off Council None elsewhere" in words
    assert "Vendors on this installation 4 entries" in words


@pytest.mark.parametrize(
    ("language", "effect", "watchlist"),
    [
        ("en", "Asset freeze in the European Union", "Financiers"),
        ("es", "Congelación de activos en la Unión Europea", "Financiadores"),
        ("pt-br", "Congelamento de ativos na União Europeia", "Financiadores"),
        ("pt-pt", "Congelamento de bens na União Europeia", "Financiadores"),
    ],
)
def test_lists_that_came_with_the_installation_are_told_in_the_readers_language(client, language, effect, watchlist):
    load_reference(FOLDER)
    PublicList.objects.create(name="Own list", authority="Contraloría", effect="Solo <aquí> 100%")
    shown = client.get(f"/methodology/what-a-flag-is/?lang={language}").content.decode()

    assert f"<td>{effect} <span" in shown
    assert f'<a href="/methodology/lists/financiers/?lang={language}">{watchlist}</a>' in shown
    assert "<td>Contraloría</td><td>Solo &lt;aquí&gt; 100% <span" in shown  # as people wrote it here


def test_what_a_flag_is_has_the_same_parts_in_each_language():
    shown = {
        language: parse((TEXTS / f"what_a_flag_is.{language}.md").read_text(encoding="utf-8"), "", language)
        for language in LANGUAGES
    }
    shapes = {language: blocks_of(page) for language, page in shown.items()}

    assert set(WHAT_A_FLAG_IS) == set(LANGUAGES)
    assert shapes["en"].count("h2") == 9
    assert shapes["en"] == shapes["es"] == shapes["pt"]
    for page in shown.values():
        assert page.lead
        assert not FORBIDDEN.findall(page.html)
        assert re.findall(r"T\d\d", page.html) == ["T16"]
