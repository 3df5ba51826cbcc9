"""The pages of the lists that rules read: what a row says, since when, and what it said when a flag was raised."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from audits.api.lists import summaries
from audits.methodology import lists
from audits.models import WatchlistEntry
from audits.reference.loading import load_reference
from audits.reference.rule_sets import FOLDER, rule_sets_in_force
from tests.audits.reading import read
from tests.support.buying import TITLE, purchase
from tests.support.pages import get, text_of

VENDORS = "/methodology/lists/vendors/"


@pytest.fixture
def loaded(db):
    load_reference(FOLDER)


@pytest.mark.usefixtures("loaded")
class TestPages:
    def test_the_methodology_leads_to_all_lists_and_each_rule_to_its_own(self, client):
        assert "/methodology/lists/" in read(client, "/methodology/").links
        index = read(client, "/methodology/lists/").links
        assert {f"/methodology/lists/{summary.list.code}/" for summary in summaries()} <= set(index)
        assert {"/methodology/T16/", "/api/v1/lists/", "/api/v1/rule-sets/"} <= set(index)

        own = {link for link in read(client, "/methodology/T16/?lang=es").links if "/lists/" in link}
        assert {f"{VENDORS}?lang=es", "/methodology/lists/public_lists/?lang=es"} <= own
        assert VENDORS in read(client, "/methodology/what-a-flag-is/").links

    def test_the_index_says_what_the_digest_of_a_rule_set_is_made_of(self, client):
        rule_set = rule_sets_in_force().by_country[""]
        words = str(read(client, "/methodology/lists/"))

        assert rule_set.digest.hex() in words
        assert rule_set.made_of.reference_digest in words

    def test_a_row_says_its_names_its_source_and_whose_list_names_it(self, client):
        words = read(client, f"{VENDORS}?lang=es")
        row = self._id(client, "FCC Covered List")
        (listed,) = {link for link in words.links if link.endswith(row)}

        assert "Huawei do Brasil Telecomunicações Ltda" in str(words)
        assert "FCC Covered List: 2021-03-12" in str(words)
        assert listed.startswith("/methodology/lists/public_lists/?lang=es#")
        authority = str(read(client, "/methodology/lists/public_lists/?lang=es"))
        assert "Estados Unidos" in authority
        assert "https://www.fcc.gov/supplychain/coveredlist" in authority
        assert "las reglas no leen esta fila" in str(words), "rows that are off are there, and marked"

    @staticmethod
    def _id(client, name: str) -> str:
        rows = client.get("/api/v1/lists/public_lists/").json()["results"]
        return next(row["id"] for row in rows if row["name"] == name)

    def test_changes_of_an_edit_are_listed_and_a_former_day_shows_the_former_rows(self, client):
        WatchlistEntry.objects.filter(name="Huawei").update(listings=["FCC Covered List"], note="told by Maria")
        page = get(client, f"{VENDORS}?lang=en")

        assert "1 change" in text_of(page)
        assert re.search(r"public lists: <del>[^<]*NDAA s.889[^<]*</del> → <ins>FCC Covered List</ins>", page)
        today = datetime.now(UTC).date()
        assert f'href="{VENDORS}?as_of={today}&amp;lang=en"' in page
        assert "Maria" not in page
        yesterday = today - timedelta(days=1)
        then = get(client, f"{VENDORS}?as_of={yesterday}&lang=en")
        assert "This is what the list said at the end of" in then
        assert "The list has no rows." in then
        assert f'"/api/v1/lists/vendors.csv?as_of={yesterday}"' in then

    @pytest.mark.parametrize("asked", ["yesterday", "2999-01-01", "20240301"])
    def test_a_day_that_is_none_is_reported(self, client, asked):
        page = get(client, f"{VENDORS}?as_of={asked}&lang=en")

        assert f"“{asked}” is not possible." in text_of(page)
        assert "This is what the list said" not in page

    def test_a_list_of_the_program_has_no_former_days(self, client):
        page = get(client, "/methodology/lists/laws/?as_of=2026-01-01&lang=en")

        assert "“2026-01-01” is not possible." in text_of(page)
        assert "its history is that of the program" in text_of(page)

    def test_a_long_list_has_pages(self, client):
        first = read(client, "/methodology/lists/lexicon/?lang=es")

        assert "?page=2&lang=es" in first.links
        assert "?page=1&lang=es" in read(client, "/methodology/lists/lexicon/?page=2&lang=es").links
        assert len(lists.rows_of(lists.LISTS["vendors"])) <= lists.ROWS, "flags lead to rows that are on one page"

    def test_a_list_that_is_none_is_a_404(self, client):
        assert client.get("/methodology/lists/nobody/").status_code == 404


@pytest.mark.usefixtures("loaded")
def test_the_page_of_a_flag_leads_to_the_rows_that_it_rests_on(client, buy, confirm):
    buy(purchase(1, title=TITLE, amount=90_000_000, suppliers=("Huawei do Brasil Telecomunicações Ltda",)))
    flag = confirm("T16")
    words = read(client, f"/flags/{flag.pk}/")
    rows = client.get("/api/v1/lists/vendors/").json()["results"]
    huawei = next(row["id"] for row in rows if row["name"] == "Huawei")

    assert f"{VENDORS}#{huawei}" in words.links
    assert f"{VENDORS}?as_of={flag.raised_at:%Y-%m-%d}#{huawei}" in words.links
    assert {link for link in words.links if link.startswith("/methodology/lists/public_lists/#")}
    assert f'id="{huawei}"' in get(client, VENDORS)
    assert f"{VENDORS}?lang=es#{huawei}" in read(client, f"/flags/{flag.pk}/?lang=es").links

    WatchlistEntry.objects.filter(name="Huawei").update(name="Huawei Technologies")
    later = read(client, f"/flags/{flag.pk}/").links
    assert f"{VENDORS}#{huawei}" not in later, "the row has another name now"
