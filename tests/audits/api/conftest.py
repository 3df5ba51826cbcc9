"""Flags in each of their states, and who reads them."""

import pytest

from audits.engine import processes
from audits.models import Flag, Review
from audits.triage import review_flag
from tests.support.clients import Client, client_with_token, new_user
from tests.support.records import load, release

FLAGS = "/api/v1/flags/"
ALL = {"new", "needs_information", "confirmed", "dismissed"}


def audit() -> None:
    for batch in processes.due_batches():
        processes.audit_due(batch)


@pytest.fixture
def auditor(db) -> Client:
    return client_with_token(new_user("auditor", "audits.view_flag"), "read", "review")


@pytest.fixture
def flags(db) -> dict[str, Flag]:
    """State → the one flag in that state, each of a process of its own (numbered 1 to 4)."""
    load(*[release(f"ocds-test01-{number}") for number in range(1, 5)])
    audit()
    raised = list(Flag.objects.filter(rule="R018").order_by("process__ocid"))
    assert Flag.objects.count() == 4 == len(raised)
    lead = new_user("deciding lead")
    for flag, decision in zip(raised, ["confirmed", "dismissed", "needs_information"], strict=False):
        review_flag(flag=flag, reviewer=lead, decision=Review.Decision(decision), reason="Secret reason")
    return {flag.state: flag for flag in Flag.objects.all()}


def states(client, address: str = FLAGS) -> set[str]:
    response = client.get(address)
    assert response.status_code == 200, response.content
    return {row["state"] for row in response.json()["results"]}
