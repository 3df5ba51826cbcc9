import json
from decimal import Decimal
from urllib.parse import quote

import pytest
from django.db.models import Func, QuerySet, TextField, Value

from contracts.models import Contract, ContractingProcess, Organization, Publisher
from tests.support.clients import client_with_token, new_user
from tests.support.records import load, release
from tests.support.shared import OCDS_FILES, needs_ocds_files

pytestmark = pytest.mark.django_db
LISTS = ["contracting-processes", "contracts", "organizations"]


def value(amount, currency="MXN") -> dict:
    return {"amount": amount, "currency": currency}


def with_value(ocid: str, amount, currency: str = "MXN", **changes) -> dict:
    record = release(ocid, **changes)
    record["contracts"][0]["value"] = value(amount, currency)
    return record


def results(client, address: str) -> list[dict]:
    response = client.get(address)
    assert response.status_code == 200, response.content
    return response.json()["results"]


def ocids(client, query: str, kind: str = "contracting-processes") -> set[str]:
    return {row["ocid"] for row in results(client, f"/api/v1/{kind}/?{query}")}


def errors(client, address: str) -> list[dict]:
    response = client.get(address)
    assert response.status_code == 400, response.content
    assert response["Content-Type"] == "application/problem+json"
    return response.json()["errors"]


def test_a_process_row_has_its_columns(anonymous):
    load(release("ocds-test01-1"))
    (row,) = results(anonymous, "/api/v1/contracting-processes/")
    assert row["ocid"] == "ocds-test01-1"
    assert row["url"] == "/api/v1/contracting-processes/ocds-test01-1/"
    assert row["country"] == "MX"
    assert row["buyer"] == "Municipio de Prueba"
    assert row["suppliers"] == ["Proveedora Ficticia S.A. de C.V."]
    assert row["method"] == "open"
    assert (row["amount"], row["currency"]) == ("900.5", "MXN")
    assert row["award_date"] == "2024-04-01"
    assert Organization.objects.get(pk=row["buyer_id"]).name == "Municipio de Prueba"


def test_a_contract_row_has_its_columns(anonymous):
    load(release())
    (row,) = results(anonymous, "/api/v1/contracts/")
    assert row["ocid"] == "ocds-test01-1"
    assert row["contract_id"] == "C"
    assert row["basis"] == "contract"
    assert row["title"] == "Servicio de limpieza de oficinas"
    assert row["buyer"] == "Municipio de Prueba"
    assert row["country"] == "MX"
    assert (row["amount"], row["currency"]) == ("900.5", "MXN")
    assert (row["date_signed"], row["date"], row["date_basis"]) == ("2024-04-10", "2024-04-10", "signature")


def test_amounts_keep_every_digit_without_trailing_zeros(anonymous):
    record = release()
    text = json.dumps(record).replace('"amount": 900.5', '"amount": 10000000000000.1234567')
    load(content=text.encode())
    (row,) = results(anonymous, "/api/v1/contracts/")
    assert row["amount"] == "10000000000000.1234567"
    assert Contract.objects.get().amount == Decimal("10000000000000.1234567")


@pytest.mark.parametrize("kind", LISTS)
def test_a_page_is_one_query_however_many_rows(anonymous, kind, django_assert_num_queries):
    load(*[release(f"ocds-test01-{number}") for number in range(30)])
    with django_assert_num_queries(1):
        assert results(anonymous, f"/api/v1/{kind}/?limit=30")


def test_counting_adds_one_query(anonymous, django_assert_num_queries):
    load(*[release(f"ocds-test01-{number}") for number in range(3)])
    # Five more set how long it may take, and as before again, and read nothing.
    with django_assert_num_queries(8) as queries:
        body = anonymous.get("/api/v1/contracts/?count=1&limit=2").json()
    assert len([query for query in queries.captured_queries if "contracts_contract" in query["sql"]]) == 3
    assert body["count"] == 3
    assert len(body["results"]) == 2
    assert "count" not in anonymous.get("/api/v1/contracts/").json()


