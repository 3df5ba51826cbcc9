"""
Filters, orders and searches of the lists, and who sends one more record, read an index: at 50,000 rows no table is
read from end to end.

What counts is how many rows PostgreSQL looks at, not how long it takes.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import product

import psycopg
import pytest
from django.db import connection
from django.db.models import F
from django.test import Client

from audits.api.contracts import AuditedContractListView
from audits.api.flags import FlagListView
from audits.api.processes import AuditedProcessListView
from audits.engine import processes
from audits.engine.catching_up import catch_up_processes
from audits.models import Audit, Flag
from audits.pages.figures.cached_figures import refresh
from contracts.api.organizations import OrganizationListView
from contracts.intake.processing import process_submission
from contracts.models import ContractingProcess
from tests.support.clients import client_with_token, new_user
from tests.support.document_stock import write_document_stock
from tests.support.records import load, release
from tests.support.stock import write_stock

pytestmark = pytest.mark.django_db

PROCESSES, ORGANIZATIONS, DOCUMENTS = 50_000, 20_000, 15_000
# Rows that one statement may look at: a list of 50 also at those that it skips, a warning at 1,000.
MOST_ROWS = 4_000
# A search reads up to 10,000 keys, and passes them on.
MOST_ROWS_OF_SEARCH = 25_000
# Of a thousand documents PostgreSQL may rather read all attachments and submissions, once each.
MOST_ROWS_OF_DOCUMENTS = MOST_ROWS_OF_SEARCH + DOCUMENTS
# A page of a search counts facets of 5,000 rows, their processes, audits, flags; of 50,000 processes PostgreSQL may
# read all once for that.
MOST_ROWS_OF_PAGE = 60_000
# What no index answers yet: how many rows have no audit.
LEFT = {"contracts": {"sector"}, "contracting-processes": {"sector"}, "flags": {"sector"}}
# How many rows have no rate of a currency other
# than the stored one is asked of each.
LEFT_QUERIES = {
    ("contracts", "in_currency=EUR"),
    ("contracting-processes", "in_currency=EUR"),
    # PostgreSQL would rather go through all processes in their order than read the few that an index holds.
    ("contracting-processes", "award_date__lte=2020-01-02"),
    ("contracting-processes", "date_signed__lte=2020-01-02"),
    ("contracting-processes", "flag_state=confirmed"),
    # The same of flags, by what nearly all of their processes have.
    ("flags", "category=goods"),
    ("flags", "country=PE"),
    ("flags", "country=PE,MX"),
    ("flags", "method=open"),
}
# Those that the stock fills.
LARGE = frozenset(
    {
        "contracts_organization",
        "contracts_contractingprocess",
        "contracts_contract",
        "contracts_party",
        "contracts_change",
    }
    | {"audits_audit", "audits_flag"}
)
VIEWS = {
    "contracts": AuditedContractListView,
    "contracting-processes": AuditedProcessListView,
    "flags": FlagListView,
    "organizations": OrganizationListView,
}
# Parameter → values: one that many rows have, one that few have, one that none has.
_DAYS = ("2023-01-01", "2020-01-02", "1999-01-01", "2050-01-01")
_AMOUNTS = ("25000", "3", "49999", "0", "9000000")
VALUES = {
    "ocid": ("ocds-stock1-77", "ocds-none-1"),
    "country": ("PE", "MX", "BR", "none", "PE,MX"),
    "region": ("Lima", "Sonora", "Jalisco", "none"),
    "publisher": ("stock-1", "stock-2", "stock-3"),
    "method": ("open", "limited", "selective", "none"),
    "category": ("goods", "works", "other", "none"),
    "basis": ("contract", "award"),
    "status": ("complete", "active", "cancelled", "withdrawn", "other", "none"),
    "cancelled": ("yes", "no"),
    "counted": ("yes", "no"),
    "currency": ("PEN", "USD", "EUR", "none"),
    "in_currency": ("USD", "EUR"),
    "date_basis": ("signature", "award", "release"),
    "supplier_role": ("sole", "member", "lead", "sole,member"),
    "sector": ("telecoms", "digital_identity", "cloud"),
    "rule": ("R018", "T08", "T01"),
    "flag_state": ("confirmed", "needs_information", "dismissed"),
    "severity": ("medium", "high", "low"),
    "state": ("confirmed", "new", "needs_information", "dismissed"),
    "decision": ("confirmed", "needs_information", "dismissed"),
    "reviewed": ("true", "false"),
    "subject": ("process", "organization"),
    "key": ("PE-RUC:20000000077", "PE-RUC:1"),
    "scheme": ("pe-ruc", "mx-rfc", "xx-none"),
    "identifier": ("20000000077", "2000000-0077", "1"),
    "role": ("supplier", "funder", "buyer"),
    "q": ("red", "inusual", "abracadabra", "servicio 77", '"servicio 77" -red', "inusual OR abracadabra"),
    "q.title": ("servicio 77", "inusual", "abracadabra"),
    "q.buyer": ("organización", "77", "abracadabra"),
    "q.supplier": ("proveedor", "77", "abracadabra"),
    "q.items": ("cable", "blindado", "abracadabra"),
    "q.documents": ("red", "inusual", "abracadabra", '"cláusula 77"'),
    "q.evidence": ("inusual", "abracadabra", "servicio 77"),
}


def values_of(name: str) -> tuple[str, ...]:
    if name in VALUES:
        return VALUES[name]
    if name in ("buyer", "procuring_entity", "supplier", "organization"):
        return ("ORGANIZATION", "999999999", "PE-RUC:1")
    if name == "funder":
        # Nobody finances half of all processes; PostgreSQL may read those of one who did before it orders them.
        return ("PE-RUC:20000000002", "999999999", "PE-RUC:1")
    if name.startswith(("amount", "converted")):
        return _AMOUNTS
    assert name.partition("__")[0] in {"date", "date_signed", "start", "end", "award_date", "raised", "changed"}, name
    return _DAYS


def requests() -> Iterator[tuple[str, str, list[str]]]:
    """Yield a list, what is asked of it, and the queries of that."""
    for title, view in VIEWS.items():
        for name in sorted(view.filterset_class.base_filters.keys() - LEFT.get(title, set())):
            queries = (f"{name}={value}" for value in values_of(name))
            yield title, name, [query for query in queries if (title, query) not in LEFT_QUERIES]
        yield title, "order_by", [f"order_by={sign}{order}" for order, sign in product(view.orders, ("", "-"))]


@pytest.fixture(scope="module")
def stock(django_db_setup, django_db_blocker):
    """The primary key of an organization that buys."""
    filled = ("contracts_organization", "contracts_contractingprocess", "contracts_contract", "contracts_party")
    filled += ("audits_audit", "audits_flag")
    filled += ("contracts_attachment", "contracts_document", "contracts_documentpage")
    truncated = "contracts_publisher, contracts_organization, contracts_contractingprocess, contracts_change"
    truncated += ", contracts_content, auth_user"
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        # The same plans in each run: files without what tests before have left, statistics of all rows, which nothing
        # renews meanwhile.
        cursor.execute(f"TRUNCATE {truncated} CASCADE")
        for table in filled:
            cursor.execute(f"ALTER TABLE {table} SET (autovacuum_enabled = false)")
        cursor.execute("SET default_statistics_target = 1000")
        write_stock(PROCESSES, ORGANIZATIONS)
        write_document_stock(DOCUMENTS, new_user("publisher").pk)
        cursor.execute("VACUUM (ANALYZE)")
        cursor.execute("RESET default_statistics_target")
        yield ContractingProcess.objects.order_by("pk").values_list("buyer", flat=True)[10]
        cursor.execute(f"TRUNCATE {truncated} CASCADE")
        for table in filled:
            cursor.execute(f"ALTER TABLE {table} RESET (autovacuum_enabled)")
        cursor.execute("ANALYZE")


@contextmanager
def statements() -> Iterator[list[tuple[str, object]]]:
    seen: list[tuple[str, object]] = []

    def note(execute, sql, parameters, many, context):
        if sql.lstrip().startswith(("SELECT", "WITH", "SET LOCAL")):
            is_raw = isinstance(context["cursor"].cursor, psycopg.RawCursor)
            seen.append((sql if parameters or not is_raw else sql.replace("%", "%%"), parameters))
        return execute(sql, parameters, many, context)

    with connection.execute_wrapper(note):
        yield seen


def looked_at(plan: dict) -> int:
    """Return how many rows the scans of a plan looked at."""
    own = 0
    if "Scan" in plan["Node Type"] and "Bitmap Index" not in plan["Node Type"]:
        removed = plan.get("Rows Removed by Filter", 0) + plan.get("Rows Removed by Index Recheck", 0)
        own = (plan["Actual Rows"] + removed) * plan["Actual Loops"]
    return own + sum(looked_at(child) for child in plan.get("Plans", ()))


def scans_of(plan: dict) -> Iterator[dict]:
    """Yield the scans of tables in a plan."""
    if "Relation Name" in plan:
        yield plan
    for child in plan.get("Plans", ()):
        yield from scans_of(child)


def explain(sql: str, parameters: object, options: str = "ANALYZE, TIMING OFF") -> dict:
    if sql.startswith("SET LOCAL"):  # what follows was planned by it
        with connection.cursor() as cursor:
            cursor.execute(sql)
        return {"Node Type": "Result"}
    # What the server keeps has places for values in it.
    with psycopg.RawCursor(connection.connection) if "$1" in sql else connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN ({options}, FORMAT JSON) {sql}", parameters)
        (found,) = cursor.fetchone()
    return (json.loads(found) if isinstance(found, str) else found)[0]["Plan"]


@pytest.mark.parametrize(
    "query",
    [
        *(
            "",
            "q=red",
            "q=servicio&in=contracts",
            "q=inusual",
            "q.documents=red",
            "in=contracts&country=PE&order_by=amount_usd",
        ),
        *("in=organizations", "in=organizations&role=supplier", "in=organizations&q=organización"),
    ],
)
def test_a_search_page_reads_few_rows(query: str, stock: int):
    with statements() as asked:
        answer = Client().get(f"/search/?{query}")
    assert answer.status_code == 200
    assert 'class="rows"' in answer.content.decode()
    assert len(asked) >= 3
    found = [(looked_at(explain(sql, parameters)), sql) for sql, parameters in asked]
    assert not [entry for entry in found if entry[0] > MOST_ROWS_OF_PAGE]


@pytest.mark.parametrize("address", ["/", "/data/", "/countries/PE/", "/technologies/networks/", "/sitemap.xml"])
def test_a_page_uses_scheduled_figures(address: str, stock: int, monkeypatch):
    # The stock was written just now.
    monkeypatch.setattr("audits.pages.figures.cached_figures.QUIET_PERIOD", timedelta(0))
    assert refresh(budget=600.0)
    with statements() as asked:
        assert Client().get(address).status_code == 200
    found = [(looked_at(explain(sql, parameters)), sql) for sql, parameters in asked]
    # The bodies of the map of the site are counted: whether a public record names each.
    most = ORGANIZATIONS * 3 if address == "/sitemap.xml" else MOST_ROWS
    assert not [entry for entry in found if entry[0] > most]


@pytest.mark.parametrize("title", ["contracts", "contracting-processes"])
@pytest.mark.parametrize("query", ["q=inusual", "supplier=ORGANIZATION", "ocid=ocds-stock1-77"])
@pytest.mark.parametrize("facet", ["supplier", "sector"])
def test_facets_of_several_values_read_only_the_rows_that_are_counted(title: str, query: str, facet: str, stock: int):
    with statements() as asked:
        answer = Client().get(f"/api/v1/{title}/?{query.replace('ORGANIZATION', str(stock))}&facets={facet}")
    assert answer.status_code == 200, answer.content
    assert facet in answer.json()["facets"]
    found = [(looked_at(explain(sql, parameters)), sql) for sql, parameters in asked]
    assert not [entry for entry in found if entry[0] > (MOST_ROWS_OF_SEARCH if query.startswith("q") else MOST_ROWS)]


def test_corrections_read_no_more_flags_than_they_list(stock: int, monkeypatch):
    # Half of the confirmed flags were taken back, the others have changed.
    confirmed = Flag.objects.filter(decision="confirmed").alias(part=F("process") % 4)
    assert confirmed.filter(part=0).update(decision="dismissed") > MOST_ROWS
    assert confirmed.filter(part=2).update(changed_because="record") > MOST_ROWS
    # The stock has no decisions, which say what the public reads of a changed flag.
    monkeypatch.setattr("audits.pages.searching.corrections.show_flags", lambda _flags: [])
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE audits_flag")
    with statements() as asked:
        assert Client().get("/corrections/").status_code == 200
    found = [(looked_at(explain(sql, parameters)), sql) for sql, parameters in asked]
    assert not [entry for entry in found if entry[0] > MOST_ROWS]


@pytest.mark.parametrize(("title", "name", "queries"), list(requests()))
def test_a_list_page_reads_few_rows(title: str, name: str, queries: list[str], stock: int):
    auditor = client_with_token(new_user("auditor", "audits.view_flag"), "read", "review")
    # The public may not order flags by what says when they came.
    readers = [auditor] if (title, name) == ("flags", "order_by") else [Client(), auditor]
    if title != "flags":
        readers = readers[:1]
    most = MOST_ROWS_OF_SEARCH if name.startswith("q") else MOST_ROWS
    most = MOST_ROWS_OF_DOCUMENTS if name == "q.documents" else most
    found = []
    for reader, query in product(readers, queries):
        with statements() as asked:
            answer = reader.get(f"/api/v1/{title}/?{query.replace('ORGANIZATION', str(stock))}")
        assert answer.status_code == 200, answer.content
        for sql, parameters in asked:
            plan = explain(sql, parameters)
            if looked_at(plan) > most:
                found.append((query, looked_at(plan), sql, parameters, json.dumps(plan)))
    assert not found


@pytest.mark.parametrize("title", ["contracts", "contracting-processes"])
@pytest.mark.parametrize(
    "query",
    # What half of all rows have each, and none has together.
    [
        "country=CO&method=open",
        "country=PE&method=direct&category=services",
        "country=CO&method=open&order_by=-amount",
    ],
)
def test_combined_filters_read_few_rows(title: str, query: str, stock: int):
    with statements() as asked:
        answer = Client().get(f"/api/v1/{title}/?{query}")
    assert answer.status_code == 200, answer.content
    found = [(looked_at(explain(sql, parameters)), sql) for sql, parameters in asked]
    assert not [entry for entry in found if entry[0] > MOST_ROWS]


def test_figures_of_publishers_are_read_from_an_index(stock: int):
    with statements() as asked:
        assert Client().get("/api/v1/publishers/").status_code == 200
    ((sql, parameters),) = [entry for entry in asked if "contracts_contractingprocess" in entry[0]]
    scans = [scan for scan in scans_of(explain(sql, parameters)) if "contractingprocess" in scan["Relation Name"]]
    assert len(scans) == 3
    assert {scan.get("Index Name") for scan in scans} == {"process_publisher"}


@contextmanager
def whole_tables_read() -> Iterator[list[tuple[str, str]]]:
    """Yield the large tables that are planned to be read from end to end, each with its statement."""
    found: list[tuple[str, str]] = []

    def look(execute, sql, parameters, many, context):
        text = str(sql).lstrip()
        if not many and text.startswith(("SELECT", "WITH", "INSERT", "UPDATE", "DELETE")):
            scans = scans_of(explain(text, parameters, "COSTS OFF"))
            read = {scan["Relation Name"] for scan in scans if scan["Node Type"] == "Seq Scan"}
            found.extend((table, text) for table in read & LARGE)
        return execute(sql, parameters, many, context)

    with connection.execute_wrapper(look):
        yield found


def audit(ocid: str) -> None:
    processes.audit_due(list(ContractingProcess.objects.of_ocids([ocid]).values_list("pk", flat=True)))
    catch_up_processes()


def test_loading_and_auditing_a_record_uses_indexes(stock: int):
    with whole_tables_read() as found:
        submission = load(release("ocds-test01-1"))
        assert list(ContractingProcess.objects.of_submission(submission).values_list("ocid", flat=True))
        audit("ocds-test01-1")
        load(release("ocds-test01-1", id="2", date="2024-05-01T00:00:00Z"))
        audit("ocds-test01-1")
    assert Audit.objects.filter(process__ocid="ocds-test01-1", is_current=True).exists()
    assert not found


def test_receiving_and_auditing_a_claim_uses_indexes(stock: int):
    sender = client_with_token(new_user("sender", "contracts.add_submission"), "read", "submit")
    with whole_tables_read() as found:
        answer = sender.post("/api/v1/submissions/", release("ocds-stock1-77"), content_type="application/json")
        assert answer.status_code == 202, answer.content
        process_submission(answer.json()["id"])
        audit("ocds-stock1-77")
        told = sender.get(f"/api/v1/submissions/{answer.json()['id']}/").json()
    assert (told["state"], told["counts"]["processes"]) == ("processed", 1)
    assert not found
