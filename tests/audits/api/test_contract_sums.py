"""Sums of contracts by supplier, buyer and year: those of the pages, no currency added to another."""

import csv
import io
from decimal import Decimal

import pytest

from audits.api import contract_sums
from audits.models import Audit
from audits.pages.figures.purchases import count, purchases
from contracts.models import Contract, ContractingProcess, Organization
from tests.support.clients import Client
from tests.support.purchases import audit, purchase
from tests.support.records import load

pytestmark = pytest.mark.django_db
API = "/api/v1/contracts/sums"


def sums(query: str, *columns: str) -> list[tuple]:
    answer = Client().get(f"{API}/?{query}")
    assert answer.status_code == 200, answer.content
    return [tuple(row[column] for column in columns) for row in answer.json()["results"]]


def key(name: str) -> int:
    return Organization.objects.get(name=name).pk


@pytest.fixture
def bought():
    cancelled = purchase(8, supplier="S1", amount=5000, date="2024-01-01")
    cancelled["contracts"] = [{**cancelled["awards"][0], "awardID": "A", "id": "C", "status": "cancelled"}]
    load(
        purchase(1, supplier="S1", amount=300, date="2024-01-01"),
        purchase(2, suppliers=("S1", "S2"), amount=100, date="2024-05-01", buyer="B2"),
        purchase(3, supplier="S1", amount=70, date="2024-05-01", currency="USD"),
        purchase(4, supplier="S1", amount=None, date="2024-06-01"),
        purchase(5, supplier="S3", amount=10, date="2023-05-01", country="MX", currency="MXN"),
        purchase(6, supplier="", amount=7, date="2023-05-01"),
        purchase(7, supplier="S2", amount=0, date="2024-05-01"),
        cancelled,
    )


def test_suppliers_have_sums_by_year_and_currency_and_counts_of_rows_without_amount(bought):
    found = sums("country=PE", "supplier", "year", "currency", "contracts", "without_amount", "amount")
    assert sorted(found, key=str) == sorted(
        [
            ("Empresa S1", 2024, "PEN", 2, 0, "350"),
            ("Empresa S1", 2024, "USD", 1, 0, "70"),
            ("Empresa S1", 2024, "", 1, 1, None),
            ("Empresa S2", 2024, "PEN", 2, 1, "50"),
            (None, 2023, "PEN", 1, 0, "7"),
        ],
        key=str,
    )


def test_sums_are_grouped_as_requested_with_organization_keys(bought):
    found = sums("by=buyer,supplier&currency=PEN&supplier=" + str(key("Empresa S2")), "buyer", "supplier", "amount")
    assert sorted(found) == [("Municipalidad B1", "Empresa S2", None), ("Municipalidad B2", "Empresa S2", "50")]
    keys = sums("by=supplier&currency=USD", "supplier_id", "supplier_key")
    assert keys == [(key("Empresa S1"), Organization.objects.get(name="Empresa S1").key)]
    # Of one supplier what it supplied with others is its part, whatever the sums are by.
    assert sums(f"by=year&currency=PEN&supplier={key('Empresa S1')}", "year", "amount") == [(2024, "350")]
    both = f"currency=PEN&supplier={key('Empresa S1')},{key('Empresa S2')}"
    assert sums(f"by=year&{both}", "year", "contracts", "amount") == [(2024, 3, "400")], (
        "a shared one counts once, whole"
    )
    assert sorted(sums(f"by=supplier&{both}", "supplier", "amount")) == [("Empresa S1", "350"), ("Empresa S2", "50")]
    assert sums("by=country&currency=MXN,PEN", "country", "amount")[0] in [("PE", "407"), ("MX", "10")]


def test_contracts_count_fully_in_each_technology_and_financier(bought):
    financed = purchase(20, supplier="S1", amount=900, date="2024-01-01", currency="CLP")
    financed["parties"] += [{"id": f"F{number}", "name": f"Banco {number}", "roles": ["funder"]} for number in (1, 2)]
    audit(financed)
    assert sums("by=funder&currency=CLP", "funder", "amount") == [("Banco 1", "900"), ("Banco 2", "900")]
    assert sums("by=funder&currency=USD", "funder", "funder_id", "amount") == [(None, None, "70")]
    assert sums("by=sector&currency=CLP", "sector", "amount") == [(None, "900")]
    Audit.objects.filter(process__ocid="ocds-test01-20", is_current=True).update(sectors=["cloud", "telecoms"])
    assert sums("by=sector&currency=CLP", "sector", "amount") == [("cloud", "900"), ("telecoms", "900")]
    assert sums("by=sector&currency=USD", "sector", "amount") == [(None, "70")]
    assert sums("by=category,publisher&currency=USD", "category", "amount") == [("", "70")]
    entity = ContractingProcess.objects.get(ocid="ocds-test01-20").buyer
    ContractingProcess.objects.filter(ocid="ocds-test01-20").update(procuring_entity=entity)
    assert sums("by=procuring_entity&currency=CLP", "procuring_entity_key", "amount") == [(entity.key, "900")]
    header = b"".join(Client().get(f"{API}.csv?by=sector,funder&currency=CLP").streaming_content).decode()
    assert header.startswith("sector,funder_id,funder_key,funder,currency,")


