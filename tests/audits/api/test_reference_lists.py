"""The lists that rules read, in the API: their rows, what edits changed, and digests that anyone can compute."""

import csv
import hashlib
import io
import json
from datetime import UTC, datetime, timedelta

import pghistory
import pytest
from django.db import connection
from django.test import Client

from audits.models import LexiconTerm, PublicList, RuleOverride, Watchlist, WatchlistEntry
from audits.reference.lists import LISTS
from audits.reference.loading import load_reference
from audits.reference.rule_sets import FOLDER, rule_sets_in_force

pytestmark = pytest.mark.django_db
LIST = "/api/v1/lists/"
VENDORS = f"{LIST}vendors/"


@pytest.fixture
def loaded():
    load_reference(FOLDER)


def get(address: str, **headers: str):
    answer = Client().get(address, headers=headers)
    assert answer.status_code == 200, answer.content
    return answer.json()


def named(address: str, name: str) -> dict:
    return next(row for row in get(address)["results"] if row["name"] == name)


def moved_back(model: type, days: int) -> None:
    """Let all that was recorded of a model be so many days older."""
    table = model._meta.get_field("events").related_model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"UPDATE {table} SET pgh_created_at = pgh_created_at - make_interval(days => {days})")


def computed(rows: list[dict], columns: list[str]) -> str:
    kept = [{name: row[name] for name in ("id", "enabled", *columns)} for row in rows]
    text = json.dumps(
        sorted(kept, key=lambda row: row["id"]), ensure_ascii=False, sort_keys=True, separators=(",", ":")
    )
    return hashlib.sha256(text.encode()).hexdigest()


@pytest.mark.usefixtures("loaded")
class TestLists:
    def test_all_lists_have_a_description_and_their_rules(self):
        found = {row["code"]: row for row in get(LIST, **{"Accept-Language": "es"})["results"]}

        assert found.keys() == LISTS.keys()
        vendors, limits = found["vendors"], found["thresholds"]
        assert vendors["name"] == "Proveedores y fabricantes"
        assert (vendors["url"], vendors["page_url"]) == (VENDORS, "/methodology/lists/vendors/")
        entries = WatchlistEntry.objects.filter(watchlist__slug="vendors")
        assert vendors["rows"] == entries.count()
        assert vendors["enabled"] == entries.filter(enabled=True).count() < vendors["rows"]
        assert {"T16", "T06"} <= set(vendors["rules"])
        assert vendors["changed"].startswith(str(datetime.now(UTC).date()))
        assert (limits["is_edited"], limits["changed"]) == (False, None)
        assert "R055" in limits["rules"]

    def test_a_list_has_all_its_rows_and_a_digest_that_anyone_can_compute(self):
        for summary in get(LIST)["results"]:
            body = get(summary["url"])
            columns = [column["name"] for column in summary["columns"]]

            assert len(body["results"]) == summary["rows"] > 0
            assert len({row["id"] for row in body["results"]}) == summary["rows"]
            ends = ["recorded", "changed", "changes"]
            assert list(body["results"][0]) == ["id", "page_url", "enabled", *columns, *ends]
            assert computed(body["results"], columns) == body["digest"] == summary["digest"]
            if "source" in columns:
                assert all(row["source"] for row in body["results"] if row["enabled"])

    def test_lists_publish_the_rows_that_rules_read(self):
        """What is recorded of rows is what their tables hold."""
        for code, rows in (
            ("vendors", WatchlistEntry.objects.filter(watchlist__slug="vendors")),
            ("public_lists", PublicList.objects),
            ("lexicon", LexiconTerm.objects),
        ):
            columns = LISTS[code].columns
            told = [{name: row[name] for name in ("enabled", *columns)} for row in get(f"{LIST}{code}/")["results"]]
            held = list(rows.values("enabled", *columns))
            assert sorted(told, key=str) == sorted(held, key=str)

    def test_a_list_can_be_downloaded_as_a_table(self):
        answer = Client().get("/api/v1/lists/vendors.csv?fields=id,page_url,name,listings&lang=pt")
        *lines, last = b"".join(answer.streaming_content).decode().splitlines()
        found = list(csv.DictReader(io.StringIO("\n".join(lines))))

        assert list(found[0]) == ["id", "page_url", "nome", "listas públicas"]
        huawei = next(row for row in found if row["nome"] == "Huawei")
        assert huawei["page_url"] == f"http://testserver/methodology/lists/vendors/#{huawei['id']}"
        assert "FCC Covered List" in huawei["listas públicas"]
        assert last.startswith(f"# rows={len(found)} sha256=")
        assert b"".join(Client().get("/api/v1/lists.xlsx").streaming_content).startswith(b"PK")

    def test_notes_and_editors_are_not_published(self):
        with pghistory.context(user=4711):
            WatchlistEntry.objects.filter(name="Huawei").update(
                note="told by Maria Exemplo", listing_note="Maria again", parent="Huawei Holding"
            )

        found = Client().get(VENDORS).content.decode()
        assert "Huawei Holding" in found
        assert "Maria" not in found
        assert "4711" not in found

    def test_an_unchanged_list_is_a_304(self):
        for address in (LIST, VENDORS, f"{LIST}laws/", "/api/v1/rule-sets/"):
            etag = Client().get(address)["ETag"]
            assert Client().get(address, headers={"If-None-Match": etag}).status_code == 304
        WatchlistEntry.objects.filter(name="Huawei").update(parent="Huawei Holding")
        assert Client().get(VENDORS, headers={"If-None-Match": etag}).status_code == 200


