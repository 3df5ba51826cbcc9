"""The public pages: what they show, to everyone the same, in three languages, and what they never show."""

import csv
import html
import io
import json
import re
from xml.etree import ElementTree as ET

import pytest
from django.test import override_settings

from audits.models import Audit, Flag, PageFigures, Review
from audits.pages import history
from audits.pages.organization import may_be_a_person
from audits.triage import review_flag
from contracts.models import Change, ContractingProcess, Organization, Publisher, Submission
from contracts.models.publisher import EXAMPLES
from tests.audits.pages.conftest import purchase
from tests.support.pages import HOSTILE, alive, get, text_of
from tests.support.people import make_user, sign_in  # noqa: F401  -- fixtures
from tests.support.records import load

pytestmark = pytest.mark.django_db

TITLE = "Suministro de cámaras de videovigilancia con reconocimiento facial"


def pages() -> list[str]:
    """The address of each kind of page, for the organizations that there are."""
    organization = Organization.objects.order_by("pk").first()
    return [
        "/",
        "/search/",
        "/search/?q=camaras",
        "/search/?in=contracts",
        "/search/?in=organizations",
        "/countries/MX/",
        "/countries/MX/surveillance/",
        "/technologies/surveillance/?since=2019",
        f"/organizations/{organization.pk}/",
        "/processes/ocds-test01-1/",
        "/process/?ocid=ocds-test01-1",
        f"/compare/?country=MX&organization={organization.pk}",
        "/data/",
    ]


@pytest.mark.parametrize("language", ["en", "es", "pt-br"])
def test_every_page_speaks_and_holds_nothing_alive(client, buy, language):
    buy(purchase(1, title=TITLE), purchase(2, year=2021))
    for address in pages():
        page = get(client, address, language)
        assert f'<html lang="{language}">' in page, address
        assert alive(page) == [], address
        assert "<script" not in page
        # What scrolls can be scrolled by keyboard too.
        assert 'class="scroll">' not in page, address


def test_who_reads_the_portuguese_of_portugal_stays_in_it(client, buy, confirm):
    buy(purchase(1, title=TITLE), purchase(2, year=2021))
    confirm("T01")
    for address in pages():
        for link in (address, f"{address}{'&' if '?' in address else '?'}lang=pt-PT"):
            page = html.unescape(get(client, link, "pt-pt"))
            assert '<html lang="pt-pt">' in page, link
            assert re.findall(r"lang=pt(?!-)", page) == [], link
    assert "country=MX&lang=pt-pt" in html.unescape(get(client, "/", "pt-pt"))


def test_hostile_texts_stay_texts(client, buy):
    hostile = " ".join(HOSTILE)
    buy(purchase(1, title=f"{TITLE} {hostile}", buyer=hostile, suppliers=(hostile + " S.A.",), funder=hostile + " x"))
    for address in pages():
        assert alive(get(client, address)) == [], address
    assert alive(get(client, "/search/?q=" + "%3Cscript%3Ealert(1)%3C/script%3E")) == []


