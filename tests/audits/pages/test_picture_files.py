"""Pictures of countries and organizations as files, and of what they are made."""

import csv
import io
import json
from xml.etree import ElementTree as ET

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from django.utils.formats import date_format
from python_calamine import CalamineWorkbook

from contracts.models import Organization, Publisher
from contracts.models.publisher import EXAMPLES
from contracts.signed_json import verify_signature
from contracts.signing_key import public_key
from tests.support.buying import purchase
from tests.support.pages import get, text_of

pytestmark = pytest.mark.django_db


def test_each_picture_is_a_file_of_svg_and_csv(client, buy):
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
    assert ["2019", "1"] in list(csv.reader(io.StringIO(client.get("/countries/MX/purchases.csv").content.decode())))
    assert client.get("/countries/MX/nothing.svg").status_code == 404
    named = client.get("/countries/MX/purchases.csv")["Content-Disposition"]
    assert named == f'attachment; filename="veedor-countries-MX-purchases-{timezone.localdate()}.csv"'


def test_buyers_are_shown_on_a_map_and_by_region_with_coverage(client, buy):
    sent = purchase(1)
    point = {"geometry": {"type": "Point", "coordinates": [-100.3, 25.7]}}
    sent["parties"][0]["address"] |= {"region": "Nuevo León", **point}
    buy(sent, purchase(2))
    page = text_of(get(client, "/countries/MX/"))
    assert "Purchases that name the buyer's region: 1 of 2. Period: 2020." in page
    assert "Purchases with coordinates, of the buyer or otherwise of the delivery: 1 of 2" in page
    assert "<circle" in client.get("/countries/MX/map.svg").content.decode()
    rows = client.get("/countries/MX/map.csv").content.decode().splitlines()
    assert rows == ["Buyer,Latitude,Longitude,Purchases", "Municipio de Prueba,25.7,-100.3,1"]
    assert client.get("/countries/MX/regions.csv").content.decode().splitlines()[1] == "Nuevo León,1,1,1000"


def test_csv_tables_support_decimal_commas(client, buy):
    """Where a point parts thousands, 0.907 is nine hundred and seven."""
    buy(purchase(1, year=2019, amount=100.25, suppliers=("Cámaras Ficticias S.A.",)), purchase(2, amount=7))
    shares = client.get("/countries/MX/dependence.csv?lang=pt-br&delimiter=semicolon&bom=1").content.decode()
    assert shares.splitlines()[1] == "Cámaras Ficticias S.A.;1,0;0,0"
    assert shares.startswith("\ufeffFornecedor;2019;2020")
    value = client.get("/countries/MX/value.csv?lang=pt-br").content.decode()
    assert value.splitlines()[1:] == ["2019,1,1,100.25", "2020,1,1,7"]


def test_each_year_states_the_number_of_purchases_in_its_sum(client, buy):
    """A fall of the sums may be a want of rates."""
    buy(purchase(1, amount=388.06, currency="PEN"), purchase(2, year=2035, currency="PEN"), purchase(3, amount=None))
    rows = client.get("/countries/MX/value.csv?in_currency=USD&lang=en").content.decode().splitlines()
    assert rows[0] == 'Year,Purchases,"of these, added up",USD'
    assert [row.rpartition(",")[0] for row in rows[1:3]] == ["2020,2,1", "2035,1,0"]


