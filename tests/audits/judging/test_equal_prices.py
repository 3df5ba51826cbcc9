"""Equal prices of rivals in several lots of one tender: one question."""

import pytest

from audits.judging.dossiers.building import build_dossier
from audits.judging.rule.vocabulary import Severity
from audits.judging.rule_set import BoundRule
from audits.rules import RULES
from tests.support.cases import reference


def findings(*lots):
    """Return what R028 answers by lot: its sentence and severity, for the prices of lots by tenderer."""
    details = [
        {
            "status": "valid",
            "relatedLots": [str(number)],
            "tenderers": [{"id": tenderer}],
            "value": {"amount": amount, "currency": "USD"},
        }
        for number, prices in enumerate(lots)
        for tenderer, amount in prices.items()
    ]
    release = {
        "ocid": "ocds-213czf-1",
        "tender": {"lots": [{"id": str(number)} for number in range(len(lots))]},
        "bids": {"details": details},
    }
    rule = RULES["R028"]
    outcome = BoundRule(rule, rule.parameters).judge(build_dossier(release, reference=reference()))
    return [
        (finding.sentence, rule.severity_of(finding), finding.values.get("dearest")) for finding in outcome.findings
    ]


ASKED = ("default", Severity.MEDIUM, None)


def test_the_same_rivals_are_asked_about_the_dearest_of_their_lots_alone():
    found = findings({"A": 5025, "B": 5025}, {"A": 19085, "B": 19085}, {"A": 4805, "B": 4805})
    beside = ("beside", Severity.CONTEXT, "USD 19\u202f085")
    assert found == [beside, ASKED, beside]


def test_of_lots_at_one_price_the_first_is_asked_about():
    assert [sentence for sentence, *_ in findings({"A": 5025, "B": 5025}, {"A": 5025, "B": 5025})] == [
        "default",
        "beside",
    ]


def test_other_rivals_are_another_question():
    assert findings({"A": 5025, "B": 5025}, {"A": 19085, "C": 19085}) == [ASKED, ASKED]


@pytest.mark.parametrize("ordinary", [12.5, 700000])
def test_what_is_ordinary_draws_no_question_to_itself(ordinary):
    found = findings({"A": 5025, "B": 5025}, {"A": ordinary, "B": ordinary})
    assert [finding for finding in found if finding[1] != Severity.CONTEXT] == [ASKED]
    assert {sentence for sentence, *_ in found} == {"default"}