def walk(client, address: str, link: str) -> list[list[str]]:
    pages = []
    while address:
        body = client.get(address).json()
        pages.append([row["ocid"] for row in body["results"]])
        address = body[link]
    return pages


@pytest.mark.parametrize("order", ["id", "-id", "amount", "-amount", "date_signed", "-date_signed"])
def test_paging_visits_every_row_once_in_both_directions(anonymous, order):
    amounts = [5, None, 7, 5, None, 1, 7, 7, None, 5, 2]
    records = []
    for number, amount in enumerate(amounts):
        record = with_value(f"ocds-test01-{number:02}", amount)
        if amount is None:
            record["contracts"][0].pop("value")
            record["contracts"][0].pop("dateSigned")
            record["awards"][0].pop("value")
        else:
            record["contracts"][0]["dateSigned"] = f"2024-01-{amount + 1:02}T00:00:00Z"
        records.append(record)
    load(*records)
    start = f"/api/v1/contracts/?limit=3&order_by={order}"
    forward = walk(anonymous, start, "next")
    assert [len(page) for page in forward] == [3, 3, 3, 2]
    met = [ocid for page in forward for ocid in page]
    assert len(set(met)) == len(amounts)
    if order.removeprefix("-") != "id":
        found = [amounts[int(ocid[-2:])] for ocid in met]
        known = [amount for amount in found if amount is not None]
        assert known == sorted(known, reverse=order.startswith("-"))
        assert found[len(known) :] == [None] * 3, "rows without a value stand last, and are there"
    address = start
    while (following := anonymous.get(address).json()["next"]) is not None:
        address = following
    backward = walk(anonymous, address, "previous")
    assert backward == forward[::-1]


def test_new_rows_do_not_shift_pages(anonymous):
    load(*[release(f"ocds-test01-{number}") for number in range(4)])
    first = anonymous.get("/api/v1/contracting-processes/?limit=2").json()
    load(release("ocds-test01-new"))
    second = anonymous.get(first["next"]).json()
    seen = [row["ocid"] for row in first["results"] + second["results"]]
    assert seen == [f"ocds-test01-{number}" for number in (3, 2, 1, 0)]


def test_a_contract_amended_between_pages_is_still_listed(anonymous):
    load(*[release(f"ocds-test01-{number}") for number in range(4)])
    first = anonymous.get("/api/v1/contracts/?limit=2").json()
    amended = release("ocds-test01-0", id="2", date="2024-05-01T00:00:00Z")
    amended["contracts"].insert(0, {"id": "new", "awardID": "A"})
    load(amended)
    second = anonymous.get(first["next"]).json()
    seen = [(row["ocid"], row["contract_id"]) for row in first["results"] + second["results"]]
    assert seen == [(f"ocds-test01-{number}", "C") for number in (3, 2, 1, 0)]


@pytest.mark.parametrize(
    "cursor",
    ["", "x", "%2B%2B", "bnVsbA", "W10", "WyItaWQiLGZhbHNlLC0xXQ", "WyItaWQiLGZhbHNlLDFlNDAwXQ", "9" * 1000, "é"],
)
def test_a_cursor_that_is_not_ours_is_refused(anonymous, cursor):
    assert errors(anonymous, f"/api/v1/contracts/?cursor={cursor}")[0]["parameter"] == "cursor"


def test_a_cursor_of_another_order_is_refused(anonymous):
    load(*[release(f"ocds-test01-{number}") for number in range(3)])
    following = anonymous.get("/api/v1/contracts/?limit=1&order_by=amount").json()["next"]
    assert errors(anonymous, following.replace("order_by=amount", "order_by=-amount"))[0]["code"] == "invalid_cursor"


def test_a_page_has_at_most_100_rows_and_500_with_a_token(anonymous, db):
    known = client_with_token(new_user("reader"), "read")
    assert anonymous.get("/api/v1/contracts/?limit=100").status_code == 200
    assert "500" in errors(anonymous, "/api/v1/contracts/?limit=101")[0]["hint"]
    assert known.get("/api/v1/contracts/?limit=500").status_code == 200
    assert errors(known, "/api/v1/contracts/?limit=501")[0]["parameter"] == "limit"


