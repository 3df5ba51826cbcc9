"""Every picture of every page: its table, its CSV, its permalink, an SVG for other pages, and what it tells of."""

import csv
import html
import io
import re
from typing import NamedTuple
from urllib.parse import urljoin, urlsplit
from xml.etree import ElementTree as ET

import pytest
from django.test import override_settings

from audits.pages.figures.cached_figures import Scope, figures_of
from audits.pages.records import process_timeline
from contracts.models import Organization, Release
from tests.support.buying import purchase
from tests.support.pages import text_of

pytestmark = pytest.mark.django_db

_FIGURE = re.compile(r'<figure class="picture[^"]*" id="([^"]+)">(.*?)</figure>', re.DOTALL)
_HREF = re.compile(r'<a href="([^"]+)"[^>]*>(Permalink|CSV|SVG)</a>')
_CAPTION = re.compile(r"<figcaption[^>]*>(.*?)</figcaption>", re.DOTALL)
# Of how many of how many, and of which time; in words where there is none.
_OF_HOW_MANY = re.compile(r"\d+ of \d+|\d+ flags, each by the latest decision")
_PERIOD = re.compile(r"Period: .*\d{4}|Period: not counted yet")


class Figure(NamedTuple):
    """A picture as a page has it."""

    page: str
    name: str
    markup: str

    @property
    def files(self) -> dict[str, str]:
        return {kind: urljoin(self.page, html.unescape(href)) for href, kind in _HREF.findall(self.markup)}

    @property
    def caption(self) -> str:
        return html.unescape(_CAPTION.search(self.markup).group(1))


# Each kind of page, with the pictures that it has at least.
PICTURES = {
    "/": {"value", "suppliers"},
    "/countries/MX/": {"purchases", "value", "suppliers", "buyers", "dependence", "concentration", "methods", "direct"}
    | {"regions", "map", "financed"},
    "/countries/MX/surveillance/?since=2019&in_currency=USD": {"purchases", "value", "suppliers", "financed"},
    "/technologies/surveillance/": {"purchases", "value", "suppliers", "buyers", "methods"},
    "/organizations/{buyer}/": {"purchases", "value", "suppliers", "dependence", "concentration", "methods"},
    "/organizations/{supplier}/": {"supplied-purchases", "supplied-value", "supplied-buyers", "supplied-partners"},
    "/processes/ocds-test01-1/": {"timeline"},
    "/compare/?country=MX&organization={buyer}": {"years", "purchases", "value", "direct", "largest"},
    "/data/": {"coverage"},
    "/methodology/T01/": {"decisions"},
}


@pytest.fixture
def figures(client, market):
    """Every picture of every page."""
    ids = {
        "buyer": Organization.objects.get(name="Municipio de Prueba").pk,
        "supplier": Organization.objects.get(name="Proveedora Ficticia S.A.").pk,
    }
    found = []
    for pattern, least in PICTURES.items():
        address = pattern.format_map(ids)
        answer = client.get(address, headers={"accept-language": "en"})
        assert answer.status_code == 200, address
        page = answer.content.decode()
        here = [Figure(address, name, markup) for name, markup in _FIGURE.findall(page)]
        # Whatever is drawn on a page is a picture of this shape.
        assert page.count("<svg") == len(here), address
        assert least <= {figure.name for figure in here}, address
        found += here
    return found


@pytest.mark.usefixtures("no_limit")
def test_every_picture_has_table_files_permalink_and_coverage(client, figures):
    for figure in figures:
        where = f"{figure.page} {figure.name}"
        assert set(figure.files) == {"Permalink", "CSV", "SVG"}, where
        assert _OF_HOW_MANY.search(figure.caption), f"{where}: {figure.caption}"
        assert _PERIOD.search(figure.caption), f"{where}: {figure.caption}"
        rows = re.findall(r"<tr>(.*?)</tr>", figure.markup, re.DOTALL)
        assert len(rows) > 1, where
        _assert_is_the_table(client.get(figure.files["CSV"]), rows, where)
        _assert_stands_alone(client.get(figure.files["SVG"]), figure, where)
        # The address leads back to the same picture of the same choice.
        link = urlsplit(figure.files["Permalink"])
        assert link.fragment == figure.name, where
        page = client.get(f"{link.path}?{link.query}").content.decode()
        assert f'id="{figure.name}"' in page, where
        assert html.unescape(_CAPTION.search(page.split(f'id="{figure.name}"')[1]).group(1)) == figure.caption, where


