"""A search without results suggests others: spellings, languages, lists."""

import pytest

from audits.models import LexiconTerm, Watchlist, WatchlistEntry
from audits.pages.searching.nothing_found import what_is_meant
from contracts.models import ContractingProcess
from tests.support.buying import purchase
from tests.support.pages import get, text_of

pytestmark = pytest.mark.django_db

FOUND = "These searches find something:"


@pytest.fixture
def terms(lexicon):
    for language, term in (("en", "surveillance (camera|cameras)"), ("pt", "câmeras de vigilância")):
        LexiconTerm.objects.create(concept="video_surveillance", language=language, term=term)
    LexiconTerm.objects.create(concept="negative", language="en", term="sewer inspection")


@pytest.mark.parametrize("text", ["surveillance cameras", "Câmeras de vigilância", "vigilancia con cámaras"])
def test_a_technology_is_known_by_its_words_in_any_language(terms, text):
    assert what_is_meant(text).sectors == ["surveillance"]


@pytest.mark.parametrize("text", ["sewer inspection", "surveillance of rivers", "de la", ""])
def test_one_foreign_word_prevents_a_technology_match(terms, text):
    assert what_is_meant(text).sectors == []


def test_a_search_in_another_language_leads_to_the_technology(client, buy, terms):
    buy(purchase(1))
    page = get(client, "/search/?q=surveillance+cameras&lang=en")
    assert "0 rows" in text_of(page)
    assert f'{FOUND} <a href="?lang=en&amp;sector=surveillance">Technology: ' in page
    assert FOUND not in get(client, "/search/?q=videovigilancia&lang=en")


def test_a_misspelt_word_is_corrected_by_lexicon_and_names(client, buy, terms):
    vendors, _made = Watchlist.objects.get_or_create(slug="vendors", defaults={"name": "Vendors"})
    WatchlistEntry.objects.create(watchlist=vendors, name="Hikvisual")
    buy(purchase(1, suppliers=("Hikvisual de Prueba S.A.",)))
    assert what_is_meant("Hkivisual").text == "hikvisual"
    assert what_is_meant("Proba").text == ""
    page = get(client, "/search/?q=vidovigilancia&lang=en")
    assert "“videovigilancia”</a>" in page.partition(FOUND)[2]
    # Of what a known word finds nothing either is not led to.
    page = get(client, "/search/?in=organizations&q=vidovigilancia&lang=en").partition(FOUND)[2].partition("</p>")[0]
    assert "“videovigilancia”" not in page
    # As in the middle of names, which no list has.
    assert "“prueba”</a>" in get(client, "/search/?in=organizations&q=Pruebba&lang=en").partition(FOUND)[2]


def test_results_without_filters_or_in_another_list_are_suggested(client, buy):
    buy(purchase(1, suppliers=("Proveedora Ficticia S.A.",)))
    page = get(client, "/search/?q=videovigilancia&country=PE&lang=en")
    assert 'in=processes">Processes, without the other choices</a>' in page
    assert "q=videovigilancia" in page.partition(FOUND)[2].partition(">Processes")[0]
    assert "country=PE" not in page.partition(FOUND)[2].partition(">Processes")[0]
    page = get(client, "/search/?in=organizations&q=videovigilancia&lang=en").partition(FOUND)[2]
    assert ">Processes</a>, <a" in page
    assert "without the other choices" not in page


def test_an_ocid_finds_its_record_before_partial_matches(client, buy):
    buy(purchase(1), purchase(2, title="Cámaras ocds test01 1"))
    page = get(client, "/search/?q=ocds-test01-1&lang=en")
    assert 'The record of this number: <a href="/processes/ocds-test01-1/?lang=en">' in page
    ContractingProcess.objects.filter(ocid="ocds-test01-1").update(verification="retired")
    for query in ("ocds-test01-1", "ocds-none"):
        assert "The record of this number" not in get(client, f"/search/?q={query}&lang=en")


@pytest.mark.parametrize(
    "written", ["06108854000172", "06.108.854/0001-72", "CNPJ 06.108.854/0001-72", " cnpj: 06108854/0001-72"]
)
def test_a_tax_number_is_found_in_common_notations(client, buy, written):
    sent = purchase(1)
    sent["parties"][1]["identifier"] = {"scheme": "BR-CNPJ", "id": "06108854000172"}
    sent["parties"].append({"id": "x", "name": "Otra", "identifier": {"scheme": "PY-RUC", "id": "80002612-8"}})
    buy(sent)
    rows = client.get("/api/v1/organizations/", {"q": written}).json()["results"]
    assert [row["key"] for row in rows] == ["BR-CNPJ:06108854000172"]
    assert "Proveedora Ficticia" in get(client, f"/search/?in=organizations&q={written}")
    # Who looks for it among processes is led to who has it.
    assert 'number like it: <a href="/organizations/' in get(client, f"/search/?q={written}&lang=en")


def test_a_number_written_with_a_dash_is_found_without_it(client, buy):
    sent = purchase(1)
    sent["parties"][1]["identifier"] = {"scheme": "PY-RUC", "id": "80002612-8"}
    buy(sent)
    for written in ("800026128", "80002612-8", "80.002.612-8"):
        assert len(client.get("/api/v1/organizations/", {"q": written}).json()["results"]) == 1
