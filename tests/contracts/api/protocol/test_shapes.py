"""Pages of a list whose SQL is written once for all requests of a shape: they are what they were, for each value."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from psycopg import RawCursor

from contracts.api.protocol import list_view
from contracts.api.protocol.rows import shapes
from contracts.api.protocol.rows.written_by_postgres import compact_list
from contracts.models import Contract, ContractingProcess
from contracts.postgres.statements import Together
from tests.support.clients import client_with_token, new_user
from tests.support.records import load, release

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_limit")]
# Requests that have none; what their rows say is asked by keys.
WITHOUT_SHAPE = [
    "contracts/?q=agua",
    "contracts/?q=agua&order_by=-amount&limit=1",
    "contracts/?q=abracadabra",
    "contracts/?q=cámaras&fields=ocid,amount&limit=2",
    "contracts/?publisher=x",
    "contracts/?supplier_role=sole&limit=1",
    "contracts/?count=1&limit=3",
    "contracts/?per=process&limit=2&order_by=date",
    "contracting-processes/?q=agua&limit=1",
    "contracting-processes/?sector=telecoms,none&limit=2",
    "organizations/?q=ayuntamiento&limit=1",
    "organizations/?role=supplier&limit=2",
    "flags/?q=agua",
]
# What their rows say depends on the request itself.
OF_THE_REQUEST = ["contracts/?include=parties", "contracts/?in_currency=EUR", "contracts/?q=agua&order_by=relevance"]
# Requests one after the other whose shapes are the same where they name the same.
REQUESTS = [
    "contracts/",
    "contracts/?limit=1",
    "contracts/?limit=1&order_by=amount",
    "contracts/?limit=1&order_by=-date_signed",
    "contracts/?country=MX",
    "contracts/?country=pe",
    "contracts/?country=none",
    "contracts/?country=PE,MX",
    "contracts/?country=MX,none",
    "contracts/?country=MX&currency=MXN&method=open&amount__gte=1",
    "contracts/?country=MX&currency=PEN&method=direct&amount__gte=100000000",
    "contracts/?date_signed=2024-04-10",
    "contracts/?date_signed=none",
    "contracts/?date_signed__gte=2024-01-01&date_signed__lte=2024-12-31",
    "contracts/?fields=ocid,url&omit=url",
    "contracting-processes/?date__gte=2024-01-01",
    "contracting-processes/?date__gte=2099-01-01T10:00:00Z",
    "contracting-processes/?status=complete&order_by=award_date",
    "organizations/?country=MX",
    "organizations/?limit=2",
]


@pytest.fixture
def records():
    undated, unplaced = release("ocds-test01-2"), release("ocds-test01-3")
    del undated["contracts"][0]["dateSigned"]
    del unplaced["parties"][0]["address"]
    del unplaced["contracts"][0]["value"], unplaced["awards"][0]["value"], unplaced["tender"]["value"]
    load(release("ocds-test01-1"), undated, unplaced, release("ocds-test01-4/a b"))


@pytest.fixture
def no_shapes(monkeypatch):
    """Shapes that earlier tests left are forgotten."""
    monkeypatch.setattr(shapes, "_shapes", {})
    monkeypatch.setattr(shapes, "_by_key", {})


def pages(client, address: str) -> list[bytes]:
    """Return a page, the next two, and the one before the last of these."""
    found = []
    for name in ("next", "next", "previous"):
        response = client.get(address)
        found.append((response.status_code, response.content, response.headers.get("ETag")))
        address = response.json().get(name)
        if not address:
            return found
    return [*found, client.get(address).content]


def test_pages_are_the_same_with_and_without_a_shape(anonymous, records, no_shapes, monkeypatch):
    asked = [*REQUESTS, *reversed(REQUESTS)]
    with_shapes = [pages(anonymous, f"/api/v1/{request}") for request in asked]
    assert len(shapes._shapes) > 15
    assert None not in shapes._shapes.values()
    monkeypatch.setattr(list_view, "shaped", lambda _view, _request: None)
    monkeypatch.setattr(list_view, "by_key", lambda *_asked: None)
    assert with_shapes == [pages(anonymous, f"/api/v1/{request}") for request in asked]
    assert len({str(found) for found in with_shapes}) > 15


def test_requests_without_a_shape_read_rows_by_key(anonymous, records, no_shapes, monkeypatch):
    by_key = [pages(anonymous, f"/api/v1/{request}") for request in WITHOUT_SHAPE]
    assert len(shapes._by_key) == 5  # four lists, and one with fewer columns, whatever their order
    assert None not in shapes._by_key.values()
    kinds = set(shapes._by_key)
    assert {len(found) for found in by_key} >= {1, 4}
    others = [pages(anonymous, f"/api/v1/{request}") for request in OF_THE_REQUEST]
    assert {shapes._by_key[key] for key in shapes._by_key.keys() - kinds} <= {None}
    monkeypatch.setattr(list_view, "by_key", lambda *_asked: None)
    assert by_key == [pages(anonymous, f"/api/v1/{request}") for request in WITHOUT_SHAPE]
    assert others == [pages(anonymous, f"/api/v1/{request}") for request in OF_THE_REQUEST]


def test_stored_json_is_compacted():
    written = compact_list(['{"a":[{"b": 1.50, "c": "d: e, \\"f"}], "g": 100000000000000000000000.10}', "{}"])
    assert bytes(written) == b'[{"a":[{"b":1.50,"c":"d: e, \\"f"}],"g":100000000000000000000000.10},{}]'


def test_the_row_statement_is_cached_per_rights(anonymous, records, no_shapes):
    ContractingProcess.objects.filter(ocid="ocds-test01-1").update(verification="unverified")
    auditor = client_with_token(new_user("auditor", "contracts.view_claim", "audits.view_flag"), "read", "review")
    address = "/api/v1/contracts/?supplier_role=sole"
    seen = [{row["ocid"] for row in client.get(address).json()["results"]} for client in (auditor, anonymous, auditor)]
    assert seen[0] == seen[2] == {*seen[1], "ocds-test01-1"}
    assert "ocds-test01-1" not in seen[1]
    assert len(shapes._by_key) == 2


def test_a_search_without_hits_reads_no_rows(anonymous, records, no_shapes):
    asked = selected(anonymous, "/api/v1/contracts/?q=abracadabra")
    assert not [query for query in asked if "contract_id" in query]
    assert selected(anonymous, "/api/v1/contracts/?supplier_role=sole")[-1].count("contract_id")


@pytest.mark.parametrize("query", ["", "?q=agua", "?count=1", "?reviewed=false"])
def test_a_list_of_which_nothing_is_published_is_empty(anonymous, records, no_shapes, settings, query):
    settings.VEEDOR_PUBLICATION = "none"
    for _time in range(2):
        response = anonymous.get(f"/api/v1/flags/{query}")
        assert response.status_code == 200
        assert response.json()["results"] == []


def test_a_shape_is_written_once_whatever_its_values(anonymous, records, no_shapes):
    for country in ("MX", "PE", "CL"):
        anonymous.get(f"/api/v1/contracts/?country={country}&amount__gte=5")
    assert len(shapes._shapes) == 1
    anonymous.get("/api/v1/contracts/?country=none&amount__gte=5")
    anonymous.get("/api/v1/contracts/?country=MX,PE&amount__gte=5")
    anonymous.get("/api/v1/contracts/?country=MX&amount__gte=5", headers={"Accept-Language": "pt"})
    assert len(shapes._shapes) == 4


def test_fields_have_one_shape_however_they_are_written(anonymous, records, no_shapes):
    answers = [
        anonymous.get(f"/api/v1/contracts/?fields={fields}").content
        for fields in ("ocid,url", "url, ocid", f"ocid,url{',ocid' * 300}")
    ]
    assert len(set(answers)) == 1
    assert len(shapes._shapes) == 1
    assert anonymous.get("/api/v1/contracts/?omit=ocid,url").content not in answers
    assert len(shapes._shapes) == 2


def selected(client, address: str) -> list[str]:
    """Return the queries of a request."""
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return [query["sql"] for query in queries if query["sql"].startswith(("SELECT", "WITH"))]


def test_keys_and_columns_are_read_by_two_queries(anonymous, records, no_shapes):
    address = "/api/v1/contracts/?country=MX&method=open&amount__gte=1&date_signed__gte=2024-01-01"
    lacking, choice, page = selected(anonymous, address)
    assert (lacking.count("EXISTS"), lacking.count("count(*)")) == (4, 0)
    assert "contract_id" in page
    # Each record has a method; that some have none of the others is known from now on.
    assert (choice.count("EXISTS"), choice.count("count(*)")) == (1, 3)
    assert selected(anonymous, address) == [choice, page]
    answer = anonymous.get(address).json()
    assert [warning["parameters"] for warning in answer["warnings"]] == [["date_signed__gte"]]
    assert answer["results"]


def test_an_empty_page_reads_no_columns(anonymous, records, no_shapes):
    address = "/api/v1/contracts/?country=MX&amount__gte=1&currency=PEN"
    asked = selected(anonymous, address)
    assert not anonymous.get(address).json()["results"]
    assert "contracts_contract" in asked[0]
    assert not [query for query in asked if "contract_id" in query]


def test_unknown_values_are_reported_for_every_request_of_a_shape(anonymous, records, no_shapes):
    for country, currency, unknown in (("MX", "EUR", "EUR"), ("CL", "CLP", "CL CLP"), ("none", "none", "")):
        answer = anonymous.get(f"/api/v1/contracts/?country={country}&currency={currency}&amount__gte=99999999").json()
        assert not answer["results"]
        told = [warning["detail"] for warning in answer["warnings"] if warning["code"] == "unknown_value"]
        assert len(told) == len(unknown.split())
        assert all(f"has {value} as" in detail for value, detail in zip(unknown.split(), told, strict=True))
    assert len(shapes._shapes) == 2


def test_a_value_that_becomes_missing_is_reported(anonymous, records, no_shapes):
    address = "/api/v1/contracts/?method=open"
    assert not anonymous.get(address).json()["warnings"]
    ContractingProcess.objects.filter(ocid="ocds-test01-2").update(procurement_method="")
    for _once_more in range(2):
        (warning,) = anonymous.get(address).json()["warnings"]
        assert (warning["parameters"], warning["rows"]) == (["method"], 1)
    ContractingProcess.objects.filter(procurement_method="").update(procurement_method="open")
    assert not anonymous.get(address).json()["warnings"]


def test_a_row_deleted_between_the_queries_is_left_out(anonymous, records, no_shapes, monkeypatch):
    found = anonymous.get("/api/v1/contracts/?country=MX,PE").json()["results"]
    ask = Together.values

    def ask_and_remove(self, values):
        answer = ask(self, values)
        Contract.objects.filter(process__ocid=found[1]["ocid"]).delete()
        return answer

    monkeypatch.setattr(Together, "values", ask_and_remove)
    assert anonymous.get("/api/v1/contracts/?country=MX,PE").json()["results"] == [found[0], *found[2:]]


@pytest.mark.parametrize(
    "query", ["q=agua", "supplier=1", "publisher=x", "in_currency=EUR", "per=process", "count=1", "sector=telecoms"]
)
def test_complex_filters_have_no_shape(anonymous, records, no_shapes, query):
    assert anonymous.get(f"/api/v1/contracts/?{query}").status_code == 200
    assert not shapes._shapes


def test_invalid_requests_have_no_shape(anonymous, records, no_shapes):
    for query in ("country=XX1", "limit=0", "order_by=x", "cursor=x", "fields=x", "x=1", "amount__gte=x"):
        assert anonymous.get(f"/api/v1/contracts/?{query}").status_code == 400
    assert not shapes._shapes


def test_a_shape_is_shared_only_by_readers_with_equal_rights(anonymous, records, no_shapes):
    ContractingProcess.objects.filter(ocid="ocds-test01-1").update(verification="unverified")
    rights = ("contracts.view_claim", "audits.view_flag")
    seeing = [client_with_token(new_user(name, *rights), "read", "review") for name in ("auditor", "another")]
    # Whoever made a token without the scope reads as everybody does; and so does who has no such right.
    others = [client_with_token(new_user("scope", *rights), "read"), client_with_token(new_user("reader"), "review")]

    def ocids(client) -> set[str]:
        return {row["ocid"] for row in client.get("/api/v1/contracts/").json()["results"]}

    public = ocids(anonymous)
    assert "ocds-test01-1" not in public
    assert len(shapes._shapes) == 1
    assert [ocids(client) for client in seeing] == [{*public, "ocds-test01-1"}] * 2
    assert len(shapes._shapes) == 2
    assert [ocids(client) for client in [*others, anonymous]] == [public] * 3
    assert len(shapes._shapes) == 2


def test_the_number_of_cached_shapes_is_limited(anonymous, records, no_shapes, monkeypatch):
    monkeypatch.setattr(shapes, "_KEPT", 3)
    for limit in range(1, 9):
        anonymous.get(f"/api/v1/organizations/?limit={limit}")
        anonymous.get(f"/api/v1/organizations/?role=supplier&fields={','.join(('id', 'key', 'name')[: limit % 4])}")
        assert len(shapes._shapes) <= 3
        assert len(shapes._by_key) <= 3


def kept_by_the_server() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement FROM pg_prepared_statements")
        return {statement for (statement,) in cursor.fetchall()}


@pytest.fixture
def nothing_kept(db):
    """A connection for which the server keeps nothing."""
    connection.ensure_connection()
    threshold = connection.connection.prepare_threshold
    connection.connection._prepared.clear()
    with connection.cursor() as cursor:
        cursor.execute("DEALLOCATE ALL")
    yield
    connection.connection.prepare_threshold = threshold


def test_the_row_statement_keeps_its_plan(anonymous, records, no_shapes, nothing_kept):
    assert anonymous.get("/api/v1/contracts/?country=MX").json()["results"]
    (by_key,) = kept_by_the_server()
    assert "= ANY((SELECT $1::bigint[])::bigint[])" in by_key
    assert "MX" not in by_key
    assert anonymous.get("/api/v1/contracts/?amount__gte=1&order_by=-amount&limit=2").json()["results"]
    assert anonymous.get("/api/v1/contracts/?supplier_role=sole&order_by=date").json()["results"]
    assert kept_by_the_server() == {by_key}
    first = anonymous.get("/api/v1/contracts/").json()["results"]
    (in_order,) = kept_by_the_server() - {by_key}
    assert "ORDER BY" in in_order
    load(release("ocds-test01-5"))
    again = anonymous.get("/api/v1/contracts/").json()["results"]
    assert len(again) == len(first) + 1
    assert kept_by_the_server() == {by_key, in_order}


def test_orders_only_change_the_key_statement(anonymous, records, no_shapes, nothing_kept):
    """What rows say is long: to write and plan it for each order takes ten times as long as to read a page."""
    pages_of = [pages(anonymous, f"/api/v1/contracts/?limit=1&order_by={order}") for order in ("amount", "-date")]
    assert {len(found) for found in pages_of} == {4}
    by_key = {statement for statement in kept_by_the_server() if "row_to_json" in statement}
    assert len(by_key) == len(shapes._by_key) == 1
    choices = kept_by_the_server() - by_key
    assert len(choices) == 2
    assert max(map(len, choices)) < 1000 < min(map(len, by_key))


def test_the_row_statement_is_not_replanned_for_few_rows(anonymous, records, no_shapes, nothing_kept):
    """PostgreSQL guesses ten keys: where it saw that there are fewer, it would find each plan worth its while."""
    assert anonymous.get("/api/v1/contracts/?country=MX").json()["results"]
    (by_key,) = kept_by_the_server()
    costs = set()
    for number in (1, 10, 50):
        with RawCursor(connection.connection) as cursor:
            cursor.execute(f"EXPLAIN (FORMAT JSON) {by_key}", [f"{{{','.join(map(str, range(number)))}}}"])
            costs.add(cursor.fetchone()[0][0]["Plan"]["Total Cost"])
    assert len(costs) == 1


def test_no_plan_is_kept_behind_a_pooler(anonymous, records, no_shapes, nothing_kept, monkeypatch):
    monkeypatch.setitem(connection.settings_dict, "DISABLE_SERVER_SIDE_CURSORS", True)
    assert anonymous.get("/api/v1/contracts/").json()["results"]
    assert anonymous.get("/api/v1/contracts/?country=MX").json()["results"]
    assert not kept_by_the_server()


@pytest.mark.django_db(transaction=True)
def test_a_page_is_shown_after_a_column_was_widened(anonymous, records, no_shapes):
    before = [anonymous.get("/api/v1/contracts/").json() for _ in range(2)][1]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT character_maximum_length FROM information_schema.columns WHERE (table_name, column_name)"
            " = ('contracts_contract', 'currency')"
        )
        (length,) = cursor.fetchone()
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("ALTER TABLE contracts_contract ALTER COLUMN currency TYPE text")
        assert anonymous.get("/api/v1/contracts/").json() == before
    finally:
        with other.cursor() as cursor:
            cursor.execute(f"ALTER TABLE contracts_contract ALTER COLUMN currency TYPE varchar({length})")
        other.close()


class _Emptied(dict):
    """What another thread empties as soon as something is kept in it."""

    def __setitem__(self, key, value):
        super().__setitem__(key, value)
        self.clear()


@pytest.mark.parametrize("address", ["contracts/?country=MX", "contracts/?q=agua"])
def test_clearing_the_cache_concurrently_does_not_fail_a_page(anonymous, records, monkeypatch, address):
    monkeypatch.setattr(shapes, "_shapes", _Emptied())
    monkeypatch.setattr(shapes, "_by_key", _Emptied())
    assert anonymous.get(f"/api/v1/{address}").status_code == 200