def _assert_is_the_table(answer, rows, where):
    assert answer["Content-Type"].startswith("text/csv"), where
    lines = list(csv.reader(io.StringIO(answer.content.decode())))
    assert len(lines) == len(rows), where
    assert [len(line) for line in lines] == [len(re.findall("<t[hd]", row)) for row in rows], where
    assert lines[0] == [text_of(cell) for cell in re.findall(r"<th[^>]*>(.*?)</th>", rows[0])], where


def _assert_stands_alone(answer, figure, where):
    """It may be shown in other pages, and says there what it is, of how many, of when, and where it is from."""
    assert answer["Content-Type"] == "image/svg+xml", where
    assert answer["Cross-Origin-Resource-Policy"] == "cross-origin", where
    drawn = ET.fromstring(answer.content)
    texts = [element.text for element in drawn.findall("{http://www.w3.org/2000/svg}text")]
    told = "".join(texts).replace(" ", "")
    assert drawn.find("{http://www.w3.org/2000/svg}title").text.replace(" ", "") in told, where
    assert figure.caption.replace(" ", "") in told, where
    assert f"#{figure.name}" in told, where
    code = html.unescape(re.search(r"<code>(.*?)</code></details>", figure.markup, re.DOTALL).group(1))
    link, image = (html.unescape(found) for found in re.findall(r'(?:href|src)="([^"]+)"', code))
    assert image == urljoin("http://testserver", figure.files["SVG"]), where
    assert link == urljoin("http://testserver", figure.files["Permalink"]), where
    assert html.unescape(re.search(r'alt="([^"]*)"', code).group(1)).endswith(figure.caption), where


def test_texts_from_records_are_escaped_in_picture_files(client, buy):
    buy(purchase(1, suppliers=('"><script>alert(1)</script> S.A.',)))
    answer = client.get("/countries/MX/suppliers.svg?lang=en&x=%3C/text%3E%3Cscript%3E")
    assert b"<script" not in answer.content
    ET.fromstring(answer.content)


def test_a_consortium_member_is_credited_with_its_part(client, buy):
    members = ("Proveedora Ficticia S.A.", "Otra Ficticia S.A.")
    buy(purchase(1, amount=1000, suppliers=members), purchase(2, amount=300, suppliers=members[:1]))
    first, second = (Organization.objects.get(name=name).pk for name in members)
    sums = [figures_of(Scope(supplier=pk)).currencies["MXN"][1] for pk in (first, second)]
    assert sums == [800, 500]
    assert sum(sums) == figures_of(Scope(country="MX")).currencies["MXN"][1]
    page = text_of(client.get(f"/organizations/{first}/", headers={"accept-language": "en"}).content.decode())
    assert "Purchases with several suppliers, such as the members of a consortium: 1 of 2." in page
    (partner,) = figures_of(Scope(supplier=first)).partners
    assert (partner.name, partner.purchases, partner.amount) == ("Otra Ficticia S.A.", 1, 500)


def test_jointly_financed_purchases_are_drawn_once(buy):
    sent = purchase(1, amount=1000, funder="Banco Ficticio", suppliers=("Una S.A.", "Otra S.A."))
    sent["parties"].append({"id": "F2", "name": "Fondo Ficticio", "roles": ["funder"]})
    buy(sent)
    figures = figures_of(Scope(country="MX"))
    assert figures.financed_number == 1
    assert sum(amount for *_names, amount in figures.financed) == 1000
    assert len(figures.financed) == 4