def test_years_with_few_purchases_are_pale_in_the_concentration_picture(client, buy):
    buy(*(purchase(number, year=2019 + number // 4) for number in range(1, 5)))
    rows = client.get("/countries/MX/concentration.csv?lang=en").content.decode().splitlines()
    assert rows == ['Year,HHI,"of these, added up"', "2019,1.0,3", "2020,1.0,1"]
    told = "Pale: years with fewer than 3 purchases in the sum, which say little."
    assert told in text_of(get(client, "/countries/MX/"))


def test_a_picture_file_of_demo_records_says_so(client, buy):
    """Who shows it in another page sees no notice of ours above it."""
    told = "Some records here are invented examples: none of that happened."
    publisher = Publisher.objects.create(slug="other", name="P", ocid_prefix="ocds-test01")
    buy(purchase(1))
    assert told not in client.get("/countries/MX/purchases.svg?lang=en").content.decode()
    Publisher.objects.filter(pk=publisher.pk).update(slug=EXAMPLES)
    assert f"<desc>{told}" in client.get("/countries/MX/purchases.svg?lang=en").content.decode()


def test_a_workbook_names_its_source(client, buy):
    """Spreadsheets of a newsroom guess at the encoding of CSV, at its commas and its points."""
    buy(purchase(1, year=2019, amount=100.25, suppliers=("=Cámaras Ficticias S.A.",)), purchase(2, amount=7))
    page = get(client, "/countries/MX/?lang=es")
    assert 'href="/countries/MX/suppliers.xlsx?lang=es">XLSX</a>' in page
    answer = client.get("/countries/MX/suppliers.xlsx?lang=es")
    assert answer["Content-Disposition"].endswith(f'"veedor-countries-MX-suppliers-{timezone.localdate()}.xlsx"')
    book = CalamineWorkbook.from_filelike(io.BytesIO(answer.content))
    assert book.sheet_names == ["README", "suppliers"]
    assert book.get_sheet_by_name("suppliers").to_python()[:2] == [
        ["Nombre", "Compras", "de ellas, sumadas", "MXN"],
        ["=Cámaras Ficticias S.A.", 1, 1, 100.25],
    ]
    told = dict(book.get_sheet_by_name("README").to_python())
    assert told["Página"] == "http://testserver/countries/MX/?lang=es#suppliers"
    assert "2 de 2" in told["De qué habla"]
    assert client.get("/countries/MX/nothing.xlsx").status_code == 404


def test_formulas_are_escaped_in_tables(client, buy):
    buy(purchase(1, suppliers=("=HYPERLINK(1)",)))
    assert "\n'=HYPERLINK(1)" in client.get("/countries/MX/suppliers.csv").content.decode().replace("\r", "")
    supplier = Organization.objects.get(name="=HYPERLINK(1)")
    compared = client.get(f"/compare/years.csv?country=MX&organization={supplier.pk}&lang=en").content.decode()
    assert compared.splitlines()[0] == "Year,Mexico,'=HYPERLINK(1)"


def test_an_organization_has_pictures_as_buyer_and_as_supplier(client, buy):
    buy(purchase(1, buyer="Empresa Ficticia S.A."), purchase(2, suppliers=("Empresa Ficticia S.A.",)))
    organization = Organization.objects.get(name="Empresa Ficticia S.A.")
    page = get(client, f"/organizations/{organization.pk}/")
    assert 'id="purchases"' in page
    assert 'id="supplied-purchases"' in page
    assert client.get(f"/organizations/{organization.pk}/supplied-purchases.csv").status_code == 200


def test_an_embedded_picture_names_its_subject_and_day(client, buy):
    buy(purchase(1))
    supplier = Organization.objects.get(name="Proveedora Ficticia S.A.").pk
    title = "Suministro de cámaras de videovigilancia para el centro"
    today = date_format(timezone.localdate(), "DATE_FORMAT")
    for address, name, of in (
        ("/countries/MX/surveillance/", "methods", "Surveillance and biometrics in Mexico"),
        (f"/organizations/{supplier}/", "supplied-methods", "Proveedora Ficticia S.A."),
        ("/processes/ocds-test01-1/", "timeline", title),
    ):
        drawn = ET.fromstring(client.get(f"{address}{name}.svg?lang=en").content)
        (told,) = drawn.findall("{http://www.w3.org/2000/svg}title")
        assert told.text.startswith(f"{of} · "), address
        lines = "".join(text.text for text in drawn.findall("{http://www.w3.org/2000/svg}text"))
        assert f"Veedor·{today}·".replace(" ", "") in lines.replace(" ", ""), address
        assert f"alt=&quot;{told.text}." in get(client, f"{address}?lang=en"), address


def test_a_signed_table_can_be_checked_later(client, buy):
    buy(purchase(1, year=2019, amount=100), purchase(2, year=2020, amount=50))
    page = get(client, "/countries/MX/?lang=es")
    assert 'href="/countries/MX/value.json?lang=es" rel="nofollow">firmado (JSON)</a>' in page
    copy = client.get("/countries/MX/value.json?lang=es")
    assert copy["Content-Disposition"].endswith(f'"veedor-countries-MX-value-{timezone.localdate()}.json"')
    document = json.loads(copy.content)
    verify_signature(document, public_key())
    assert document["address"].endswith("/countries/MX/?lang=es#value")
    assert [row[0] for row in document["table"]["rows"]] == ["2019", "2020"]
    sent = SimpleUploadedFile("copy.json", copy.content)
    told = text_of(client.post("/signed/?lang=es", {"file": sent}).content.decode())
    assert document["table"]["title"] in told
    assert " ".join(document["table"]["rows"][0]) in told
    document["table"]["rows"][0][1] = "999"
    forged = SimpleUploadedFile("copy.json", json.dumps(document).encode())
    assert client.post("/signed/?lang=es", {"file": forged}).status_code == 400


def test_what_others_write_into_an_address_is_not_signed(client, buy):
    buy(purchase(1, year=2019, amount=100), purchase(2, year=2020, amount=50))
    copy = client.get(
        "/countries/MX/value.json?note=They+stole&since=They+stole&since=2019&lang=es&lang=pt-BR"
    ).content
    assert json.loads(copy)["address"] == "http://testserver/countries/MX/?since=2019&lang=pt-br#value"
    assert b"stole" not in copy


def test_without_a_key_no_table_is_signed(client, buy, settings):
    buy(purchase(1))
    settings.VEEDOR_SIGNING_KEY = b""
    assert "purchases.json" not in get(client, "/countries/MX/")
    assert client.get("/countries/MX/purchases.json").status_code == 404