@pytest.mark.parametrize("limit", ["0", "-1", "x", "1.5", "٣", "9" * 1000, ""])
def test_a_limit_that_is_not_a_number_of_rows_is_refused(anonymous, limit):
    assert errors(anonymous, f"/api/v1/contracts/?limit={limit}")[0]["parameter"] == "limit"


def test_fields_and_omit_select_columns(anonymous):
    load(release())
    (row,) = results(anonymous, "/api/v1/contracts/?fields=ocid,amount")
    assert list(row) == ["ocid", "amount"]
    (row,) = results(anonymous, "/api/v1/contracts/?omit=title")
    assert "title" not in row
    assert "amount" in row


def test_an_unknown_field_or_order_is_refused_with_the_nearest(anonymous):
    (error,) = errors(anonymous, "/api/v1/contracts/?fields=ammount")
    assert (error["parameter"], "amount" in error["hint"]) == ("fields", True)
    (error,) = errors(anonymous, "/api/v1/contracts/?order_by=-password")
    assert error["allowed"] == [
        *["id", "-id", "amount", "-amount", "amount_usd", "-amount_usd", "date", "-date"],
        *["date_signed", "-date_signed", "start", "-start", "end", "-end", "relevance", "-relevance"],
    ]


def test_an_unknown_filter_is_refused_with_the_nearest(anonymous):
    (error,) = errors(anonymous, "/api/v1/contracts/?suplier=1")
    assert "supplier" in error["hint"]


def test_ties_between_suggestions_go_to_the_first(anonymous):
    (error,) = errors(anonymous, "/api/v1/contracts/?rule=T4")
    assert error["hint"].startswith("Did you mean T04?")


@pytest.mark.parametrize(
    ("column", "least", "most"),
    [("date", "2024-01-01", "2020-01-01"), ("amount", "5", "4.99"), ("start", "2024-01-02", "2024-01-01")],
)
def test_a_range_that_ends_before_it_begins_is_refused(anonymous, column, least, most):
    (error,) = errors(anonymous, f"/api/v1/contracts/?{column}__gte={least}&{column}__lte={most}")
    assert (error["parameter"], error["code"]) == (f"{column}__gte", "invalid_parameter")
    assert error["detail"] == f"{least} is greater than {most}: no value is between them."
    for ends in ((most, least), (least, least), (most, most)):
        results(anonymous, "/api/v1/contracts/?{0}__gte={1}&{0}__lte={2}".format(column, *ends))


