"""In a process with lots, a supplier has the flags on its own lot and on the whole process, and no others."""

import csv
import io
import json
from copy import copy
from importlib import import_module

import pytest
from django.db import connection
from django.utils import timezone
from python_calamine import CalamineWorkbook

from audits.models import Flag, Review
from audits.triage import review_flag
from contracts.decisions.same_bodies import decide_body, propose
from contracts.models import Contract, Organization, SameBody, SameBodyDecision
from contracts.tasks import recompile_records
from tests.support.auditing import audit_due
from tests.support.clients import Client, new_user
from tests.support.pages import get
from tests.support.records import load, release

pytestmark = pytest.mark.django_db
BUYER, PAID, OTHER, LOST = "Municipio de Prueba", "Pagada Ficticia S.A.", "Otra Ficticia S.A.", "Anulada Ficticia S.A."
KEPT = "Conservada Ficticia S.A."
# The ids of the lots of the suppliers; the award of the last one was cancelled.
LOTS = {PAID: "1", OTHER: "2", LOST: "3", KEPT: "4"}


def bought(*names: str, paid: int, **changes) -> dict:
    """A release of which each supplier has one lot; the first one was paid an amount."""
    suppliers = {name: {"id": f"S{LOTS[name]}", "name": name} for name in names}
    value = {"value": {"amount": 900, "currency": "MXN"}}
    record = release(**changes)
    record["parties"] = [
        record["parties"][0],
        *({**reference, "roles": ["supplier"]} for reference in suppliers.values()),
    ]
    record["awards"] = [
        {
            "id": f"A{LOTS[name]}",
            "status": "cancelled" if name == LOST else "active",
            "suppliers": [suppliers[name]],
            **value,
        }
        for name in names
    ]
    record["contracts"] = [
        {"id": f"C{LOTS[name]}", "awardID": f"A{LOTS[name]}", "dateSigned": "2024-04-10T00:00:00Z", **value}
        for name in names
        if name != LOST
    ]
    transaction = {"id": "T", "value": {"amount": paid, "currency": "MXN"}}
    record["contracts"][0]["implementation"] = {"transactions": [transaction]}
    return record


def confirm(*flags: Flag) -> None:
    lead = new_user("deciding lead")
    for flag in flags:
        review_flag(flag=flag, reviewer=lead, decision=Review.Decision.CONFIRMED, reason="It is so.")
    Flag.objects.exclude(pk__in=[flag.pk for flag in flags]).delete()


@pytest.fixture
def flags(db) -> dict[str, Flag]:
    """Rule → flag: R068 cites the contract of one of two suppliers, R018 the tender; both are confirmed."""
    load(bought(PAID, OTHER, LOST, paid=1800))
    audit_due()
    paid_above = Flag.objects.get(rule="R068")
    assert all(place["path"].startswith("/contracts/0/") for place in paid_above.evidence)
    about_all = copy(paid_above)
    about_all.pk, about_all.rule, about_all.fingerprint = None, "R018", b"about all"
    about_all.suppliers = about_all.process.suppliers
    about_all.evidence = [{"path": "/tender/title", "value": "x", "passage": "", "ocid": ""}]
    about_all.save(force_insert=True)
    confirm(paid_above, about_all)
    return {"R068": paid_above, "R018": about_all}


def merge(name: str) -> SameBody:
    """Merge a supplier into that of another record, and read its own again."""
    load(bought(KEPT, paid=900, ocid="ocds-test01-3"))
    kept, gone = Organization.objects.get(name=KEPT), Organization.objects.get(name=name)
    pair = propose(kept, gone, proposed_by=None)
    decide(pair, SameBodyDecision.Kind.MERGED, kept)
    return pair


def decide(pair: SameBody, kind: SameBodyDecision.Kind, kept: Organization | None = None) -> None:
    decide_body(pair=pair, decided_by=new_user(f"lead {kind}"), kind=kind, kept=kept, reason="The register says so.")
    recompile_records()


def of(name: str, role: str = "supplier") -> str:
    return f"{role}={Organization.objects.get(name=name).pk}"


def listed(query: str) -> set[str]:
    answer = Client().get(f"/api/v1/flags/?{query}&count=1&facets=rule").json()
    rules = {row["rule"] for row in answer["results"]}
    assert answer["count"] == len(answer["results"])
    assert {row["value"] for row in answer["facets"]["rule"]["values"]} == rules
    return rules


def exported(query: str) -> set[str]:
    lines = b"".join(Client().get(f"/api/v1/flags.csv?{query}").streaming_content).decode().partition("# rows=")[0]
    found = {row["rule"] for row in csv.DictReader(lines.splitlines())}
    lines = b"".join(Client().get(f"/api/v1/flags.jsonl?{query}").streaming_content).decode()
    assert {json.loads(line)["rule"] for line in lines.splitlines()[:-1]} == found
    return found


def test_a_supplier_has_flags_on_its_contract_or_the_whole_process(flags):
    assert listed(of(PAID)) == exported(of(PAID)) == {"R018", "R068"}
    assert listed(of(OTHER)) == exported(of(OTHER)) == {"R018"}