def test_a_supplier_is_financed_with_its_part_only(client, buy):
    members = ("Proveedora Ficticia S.A.", "Otra Ficticia S.A.")
    buy(purchase(1, amount=1000, suppliers=members, funder="Banco Ficticio"))
    supplier = Organization.objects.get(name=members[0]).pk
    answer = client.get(f"/organizations/{supplier}/supplied-financed.csv", headers={"accept-language": "en"})
    (_head, *rows) = csv.reader(io.StringIO(answer.content.decode()))
    assert [row[:3] for row in rows] == [["Banco Ficticio", "Municipio de Prueba", members[0]]]
    assert float(rows[0][3]) == 500


def test_the_timeline_lists_undated_stages_too(client, buy):
    sent = purchase(1, tag=["award", "contract", "tender"])
    sent["planning"] = {"documents": [{"id": "1", "datePublished": "2019-11-05T00:00:00Z"}]}
    sent["tender"]["tenderPeriod"] = {"startDate": "2020-02-01T00:00:00Z", "endDate": "2020-03-01T00:00:00Z"}
    sent["contracts"][0] |= {"period": {"endDate": "2022-06-01T00:00:00Z"}, "amendments": [{"id": "1"}]}
    announced = {"ocid": sent["ocid"], "id": "0", "date": "2020-01-15T00:00:00Z", "tag": ["tender"], "language": "es"}
    buy(announced | {"tender": sent["tender"]}, sent | {"date": "2020-06-02T00:00:00Z"})
    rows = list(csv.reader(io.StringIO(client.get("/processes/ocds-test01-1/timeline.csv?lang=en").content.decode())))
    assert [row[0] for row in rows[1:]] == [
        "Planned",
        "Published",
        "Bids",
        "Award",
        "Signature",
        "End of the contract",
    ]
    assert [row[1] for row in rows[1:3]] == ["2019-11-05", "2020-01-15"]
    page = text_of(client.get("/processes/ocds-test01-1/?lang=en").content.decode())
    assert "Stages of the record with a date: 6 of 7. Period: Nov. 5, 2019 – June 1, 2022." in " ".join(page.split())


def test_a_ranking_without_amounts_counts_purchases(client, buy):
    unnamed = purchase(3, amount=None, suppliers=())
    buy(purchase(1, amount=None), purchase(2, amount=None), unnamed)
    page = client.get("/countries/MX/", headers={"accept-language": "en"}).content.decode()
    captions = {name: html.unescape(_CAPTION.search(markup).group(1)) for name, markup in _FIGURE.findall(page)}
    assert captions["suppliers"].startswith("Purchases that name a supplier: 2 of 3.")
    assert captions["buyers"].startswith("Purchases that name a buyer: 3 of 3.")


def test_a_mistyped_year_does_not_stretch_the_picture(client, buy):
    buy(*(purchase(number, year=year, currency="USD") for number, year in enumerate((1995, 2018, 2020), 1)))
    for address in ("/countries/MX/?lang=en", "/compare/?country=MX&lang=en"):
        page = client.get(address).content.decode()
        assert "Years without purchases that are not drawn: 1996–2017." in page, address
        assert "<option>2005</option>" not in page, address
    rows = list(csv.reader(io.StringIO(client.get("/countries/MX/purchases.csv").content.decode())))
    assert [row[0] for row in rows[1:5]] == ["1995", "2018", "2019", "2020"]


def test_a_short_gap_of_years_is_drawn(client, buy):
    buy(purchase(1, year=2010), purchase(2, year=2020))
    page = client.get("/countries/MX/?lang=en").content.decode()
    assert "not drawn" not in page
    assert ">2015</td>" in page or ">2015</th>" in page


@pytest.mark.parametrize(
    ("language", "told"), [("en", "Purchases that name a buyer: 1 of 1."), ("es", "nombran a un comprador: 1 de 1.")]
)
def test_coverage_reads_well_for_a_single_purchase(client, buy, language, told):
    buy(purchase(1))
    page = html.unescape(client.get(f"/countries/MX/?lang={language}").content.decode())
    assert told in page
    assert "1 de 1 compras" not in page
    assert "1 of 1 purchases" not in page