class TestWhatNobodyDecided:
    """The desk's questions are not the public's."""

    @pytest.mark.parametrize("publication", ["reviewed", "none"])
    def test_a_question_that_nobody_decided_is_nowhere(self, client, buy, publication):
        buy(purchase(1, title=TITLE, method="direct"))
        sentences = [flag.render("en") for flag in Flag.objects.all()]
        assert sentences
        with override_settings(VEEDOR_PUBLICATION=publication):
            for address in pages():
                page = text_of(get(client, address))
                assert not [sentence for sentence in sentences if sentence in page], address
                assert 'class="flag"' not in get(client, address)

    def test_nor_is_it_for_who_has_an_account(self, buy, sign_in):  # noqa: F811
        buy(purchase(1, title=TITLE))
        auditor = sign_in("Auditors")
        for address in pages():
            assert 'class="flag"' not in get(auditor, address), address

    def test_a_confirmed_one_is_shown_with_its_passage_and_counted(self, client, buy, confirm):
        buy(purchase(1, title=TITLE))
        flag = confirm("T01")
        for address in ("/", "/countries/MX/", "/technologies/surveillance/", "/processes/ocds-test01-1/"):
            page = get(client, address)
            assert flag.render("en") in text_of(page), address
        assert "<mark>reconocimiento facial</mark>" in get(client, "/processes/ocds-test01-1/")
        assert "1 question was confirmed by a person." in text_of(get(client, "/countries/MX/"))
        assert "T01" in get(client, "/search/")
        assert "1 row" in text_of(get(client, "/search/?rule=T01"))
        assert "0 rows" in text_of(get(client, "/search/?rule=T02"))

    def test_all_confirmed_ones_are_those_that_the_page_counts(self, client, buy, confirm):
        buy(purchase(1, title=TITLE))
        flag = confirm("T01")
        buy(purchase(1, title=f"{TITLE}, segunda etapa") | {"id": "2", "date": "2031-01-01T00:00:00Z"})
        flag.refresh_from_db()
        assert flag.state == Flag.State.CHANGED
        page = get(client, "/countries/MX/")
        assert "1 question was confirmed by a person." in text_of(page)
        (address,) = re.findall(r'href="(/api/v1/flags/\?[^"]*)"', page)
        assert [row["id"] for row in json.loads(client.get(html.unescape(address)).content)["results"]] == [flag.pk]

    def test_a_dismissed_one_is_not(self, client, buy, make_user):  # noqa: F811
        buy(purchase(1, title=TITLE))
        flag = Flag.objects.get(rule="T01")
        review_flag(flag=flag, reviewer=make_user("Auditors"), decision=Review.Decision.DISMISSED, reason="No.")
        with override_settings(VEEDOR_PUBLICATION="all"):
            assert flag.render("en") not in text_of(get(client, "/processes/ocds-test01-1/"))

    def test_an_unreviewed_one_that_is_published_says_so(self, client, buy):
        buy(purchase(1, title=TITLE, amount=5_000_000))
        with override_settings(VEEDOR_PUBLICATION="all"):
            assert "No person has decided on this question yet." in get(client, "/processes/ocds-test01-1/")

    def test_an_unreviewed_one_that_is_context_says_why_and_asks_for_no_decision(self, client, buy):
        buy(purchase(1, title="Adquisición de cámaras de videovigilancia para la oficina", amount=1000))
        Flag.objects.exclude(rule="T01").update(state="dismissed", decision="dismissed")
        assert Flag.objects.get(rule="T01").severity == "context"
        with override_settings(VEEDOR_PUBLICATION="all"):
            page = get(client, "/processes/ocds-test01-1/")
            assert "Context, and no question by itself: nothing shows that they watch more than offices" in page
            assert "No person has decided on this question yet." not in page
            Audit.objects.update(outcomes={"T01": {"kind": "flagged"}})
            assert "Context, and no question by itself. " in get(client, "/processes/ocds-test01-1/")

    def test_claims_are_unknown_to_every_page(self, client, buy):
        buy(purchase(1))
        load(purchase(2, title="Reclamo oculto de cámaras"), channel=Submission.Channel.API)
        claimed = ContractingProcess.objects.get(ocid="ocds-test01-2")
        for address in pages():
            assert "Reclamo oculto" not in get(client, address), address
        get(client, f"/processes/{claimed.ocid}/", status=404)
        assert "Reclamo oculto" not in get(client, "/search/feed.atom")

    def test_persons_who_are_contact_points_are_not_shown(self, client, buy):
        sent = purchase(1)
        sent["parties"][0]["contactPoint"] = {"name": "Ana Persona", "email": "ana@ejemplo.example"}
        buy(sent)
        for address in pages():
            assert "Ana Persona" not in get(client, address)