def test_each_flag_names_its_suppliers_and_purchase(flags):
    rows = {row["rule"]: row for row in Client().get("/api/v1/flags/").json()["results"]}
    assert (rows["R068"]["suppliers"], set(rows["R018"]["suppliers"])) == ([PAID], {PAID, OTHER})
    assert rows["R068"]["supplier_ids"] == [Organization.objects.get(name=PAID).pk]
    purchase = {name: rows["R068"][name] for name in ("amount", "currency", "date_signed", "award_date")}
    assert purchase == {"amount": "1800", "currency": "MXN", "date_signed": "2024-04-10", "award_date": None}
    assert float(rows["R068"]["amount_usd"]) > 0


def test_a_changed_flag_names_no_unconfirmed_supplier(flags):
    Flag.objects.update(changed_because="record")
    for row in Client().get("/api/v1/flags/").json()["results"]:
        assert (row["suppliers"], row["supplier_ids"]) == ([], [])


def test_contract_tables_describe_their_flags(flags):
    pks = {rule: flag.pk for rule, flag in flags.items()}
    lines = b"".join(Client().get("/api/v1/contracts.csv?trailer=0").streaming_content).decode().splitlines()
    told = {row["suppliers"]: row["flags"] for row in csv.DictReader(lines)}
    assert told == {PAID: f"R068 confirmed ({pks['R068']})", OTHER: ""}
    workbook = b"".join(Client().get("/api/v1/contracts.xlsx").streaming_content)
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(workbook)).get_sheet_by_name("contracts").to_python()
    assert f"R068 confirmed ({pks['R068']})" in {cell for row in sheet for cell in row}


def test_a_buyer_has_all_flags_of_the_process(flags):
    assert listed(of(BUYER, "buyer")) == exported(of(BUYER, "buyer")) == {"R018", "R068"}


def test_organization_pages_show_the_same_flags(flags, client):
    for name, rules in ((PAID, {"R018", "R068"}), (OTHER, {"R018"}), (BUYER, {"R018", "R068"})):
        page = get(client, f"/organizations/{Organization.objects.get(name=name).pk}/")
        assert {rule for rule, flag in flags.items() if f'id="flag-{flag.pk}"' in page} == rules, name


def test_a_merged_organization_has_the_flags_of_all_members(flags):
    """Until its records were read again they name the one that was merged."""
    kept = Organization.objects.create(key="kept", name="Conservada Ficticia S.A.")
    Organization.objects.filter(name=PAID).update(merged_into=kept)
    assert listed(of(kept.name)) == listed(of(PAID)) == {"R018", "R068"}
    assert listed(of(OTHER)) == {"R018"}


def test_a_migration_assigns_suppliers_to_existing_flags(flags):
    """A second record has one award and one contract, and the supplier of the first was merged into its own."""
    merge(PAID)
    audit_due()
    written = suppliers_of_flags()
    assert all(written.values())
    Flag.objects.update(suppliers=[])
    fill_suppliers()
    assert suppliers_of_flags() == written


def test_flags_withdrawn_before_the_migration_have_all_suppliers(flags):
    """Its places are those of an earlier record."""
    Flag.objects.update(suppliers=[], withdrawn_at=timezone.now())
    fill_suppliers()
    assert listed(of(PAID)) == listed(of(OTHER)) == {"R018", "R068"}


def suppliers_of_flags() -> dict[int, set[int]]:
    return {pk: set(suppliers) for pk, suppliers in Flag.objects.values_list("pk", "suppliers")}


def fill_suppliers():
    fill = import_module("audits.migrations.0085_suppliers_of_all_flags").Migration.operations[0]
    fill.code(None, connection.schema_editor())


def test_a_flag_keeps_its_suppliers_when_positions_change(flags):
    """Withdrawn it stays public, and what is at the place that it cites may be of another by now."""
    Flag.objects.filter(rule="R068").update(withdrawn_at=timezone.now())
    Contract.objects.filter(path="/contracts/0").update(path="/contracts/1", suppliers=[])
    assert "R068" in listed(of(PAID))
    assert "R068" not in listed(of(OTHER))


def test_a_supplier_added_later_is_not_shown_with_earlier_flags(db):
    load(bought(PAID, paid=1800))
    audit_due()
    confirm(*Flag.objects.filter(rule__in=("R018", "R068")))
    load(bought(PAID, OTHER, paid=900, id="2", date="2024-06-01T00:00:00Z"))
    audit_due()
    assert Flag.objects.get(rule="R068").withdrawn_at
    assert "R068" in listed(of(PAID))
    assert "R068" not in listed(of(OTHER))


def test_a_separated_organization_has_its_own_flags_at_once(db):
    """What was judged while it was merged into another one, with no audit since."""
    load(bought(PAID, OTHER, paid=900))
    pair = merge(PAID)
    load(bought(PAID, OTHER, paid=1800, id="2", date="2024-06-01T00:00:00Z"))
    audit_due()
    confirm(Flag.objects.get(rule="R068"))
    assert listed(of(KEPT)) == {"R068"}
    decide(pair, SameBodyDecision.Kind.PARTED)
    assert listed(of(PAID)) == {"R068"}
    assert listed(of(KEPT)) == set()
