"""Whether what an organization bought was competed for, as its record tells."""

import json

import pytest

from audits.contributions.participation import read_participants
from contracts.ocds.parsing.parse import parse_process

BIDS = {"details": [{"id": str(n), "status": "valid", "tenderers": [{"id": f"T{n}"}]} for n in (1, 2)]}


UNSUBMITTED = {"details": [{**bid, "status": "invited"} for bid in BIDS["details"]]}
TO_BOTH = {"id": "A", "status": "active", "suppliers": [{"id": "T1", "name": "A SA"}, {"id": "T2", "name": "B SA"}]}


@pytest.mark.parametrize(
    ("tender", "members", "expected"),
    [
        ({"procurementMethod": "open"}, {}, True),
        ({"procurementMethod": "direct"}, {}, False),
        ({"procurementMethod": "limited", "numberOfTenderers": 1}, {}, False),
        ({"procurementMethod": "limited", "numberOfTenderers": 2}, {}, True),
        ({"procurementMethod": "limited", "tenderers": [{"id": "A"}, {"id": "A"}]}, {}, False),
        ({"procurementMethod": "limited", "tenderers": [{"id": "A"}, {"name": "B SA"}]}, {}, True),
        ({"procurementMethod": "direct"}, {"bids": BIDS}, False),
        ({"procurementMethod": "limited"}, {"bids": BIDS}, True),
        ({"procurementMethod": "limited"}, {"bids": UNSUBMITTED}, False),
        ({"procurementMethod": "limited", "numberOfTenderers": 2}, {"awards": [TO_BOTH]}, False),
        ({"numberOfTenderers": 3}, {}, None),
    ],
)
def test_where_some_bid_in_vain_a_limited_procedure_was_competed_for(tender, members, expected):
    release = {
        "ocid": "ocds-test01-1",
        "buyer": {"id": "B", "name": "Municipalidad"},
        "tender": tender,
        "awards": [{"id": "A", "status": "active"}],
        **members,
    }
    process, _ = parse_process(release)
    buyer = next(entry for entry in read_participants(process, json.dumps(release)) if entry.role == "buyer")
    assert buyer.is_competitive is expected