class TestFilters:
    @pytest.fixture(autouse=True)
    def _records(self, db):
        Publisher.objects.create(slug="peru", name="Perú", country="PE", ocid_prefix="ocds-pe")
        peru = with_value("ocds-pe-1", 500, "PEN", date="2024-06-30T23:30:00Z")
        peru["parties"][0]["address"] = {"countryName": "Perú"}
        peru["parties"][0]["identifier"] = {"scheme": "PE-RUC", "id": "20100000001"}
        peru["parties"][1]["identifier"] = {"scheme": "PE-RUC", "id": "20987654329"}
        peru["tender"]["procurementMethod"] = "direct"
        peru["tender"]["title"] = "Cámaras de VIDEOVIGILANCIA 100% digitales"
        mexico = with_value("ocds-mx-1", 1500, "MXN", date="2024-01-01T00:00:00Z")
        load(peru, mexico)

    @pytest.mark.parametrize("kind", ["contracting-processes", "contracts"])
    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            ("country=PE", {"pe"}),
            ("country=pe", {"pe"}),
            ("country=M%C3%A9xico", {"mx"}),
            ("country=BR", set()),
            ("buyer=PE-RUC:20100000001", {"pe"}),
            ("buyer=PE-RUC:0", set()),
            ("supplier=PE-RUC:20987654329", {"pe"}),
            ("supplier=name:nobody", set()),
            ("supplier=99999999999999999999999999", set()),
            ("method=direct", {"pe"}),
            ("method=open", {"mx"}),
            ("currency=PEN", {"pe"}),
            ("currency=mxn", {"mx"}),
            ("amount__gte=500", {"pe", "mx"}),
            ("amount__gte=500.01", {"mx"}),
            ("amount__lte=500", {"pe"}),
            ("amount__gte=1&currency=PEN", {"pe"}),
            ("ocid=ocds-mx-1", {"mx"}),
            ("q=camaras", {"pe"}),
            ("q=C%C3%81MARAS+video", {"pe"}),
            ("q=100%25", {"pe"}),
            ("q=limpieza", {"mx"}),
            ("q=ficticia+prueba", {"pe", "mx"}),
            ("q=camaras+limpieza", set()),
        ],
    )
    def test_filters_select_matching_rows(self, anonymous, kind, query, expected):
        assert {ocid[5:7] for ocid in ocids(anonymous, query, kind)} == expected

    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            ("date__gte=2024-06-30", {"pe"}),
            ("date__lte=2024-06-30", {"pe", "mx"}),
            ("date__lte=2024-06-29", {"mx"}),
            ("date__gte=2024-06-30T18:30:00-05:00", {"pe"}),
            ("date__gte=2024-06-30T18:30:01-05:00", set()),
            ("date__gte=2024-07-01T04:30:00+05:00", {"pe"}),
            ("publisher=peru", {"pe"}),
            ("publisher=none", {"mx"}),
            ("publisher=peru,none", {"pe", "mx"}),
        ],
    )
    def test_a_date_covers_the_whole_day(self, anonymous, query, expected):
        assert {ocid[5:7] for ocid in ocids(anonymous, query)} == expected

    def test_organizations_are_found_by_id(self, anonymous):
        buyer = Organization.objects.get(key="PE-RUC:20100000001").pk
        supplier = Organization.objects.get(key="PE-RUC:20987654329").pk
        assert ocids(anonymous, f"buyer={buyer}") == {"ocds-pe-1"}
        assert ocids(anonymous, f"supplier={supplier}", "contracts") == {"ocds-pe-1"}

    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            ("country=PE&role=buyer", {"PE-RUC:20100000001"}),
            ("scheme=PE-RUC&identifier=20987654329", {"PE-RUC:20987654329"}),
            ("key=MX-RFC:MPR850101AAA", {"MX-RFC:MPR850101AAA"}),
            ("q=ficticia&country=PE", {"PE-RUC:20987654329"}),
        ],
    )
    def test_organizations_are_filtered(self, anonymous, query, expected):
        assert {row["key"] for row in results(anonymous, f"/api/v1/organizations/?{query}")} == expected

    def test_days_are_in_the_signers_time_zone(self, anonymous):
        kyiv = with_value("ocds-ua-1", 5, "UAH")
        kyiv["contracts"][0]["dateSigned"] = "2017-01-25T00:00:00+02:00"
        load(kyiv)
        (row,) = results(anonymous, "/api/v1/contracts/?date_signed__lte=2017-12-31")
        assert row["date_signed"] == "2017-01-25"
        for query, expected in (
            ("date_signed=2017-01-25", {"ocds-ua-1"}),
            ("date_signed=2017-01-24", set()),
            ("date_signed__lte=2017-01-24", set()),
            ("date_signed__gte=2017-01-25&date_signed__lte=2017-01-25T23:00:00-05:00", {"ocds-ua-1"}),
        ):
            assert ocids(anonymous, query, "contracts") == expected, query
            assert ocids(anonymous, query) == expected, query

    def test_a_contract_without_signature_has_the_date_of_its_award_or_release(self, anonymous):
        awarded, released = with_value("ocds-a-1", 5), with_value("ocds-b-1", 5, date="2023-12-31T23:30:00-03:00")
        awarded["contracts"] = released["contracts"] = []
        del released["awards"][0]["date"]
        load(awarded, released)
        rows = results(anonymous, "/api/v1/contracts/?date_signed=none&order_by=date")
        assert [(row["date"], row["date_basis"]) for row in rows] == [
            ("2023-12-31", "release"),
            ("2024-04-01", "award"),
        ]
        assert ocids(anonymous, "date__gte=2024-01-01&date_basis=award", "contracts") == {"ocds-a-1"}

    def test_a_leading_zero_is_not_a_thousands_group(self, anonymous):
        assert anonymous.get("/api/v1/contracts/?amount__gte=0.125").status_code == 200

    @pytest.mark.parametrize(
        ("query", "parameter"),
        [
            ("country=Atlantis", "country"),
            ("currency=pesos", "currency"),
            ("amount__gte=x", "amount__gte"),
            # A thousand, as it is written in Spanish and Portuguese.
            ("amount__gte=1.000", "amount__gte"),
            ("amount__lte=12.345.678", "amount__lte"),
            ("amount__gte=NaN", "amount__gte"),
            ("amount__gte=1e400", "amount__gte"),
            ("amount__lte=" + "9" * 1000, "amount__lte"),
            ("date_signed__gte=31/12/2024", "date_signed__gte"),
            ("date_signed__lte=2024-02-30", "date_signed__lte"),
            ("date_signed__lte=9999-12-31T23:59:59-14:00", "date_signed__lte"),
            ("basis=agreement", "basis"),
            ("q=" + "x" * 201, "q"),
            ("q=" + "a+" * 13, "q"),
        ],
    )
    def test_an_invalid_value_is_refused_by_parameter(self, anonymous, query, parameter):
        assert errors(anonymous, f"/api/v1/contracts/?{query}")[0]["parameter"] == parameter

    def test_an_unknown_choice_is_refused_with_the_choices(self, anonymous):
        (error,) = errors(anonymous, "/api/v1/contracts/?basis=contrat")
        assert error["allowed"] == ["contract", "award"]
        assert "Did you mean contract?" in error["hint"]


