"""Pages of records: exact, and cheap however long the list."""

import html as html_module
import json
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override

from audits import groups
from contracts.intake.processing import process_submission
from contracts.models import ContractingProcess, Organization, Publisher, Release, Submission
from contracts.models.provenance import OPERATOR, SUBMITTED, Verification
from contracts.pages.display import amount, pretty_json, provenance, web_link
from tests.support.pages import change_page
from tests.support.receiving import receive
from tests.support.triage import load_release, made_up_release


@pytest.fixture
def auditor(sign_in):
    return sign_in(groups.AUDITORS)


def page(client, row) -> str:
    answer = client.get(reverse(f"admin:contracts_{row._meta.model_name}_change", args=[row.pk]))
    assert answer.status_code == 200
    return html_module.unescape(answer.content.decode())


def test_a_release_is_shown_number_for_number_as_it_was_received(auditor):
    text = json.dumps(made_up_release()).replace('"id": "T1"', '"id": "T1", "x": 12345678901234567890.10')
    submission, _new = receive([text.encode()], channel=Submission.Channel.COMMAND)
    process_submission(submission.pk)
    shown = page(auditor, Release.objects.get())
    assert '"x": 12345678901234567890.10' in shown
    process = ContractingProcess.objects.get()
    assert "12345678901234567890.10" in page(auditor, process)


def test_a_process_is_shown_with_record_releases_and_corrections(auditor):
    process = load_release(made_up_release(numberOfTenderers="1"))
    shown = page(auditor, process)
    for text in ("Municipio de Tula", "Cámaras del Norte S.A.", "Convocatoria", '"numberOfTenderers": "1"'):
        assert text in shown, text
    assert "/tender/numberOfTenderers" in shown
    assert "text_as_number" in shown
    assert change_page(Release.objects.get()) in shown


def test_an_organization_is_shown_with_its_processes(auditor):
    process = load_release(made_up_release())
    supplier = Organization.objects.get(identifier="CNO010101AAA")
    shown = page(auditor, supplier)
    assert process.ocid in shown
    assert "supplier" in shown


@pytest.mark.parametrize("model", ["contractingprocess", "organization", "release", "submission"])
def test_a_list_costs_the_same_for_one_row_and_for_many(auditor, model):
    address = reverse(f"admin:contracts_{model}_changelist")
    load_release(made_up_release())
    auditor.get(address)
    counts = []
    for _round in range(2):
        with CaptureQueriesContext(connection) as captured:
            assert auditor.get(address).status_code == 200
        counts.append(len(captured))
        assert not [
            query for query in captured if '"compiled_release"' in query["sql"] or '"content" ' in query["sql"]
        ]
        for _number in range(5):
            load_release(made_up_release())
    assert counts[0] == counts[1]


def test_processes_are_found_by_words_and_by_country(auditor):
    found, other = load_release(made_up_release(title="Red de fibra óptica")), load_release(made_up_release())
    address = reverse("admin:contracts_contractingprocess_changelist")
    html = auditor.get(address, {"q": "fibra", "country": "MX"}).content.decode()
    assert found.ocid in html
    assert other.ocid not in html


def test_changes_of_a_publisher_are_kept_with_the_name_of_the_lead(sign_in):
    client = sign_in(groups.LEADS)
    form = {"slug": "tula", "name": "Tula", "country": "MX", "time_zone": "America/Mexico_City"}
    assert client.post(reverse("admin:contracts_publisher_add"), form).status_code == 302
    publisher = Publisher.objects.get()
    client.post(change_page(publisher), form | {"licence": "CC BY 4.0"})
    html = client.get(reverse("admin:contracts_publisher_history", args=[publisher.pk])).content.decode()
    assert "<del>–</del> → <ins>CC BY 4.0</ins>" in html
    assert html.count("leads") >= 2
    answer = client.post(reverse("admin:contracts_publisher_add"), form | {"slug": "x", "time_zone": "Mars/Olympus"})
    assert "is not a time zone" in answer.content.decode()


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("1500000.1000000000", "1,500,000.10 MXN"),
        ("1400000.0000000000", "1,400,000 MXN"),
        ("0", "0 MXN"),
        ("0.0000000001", "0.0000000001 MXN"),
        ("-12.5", "-12.50 MXN"),
    ],
)
def test_amounts_are_written_exactly(value, text):
    assert amount(Decimal(value), "MXN") == text


