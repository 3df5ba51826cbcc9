"""The page of a process: its course in time, what changed, and what could not be asked."""

import hashlib
import json
import re
from uuid import uuid4

import pytest
from django.test import override_settings
from django.utils import timezone
from django.utils.formats import date_format

from audits.models import Audit
from audits.pages.records import process
from contracts.erasing import erase_submission
from contracts.models import Change, ContractingProcess, Publisher, Release, Submission
from tests.support.buying import TITLE, purchase
from tests.support.pages import get, text_of
from tests.support.records import load

pytestmark = pytest.mark.django_db


def test_a_process_has_a_timeline(client, buy):
    sent = purchase(1)
    sent["contracts"][0]["amendments"] = [{"date": "2021-03-04T00:00:00Z"}, {"date": "soon"}, {}]
    buy(sent)
    rows = client.get("/processes/ocds-test01-1/timeline.csv").content.decode()
    assert "2020-06-01" in rows
    assert "2021-03-04" in rows


def test_days_are_in_the_time_zone_of_the_publisher(client, buy):
    """The last hours of a day in São Paulo are the next day in UTC: a deadline was told a day late."""
    given = purchase(1)
    given["tender"]["tenderPeriod"] = {
        "startDate": "2023-12-30T22:00:00-03:00",
        "endDate": "2023-12-31T23:59:59-03:00",
    }
    given["awards"][0]["date"] = given["contracts"][0]["dateSigned"] = "2023-12-31T23:30:00-03:00"
    given["contracts"][0]["period"] = {
        "startDate": "2023-12-31T22:00:00-03:00",
        "endDate": "2024-12-30T22:00:00-03:00",
    }
    given["bids"] = {"details": [{"id": "O", "date": "2023-12-31T23:00:00-03:00", "status": "valid"}]}
    buy(given)
    page = text_of(get(client, "/processes/ocds-test01-1/?lang=en"))
    for day in ("Dec. 30, 2023 – Dec. 31, 2023", "Dec. 31, 2023 – Dec. 30, 2024"):
        assert day in page
    assert page.count("Dec. 31, 2023") >= 7
    for later in ("Jan. 1, 2024", "Dec. 31, 2024"):
        assert later not in page
    rows = client.get("/processes/ocds-test01-1/timeline.csv?lang=en").content.decode().splitlines()
    assert "Bids,2023-12-30,2023-12-31" in rows
    assert {"Award,2023-12-31,", "Signature,2023-12-31,", "Contract,2023-12-31,2024-12-30"} <= set(rows)


@pytest.mark.parametrize(
    ("made", "told"),
    [
        ("2020-01-07T00:00:00Z", {"Planned,2020-01-07,", "Published,2020-01-07,"}),
        # A source that dates its releases by the day of an export: nobody planned what had been signed for years.
        ("2023-08-08T00:00:00Z", set()),
    ],
)
def test_a_plan_republished_after_the_award_is_not_dated(client, buy, made, told):
    buy(
        purchase(1, date="2023-08-09T00:00:00Z"),
        {"ocid": "ocds-test01-1", "id": "P", "tag": ["planning"], "date": made, "planning": {"rationale": "Falta."}},
        {"ocid": "ocds-test01-1", "id": "T", "tag": ["tender"], "date": made, "tender": {"id": "T"}},
    )
    rows = client.get("/processes/ocds-test01-1/timeline.csv?lang=en").content.decode().splitlines()
    assert {row for row in rows if row.startswith(("Planned", "Published"))} == told
    assert "Award,2020-05-02," in rows


def test_a_process_lists_its_public_changes(client, buy, confirm, dismiss):
    buy(purchase(1, title=TITLE, method="direct"))
    buy(purchase(1, title=TITLE, method="direct", date="2025-01-01T00:00:00Z", id="2", tag=["award"]))
    with override_settings(VEEDOR_PUBLICATION="reviewed"):
        page = text_of(get(client, "/processes/ocds-test01-1/"))
        changes = page.split("What changed")[1]
        assert changes.index("record amended") < changes.index("record published")
        assert "flag" not in page.split("What changed")[1].split("The whole record")[0]
        rule = confirm("T01").rule
        page = text_of(get(client, "/processes/ocds-test01-1/"))
        changes = page.split("What changed")[1].split("The whole record")[0]
        assert f"flag decided {rule}" in changes
        assert changes.count("flag raised") == 1
        # The record stands when a question about it does not.
        dismiss("T01")
        changes = (
            text_of(get(client, "/processes/ocds-test01-1/")).split("What changed")[1].split("The whole record")[0]
        )
        assert "flag no longer shown" in changes
        assert "no longer published" not in changes