class TestPictures:
    def test_each_picture_is_a_file_of_svg_and_csv(self, client, buy):
        buy(purchase(1, year=2019, amount=100, funder="Banco Ficticio"), purchase(2, year=2020, method="direct"))
        page = get(client, "/countries/MX/")
        for name in ("purchases", "value", "suppliers", "buyers", "dependence", "concentration", "methods", "direct"):
            assert f'id="{name}"' in page, name
            svg = client.get(f"/countries/MX/{name}.svg")
            assert svg["Content-Type"] == "image/svg+xml"
            ET.fromstring(svg.content)
            rows = list(csv.reader(io.StringIO(client.get(f"/countries/MX/{name}.csv").content.decode())))
            assert len(rows) > 1
            assert len({len(row) for row in rows}) == 1
        assert ["2019", "1"] in list(
            csv.reader(io.StringIO(client.get("/countries/MX/purchases.csv").content.decode()))
        )
        assert client.get("/countries/MX/nothing.svg").status_code == 404

    def test_buyers_are_on_a_map_and_by_region_with_what_is_known_of_them(self, client, buy):
        sent = purchase(1)
        point = {"geometry": {"type": "Point", "coordinates": [-100.3, 25.7]}}
        sent["parties"][0]["address"] |= {"region": "Nuevo León", **point}
        buy(sent, purchase(2))
        page = text_of(get(client, "/countries/MX/"))
        assert "1 of 2 purchases name the buyer's region. Period: 2020." in page
        assert "1 of 2 purchases give a point" in page
        assert "<circle" in client.get("/countries/MX/map.svg").content.decode()
        rows = client.get("/countries/MX/map.csv").content.decode().splitlines()
        assert rows == ["Buyer,Latitude,Longitude,Purchases", "Municipio de Prueba,25.7,-100.3,1"]
        assert client.get("/countries/MX/regions.csv").content.decode().splitlines()[1] == "Nuevo León,1,1000"

    def test_a_formula_does_not_reach_a_spreadsheet(self, client, buy):
        buy(purchase(1, suppliers=("=HYPERLINK(1)",)))
        assert "\n'=HYPERLINK(1)" in client.get("/countries/MX/suppliers.csv").content.decode().replace("\r", "")

    def test_an_organization_has_pictures_of_both_sides(self, client, buy):
        buy(purchase(1, buyer="Empresa Ficticia S.A."), purchase(2, suppliers=("Empresa Ficticia S.A.",)))
        organization = Organization.objects.get(name="Empresa Ficticia S.A.")
        page = get(client, f"/organizations/{organization.pk}/")
        assert 'id="purchases"' in page
        assert 'id="supplied-purchases"' in page
        assert client.get(f"/organizations/{organization.pk}/supplied-purchases.csv").status_code == 200

    def test_a_process_is_shown_in_time(self, client, buy):
        sent = purchase(1)
        sent["contracts"][0]["amendments"] = [{"date": "2021-03-04T00:00:00Z"}, {"date": "soon"}, {}]
        buy(sent)
        rows = client.get("/processes/ocds-test01-1/timeline.csv").content.decode()
        assert "2020-06-01" in rows
        assert "2021-03-04" in rows

    def test_a_process_says_what_changed_as_far_as_everyone_may_know(self, client, buy, confirm):
        buy(purchase(1, title=TITLE, method="direct"))
        buy(purchase(1, title=TITLE, method="direct", date="2025-01-01T00:00:00Z", id="2", tag=["award"]))
        with override_settings(VEEDOR_PUBLICATION="reviewed"):
            page = text_of(get(client, "/processes/ocds-test01-1/"))
            changes = page.split("What changed")[1]
            assert changes.index("record amended") < changes.index("record published")
            assert "flag" not in page.split("What changed")[1].split("The whole record")[0]
            rule = confirm("T01").rule
            page = text_of(get(client, "/processes/ocds-test01-1/"))
            changes = page.split("What changed")[1].split("The whole record")[0]
            assert f"flag decided {rule}" in changes
            assert changes.count("flag raised") == 1

    def test_of_many_changes_the_latest_are_read_and_the_others_counted(self, client, buy, monkeypatch):
        buy(purchase(1))
        Change.objects.bulk_create(
            Change(kind=Change.Kind.AMENDED, ocid="ocds-test01-1", at=f"2030-01-{day:02}T00:00:00Z")
            for day in range(1, 9)
        )
        monkeypatch.setattr(history, "MAX_CHANGES", 3)
        changes = text_of(get(client, "/processes/ocds-test01-1/")).split("What changed")[1]
        assert [day for day in range(1, 9) if f"Jan. {day}, 2030" in changes] == [6, 7, 8]
        assert "and 6 more" in changes


@pytest.mark.parametrize("slug", [EXAMPLES, "other"])
def test_made_up_records_are_marked_as_examples(client, buy, slug):
    Publisher.objects.create(slug=slug, name="P", ocid_prefix="ocds-test01")
    buy(purchase(1))
    buyer = Organization.objects.get(name="Municipio de Prueba").pk
    pages = ("/", "/countries/MX/", "/technologies/surveillance/", f"/organizations/{buyer}/", "/compare/")
    for address in (f"{page}?lang=en" for page in (*pages, "/processes/ocds-test01-1/")):
        assert ("made up, as" in client.get(address).content.decode()) == (slug == EXAMPLES), address