def test_no_amount_is_written_as_nothing():
    assert amount(None, "MXN") == ""


@pytest.mark.parametrize("url", ["javascript:alert(1)", " javascript:x", "data:text/html,x", "//evil", "ftp://x", ""])
def test_only_addresses_of_the_web_become_links(url):
    assert web_link(url).href == ""


def test_json_is_indented_and_what_is_none_stays():
    assert pretty_json(b'{"a":1.0,"a":2}') == '{\n  "a": 1.0,\n  "a": 2\n}'
    assert pretty_json(b"\xff{") == "\ufffd{"
    assert "100000 more characters" in pretty_json("x" * 400_000)


def huge_release(number: int = 3000):
    """A release with so many bids, awards, contracts, items and documents, and a correction for each bid."""
    parties = [{"id": f"T{n}", "name": f"Oferente número {n}", "roles": ["tenderer"]} for n in range(number)]
    bids = [
        {"id": f"B{n}", "tenderers": [{"id": f"T{n}"}], "value": {"amount": str(n + 1), "currency": "MXN"}}
        for n in range(number)
    ]
    suppliers = [{"id": f"T{n}", "name": f"Oferente número {n}"} for n in range(number)]
    awards = [{"id": f"A{n}", "status": "active", "suppliers": suppliers[n : n + 1]} for n in range(number - 1)]
    found = made_up_release(
        items=[{"id": str(n), "description": f"Renglón número {n} de la partida"} for n in range(number)],
        documents=[{"id": str(n), "title": f"Documento {n}"} for n in range(number)],
    )
    found["parties"] += parties
    found["bids"] = {"details": bids}
    found["awards"] = [*awards, {"id": "A", "status": "active", "suppliers": suppliers}]
    found["contracts"] = [{"id": f"C{n}", "awardID": f"A{n}"} for n in range(number - 1)]
    return found


def test_a_huge_process_is_shown_in_part_and_says_so(auditor):
    process = load_release(huge_release())
    assert process.bid_count == 3000
    shown = page(auditor, process)
    assert len(shown.encode()) < 600_000
    address = f"/api/v1/contracting-processes/{process.ocid}/?format=json"
    assert shown.count("2900 more rows are not shown here.") >= 3
    assert shown.count(f'<a href="{address}">') == shown.count("more rows are not shown here.") + 1
    assert "Oferente número 99" in shown
    assert "2980 more" in shown, "of the suppliers"


def test_bids_name_tenderers_that_are_not_among_the_parties_shown(auditor):
    found = huge_release(150)
    found["bids"]["details"] = found["bids"]["details"][::-1]
    assert "Oferente número 149" in page(auditor, load_release(found))


def test_a_process_that_fits_says_nothing_of_rows_left_out(auditor):
    assert "not shown here" not in page(auditor, load_release(huge_release(90)))


@pytest.mark.parametrize(
    ("source", "verification", "text"),
    [
        (SUBMITTED, Verification.UNVERIFIED, "submitted, unverified"),
        (SUBMITTED, Verification.RETIRED, "submitted · retired"),
        (OPERATOR, Verification.OFFICIAL, "loaded here · official"),
        ("pe-osce", Verification.UNVERIFIED, "pe-osce · submitted, unverified"),
    ],
)
def test_who_said_it_and_how_far_it_was_verified_is_said_once(source, verification, text):
    with override("en"):
        assert provenance(source, verification) == text