@pytest.mark.usefixtures("loaded")
class TestHistory:
    def test_edits_are_reported_and_earlier_rows_available(self):
        today = datetime.now(UTC).date()
        yesterday = today - timedelta(days=1)
        moved_back(WatchlistEntry, 1)
        moved_back(Watchlist, 1)
        before = get(VENDORS)
        WatchlistEntry.objects.filter(name="Huawei").update(listings=["FCC Covered List"], enabled=False)

        row = named(VENDORS, "Huawei")
        assert {change["column"] for change in row["changes"]} == {"enabled", "listings"}
        change = next(change for change in row["changes"] if change["column"] == "listings")
        assert "NDAA s.889" in change["before"]
        assert change["after"] == ["FCC Covered List"]
        assert row["recorded"].startswith(str(yesterday))
        assert row["changed"].startswith(str(today))
        assert row["enabled"] is False

        then = get(f"{VENDORS}?as_of={yesterday}")
        assert (then["as_of"], then["digest"]) == (str(yesterday), before["digest"])
        assert get(f"{VENDORS}?as_of={today}")["digest"] == get(VENDORS)["digest"] != before["digest"]
        old = named(f"{VENDORS}?as_of={yesterday}", "Huawei")
        assert (old["enabled"], old["changes"]) == (True, [])
        assert old["page_url"] == f"/methodology/lists/vendors/?as_of={yesterday}#{row['id']}"
        assert get(f"{VENDORS}?as_of={yesterday - timedelta(days=1)}")["results"] == []

    def test_an_edit_of_a_note_alone_is_not_a_change(self):
        WatchlistEntry.objects.filter(name="Huawei").update(note="x", loaded_digest="y")

        assert named(VENDORS, "Huawei")["changes"] == []

    def test_a_moved_entry_is_on_its_new_list(self):
        moved_back(WatchlistEntry, 1)
        financiers = Watchlist.objects.get(slug="financiers")
        WatchlistEntry.objects.filter(name="Huawei").update(watchlist=financiers)

        assert named(f"{LIST}financiers/", "Huawei")
        assert "Huawei" not in {row["name"] for row in get(VENDORS)["results"]}
        yesterday = datetime.now(UTC).date() - timedelta(days=1)
        assert named(f"{VENDORS}?as_of={yesterday}", "Huawei")

    def test_a_list_that_is_switched_off_says_so(self):
        moved_back(Watchlist, 1)
        Watchlist.objects.filter(slug="vendors").update(enabled=False)

        yesterday = datetime.now(UTC).date() - timedelta(days=1)
        assert get(VENDORS)["is_on"] is False
        assert get(f"{VENDORS}?as_of={yesterday}")["is_on"] is True
        assert {row["code"]: row["is_on"] for row in get(LIST)["results"]}["vendors"] is False


@pytest.mark.parametrize(
    ("asked", "status", "told"),
    [
        ("vendors/?as_of=yesterday", 400, "yesterday is not a day up to today"),
        ("vendors/?as_of=20240301", 400, "20240301 is not a day"),
        ("vendors/?as_of=2999-01-01", 400, "2999-01-01 is not a day up to today"),
        ("laws/?as_of=2024-03-01", 400, "comes with the program"),
        ("laws/?on=2024-03-01", 400, "on"),
        ("laws/?fields=aliases", 400, "The field aliases is not known."),
        ("nobody/", 404, ""),
        ("nobody.csv", 404, ""),
    ],
)
def test_invalid_requests_for_lists_are_refused(asked, status, told):
    answer = Client().get(f"{LIST}{asked}", headers={"Accept-Language": "en"})

    assert answer.status_code == status
    assert answer["Content-Type"] == "application/problem+json"
    assert told in answer.content.decode()


class TestRuleSets:
    @pytest.fixture
    def in_force(self, loaded):
        RuleOverride.objects.create(rule="R018", parameter="methods", value=["open"], country="PE", source="Ley 1")
        RuleOverride.objects.create(rule="T05", value="retired", country="PE", source="a lead")
        return {(row["country"], row["subject"]): row for row in get("/api/v1/rule-sets/")["results"]}

    def test_rule_sets_have_the_digests_in_force(self, in_force):
        for country, rule_set in rule_sets_in_force().by_country.items():
            assert in_force[country, "process"]["digest"] == rule_set.digest.hex()
        assert in_force["", "organization"]["reference_digest"] == ""
        assert "T05" in in_force["", "process"]["rules"]
        assert "T05" not in in_force["PE", "process"]["rules"]

    @pytest.mark.parametrize("country", ["", "PE", "UY"])
    def test_a_digest_can_be_computed_as_the_documentation_says(self, in_force, country):
        row = in_force[country, "process"]
        rules = []
        for code, version in row["rules"].items():
            rule = get(f"/api/v1/rules/{code}/")
            parameters = rule["parameters"]
            for place in ("", country):
                for override in rule["overrides"]:
                    if override["country"] == place:
                        parameters |= {override["parameter"]: override["value"]}
            rules.append([code, version, parameters])
        made_of = (row["reference_digest"], row["reading_version"], row["exchange_rates_digest"])
        text = json.dumps([rules, *made_of], sort_keys=True)
        assert hashlib.sha256(text.encode()).hexdigest() == row["digest"]

    def test_editing_a_list_changes_the_digest(self, in_force):
        WatchlistEntry.objects.filter(name="Huawei").update(listings=[])
        (row,) = (
            row for row in get("/api/v1/rule-sets/")["results"] if (row["country"], row["subject"]) == ("", "process")
        )
        assert row["digest"] != in_force["", "process"]["digest"]
        assert row["reference_digest"] != in_force["", "process"]["reference_digest"]
