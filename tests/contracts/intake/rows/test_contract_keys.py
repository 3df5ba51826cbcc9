"""Contract rows keep their primary keys while their process is compiled anew."""

import pytest

from contracts.intake.rows.contract_keys import kept_keys
from contracts.models import Contract
from tests.support.records import load, release


def row(contract_id="", award_id="", basis="contract", process_id=1, **more):
    return {"process_id": process_id, "basis": basis, "contract_id": contract_id, "award_id": award_id, **more}


@pytest.mark.parametrize(
    ("stored", "rows", "expected"),
    [
        ([row("C", "A", pk=7)], [row("C", "A")], [7]),
        ([row("C", "A", pk=7)], [row("D", "B"), row("C", "A")], [None, 7]),
        # the award of a contract is named later
        ([row("C", pk=7)], [row("C", "A")], [7]),
        # an award that is signed, and a second contract under it
        ([row("", "A", "award", pk=7)], [row("C", "A"), row("D", "A")], [7, None]),
        # two contracts that nothing tells apart keep their order
        ([row("C", "A", pk=7), row("C", "A", pk=8)], [row("C", "A"), row("C", "A"), row("C", "A")], [7, 8, None]),
        # without ids nothing but the whole is a likeness
        ([row("", "", pk=7)], [row("", "", "award")], [None]),
        ([row("C", "A", process_id=2, pk=7)], [row("C", "A")], [None]),
    ],
)
def test_a_row_keeps_the_key_of_the_one_it_stands_for(stored, rows, expected):
    assert kept_keys(stored, rows) == expected


@pytest.mark.django_db
def test_an_award_keeps_its_row_when_signed():
    signed = release(id="2", date="2024-05-01T00:00:00Z")
    load(release(contracts=[]))
    before = Contract.objects.get()
    load(signed)
    after = Contract.objects.get()
    assert (before.basis, after.basis) == ("award", "contract")
    assert after.pk == before.pk
