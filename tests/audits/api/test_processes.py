"""What a process tells of its audit: outcomes, and rules that could not be asked."""

import json

import pytest

from audits.facts.technology.clauses import READING_DOCUMENTS
from audits.judging.rule.vocabulary import OutcomeKind, Subject
from audits.models import Audit
from audits.rules import RULES, rules_about
from tests.support.records import load, release

pytestmark = pytest.mark.django_db
PROCESS = "/api/v1/contracting-processes/ocds-test01-1/"


def test_the_public_sees_only_rules_that_lacked_data(flags, anonymous):
    address = f"{PROCESS}?fields=not_asked,outcomes"
    body = anonymous.get(address).json()
    (audit,) = Audit.objects.filter(process__ocid="ocds-test01-1", is_current=True)
    lacking = {
        code: outcome["field"]
        for code, outcome in audit.outcomes.items()
        if outcome["kind"] == OutcomeKind.INSUFFICIENT_DATA
        and outcome.get("field", "").startswith("/")
        and code not in READING_DOCUMENTS
    }
    assert lacking
    assert body["outcomes"] is None
    assert {row["rule"]: row["field"] for row in body["not_asked"]} == lacking
    assert body["not_asked"][0]["rule_url"] == f"/api/v1/rules/{body['not_asked'][0]['rule']}/"
    assert {row["rule"]: row["reason"] for row in body["not_asked"]} == {
        code: audit.outcomes[code]["reason"] for code in lacking
    }


@pytest.mark.parametrize("language", ["en", "es", "pt"])
def test_missing_data_is_explained_in_the_readers_language(flags, anonymous, language):
    Audit.objects.filter(process__ocid="ocds-test01-1", is_current=True).update(
        outcomes={
            "R018": {
                "kind": "insufficient_data",
                "field": "/tender/tenderers",
                "reason": "buyer_listed",
                "values": {"buyer": "Liceo"},
            }
        }
    )
    (row,) = anonymous.get(f"{PROCESS}?fields=not_asked", headers={"accept-language": language}).json()["not_asked"]
    assert row["why"] == RULES["R018"].text(language).reasons["buyer_listed"].format(buyer="Liceo")


def test_a_process_counts_the_outcomes_of_its_rules_for_auditors(flags, auditor):
    body = auditor.get(PROCESS).json()
    assert set(body["outcomes"]) == {kind.value for kind in OutcomeKind}
    assert body["outcomes"]["flagged"] == 1
    assert sum(body["outcomes"].values()) == len(rules_about(Subject.PROCESS))
    assert body["audited"] is not None
    assert "R018" not in json.dumps(body["outcomes"])


def test_auditors_see_every_outcome_with_its_reason(flags, auditor, anonymous):
    body = auditor.get(f"{PROCESS}?fields=answers", headers={"accept-language": "es"}).json()
    audit = Audit.objects.get(is_current=True, process__ocid="ocds-test01-1")
    assert [(row["rule"], row["outcome"], row["reason"]) for row in body["answers"]] == [
        (code, outcome["kind"], outcome.get("reason", "")) for code, outcome in sorted(audit.outcomes.items())
    ]
    withheld = next(row for row in body["answers"] if row["outcome"] == "not_applicable")
    assert withheld["why"] not in ("", withheld["reason"])
    assert withheld["rule_url"] == f"/api/v1/rules/{withheld['rule']}/"
    assert anonymous.get(f"{PROCESS}?fields=answers").json()["answers"] is None


def test_an_unaudited_process_says_so(anonymous):
    load(release())
    assert not Audit.objects.exists()
    body = anonymous.get(PROCESS).json()
    assert (body["audited"], body["outcomes"], body["flags"]) == (None, None, [])


def test_the_number_of_queries_does_not_grow_with_flags(flags, settings, anonymous, django_assert_num_queries):
    settings.VEEDOR_PUBLICATION = "all"
    with django_assert_num_queries(9):
        assert anonymous.get(PROCESS).json()["flags"]