def test_sums_equal_those_of_the_pages(bought):
    Contract.objects.filter(process__ocid="ocds-test01-4").update(amount=9, currency="")
    Contract.objects.filter(process__ocid="ocds-test01-1").update(date_basis="release")
    for name in ("Empresa S1", "Empresa S2"):
        shown = count(purchases(supplier=key(name)), supplier=key(name))
        found = sums(f"supplier={key(name)}", "year", "currency", "contracts", "without_amount", "amount")
        assert sum(row[2] for row in found) == shown.purchases
        assert sum(row[3] for row in found) == shown.purchases - shown.valued
        years: dict[int, int] = {}
        for row in found:
            years[row[0] or 0] = years.get(row[0] or 0, 0) + row[2]
        assert years == shown.years
        told = Client().get(f"/api/v1/organizations/{key(name)}/").json()["supplied"]
        members = ("year", "currency", "contracts", "without_amount", "amount")
        assert sorted(map(str, found)) == sorted(str(tuple(row[member] for member in members)) for row in told)


def test_cancelled_contracts_are_summed_on_request(bought):
    assert sums("cancelled=yes", "supplier", "contracts", "amount") == [("Empresa S1", 1, "5000")]


def test_sums_are_files_too_with_decimals_that_a_spreadsheet_reads(bought):
    file = b"".join(
        Client().get(f"{API}.csv?by=supplier&currency=MXN,PEN&delimiter=semicolon&lang=es").streaming_content
    )
    header = file.decode().splitlines()[0]
    assert header.startswith("proveedor (id aquí);proveedor (número fiscal u otra clave);")
    third = purchase(9, suppliers=("S1", "S2", "S4"), amount=100.5, currency="EUR")
    load(third)
    file = b"".join(Client().get(f"{API}.csv?by=supplier&currency=EUR&delimiter=semicolon").streaming_content).decode()
    assert ";EUR;1;0;33,5;" in file
    load(purchase(10, suppliers=("S1", "S2", "S4"), amount=100, currency="CHF"))
    assert sums("by=supplier&currency=CHF", "amount") == [("33.3333333333",)] * 3
    file = b"".join(Client().get(f"{API}.csv?by=supplier,year&supplier=Acme").streaming_content).decode()
    assert "# Acme is not the id – key or whole name of an organization" in file
    rows = b"".join(Client().get(f"{API}.csv?by=year&currency=PEN").streaming_content).decode().splitlines()
    assert list(csv.reader(io.StringIO("\n".join(rows[:3])))) == [
        ["year", "currency", "contracts", "without_amount", "amount", "amount_usd", "without_rate"],
        ["2024", "PEN", "3", "1", "400", *rows[1].split(",")[5:]],
        ["2023", "PEN", "1", "0", "7", *rows[2].split(",")[5:]],
    ]
    assert b"".join(Client().get(f"{API}.xlsx").streaming_content).startswith(b"PK")


def test_sums_in_one_currency_are_those_of_the_rows_that_are_converted_to_it(bought):
    load(purchase(11, suppliers=("S1", "S2", "S4"), amount=100, date="2024-02-01", currency="EUR"))
    load(purchase(12, supplier="S4", amount=9, date="2024-02-01", currency="VES"))
    listed = Client().get("/api/v1/contracts/?in_currency=MXN&counted=yes&fields=currency,converted,amount").json()
    rows = [row for row in listed["results"] if row["currency"] and row["amount"] != "0"]
    for by in ("country", "supplier"):
        found = sums(f"by={by}&in_currency=MXN", "currency", "converted", "without_conversion", "amount_usd")
        for currency in ("PEN", "USD", "MXN", "EUR", "VES"):
            told = sum(Decimal(sum_[1] or 0) for sum_ in found if sum_[0] == currency)
            shown = sum(Decimal(row["converted"] or 0) for row in rows if row["currency"] == currency)
            assert abs(told - shown) < Decimal("0.000001"), (by, currency)
        assert [sum_[1:] for sum_ in found if sum_[0] == "VES"] == [(None, 1, None)]
    assert sums("by=year&currency=MXN&in_currency=mxn", "converted", "amount") == [("10", "10")]
    kept = sums("by=country&in_currency=MXN&converted__gte=1000&currency=USD", "converted")
    assert len(kept) == 1
    assert "converted" not in Client().get(f"{API}/?by=country").json()["results"][0]
    file = b"".join(Client().get(f"{API}.csv?by=country&in_currency=MXN").streaming_content).decode()
    assert file.splitlines()[0].endswith(",without_rate,converted,without_conversion")


def test_truncated_sums_say_so(bought, monkeypatch):
    monkeypatch.setattr(contract_sums, "MAX_SUMS", 2)
    answer = Client().get(f"{API}/?by=supplier").json()
    assert (len(answer["results"]), answer["has_more"]) == (2, True)
    monkeypatch.setattr(contract_sums.lists, "MAX_ROWS", 2)
    assert Client().get(f"{API}.csv?by=supplier").json()["code"] == "too_many_rows"


def test_an_unknown_grouping_is_refused():
    error = Client().get(f"{API}/?by=suplier").json()["errors"][0]
    assert (error["parameter"], "supplier" in error["hint"]) == ("by", True)
    assert Client().get(f"{API}/?in_currency=XXX").status_code == 400


def test_sums_exclude_hidden_contracts(bought):
    ContractingProcess.objects.filter(ocid="ocds-test01-3").update(verification="unverified")
    assert sums("currency=USD", "supplier") == []
    audit()
    assert sums("rule=R060", "supplier") == []
    assert Client().get(f"{API}/?rule=R060").json()["warnings"][0]["code"] == "not_public"


def test_each_column_has_the_right_description():
    """Ids of suppliers were said to be codes of currencies."""
    told = {name: str(field.help_text) for name, field in contract_sums.GroupSumRow().fields.items()}
    assert told["supplier_id"] == "Id of the supplier; null if the records name none."
    assert told["buyer_id"] == "Id of the buyer; null if the records name none."
    assert [name for name, text in told.items() if "ISO 4217" in text] == ["currency"]