@needs_ocds_files
def test_every_real_process_is_listed_and_readable(anonymous):
    for path in OCDS_FILES:
        load(content=path.read_bytes())
    rows = results(anonymous, "/api/v1/contracting-processes/?limit=100")
    assert len(rows) == ContractingProcess.objects.count() == 20
    for row in rows:
        assert anonymous.get(row["url"]).json()["ocid"] == row["ocid"]
        assert quote(row["ocid"], safe="") in row["url"]


def test_a_count_that_takes_too_long_is_an_estimate(anonymous, monkeypatch):
    load(release(), release("ocds-test01-2"))
    address = "/api/v1/contracting-processes/?count=1"
    counted = anonymous.get(address).json()
    assert (counted["count"], counted["count_is_estimate"]) == (2, False)
    slow = Func(Value(1), function="pg_sleep", output_field=TextField())
    monkeypatch.setattr("contracts.api.protocol.rows.pagination.MAX_SECONDS", 0.001)
    monkeypatch.setattr(QuerySet, "count", lambda rows: len(rows.values_list(slow)))
    guessed = anonymous.get(address).json()
    assert guessed["count_is_estimate"] is True
    assert guessed["count"] >= 0
    assert len(guessed["results"]) == 2, "the page itself is read all the same"


def test_a_publisher_has_the_number_and_freshness_of_its_records(anonymous):
    Publisher.objects.create(slug="mx", name="México", ocid_prefix="ocds-test01")
    Publisher.objects.create(slug="none", name="None", ocid_prefix="ocds-none01")
    load(release(), release("ocds-test01-2", date="2024-06-01T10:00:00Z"))
    mine, none = anonymous.get("/api/v1/publishers/").json()["results"]
    assert (mine["processes"], mine["latest_release"]) == (2, "2024-06-01T10:00:00Z")
    assert mine["loaded"] == ContractingProcess.objects.latest("compiled_at").compiled_at.date().isoformat()
    assert (none["processes"], none["latest_release"], none["loaded"]) == (0, None, None)
