"""Whether purchases of an organization were competed for."""

import json

import pytest

from audits.contributions.contribution import read_contribution
from audits.contributions.participation import read_participants
from audits.judging.dossiers.building import build_dossier
from audits.judging.rule_set import RuleSet
from contracts.ocds.parsing.parse import parse_process
from tests.support.cases import reference

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


@pytest.mark.parametrize(
    ("country", "tender", "expected"),
    [
        ("Canada", {"procurementMethodRationale": "Exclusive Rights"}, None),
        ("España", {"procurementMethodRationale": "Proveedor único"}, None),
        ("España", {"procurementMethodRationale": "Proveedor único: de la misma marca que los ya instalados"}, False),
        ("Argentina", {"procurementMethodRationale": "Decreto 1023/2001, art. 25, inc. d) apartado 3"}, None),
        ("Argentina", {"procurementMethodRationale": "Decreto 1023/2001, art. 25, inc. d) apartado 4"}, None),
        ("Argentina", {"procurementMethodRationale": "Decreto 1023/2001, art. 25, inc. d) apartado 5"}, False),
        ("Brasil", {"procurementMethodDetails": "Inexigibilidade de Licitação"}, None),
        ("Brasil", {"procurementMethodDetails": "Dispensa de Licitação"}, False),
        ("Canada", {"procurementMethodRationale": "Extreme Urgency"}, False),
        ("Canada", {"title": "Exclusive rights", "procurementMethodRationale": "Best value"}, False),
        ("Canada", {"procurementMethod": "open", "procurementMethodRationale": "Exclusive Rights"}, True),
    ],
)
def test_a_purchase_that_left_no_choice_says_nothing_of_its_buyer(country, tender, expected):
    release = {
        "ocid": "ocds-test01-1",
        "parties": [{"id": "B", "name": "Ministry", "roles": ["buyer"], "address": {"countryName": country}}],
        "buyer": {"id": "B", "name": "Ministry"},
        "tender": {"procurementMethod": "direct", "value": {"amount": 9_000_000, "currency": "EUR"}, **tender},
        "awards": [{"id": "A", "status": "active"}],
    }
    dossier = build_dossier(release, reference=reference())
    participants = read_contribution(dossier, RuleSet([]), json.dumps(release)).participants
    assert next(entry.is_competitive for entry in participants if entry.role == "buyer") is expected
