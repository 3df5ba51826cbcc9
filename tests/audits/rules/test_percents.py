"""Shares in sentences never round to 100 percent unless the amounts are equal."""

from decimal import Decimal

import pytest

from audits.facts.money import percent
from audits.judging.dossiers.building import build_dossier
from audits.judging.rule_set import BoundRule
from audits.matching.reference.data import Reference
from audits.rules import RULES


@pytest.mark.parametrize(
    ("part", "told"),
    [
        ("1000000", "100.0"),
        ("999800", "99.9"),
        ("999999.99", "99.9"),
        ("1000000.01", "100.1"),
        ("999400", "99.9"),
        ("1000600", "100.1"),
        ("989500", "99.0"),
    ],
)
def test_only_the_whole_is_all_of_it(part, told):
    assert percent(Decimal(part), Decimal(1000000)) == told


def test_an_award_just_below_its_estimate_is_not_told_as_all_of_it():
    tender = {"procurementMethod": "open", "numberOfTenderers": 2, "value": {"amount": 100000, "currency": "PEN"}}
    award = {"id": "A", "status": "active", "value": {"amount": 99980, "currency": "PEN"}}
    rule = RULES["R031"]
    dossier = build_dossier(
        {"ocid": "x", "tender": tender, "awards": [award]}, reference=Reference(terms=[], entries=[])
    )

    (finding,) = BoundRule(rule, rule.parameters).judge(dossier).findings

    assert finding.values["percent"] == "99.9"
