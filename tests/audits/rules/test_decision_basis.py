"""A decision on an organization stands while its numbers move little."""

import msgspec
import pytest

from audits.judging.dossiers.organization import OrganizationDossier
from audits.judging.figures.organizations import OrganizationFigures
from audits.judging.rule_set import BoundRule
from audits.rules import RULES

FENCE = {"lower_fence": 0.3, "upper_fence": 0.2, "q1": 0.4, "q3": 0.6, "n": 40, "cohort": "*", "many": 10}
KINDS = ["30", "31", "32", "33", "34", "35", "39", "44"]
FIGURES = {
    "R013": {"role": "buyer", "processes": 10, "noncompetitive": 8},
    "R025": {"role": "tenderer", "competed": 20, "won": 4, "fence": FENCE},
    "R038": {"role": "buyer", "submitted": 20, "disqualified": 10, "processes": 9, "fence": FENCE},
    "R048": {"role": "supplier", "processes": 30, "scheme": "CPV", "categories": KINDS, "fence": FENCE},
    "R050": {
        "role": "supplier",
        "market": "m",
        "cites": ["m", "EUR"],
        "year": 2024,
        "share": 0.7,
        "hhi": 0.6,
        "processes": 40,
        "purchases": 3,
        "buyers": 2,
        "amount": 900_000_000,
        "largest": 0.4,
    },
    "R051": {
        "role": "buyer",
        "market": "m",
        "cites": ["m", "EUR"],
        "year": 2024,
        "suppliers": 2,
        "largest": 0.8,
        "hhi": 0.7,
        "processes": 40,
        "awards": 12,
        "amount": 900_000_000,
    },
}

COVERAGE = [
    {"role": role, "since": "2022-01", "months": 36, "own_since": "2022-01", "own_months": 36}
    for role in ("buyer", "supplier")
]


def decision_basis(code, parameters=None, **changes):
    (name,) = RULES[code].reads - {"source_coverage"}
    figures = msgspec.convert(
        {name: [{"counted": [], **FIGURES[code], **changes}], "source_coverage": COVERAGE}, OrganizationFigures
    )
    roles = frozenset({"buyer", "supplier", "tenderer"})
    dossier = OrganizationDossier("PE-RUC:1", "Organización", "PE", roles, figures)
    bound = BoundRule(RULES[code], {**RULES[code].parameters, **(parameters or {})})
    (finding,) = bound.rule.judge(dossier, **bound.arguments)
    return finding.decision_basis


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("R013", {"processes": 11, "noncompetitive": 9}),
        ("R025", {"competed": 21, "won": 4}),
        ("R025", {"fence": {**FENCE, "lower_fence": 0.31, "n": 41}}),
        ("R038", {"submitted": 21, "processes": 10}),
        ("R048", {"processes": 31}),
        ("R050", {"share": 0.71, "processes": 41, "market": "another span"}),
        ("R051", {"hhi": 0.71, "processes": 41, "largest": 0.81}),
    ],
)
def test_it_stands_while_the_numbers_move_little(code, changes):
    assert decision_basis(code, **changes) == decision_basis(code)


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("R013", {"processes": 1000, "noncompetitive": 800}),
        ("R013", {"noncompetitive": 10}),
        ("R025", {"competed": 200, "won": 40}),
        ("R025", {"won": 0}),
        ("R038", {"submitted": 200, "disqualified": 100}),
        ("R038", {"role": "procuringEntity"}),
        ("R048", {"categories": [*KINDS[:-1], "45"]}),
        ("R050", {"share": 0.9}),
        ("R050", {"processes": 400}),
        ("R050", {"year": 2025}),
        ("R051", {"hhi": 0.9}),
        ("R051", {"year": 2025}),
    ],
)
def test_it_ends_when_they_are_others(code, changes):
    assert decision_basis(code, **changes) != decision_basis(code)


@pytest.mark.parametrize(("code", "threshold"), [("R025", 0.3), ("R038", 0.3), ("R048", 2)])
def test_it_ends_when_a_limit_takes_the_place_of_the_population(code, threshold):
    assert decision_basis(code, {"threshold": threshold}) != decision_basis(code)
    assert decision_basis(code, {"threshold": threshold}) == decision_basis(
        code, {"threshold": threshold}, fence={**FENCE, "n": 99}
    )
