"""For words in very many rows only the newest rows are searched, and the reader is told so."""

from typing import Any
from uuid import uuid4

import pytest

from contracts.models import Contract, ContractingProcess, Organization, Party
from contracts.models.provenance import Verification
from contracts.postgres import search
from contracts.postgres.search import bounded, with_words
from tests.support.clients import client_with_token, new_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def small_windows(monkeypatch):
    """Very many rows are more than 20; of them the newest 4 to 6 are looked at."""
    for name, number in {"WINDOW": 4, "MAX_KEYS": 10, "NEWEST": 6, "ENOUGH": 4, "MAX_NARROW": 3}.items():
        monkeypatch.setattr(search, name, number)


def _store(*titles: str, country: str = "PE", verification: str = Verification.OFFICIAL) -> list[int]:
    rows = [
        ContractingProcess(
            ocid=f"ocds-many-{uuid4()}",
            digest=b"\0" * 32,
            compiled_release={},
            title=title,
            country=country,
            verification=verification,
        )
        for title in titles
    ]
    return [row.pk for row in ContractingProcess.objects.bulk_create(rows)]


def _found(text: str, rows: Any = None) -> tuple[list[int], int | None]:
    with bounded() as bounds:
        found = with_words(ContractingProcess.objects.all() if rows is None else rows, text, "")
    return sorted(found.values_list("pk", flat=True)), bounds.among


def test_of_very_many_rows_the_newest_are_looked_at(small_windows):
    keys = _store(*["cámara"] * 60)

    found, among = _found("camara")
    assert among in (4, 5, 6)
    assert found == keys[-among:]
    # Who takes all home, and who says nothing of bounds, gets all.
    assert with_words(ContractingProcess.objects.all(), "camara", "").count() == 60


def test_what_few_rows_hold_is_found_wherever_they_are(small_windows):
    rare = _store("drones")
    _store(*["cámara"] * 60)

    assert _found("drones") == (rare, None)
    assert _found("abracadabra") == ([], None)


def test_windows_without_enough_rows_are_followed_by_larger_ones(small_windows):
    old = _store(*["cámara"] * 60)
    _store(*["sillas"] * 30)

    found, among = _found("camara")
    assert among in (4, 5, 6)
    assert found == old[-among:]


def test_all_are_found_that_other_filters_leave_few_of(small_windows):
    rare = _store("cámara", "cámara", country="UY")
    _store(*["cámara"] * 60)

    assert _found("camara", ContractingProcess.objects.filter(country="UY")) == (rare, None)
    assert _found("camara", ContractingProcess.objects.filter(country="PE"))[1] in (4, 5, 6)


def test_a_reader_is_told_and_words_come_after_all_other_filters(client, small_windows):
    rare = _store("cámara", country="UY")
    _store(*["cámara"] * 60)

    page = client.get("/api/v1/contracting-processes/", {"q": "camara", "count": "1", "facets": "country"}).json()
    among = page["count"]
    assert among in (4, 5, 6)
    assert page["facets"]["country"]["values"] == [{"value": "PE", "count": among}]
    (warning,) = page["warnings"]
    assert (warning["code"], warning["parameters"], warning["rows"]) == ("newest_only", ["q"], among)
    narrow = client.get("/api/v1/contracting-processes/", {"q": "camara", "country": "UY"}).json()
    assert ([row["country"] for row in narrow["results"]], narrow["warnings"]) == (["UY"] * len(rare), [])
    lines = client.get("/api/v1/contracting-processes.jsonl", {"q": "camara"}).getvalue().splitlines()
    assert len([line for line in lines if b'"ocid"' in line]) == 61

    shown = client.get("/search/", {"q": "camara"}).content.decode()
    assert f"only the newest {among} were searched" in shown
    assert "only the newest" not in client.get("/search/", {"q": "camara", "country": "UY"}).content.decode()


def test_an_auditor_is_told_that_the_newest_were_looked_at(admin_client, small_windows):
    _store("cámara", country="UY")
    _store(*["cámara"] * 60)

    address = "/admin/contracts/contractingprocess/"
    shown = admin_client.get(address, {"q": "camara"}).content.decode()
    assert "Very many rows contain these words" in shown
    narrow = admin_client.get(address, {"q": "camara", "country": "UY"}).content.decode()
    assert "Very many rows contain these words" not in narrow
    assert "cámara" in narrow


@pytest.mark.parametrize("hidden", [Verification.UNVERIFIED, Verification.RETIRED])
@pytest.mark.parametrize("parameter", ["q", "q.title"])
def test_hidden_rows_do_not_displace_visible_ones(client, small_windows, hidden, parameter):
    public = _store(*["cámara"] * 60)
    _store(*["cámara"] * 60, verification=hidden)
    Contract.objects.bulk_create(
        Contract(process_id=pk, basis="contract", path="/contracts/0", title="cámara", contract_id=f"C-{pk}")
        for pk in ContractingProcess.objects.order_by("pk").values_list("pk", flat=True)
    )

    def asked(rows, name):
        answer = client.get(f"/api/v1/{rows}/", {parameter: "camara"}).json()
        return answer, {row[name] for row in answer["results"]}

    answer, found = asked("contracting-processes", "ocid")
    among = answer["warnings"][0]["rows"]
    assert among in (4, 5, 6)
    assert found == set(ContractingProcess.objects.filter(pk__in=public[-among:]).values_list("ocid", flat=True))
    _answer, found = asked("contracts", "contract_id")
    assert len(found) >= 4
    assert found == {f"C-{pk}" for pk in public[-len(found) :]}


def test_how_many_are_looked_at_tells_nothing_of_hidden_rows(client, small_windows):
    public = _store(*["cámara"] * 5)
    _store(*["cámara"] * 60, verification=Verification.UNVERIFIED)

    page = client.get("/api/v1/contracting-processes/", {"q": "camara"}).json()
    assert {row["ocid"] for row in page["results"]} == set(
        ContractingProcess.objects.filter(pk__in=public).values_list("ocid", flat=True)
    )
    assert page["warnings"] == []


def test_who_sees_claims_finds_them_among_the_newest(small_windows):
    _store(*["cámara"] * 60)
    held = _store(*["cámara"] * 60, verification=Verification.UNVERIFIED)
    auditor = client_with_token(new_user("auditor", "contracts.view_claim", "audits.view_flag"), "review")

    page = auditor.get("/api/v1/contracting-processes/", {"q": "camara"}).json()
    among = page["warnings"][0]["rows"]
    newest = ContractingProcess.objects.filter(pk__in=held[-among:])
    assert {row["ocid"] for row in page["results"]} == set(newest.values_list("ocid", flat=True))


def test_organizations_that_only_claims_name_take_no_place_of_public_ones(client, small_windows):
    (process,) = _store("sillas")
    rows = Organization.objects.bulk_create(
        Organization(key=f"PE-RUC:{number}", name=f"Empresa {number}") for number in range(120)
    )
    Party.objects.bulk_create(Party(process_id=process, organization=row, path="") for row in rows[:60])

    page = client.get("/api/v1/organizations/", {"q": "empresa"}).json()
    among = page["warnings"][0]["rows"]
    assert among in (4, 5, 6)
    assert {row["id"] for row in page["results"]} == {row.pk for row in rows[60 - among : 60]}
