"""The page of searches: what it finds, narrows and pages."""

import html
import re
from urllib.parse import parse_qsl, urlencode, urlsplit
from xml.etree import ElementTree as ET

import pytest
from django.db import connection

from audits.pages.searching import facets, nothing_found, search
from audits.pages.searching.search_kinds import KINDS, narrowing
from contracts.models import Organization
from contracts.pages.misread import FIELDS
from tests.support.buying import TITLE, purchase
from tests.support.pages import get, text_of

pytestmark = pytest.mark.django_db


class TestSearch:
    def test_the_kind_of_supplier_is_determined_per_process(self, client, buy):
        buy(*(purchase(number, suppliers=("Persona natural",)) for number in (1, 2)), purchase(3))
        kinds = Organization.objects.filter(name="Persona natural")
        assert kinds.count() == 2
        for organization in kinds:
            page = client.get(f"/organizations/{organization.pk}/?lang=en").content.decode()
            assert "It applies only to this process" in page
            assert 'content="noindex"' in page
        named = Organization.objects.get(name="Proveedora Ficticia S.A.")
        assert "only to this process" not in client.get(f"/organizations/{named.pk}/?lang=en").content.decode()

    @pytest.mark.parametrize(("said", "more"), [("description", {}), ("items", {"items": [{"id": "1"}]})])
    def test_a_numeric_title_follows_the_description(self, client, buy, said, more):
        numbered = purchase(1, title="CONVOCATORIA 004")
        numbered["tender"] |= more
        (numbered["tender"] if said == "description" else numbered["tender"]["items"][0])["description"] = TITLE
        numbered["contracts"][0]["title"] = "CTO-004-2024"
        buy(numbered)
        for page in (get(client, "/search/"), get(client, "/search/?q=convocatoria+004")):
            assert f">{TITLE} (CONVOCATORIA 004)</a>" in page
        assert f">{TITLE} (CTO-004-2024)</a>" in get(client, "/search/?in=contracts")
        assert f"<h1>{TITLE} (CONVOCATORIA 004)</h1>" in get(client, "/processes/ocds-test01-1/")

    def test_organizations_are_found_and_counted_by_country(self, client, buy):
        buy(purchase(1), purchase(2, suppliers=("Otra Proveedora",), country="Perú", buyer="Municipio de Lima"))
        page = client.get("/search/?in=organizations&q=proveedora&lang=en")
        assert page.status_code == 200
        assert "Otra Proveedora" in page.content.decode()
        assert '>Peru</a> <span class="quiet">1</span>' in page.content.decode()

    @pytest.mark.parametrize("kind", ["processes", "contracts"])
    def test_an_ocid_finds_its_record_alone(self, client, buy, kind):
        buy(purchase(1), purchase(2, title="Ampliación de ocds test01 1"), purchase(12))
        page = get(client, f"/search/?in={kind}&q=ocds-test01-1&lang=en")
        assert "1 row" in text_of(page)
        assert ("/processes/ocds-test01-1/" in page, "/processes/ocds-test01-2/" in page) == (True, False)
        assert "ocid=ocds-test01-1" in page
        assert "/processes/ocds-test01-2/" in get(client, f"/search/?in={kind}&q=ocds-test01&lang=en")

    def test_whether_a_text_is_an_ocid_is_looked_up_once(self, client, buy, monkeypatch):
        buy(purchase(1))
        asked: list[str] = []
        monkeypatch.setattr("audits.pages.searching.search_query.is_ocid", lambda text: bool(asked.append(text)))
        get(client, "/search/?q=ocds-test01-1&lang=en")
        assert [text for text in asked if text] == ["ocds-test01-1"]

    def test_a_choice_of_everything_has_no_gender(self, client, buy, confirm):
        buy(purchase(1), purchase(2, country="Perú"))
        confirm("T01")
        for language, word in (("es", "cualquiera"), ("pt-br", "qualquer"), ("en", "any")):
            assert get(client, f"/flags/?lang={language}").count(f'<option value="">{word}</option>') >= 3

    @pytest.mark.parametrize("kind", ["processes", "contracts"])
    def test_rows_without_a_value_in_dollars_come_last_and_that_is_reported(self, client, buy, kind):
        buy(purchase(1, amount=10), purchase(2, amount=9_000_000, currency="VES", country="Venezuela"))
        page = get(client, f"/search/?in={kind}&order_by=amount_usd&lang=pt-br")
        assert page.index("/processes/ocds-test01-1/") < page.index("/processes/ocds-test01-2/")
        assert "1 linha está no fim, seja qual for seu valor" in page
        assert "no fim, seja" not in get(client, f"/search/?in={kind}&order_by=amount_usd&country=MX&lang=pt-br")
        assert "no fim, seja" not in get(client, f"/search/?in={kind}&lang=pt-br")

    def test_facets_can_be_chosen_and_removed(self, client, buy):
        buy(
            purchase(1),
            purchase(2, country="Perú"),
            purchase(3, title="Servicio de nube para oficinas", method="direct"),
        )
        page = get(client, "/search/")
        assert "3 rows" in text_of(page)
        assert "?country=PE" in page
        assert "1 row" in text_of(get(client, "/search/?country=PE"))
        assert "2 rows" in text_of(get(client, "/search/?sector=surveillance"))
        assert "1 row" in text_of(get(client, "/search/?method=direct&sector=cloud"))
        assert "0 rows" in text_of(get(client, "/search/?year=1999"))
        assert "3 rows" in text_of(get(client, "/search/?in=contracts&year=2020"))

    def test_the_choices_for_processes_are_kept_for_their_contracts(self, client, buy):
        buy(purchase(1), purchase(2, country="Perú"))
        page = get(client, "/search/?country=PE&sector=surveillance&year=2020&q=cámaras&page=1")
        kept = "country=PE&amp;sector=surveillance&amp;q=c%C3%A1maras"
        assert f'href="?{kept}&amp;in=contracts"' in page
        # Of organizations less can be asked; a year is that of a release here, and of a purchase there.
        assert 'href="?country=PE&amp;q=c%C3%A1maras&amp;in=organizations"' in page

    def test_the_count_of_a_facet_equals_its_results(self, client, buy, confirm):
        """Of contracts those of a technology and of a question were counted by their processes."""
        signed_twice = purchase(1, title=TITLE)
        signed_twice["contracts"].append(signed_twice["contracts"][0] | {"id": "D"})
        buy(signed_twice, purchase(2, title="Servicio de nube para oficinas"))
        confirm("T01")
        page = get(client, "/search/?in=contracts&lang=en")
        for heading, query, told in (
            ("Technology", "sector=surveillance", "Surveillance and biometrics 2"),
            ("Confirmed question", "rule=T01", "T01 Surveillance technology 2"),
        ):
            facet = page.partition(f"<h2>{heading}</h2>")[2].partition("</ul>")[0]
            assert told in text_of(facet)
            assert "2 rows" in text_of(get(client, f"/search/?in=contracts&{query}&lang=en"))

    def test_the_year_of_a_contract_is_the_same_as_in_sums(self, client, buy):
        """Of a signature, else of an award: those without a signature were left out, and no year counted them."""
        awarded, undated = purchase(2), purchase(3, year=0)
        del awarded["contracts"][0]["dateSigned"]
        buy(purchase(1), awarded, undated, purchase(4, year=2019))
        page = get(client, "/search/?in=contracts&lang=en")
        year = page.partition("<h2>Year</h2>")[2].partition("</ul>")[0]
        assert [text_of(entry) for entry in re.findall("<li>(.*?)</li>", year)] == ["2020 2", "2019 1"]
        assert "2 rows" in text_of(get(client, "/search/?in=contracts&year=2020"))
        (files,) = re.findall(r'"(/api/v1/contracts\.csv[^"]*)"', get(client, "/search/?in=contracts&year=2020"))
        assert "date_basis=signature%2Caward" in files
        (sums,) = re.findall(r'"(/api/v1/contracts/sums\.csv[^"]*)"', get(client, "/search/?in=contracts&year=2020"))
        years = [
            line.split(",")[3]
            for line in b"".join(client.get(html.unescape(sums)).streaming_content).decode().splitlines()[:2]
        ]
        assert years == ["year", "2020"]
        page = get(client, "/search/?in=contracts&year=2020&in_currency=USD&converted__gte=1&lang=en")
        (sums,) = re.findall(r'"(/api/v1/contracts/sums\.csv[^"]*)"', page)
        header, first = b"".join(client.get(html.unescape(sums)).streaming_content).decode().splitlines()[:2]
        told = dict(zip(header.split(","), first.split(","), strict=True))
        assert told["without an exchange rate to the chosen currency"] == "0"
        counted = client.get("/api/v1/contracts/?facets=year").json()["facets"]["year"]["values"]
        assert [(row["value"], row["count"]) for row in counted] == [(2020, 2), (2019, 1), (None, 1)]
        assert "1 row " in text_of(get(client, "/search/?in=contracts&year=2020&date_basis=award"))
        # Pages of a country lead here so.
        chosen = get(client, "/search/?in=contracts&date__gte=2016-01-01&date_basis=signature,award&lang=en")
        assert "Date, from: 2016-01-01, Dated by: signature, award" in text_of(chosen)
        # The day of a release is no day of a purchase.
        listed = text_of(get(client, "/search/?in=contracts&ocid=ocds-test01-3&lang=en"))
        assert "Mexico" in listed
        assert "Mexico ·" not in listed

    def test_a_search_can_cover_several_years(self, client, buy):
        buy(*(purchase(year, year=year, amount=year) for year in (2018, 2019, 2022, 2024, 2025)), purchase(9, year=0))
        page = get(client, "/search/?in=contracts&year=2019&until=2024&lang=en")
        assert "3 rows" in text_of(page)
        assert '<input name="year" value="2019"' in page
        assert '<input name="until" value="2024"' in page
        (files,) = re.findall(r'"(/api/v1/contracts\.csv[^"]*)"', page)
        rows = client.get(html.unescape(files)).getvalue().decode().splitlines()
        assert sum("ocds-test01-" in row for row in rows) == 3
        # What a period holds is not the year that it begins with; choosing one ends it.
        assert 'year=2019&amp;lang=en">2019</a>' in page
        assert "Up to the year: 2024</a>" in page
        assert "2 rows" in text_of(get(client, "/search/?in=contracts&until=2019&lang=en"))
        assert "1 row " in text_of(get(client, "/search/?in=contracts&year=2019&lang=en"))
        told = "2024-01-01 is greater than 2019-12-31"
        assert told in text_of(get(client, "/search/?in=contracts&year=2024&until=2019&lang=en", status=400))
        assert "“2O24” is not possible" in text_of(get(client, "/search/?until=2O24&lang=en", status=400))
        assert '<input name="until"' not in get(client, "/search/?lang=en")

    def test_a_process_is_listed_with_the_labelled_day_of_its_latest_release(self, client, buy):
        buy(purchase(1, year=2019))
        page = text_of(get(client, "/search/?lang=en"))
        assert "Year of the latest release" in page
        assert "última publicación del registro: " in text_of(get(client, "/search/?lang=es"))
        assert "última publicação do registro: " in text_of(get(client, "/search/?lang=pt-br"))
        assert re.search(r"Mexico · record last published on \w+ \d+, 20\d\d", page)

    def test_a_day_is_in_the_time_zone_of_the_publisher(self, client, buy):
        given = purchase(1)
        given["contracts"][0]["dateSigned"] = "2023-12-31T23:30:00-03:00"
        buy(given)
        assert "signed on Dec. 31, 2023" in text_of(get(client, "/search/?in=contracts&lang=en"))
        assert "1 row " in text_of(get(client, "/search/?in=contracts&year=2023&lang=en"))

    def test_search_ignores_accents_and_endings(self, client, buy):
        buy(purchase(1))
        assert "1 row" in text_of(get(client, "/search/?q=CAMARA+videovigilancia"))

    def test_rows_are_paged(self, client, buy):
        buy(*(purchase(number) for number in range(1, 26)))
        first, second = get(client, "/search/"), get(client, "/search/?page=2")
        assert first.count("/processes/ocds-test01-") == 20
        assert second.count("/processes/ocds-test01-") == 5
        assert "?page=2" in first
        assert "There is no page" not in first + second
        beyond = get(client, "/search/?page=99999999")
        assert "There is no page 99999999; this is the last one." in beyond
        assert beyond.count("/processes/ocds-test01-") == 5

    def test_the_pages_say_where_they_end(self, client, buy, monkeypatch):
        monkeypatch.setattr(search, "MAX_PAGE", 2)
        buy(*(purchase(number) for number in range(1, 41)))
        told = "There are more rows, but the pages end here, after the first 40. Narrow the search"
        assert told not in text_of(get(client, "/search/?page=2"))  # all are there
        buy(purchase(41))
        assert told not in text_of(get(client, "/search/"))
        last = get(client, "/search/?page=2")
        assert told in text_of(last)
        assert last.count('<a href="/api/v1/contracting-processes.csv?lang=en">CSV</a>') == 2  # one in the notice
        assert told in text_of(get(client, "/search/?page=51"))

    def test_an_ambiguous_organization_name_gives_suggestions(self, client, buy):
        buy(purchase(1, buyer="Municipalidad de Ejemplo"), purchase(2, buyer="Municipalidad de Otro"))
        one, other = Organization.objects.filter(name__startswith="Municipalidad").order_by("pk")
        page = get(client, "/search/?buyer=Municipalidad&in=contracts&page=1")
        assert (
            "“Municipalidad” is not the id, key or whole name of an organization. It may mean: Municipalidad de"
            in text_of(page)
        )
        for meant in (one, other):
            assert f'<a href="?buyer={meant.pk}&amp;in=contracts">{meant.name}</a>' in page
        assert '<a href="?in=organizations&amp;q=Municipalidad">All organizations that hold these words</a>' in page
        assert "1 row" in text_of(get(client, f"/search/?buyer={one.pk}&in=contracts"))
        assert "It may mean" not in get(client, "/search/?buyer=Narnia")
        assert "“Narnia” is not the id, key or whole name of an organization. All" in text_of(
            get(client, "/search/?buyer=Narnia")
        )
        assert "an organization. All" not in get(
            client, f"/search/?supplier={one.pk}"
        )  # who bought alone supplies nothing

    def test_other_chosen_filters_are_listed_and_removable(self, client, buy):
        buy(purchase(1, buyer="Municipalidad de Ejemplo"))
        buyer = Organization.objects.get(name="Municipalidad de Ejemplo")
        page = get(client, f"/search/?buyer={buyer.pk}&amount__gte=5&country=CO&year=1999&q=&lang=es")
        kept = f"buyer={buyer.pk}&amp;amount__gte=5&amp;country=CO"
        assert f'href="?{kept}&amp;lang=es" aria-current="true">Año de la última publicación: 1999</a>' in page
        assert '&amp;year=1999&amp;lang=es" aria-current="true">Comprador: Municipalidad de Ejemplo</a>' in page
        assert "Monto, desde: 5" in page
        facets = get(client, f"/search/?buyer={buyer.pk}&country=MX").partition('class="facets"')[2]
        assert facets.count('aria-current="true"') == 2  # a country that rows have is chosen in its facet
        assert "Other choices" not in get(client, "/search/?country=MX&q=camara&in=contracts&page=1")
        assert "Función: proveedor</a>" in get(client, "/search/?in=organizations&role=supplier&lang=es")
        assert get(client, "/search/?rule=T01").count("Confirmed question: T01 Surveillance technology</a>") == 1
        assert "Contratos cancelados: sin ellos</a>" in get(client, "/search/?in=contracts&cancelled=no&lang=es")
        assert "Contratos cancelados: só eles</a>" in get(client, "/search/?in=contracts&cancelled=yes&lang=pt")

    @pytest.mark.parametrize(
        ("query", "told"),
        [
            ("country=Narnia", "Country: Narnia is not a country code"),
            ("q=" + "+".join("abcdefghijklmn"), "words"),
            ("in=contract", "What is searched: “contract” is not possible. Did you mean contracts?"),
            ("year=２０２０", "Year: “２０２０” is not possible."),
            ("order_by=-date", "Order: “-date” is not possible. Did you mean date?"),
            ("page=two", "Page: “two” is not possible."),
            ("amount__lte=1.000.000", "Amount, up to: Write an amount as 1500000"),
            ("in=contracts&start__gte=2024", "Day of its start, from: 2024 is not a valid date"),
            (
                "in=contracts&supplier_role=boss",
                "Role of the supplier: “boss” is not possible. Allowed: consortium, lead",
            ),
            ("sector=cloudy", "Technology: “cloudy” is not possible. Did you mean cloud?"),
            ("country=PE&country=CO", "Country is given 2 times."),
            ("date__gte=2024-01-01&date__lte=2020-01-01", "Date, from: 2024-01-01 is greater than 2020-01-01"),
        ],
    )
    def test_invalid_parameters_are_reported(self, client, query, told):
        page = get(client, f"/search/?{query}", status=400)
        assert 'role="alert"' in page
        assert told in text_of(page)
        assert 'class="rows"' not in page

    def test_the_counts_of_a_facet_add_up_to_the_rows(self, client, buy, monkeypatch):
        """Who adds them up must not miss those without a date, or of a year too rare to be listed."""
        monkeypatch.setattr(facets, "SHOWN_VALUES", 1)
        buy(purchase(1, year=2020), purchase(2, year=2020), purchase(3, year=2019), purchase(4, year=0))
        page = text_of(get(client, "/search/?in=contracts"))
        assert re.search(r"Year 2020 2 others, or none 2 ", page)
        assert page.count("others, or none") == 1, "all are of one country and method"

    @pytest.mark.parametrize("kind", KINDS)
    def test_each_filter_has_a_label(self, kind):
        names = {*narrowing(KINDS[kind]), "in", "order_by", "page"}
        assert {name for name in names if name.partition("__")[0] not in FIELDS} == set()

    @pytest.mark.parametrize("query", ["in=contracts&order_by=date_signed&year=2020&page=1", "in=&order_by=&year="])
    def test_valid_parameters_are_not_reported(self, client, query):
        page = get(client, f"/search/?{query}")
        assert 'role="alert"' not in page
        assert 'role="status"' not in page

    @pytest.mark.parametrize(
        ("query", "meant"),
        [("countri=PE", "country"), ("in=organizations&amount_gte=5", ""), ("utm_source=mail&fbclid=x", "")],
    )
    def test_a_name_that_is_nearly_known_is_reported(self, client, buy, query, meant):
        """What other sites add to addresses is not."""
        buy(purchase(1))
        page = text_of(get(client, f"/search/?{query}"))
        assert ("is not known and was ignored" in page) == bool(meant)
        assert f"Did you mean {meant}?" in page or not meant

    def test_a_filter_of_another_list_is_reported(self, client, buy):
        """It narrows nothing here: 917 organizations, whatever the method."""
        buy(purchase(1))
        assert "“State of a question” is not a choice here" in text_of(get(client, "/search/?flag_state=confirmed"))
        told = "“Method” is not a choice here and was ignored."
        assert told in text_of(get(client, "/search/?in=organizations&method=direct"))
        assert told not in text_of(get(client, "/search/?in=contracts&method=direct"))

    def test_a_misspelt_name_gives_similar_organizations(self, client, buy):
        buy(purchase(1), purchase(2, suppliers=("Confecciones Lejanas S.A.",)))
        supplier = Organization.objects.get(name="Proveedora Ficticia S.A.")
        for kind in ("processes", "organizations"):
            page = get(client, f"/search/?in={kind}&q=Provedora+Ficticia")
            assert "0 rows" in text_of(page)
            assert f'Organizations with a name or number like it: <a href="/organizations/{supplier.pk}/">' in page
            assert "Lejanas" not in page
        assert "number like it" not in get(client, "/search/?q=Proveedora+Ficticia")
        assert "number like it" not in get(client, "/search/?q=nada+de+esto")

    def test_suggestions_that_take_too_long_are_left_out(self, client, monkeypatch):
        def compare(*_given):
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_sleep(60)")

        monkeypatch.setattr(nothing_found, "candidates_of", compare)
        monkeypatch.setattr(nothing_found, "ALIKE_SECONDS", 0.01)
        page = get(client, "/search/?q=Provedora+Ficticia")
        assert "0 rows" in text_of(page)
        assert "number like it" not in page

    def test_list_and_feed_show_the_same_buyers_and_suppliers(self, client, buy):
        many = tuple(f"Proveedora {letter}" for letter in "ABCDE")
        buy(purchase(1, suppliers=many), purchase(2, buyer="", suppliers=("Sola S.A.",)), purchase(3, suppliers=()))
        feed = ET.fromstring(client.get("/search/feed.atom?lang=en").content)
        told = [entry.text for entry in feed.iter("{http://www.w3.org/2005/Atom}summary")]
        page = text_of(get(client, "/search/?lang=en"))
        for parties in (
            "Municipio de Prueba → Proveedora A; Proveedora B; Proveedora C; 2 more",
            "– → Sola S.A.",
            "Municipio de Prueba → –",
        ):
            assert parties in page
            assert any(summary.startswith(f"{parties} · 1,000 MXN") for summary in told)

    @pytest.mark.parametrize("kind", KINDS)
    def test_empty_form_fields_are_ignored_and_not_in_links(self, client, buy, kind):
        buy(purchase(1))
        fields = urlencode(dict.fromkeys(narrowing(KINDS[kind]), "") | {"q": " ", "in": kind, "lang": "en"})
        page = get(client, f"/search/?{fields}")
        assert '<ol class="rows"><li><' in page
        links = [html.unescape(link) for link in re.findall(r'href="([^"]*)"', page)]
        lists = [link for link in links if link.startswith(("/api/", "/search/feed", "/me/"))]
        assert len(lists) >= 3
        asked = [pair for link in lists for pair in parse_qsl(urlsplit(link).query, keep_blank_values=True)]
        # To follow a search by e-mail is a query in a query, which here asks for nothing.
        assert not [name for name, value in asked if name != "query" and not value.strip()]
        assert not [value for name, value in asked if name == "query" and value]
        for address in lists[:2]:
            assert client.get(address).status_code == 200

    def test_an_untitled_row_shows_its_description(self, client, buy, confirm):
        untitled = purchase(1)
        untitled["tender"] |= {"title": "", "description": f"{TITLE} {'y accesorios ' * 30}"}
        buy(untitled)
        question, listed = f"/flags/{confirm('T01').pk}/", ("/search/", "/search/?in=contracts", "/search/feed.atom")
        for address in (*listed, "/processes/ocds-test01-1/", question):
            assert f"{TITLE} y accesorios" in text_of(get(client, address)), address

    def test_a_cancelled_contract_is_marked_beside_its_amount(self, client, buy):
        cancelled = purchase(1)
        cancelled["contracts"][0]["status"] = "cancelled"
        buy(cancelled, purchase(2))
        assert text_of(get(client, "/search/?in=contracts&lang=en")).count("cancelled · 1,000 MXN") == 1
