"""Rows of contracts and processes say which flags are on them, as far as the reader may see them."""

import pytest

from audits.models import Flag, Review
from audits.triage import refresh_states, review_flag
from tests.audits.api.reading import rows
from tests.support.clients import Client, new_user

pytestmark = pytest.mark.django_db


def test_a_contract_says_which_flags_cite_it(late_flags, auditor):
    told = {row["contract_id"]: row["flags"] for row in rows(auditor, "contracts/?ocid=ocds-test01-1")}
    late = {name: [flag for flag in found if flag["rule"] == "R060"] for name, found in told.items()}
    assert [len(late[f"C{number}"]) for number in range(4)] == [1, 1, 1, 0]
    assert {found[0]["id"] for found in late.values() if found} == {flag.pk for flag in late_flags}


def test_all_flags_of_a_record_cite_its_only_contract(late_flags, auditor):
    of_all = Flag.objects.exclude(pk__in=[flag.pk for flag in late_flags])
    of_all.update(evidence=[{"path": "/tender/title", "value": "x"}])
    told = [{flag["id"] for flag in row["flags"]} for row in rows(auditor, "contracts/?ocid=ocds-test01-2")]
    assert told == [set(Flag.objects.filter(process__ocid="ocds-test01-2").values_list("pk", flat=True))]
    assert told[0]
    of_several = [flag for row in rows(auditor, "contracts/?ocid=ocds-test01-1") for flag in row["flags"]]
    assert {flag["id"] for flag in of_several} == {flag.pk for flag in late_flags}


def test_the_public_sees_confirmed_flags_only(late_flags, settings):
    settings.VEEDOR_PUBLICATION = "reviewed"
    anonymous = Client()
    assert all(row["flags"] == [] for row in rows(anonymous, "contracts/"))
    assert all(row["flags"] == [] for row in rows(anonymous, "contracting-processes/"))
    review_flag(flag=late_flags[0], reviewer=new_user("lead"), decision=Review.Decision.CONFIRMED, reason="Late")
    told = [row["flags"] for row in rows(anonymous, "contracts/") if row["flags"]]
    assert told == [[{"id": late_flags[0].pk, "rule": "R060", "state": "confirmed"}]]
    counts = {row["ocid"]: row["flags"] for row in rows(anonymous, "contracting-processes/")}
    assert counts == {"ocds-test01-1": [{"rule": "R060", "number": 1}], "ocds-test01-2": []}


def test_flags_are_counted_by_process(late_flags, auditor):
    counts = {row["ocid"]: row["flags"] for row in rows(auditor, "contracting-processes/")}
    assert {"rule": "R060", "number": 3} in counts["ocds-test01-1"]


@pytest.mark.parametrize("kind", ["contracts", "flags"])
def test_rows_can_be_limited_to_one_per_process(late_flags, auditor, kind):
    every = rows(auditor, f"{kind}/")
    one_each = rows(auditor, f"{kind}/?per=process")
    assert len(every) > 2
    assert sorted(row["ocid"] for row in one_each) == ["ocds-test01-1", "ocds-test01-2"]
    first = rows(auditor, f"{kind}/?per=process&limit=1")[0]["ocid"]
    assert first == one_each[0]["ocid"]
    assert auditor.get(f"/api/v1/{kind}/?per=buyer").json()["errors"][0]["parameter"] == "per"


def test_decisions_update_the_changed_column(late_flags, auditor):
    moved = []
    Flag.objects.update(changed_at="2020-01-01T00:00:00Z")
    review_flag(flag=late_flags[0], reviewer=new_user("lead"), decision=Review.Decision.CONFIRMED, reason="Late")
    moved.append(Flag.objects.get(pk=late_flags[0].pk).changed_at)
    Flag.objects.update(changed_at="2020-01-01T00:00:00Z", judged_digest=b"other")
    refresh_states(Flag.objects.filter(pk=late_flags[0].pk))
    flag = Flag.objects.get(pk=late_flags[0].pk)
    assert flag.state == "changed"
    moved.append(flag.changed_at)
    assert all(instant.year > 2020 for instant in moved)