def test_the_story_of_a_country_is_two_clicks_from_home(client, buy):
    """How many contracts for surveillance since 2018, with whom, and the rows behind them."""
    awarded = purchase(3, year=2020, suppliers=("Otra Ficticia S.A.",))
    del awarded["contracts"]
    buy(purchase(1, year=2017), purchase(2, year=2019), awarded, purchase(4, year=0))
    assert 'href="/countries/MX/"' in get(client, "/")
    assert 'href="/countries/MX/surveillance/"' in get(client, "/countries/MX/")
    page = get(client, "/countries/MX/surveillance/?since=2018")
    assert "Since 2018: 2 purchases" in text_of(page)
    # Every year may be chosen, those before and without a purchase too.
    assert re.findall(r"<option( selected)?>(\d{4})", page) == [
        *(("", "2020"), ("", "2019"), (" selected", "2018"), ("", "2017"))
    ]
    assert "Otra Ficticia S.A." in page
    (address,) = {html.unescape(found) for found in re.findall(r'href="(/api/v1/contracts/[^"]*)"', page)}
    assert len(json.loads(client.get(address).content)["results"]) == 2


def test_the_sentence_on_the_home_page_leads_there_in_one(client, buy, confirm):
    buy(purchase(1, year=2017, title=TITLE))
    confirm("T01")
    buy(purchase(2, year=2019))
    page = get(client, "/")
    for option in ('<option value="MX">', '<option value="surveillance">', "<option>2018</option>"):
        assert option in page
    answer = client.get("/ask/?country=MX&technology=surveillance&since=2018&lang=es")
    assert (answer.status_code, answer["Location"]) == (302, "/countries/MX/surveillance/?since=2018&lang=es")
    # A year before the first purchase stays chosen.
    assert "<option selected>2016</option>" in get(client, "/countries/MX/surveillance/?since=2016")
    # What was confirmed of a purchase before that year is not counted, nor shown.
    told = text_of(get(client, "/countries/MX/surveillance/?since=2018"))
    assert "Since 2018: 1 purchase" in told
    assert "No question has been confirmed" in told
    assert "1 question was confirmed by a person." in text_of(get(client, "/countries/MX/surveillance/?since=2017"))


@pytest.mark.parametrize(
    ("query", "address"),
    [
        ("", "/"),
        ("country=ZZ&technology=magic&since=", "/"),
        ("country=//elsewhere.example", "/"),
        ("country=MX", "/countries/MX/"),
        ("technology=cloud&since=2020", "/technologies/cloud/?since=2020"),
    ],
)
def test_whatever_is_asked_leads_to_a_page_of_ours(client, buy, query, address):
    buy(purchase(1))
    answer = client.get(f"/ask/?{query}")
    assert (answer.status_code, answer["Location"]) == (302, address)


def test_each_choice_that_home_offers_leads_to_its_page(client, buy):
    buy(purchase(1), purchase(2, country="Perú", title="Compra de sillas"))
    form = re.search(r'<form class="ask".*?</form>', get(client, "/"), re.DOTALL)[0]
    countries, technologies = (
        re.findall(r'<option value="([^"]+)">', re.search(f'<select name="{name}">.*?</select>', form)[0])
        for name in ("country", "technology")
    )
    assert set(countries) == {"MX", "PE"}
    for country in countries:
        answer = client.get("/ask/", {"country": country}, follow=True)
        assert answer.redirect_chain == [(f"/countries/{country}/", 302)]
        for technology in technologies:
            answer = client.get("/ask/", {"country": country, "technology": technology}, follow=True)
            assert answer.redirect_chain == [(f"/countries/{country}/{technology}/", 302)]
            assert answer.status_code == 200


@pytest.mark.parametrize(
    "address",
    [
        "/countries/ZZ/",
        "/countries/MEX/",
        "/technologies/magic/",
        "/organizations/99999/",
        "/organizations/99999999999999999999/",
        "/processes/none/",
        "/process/",
        "/processes/none/timeline.svg",
        "/none.svg",
        "/methods.csv",
    ],
)
def test_what_is_not_there_is_not_found(client, address):
    get(client, address, status=404)
    assert not PageFigures.objects.exists()


