"""Which rules the data can feed: the arithmetic, the counts over real audits, the command, the API."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from audits.engine import processes
from audits.judging.rule.vocabulary import OutcomeKind, Subject
from audits.models import Audit, RuleOverride
from audits.reports.coverage import cover, coverage_of_all, coverage_of_publisher
from audits.reports.outcome_counts import total_outcomes
from audits.rules import rules_about
from contracts.models import Publisher
from tests.support.auditing import audit_due
from tests.support.clients import client_with_token, new_user
from tests.support.records import load, release

KINDS = {kind.value for kind in OutcomeKind}


def total(coverage) -> int:
    return sum(number for answers in coverage.rules.values() for number in answers.outcomes.values())


def test_counts_of_one_name_are_added_and_rules_that_are_gone_left_out():
    counts = [
        (None, "audited", "", 4),
        (None, "unaudited", "", 2),
        (None, "audited", "", 3),
        ("R018", "flagged", "", 1),
        ("R018", "flagged", "", 2),
        ("R018", "insufficient_data", "/a", 1),
        ("R018", "insufficient_data", "/b", 3),
        ("R018", "not_applicable", "", 9),
        ("GONE", "flagged", "", 7),
    ]
    coverage = cover(counts, ["R018", "T01"])

    assert (coverage.processes, coverage.unaudited) == (7, 2)
    assert coverage.rules.keys() == {"R018", "T01"}
    assert coverage.rules["R018"] == total_outcomes(
        {("flagged", ""): 3, ("insufficient_data", "/a"): 1, ("insufficient_data", "/b"): 3, ("not_applicable", ""): 9}
    )
    assert coverage.rules["R018"].missing == [("/b", 3), ("/a", 1)]
    assert set(coverage.rules["T01"].outcomes) == KINDS
    assert coverage.fed == ["R018"]


def test_missing_fields_of_all_rules_are_added():
    counts = [(code, "insufficient_data", field, 2) for code, field in [("A", "/x"), ("B", "/y"), ("C", "/y")]]

    assert cover(counts, "ABC").missing == [("/y", 4), ("/x", 2)]


@pytest.fixture
def audited(db):
    """Three records of one publisher (one lacks a method), two of nobody; a publisher without records."""
    first = Publisher.objects.create(slug="first", name="First", country="MX", ocid_prefix="ocds-first1")
    Publisher.objects.create(slug="empty", name="Empty")
    no_method = release("ocds-first1-3")
    del no_method["tender"]["procurementMethod"]
    load(release("ocds-first1-1"), release("ocds-first1-2"), no_method)
    load(release("ocds-other1-1"), release("ocds-other1-2"))
    audit_due()
    return first


def test_outcomes_add_up_to_processes_times_rules(audited):
    together, groups = coverage_of_all()

    assert {group: coverage.processes for group, coverage in groups.items()} == {"empty": 0, "first": 3, None: 2}
    for coverage in (together, *groups.values()):
        assert total(coverage) == coverage.processes * len(rules_about(Subject.PROCESS))
        assert coverage.rules.keys() == rules_about(Subject.PROCESS).keys()
        assert coverage.unaudited == 0
    assert together.processes == 5 == Audit.objects.filter(is_current=True).count()


def test_a_group_holds_its_own_records_alone(audited):
    groups = coverage_of_all()[1]

    assert groups["first"].rules["R018"].outcomes == {
        "flagged": 2,
        "clear": 0,
        "insufficient_data": 1,
        "not_applicable": 0,
        "failed": 0,
    }
    assert groups["first"].rules["R018"].missing == [("/tender/procurementMethod", 1)]
    assert groups[None].rules["R018"].outcomes["flagged"] == 2
    assert groups["empty"].fed == []
    assert coverage_of_publisher("first") == groups["first"]
    assert coverage_of_publisher("empty") == groups["empty"]
    assert coverage_of_publisher("nobody") is None


def test_records_that_wait_for_their_audit_and_superseded_audits_are_not_counted(audited):
    load(release("ocds-first1-4"))
    two_bids = release("ocds-first1-1", id="2", date="2024-05-01T00:00:00Z")
    two_bids["tender"]["numberOfTenderers"] = 2
    load(two_bids)
    processes.audit_again([Audit.objects.get(process__ocid="ocds-first1-1").process_id])

    coverage = coverage_of_publisher("first")
    assert (coverage.processes, coverage.unaudited) == (3, 1)
    assert coverage.rules["R018"].outcomes["flagged"] == 1
    assert coverage.rules["R018"].outcomes["clear"] == 1
    assert total(coverage) == 3 * len(rules_about(Subject.PROCESS))


def test_a_rule_that_is_off_in_the_country_was_not_asked(audited):
    RuleOverride.objects.create(rule="R018", country="MX", parameter="", enabled=True)
    audit_due()

    coverage = coverage_of_publisher("first").as_json()
    assert coverage["rules"]["R018"]["not_asked"] == 3
    assert sum(coverage["rules"]["R018"]["outcomes"].values()) == 0
    assert coverage["rules"]["T01"]["not_asked"] == 0


@pytest.mark.parametrize("read", [coverage_of_all, lambda: coverage_of_publisher("first")], ids=["all", "one"])
def test_it_is_one_query_however_many_publishers(audited, read, django_assert_num_queries):
    with django_assert_num_queries(1):
        read()


def told(*options):
    out = StringIO()
    call_command("coverage", *options, stdout=out)
    return out.getvalue()


def test_the_command_tells_every_rule_and_has_a_row_for_each_publisher(audited):
    rules, publishers = told().split("\n\n")

    assert rules.startswith("5 processes with a current audit, 0 without\n")
    assert [line.split()[0] for line in rules.splitlines()[2:]] == list(rules_about(Subject.PROCESS))
    rows = {line.split()[0]: line.split()[1:3] for line in publishers.splitlines()[1:]}
    assert rows == {"empty": ["0", "0"], "first": ["3", "0"], "(none)": ["2", "0"]}


def test_the_command_tells_one_publisher(audited):
    lines = told("--publisher", "first").splitlines()

    assert lines[0] == "3 processes with a current audit, 0 without"
    (line,) = (line for line in lines if line.startswith("R018"))
    assert line.split()[1:] == ["2", "0", "1", "0", "0", "/tender/procurementMethod", "1"]


def test_the_command_prints_json_that_adds_up(audited):
    every = json.loads(told("--json"))
    first = json.loads(told("--publisher", "first", "--json"))

    assert [group["publisher"] for group in every["publishers"]] == ["empty", "first", None]
    assert first in every["publishers"]
    for group in (every, *every["publishers"]):
        counted = sum(number for rule in group["rules"].values() for number in rule["outcomes"].values())
        assert counted == group["processes"] * len(group["rules"])


def test_the_command_names_the_publishers_when_it_knows_none_of_that_slug(audited):
    with pytest.raises(CommandError, match="Known: empty, first"):
        told("--publisher", "frist")


def test_without_records_there_is_nothing_to_tell(db):
    answer = json.loads(told("--json"))

    assert (answer["processes"], answer["rules_fed"], answer["publishers"]) == (0, 0, [])


def test_the_api_tells_auditors_the_coverage_of_a_publisher(audited):
    auditor = client_with_token(new_user("auditor", "audits.view_flag"), "read", "review")
    response = auditor.get("/api/v1/publishers/first/coverage/")

    assert response.status_code == 200
    assert response.json() == {"counted": None} | json.loads(told("--publisher", "first", "--json"))


def test_the_api_knows_no_coverage_of_a_publisher_that_is_not_there(db, client):
    assert client.get("/api/v1/publishers/nobody/coverage/").status_code == 404


def test_the_api_lists_publishers_in_one_query(audited, client, django_assert_num_queries):
    with django_assert_num_queries(1):
        rows = client.get("/api/v1/publishers/").json()["results"]

    assert [row["slug"] for row in rows] == ["empty", "first"]
    detail = client.get(rows[1]["url"]).json()
    assert detail.pop("cite")["sha256"]
    assert detail == rows[1]
    assert rows[1]["ocid_prefix"] == "ocds-first1"
