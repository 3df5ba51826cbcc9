"""Of a process with lots a supplier stands with what is asked about its own lot, or about all, and nobody else's."""

import csv
import json
from copy import copy
from importlib import import_module

import pytest
from django.db import connection
from django.utils import timezone

from audits.models import Flag, Review
from audits.triage import review_flag
from contracts.models import Contract, Organization
from tests.audits.api.conftest import audit
from tests.contracts.api.conftest import Client, make_user
from tests.support.pages import get
from tests.support.records import load, release

pytestmark = pytest.mark.django_db
BUYER, PAID, OTHER, LOST = "Municipio de Prueba", "Pagada Ficticia S.A.", "Otra Ficticia S.A.", "Anulada Ficticia S.A."
# The ids of the lots of the suppliers; the award of the last one was cancelled.
LOTS = {PAID: "1", OTHER: "2", LOST: "3"}


@pytest.fixture
def flags(db) -> dict[str, Flag]:
    """Rule → flag: R068 cites the contract of one of two suppliers, R018 the tender; both are confirmed."""
    suppliers = {name: {"id": f"S{lot}", "name": name} for name, lot in LOTS.items()}
    value = {"value": {"amount": 900, "currency": "MXN"}}
    paid = {"implementation": {"transactions": [{"id": "T", "value": {"amount": 1800, "currency": "MXN"}}]}}
    record = release()
    record["parties"] = [
        record["parties"][0],
        *({**reference, "roles": ["supplier"]} for reference in suppliers.values()),
    ]
    record["awards"] = [
        {"id": f"A{lot}", "status": "cancelled" if name == LOST else "active", "suppliers": [suppliers[name]], **value}
        for name, lot in LOTS.items()
    ]
    record["contracts"] = [
        {"id": "C1", "awardID": "A1", "dateSigned": "2024-04-10T00:00:00Z", **value, **paid},
        {"id": "C2", "awardID": "A2", "dateSigned": "2024-04-10T00:00:00Z", **value},
    ]
    load(record)
    audit()
    paid_above = Flag.objects.get(rule="R068")
    assert all(place["path"].startswith("/contracts/0/") for place in paid_above.evidence)
    about_all = copy(paid_above)
    about_all.pk, about_all.rule, about_all.fingerprint, about_all.suppliers = None, "R018", b"about all", []
    about_all.evidence = [{"path": "/tender/title", "value": "x", "passage": "", "ocid": ""}]
    about_all.save(force_insert=True)
    found = {flag.rule: flag for flag in (paid_above, about_all)}
    lead = make_user("deciding lead")
    for flag in found.values():
        review_flag(flag=flag, reviewer=lead, decision=Review.Decision.CONFIRMED, reason="It is so.")
    Flag.objects.exclude(pk__in=[flag.pk for flag in found.values()]).delete()
    return found


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


def test_a_supplier_stands_with_what_is_asked_about_its_contract_or_about_all(flags):
    assert listed(of(PAID)) == exported(of(PAID)) == {"R018", "R068"}
    assert listed(of(OTHER)) == exported(of(OTHER)) == {"R018"}


def test_each_supplier_stands_with_what_is_asked_about_all(flags):
    Flag.objects.filter(rule="R068").update(suppliers=[])
    for name in (PAID, OTHER):
        assert listed(of(name)) == exported(of(name)) == {"R018", "R068"}


def test_a_buyer_stands_with_all(flags):
    assert listed(of(BUYER, "buyer")) == exported(of(BUYER, "buyer")) == {"R018", "R068"}


def test_so_does_the_page_of_each(flags, client):
    for name, rules in ((PAID, {"R018", "R068"}), (OTHER, {"R018"}), (BUYER, {"R018", "R068"})):
        page = get(client, f"/organizations/{Organization.objects.get(name=name).pk}/")
        assert {rule for rule, flag in flags.items() if f'id="flag-{flag.pk}"' in page} == rules, name


def test_a_body_stands_with_what_is_asked_of_all_that_was_merged_into_it(flags):
    """Until its records were read again they name the one that was merged."""
    kept = Organization.objects.create(key="kept", name="Conservada Ficticia S.A.")
    Organization.objects.filter(name=PAID).update(merged_into=kept)
    assert listed(of(kept.name)) == listed(of(PAID)) == {"R018", "R068"}
    assert listed(of(OTHER)) == {"R018"}


def test_flags_of_before_are_told_apart_by_a_migration(flags):
    """A second record has one award and one contract."""
    load(release("ocds-test01-2"))
    audit()
    written = dict(Flag.objects.values_list("pk", "suppliers"))
    assert any(written.values())
    assert not all(written.values())
    Flag.objects.update(suppliers=[])
    fill_suppliers()
    assert dict(Flag.objects.values_list("pk", "suppliers")) == written


def test_what_was_withdrawn_before_the_migration_stands_with_all(flags):
    """Its places are those of an earlier record."""
    Flag.objects.update(suppliers=[], withdrawn_at=timezone.now())
    fill_suppliers()
    assert not any(Flag.objects.values_list("suppliers", flat=True))


def fill_suppliers():
    fill = import_module("audits.migrations.0083_fill_flag_suppliers").Migration.operations[0]
    fill.code(None, connection.schema_editor())


def test_a_flag_stays_with_whom_it_was_about_when_places_move(flags):
    """Withdrawn it stays public, and what is at the place that it cites may be of another by now."""
    Flag.objects.filter(rule="R068").update(withdrawn_at=timezone.now())
    Contract.objects.filter(path="/contracts/0").update(path="/contracts/1", suppliers=[])
    assert "R068" in listed(of(PAID))
    assert "R068" not in listed(of(OTHER))