def test_a_name_that_may_be_a_persons_is_kept_out_of_search_engines(client, buy):
    buy(purchase(1, suppliers=("Ana Persona Ficticia", "Proveedora Ficticia S.A.")))
    person, company, body = (
        Organization.objects.get(name=name)
        for name in ("Ana Persona Ficticia", "Proveedora Ficticia S.A.", "Municipio de Prueba")
    )
    assert [may_be_a_person(entry) for entry in (person, company, body)] == [True, False, False]
    assert "noindex" in get(client, f"/organizations/{person.pk}/")
    assert "noindex" not in get(client, f"/organizations/{company.pk}/")


def test_a_record_is_cited_with_its_hash(client, buy):
    buy(purchase(1, title="Cámaras {de} videovigilancia_100%"))
    page = get(client, "/processes/ocds-test01-1/")
    digest = bytes(ContractingProcess.objects.get().digest).hex()
    assert digest in page
    assert r"Cámaras \{de\} videovigilancia\_100\%" in page


@pytest.mark.parametrize(
    ("language", "heading", "why", "missing"),
    [
        ("en", "Questions that could not be asked", "no supplier is named", "Tender: tender period ends is missing"),
        ("es", "Preguntas que no se pudieron hacer", "no se nombra ningún proveedor", "falta Licitación: "),
        ("pt", "Perguntas que não puderam ser feitas", "nenhum fornecedor é nomeado", "falta Licitação: "),
    ],
)
def test_rules_that_could_not_be_asked_say_why_in_the_readers_language(client, buy, language, heading, why, missing):
    buy(purchase(1))
    outcomes = {
        "T17": {"kind": "insufficient_data", "field": "/awards/suppliers", "reason": "no_supplier"},
        "R030": {"kind": "insufficient_data", "field": "/tender/tenderPeriod/endDate", "reason": "missing"},
        "R082": {"kind": "insufficient_data", "field": "/tender/oddMember", "reason": "missing"},
        "T18": {"kind": "insufficient_data", "field": "/contracts/period", "reason": "no_whole_period"},
        "R040": {"kind": "insufficient_data", "field": "statistics/buyer_shares", "reason": "share_unknown"},
        "T01": {"kind": "clear", "reason": "denied", "values": {"words": "sin cámaras"}},
        "R010": {"kind": "not_applicable", "reason": "no_active_award"},
    }
    Audit.objects.filter(is_current=True, process__isnull=False).update(outcomes=outcomes)
    page = get(client, "/processes/ocds-test01-1/", language)
    (listed,) = re.findall(rf"<h2>{heading}</h2>.*?<details><summary>(.*?)</details>", page, re.DOTALL)
    assert listed.startswith("3 ")
    assert why in listed
    assert missing in listed
    assert set(re.findall(r'<span class="code">(\w+)</span>', listed)) == {"T17", "R030", "R082"}
    assert "<code>/awards/suppliers</code>" in listed
    assert listed.count("/tender/oddMember") == 1  # what has no name is shown as it is, once
    assert "sin cámaras" not in page


@pytest.mark.parametrize(("licence", "told"), [("CC BY 4.0", "CC BY 4.0"), ("", "not stated")])
def test_a_record_tells_the_licence_of_its_publisher_or_that_none_is_stated(client, buy, licence, told):
    Publisher.objects.create(slug="p", name="Publisher", ocid_prefix="ocds-test01", licence=licence)
    buy(purchase(1))
    assert f"Licence {told}" in " ".join(text_of(get(client, "/processes/ocds-test01-1/")).split())


def test_the_head_of_a_page_does_not_cost_a_query_each(client, buy, django_assert_max_num_queries):
    buy(*(purchase(number) for number in range(1, 12)))
    get(client, "/countries/MX/")
    with django_assert_max_num_queries(25):
        get(client, "/countries/MX/")


def test_codes_are_in_the_words_of_the_reader(buy, client):
    buy(purchase(1, method="direct"))
    page = client.get("/processes/ocds-test01-1/", {"lang": "es"}).content.decode()
    assert "<td>comprador</td>" in page
    assert "directa" in page
    assert "<td>México</td>" in page
    assert "procuringEntity" not in page
    assert "<td>buyer</td>" not in page
