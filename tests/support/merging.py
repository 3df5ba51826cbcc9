"""Purchases from two suppliers that are one, and decisions on that."""

import pytest

from contracts import tasks
from contracts.decisions.same_bodies import decide_body, propose
from contracts.models import Organization, SameBodyDecision
from tests.support.clients import new_user
from tests.support.purchases import add_terms, audit, purchase


def organization(name):
    return Organization.objects.get(name=name)


def decide(kept, gone, kind=SameBodyDecision.Kind.MERGED):
    lead = new_user(f"lead {kind}")
    is_merged = kind == SameBodyDecision.Kind.MERGED
    pair = propose(kept, gone, proposed_by=lead) if is_merged else kept
    decide_body(
        pair=pair, decided_by=lead, kind=kind, kept=kept if is_merged else None, reason="The register says so."
    )
    tasks.recompile_records()
    audit()
    return pair


@pytest.fixture
def bought(db):
    """Five purchases of one buyer, from two suppliers that are one."""
    add_terms()
    audit(
        *(
            purchase(number, supplier="S2" if number % 2 else "S1", amount=300, date=f"2024-0{number}-01")
            for number in range(1, 6)
        )
    )
    return organization("Empresa S1"), organization("Empresa S2")