def test_only_the_latest_changes_are_shown_and_the_others_are_counted(client, buy, monkeypatch):
    buy(purchase(1))
    Change.objects.bulk_create(
        Change(kind=Change.Kind.AMENDED, ocid="ocds-test01-1", at=f"2030-01-{day:02}T00:00:00Z") for day in range(1, 9)
    )
    monkeypatch.setattr(process, "MAX_CHANGES", 3)
    changes = text_of(get(client, "/processes/ocds-test01-1/")).split("What changed")[1]
    assert [day for day in range(1, 9) if f"Jan. {day}, 2030" in changes] == [6, 7, 8]
    assert "and 6 more" in changes


def test_a_record_is_cited_with_its_hash(client, buy):
    buy(purchase(1, title="Cámaras {de} videovigilancia_100%"))
    page = get(client, "/processes/ocds-test01-1/")
    digest = bytes(ContractingProcess.objects.get().digest).hex()
    assert digest in page
    assert r"Cámaras \{de\} videovigilancia\_100\%" in page


def _package(uri: str, number: int) -> bytes:
    package = {"uri": uri, "version": "1.1", "publishedDate": "2020-07-01T00:00:00Z", "publisher": {"name": "P"}}
    return json.dumps(package | {"releases": [purchase(number)]}).encode()


def test_where_a_release_came_from_is_reported(client):
    """The publisher's own address and date of it, and the file that anybody can compare with theirs."""
    content = _package("https://datos.example/p.json", 1)
    load(content=content)
    digest = hashlib.sha256(content).hexdigest()
    page = get(client, "/processes/ocds-test01-1/?lang=en")
    assert '<a href="https://datos.example/p.json"' in page
    shown = text_of(page)
    assert f"of its file: {digest} /releases/0" in shown
    assert "Package of the publisher: https://datos.example/p.json · 2020-07-01T00:00:00Z" in shown
    (release,) = client.get("/process/signed.json?ocid=ocds-test01-1").json()["releases"]
    assert (
        release.items() >= {"file": digest, "place": "/releases/0", "package": "https://datos.example/p.json"}.items()
    )


def test_an_invalid_release_source_is_neither_guessed_nor_linked(client):
    # Of several packages the first one alone is known; what is no address of the web is no link.
    load(content=_package("https://datos.example/first.json", 1) + b"\n" + _package("https://datos.example/other", 2))
    assert "first.json" in get(client, "/processes/ocds-test01-1/")
    assert "first.json" not in get(client, "/processes/ocds-test01-2/")
    load(content=_package("javascript:alert(1)", 3))
    page = get(client, "/processes/ocds-test01-3/")
    assert "javascript:alert(1)" in page
    assert 'href="javascript' not in page


def test_claims_show_no_source_file():
    sent = Release(
        claim_id=uuid4(), release_id="1", digest=b"", content=b"{}", received_at=timezone.now(), pointer="/releases/0"
    )
    assert process._came(sent, "").file == ""


@pytest.mark.parametrize(
    ("language", "heading", "why", "missing"),
    [
        ("en", "Questions that could not be asked", "no supplier is named", "Tender: tender period ends is missing"),
        ("es", "Preguntas que no se pudieron hacer", "no se nombra ningún proveedor", "falta Licitación: "),
        ("pt", "Perguntas que não puderam ser feitas", "nenhum fornecedor é nomeado", "falta Licitação: "),
    ],
)
def test_rules_that_could_not_be_asked_say_why_in_the_readers_language(client, buy, language, heading, why, missing):
    buy(purchase(1))
    outcomes = {
        "T17": {"kind": "insufficient_data", "field": "/awards/suppliers", "reason": "no_supplier"},
        "R030": {"kind": "insufficient_data", "field": "/tender/tenderPeriod/endDate", "reason": "missing"},
        "R082": {"kind": "insufficient_data", "field": "/tender/oddMember", "reason": "missing"},
        "T18": {"kind": "insufficient_data", "field": "/contracts/period", "reason": "no_whole_period"},
        "R040": {"kind": "insufficient_data", "field": "statistics/buyer_shares", "reason": "share_unknown"},
        "T01": {"kind": "clear", "reason": "denied", "values": {"words": "sin cámaras"}},
        "R010": {"kind": "not_applicable", "reason": "no_active_award"},
    }
    Audit.objects.filter(is_current=True, process__isnull=False).update(outcomes=outcomes)
    page = get(client, "/processes/ocds-test01-1/", language)
    (listed,) = re.findall(rf"<h2>{heading}</h2>.*?<details><summary>(.*?)</details>", page, re.DOTALL)
    assert listed.startswith("3 ")
    assert why in listed
    assert missing in listed
    assert set(re.findall(r'<span class="code">(\w+)</span>', listed)) == {"T17", "R030", "R082"}
    assert "<code>/awards/suppliers</code>" in listed
    assert listed.count("/tender/oddMember") == 1  # what has no name is shown as it is, once
    assert "sin cámaras" not in page


