"""Flags in each of their states, flags that cite contracts, and who reads them: fixtures of the tests of audits."""

import pytest

from audits.models import Flag, Review
from audits.triage import review_flag
from tests.support.auditing import audit_due
from tests.support.clients import Client, client_with_token, new_user
from tests.support.records import load, release


@pytest.fixture
def auditor(db) -> Client:
    return client_with_token(new_user("auditor", "audits.view_flag"), "read", "review")


@pytest.fixture
def flags(db) -> dict[str, Flag]:
    """State → the one flag in that state, each of a process of its own (numbered 1 to 4)."""
    load(*[release(f"ocds-test01-{number}") for number in range(1, 5)])
    audit_due()
    raised = list(Flag.objects.filter(rule="R018").order_by("process__ocid"))
    assert Flag.objects.count() == 4 == len(raised)
    lead = new_user("deciding lead")
    for flag, decision in zip(raised, ["confirmed", "dismissed", "needs_information"], strict=False):
        review_flag(flag=flag, reviewer=lead, decision=Review.Decision(decision), reason="Secret reason")
    return {flag.state: flag for flag in Flag.objects.all()}


@pytest.fixture
def late_flags(db) -> list[Flag]:
    """Three late signatures of one record, on a day each, and the contract without one."""
    record = release(date="2025-01-01T00:00:00Z")
    award = record["awards"][0]
    record["awards"] = [{**award, "id": f"A{number}"} for number in range(4)]
    record["contracts"] = [
        {
            "id": f"C{number}",
            "awardID": f"A{number}",
            "dateSigned": f"2024-{'04' if number == 3 else '12'}-1{number}T00:00:00Z",
        }
        for number in range(4)
    ]
    load(record, release("ocds-test01-2"))
    audit_due()
    found = list(Flag.objects.filter(rule="R060", process__ocid="ocds-test01-1").order_by("pk"))
    assert len(found) == 3, list(Flag.objects.values_list("rule", "process__ocid"))
    return found