def _told_of(sent, *stages):
    """Releases of the stages of a process: a tag or several, and the day of each."""
    for number, (tags, day) in enumerate(stages):
        yield sent | {"id": str(number), "date": f"{day}T00:00:00Z", "tag": tags.split()}


def _timeline(client):
    return list(csv.reader(io.StringIO(client.get("/processes/ocds-test01-1/timeline.csv?lang=en").content.decode())))


@pytest.mark.parametrize(
    ("stages", "dated"),
    [
        (
            [("planning", "2020-01-01"), ("planningUpdate", "2020-02-01"), ("tender", "2020-03-01")],
            {"Planned": "2020-01-01", "Published": "2020-03-01"},
        ),
        ([("planning tender", "2020-01-01")], {"Planned": "2020-01-01", "Published": "2020-01-01"}),
        ([("tenderUpdate", "2020-01-01"), ("tenderCancellation", "2020-02-01")], {}),
        ([("planningUpdate tender", "2020-01-01")], {"Published": "2020-01-01"}),
    ],
)
def test_a_tender_is_dated_by_its_first_release(client, buy, stages, dated):
    sent = purchase(1)
    buy(*_told_of(sent, *stages))
    shown = {row[0]: row[1] for row in _timeline(client)[1:]}
    assert {name: day for name, day in shown.items() if name in ("Planned", "Published")} == dated


def test_the_number_of_releases_read_is_limited(client, buy, monkeypatch):
    buy(*_told_of(purchase(1), ("planning", "2020-01-01"), ("tender", "2020-02-01")))
    first = Release.objects.order_by("pk").first()
    monkeypatch.setattr(process_timeline, "MAX_BYTES", len(first.content))
    read = {row[0] for row in _timeline(client)}
    assert ("Planned" in read, "Published" in read) == (True, False)


def test_all_stages_are_counted_and_the_first_of_each_kind_shown(client, buy):
    sent = purchase(1)
    (award,), (contract,) = sent["awards"], sent["contracts"]
    days = [f"2020-05-{day:02}T12:00:00Z" for day in range(1, 8)]
    sent["awards"] = [award | {"id": f"A{number}", "date": day} for number, day in enumerate(days)]
    sent["awards"] += [{name: award[name] for name in award if name != "date"} | {"id": f"A{n}"} for n in range(7, 20)]
    sent["contracts"] = [contract | {"awardID": "A0", "amendments": [{"id": str(number)} for number in range(8)]}]
    buy(sent)
    assert [row[0] for row in _timeline(client)[1:]].count("Award") == process_timeline.MAX_OF_A_KIND
    page = " ".join(text_of(client.get("/processes/ocds-test01-1/?lang=en").content.decode()).split())
    # Twenty awards, a signature, eight amendments, and bids without days.
    assert "Stages of the record with a date: 8 of 30." in page
    assert "The first 5 of each kind are shown: 6 of 8." in page


@pytest.mark.parametrize("publication", ["reviewed", "none"])
def test_pictures_exclude_undecided_questions(client, buy, publication):
    buy(purchase(1, title="Cámaras de videovigilancia con reconocimiento facial", method="direct"))
    with override_settings(VEEDOR_PUBLICATION=publication):
        answer = client.get("/countries/MX/surveillance/?since=2018", headers={"accept-language": "en"})
    assert "confirmed question" not in text_of(answer.content.decode())


def test_divided_amounts_are_rounded_to_cents(client, buy):
    buy(purchase(1, amount=1000, suppliers=("A Ficticia S.A.", "B Ficticia S.A.", "C Ficticia S.A.")))
    buy(purchase(2, amount=1234.5, suppliers=("D Ficticia S.A.",)))
    rows = client.get("/countries/MX/suppliers.csv?lang=en").content.decode().splitlines()
    assert sorted(row.rpartition(",")[2] for row in rows if "Ficticia" in row) == ["1234.50", *["333.33"] * 3]