@pytest.mark.parametrize(("licence", "told"), [("CC BY 4.0", "CC BY 4.0"), ("", "not stated")])
def test_a_record_states_its_licence_or_that_there_is_none(client, buy, licence, told):
    Publisher.objects.create(slug="p", name="Publisher", ocid_prefix="ocds-test01", licence=licence)
    buy(purchase(1))
    assert f"Licence {told}" in " ".join(text_of(get(client, "/processes/ocds-test01-1/")).split())


def test_codes_are_in_the_readers_language(buy, client):
    buy(purchase(1, method="direct"))
    page = client.get("/processes/ocds-test01-1/", {"lang": "es"}).content.decode()
    assert "<td>comprador</td>" in page
    assert "directa" in page
    assert "<td>México</td>" in page
    assert "procuringEntity" not in page
    assert "<td>buyer</td>" not in page


def test_an_amount_without_a_contract_is_labelled_as_estimated(client, buy):
    estimated = purchase(1, title=TITLE) | {"awards": [], "contracts": []}
    estimated["tender"]["value"] = {"amount": 1234, "currency": "MXN"}
    buy(estimated, purchase(2, title="Suministro de uniformes de prueba"))
    assert "1,234 MXN (estimated)" in text_of(get(client, "/processes/ocds-test01-1/"))
    assert "1,234 MXN (estimated)" in text_of(get(client, "/search/?in=processes&q=ocds-test01-1"))
    assert "(estimated)" not in text_of(get(client, "/processes/ocds-test01-2/"))


def test_a_party_without_a_country_shows_none(client, buy):
    """Suppliers of records that tell no address stood there as of the buyer's country."""
    given = purchase(1)
    given["parties"] = [
        {"id": "B", "name": "Municipio Inventado", "roles": ["buyer"], "address": {"countryName": "Guatemala"}},
        {"id": "S", "name": "Proveedora Inventada S.A.", "roles": ["supplier"]},
    ]
    given["buyer"] = {"id": "B", "name": "Municipio Inventado"}
    given["awards"][0]["suppliers"] = [{"id": "S", "name": "Proveedora Inventada S.A."}]
    buy(given)
    parties = get(client, "/processes/ocds-test01-1/?lang=en").partition(">Parties</h3>")[2].partition("</table>")[0]
    rows = re.findall(r'<th scope="row">([^<]*)</th>\s*<td>[^<]*</td>\s*<td>([^<]*)</td>', parties)
    assert {name.strip(): country for name, country in rows} == {
        "Municipio Inventado": "Guatemala",
        "Proveedora Inventada S.A.": "",
    }


def test_the_page_of_a_withdrawn_record_says_so(client, buy):
    """It said 404, as of one that was misspelt: who had cited it seemed to have made it up."""
    buy(purchase(1), purchase(2))
    contract = client.get("/api/v1/contracts/?ocid=ocds-test01-1").json()["results"][0]["url"]
    erase_submission(Submission.objects.get(), actor=None, with_records=True)
    today = timezone.now().date()
    for address in (
        "/processes/ocds-test01-1/",
        "/process/?ocid=ocds-test01-1",
        "/process/earlier/?ocid=ocds-test01-1",
    ):
        page = client.get(address)
        assert page.status_code == 410
        assert f"The record ocds-test01-1 was here until {date_format(today)}" in text_of(page.content.decode())
    for address in ("/api/v1/contracting-processes/ocds-test01-1/", contract):
        problem = client.get(address)
        assert problem.status_code == 410
        assert {
            "code": "record_taken_back",
            "day": today.isoformat(),
            "replaced_by": None,
        }.items() <= problem.json().items()
    for address in (
        "/processes/ocds-test01-3/",
        "/api/v1/contracting-process/?ocid=ocds-test01-3",
    ):
        assert client.get(address).status_code == 404


def test_a_record_that_was_never_public_is_not_found(client):
    load(purchase(1), channel=Submission.Channel.FORM)
    erase_submission(Submission.objects.get(), actor=None, with_records=True)
    for address in ("/process/?ocid=ocds-test01-1", "/api/v1/contracting-process/?ocid=ocds-test01-1"):
        assert client.get(address).status_code == 404


def test_a_record_that_is_public_again_is_shown(client, buy):
    buy(purchase(1))
    erase_submission(Submission.objects.get(), actor=None, with_records=True)
    buy(purchase(1, date="2024-05-01T00:00:00Z"))
    assert client.get("/process/?ocid=ocds-test01-1").status_code == 200
