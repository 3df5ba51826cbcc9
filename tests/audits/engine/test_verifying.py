"""A flag is judged again on demand: equal, or what differs; nothing is written."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from audits.engine.processes import audit_again
from audits.models import Audit, Flag, Review, RuleOverride
from audits.triage import review_flag
from contracts.models import Organization
from tests.support.triage import load_release, made_up_release

pytestmark = pytest.mark.django_db


@pytest.fixture
def flag(db):
    """A flag as the engine raises it: one tenderer in an open procedure."""
    audit_again([load_release(made_up_release()).pk])
    return Flag.objects.get(rule="R018")


def run(flag, *arguments) -> tuple[int, str]:
    out, status = StringIO(), 0
    try:
        call_command("verifyflag", str(flag.pk), *arguments, stdout=out)
    except SystemExit as end:
        status = end.code
    return status, out.getvalue()


def differing(flag) -> tuple[int, list[str], list[str]]:
    status, printed = run(flag, "--json")
    report = json.loads(printed)
    assert report["equal"] == (status == 0)
    return status, report["inputs"], report["differences"]


def test_an_unchanged_flag_verifies_without_writing(flag):
    before = list(Audit.objects.values()), list(Flag.objects.values())
    assert run(flag) == (0, "equal\n")
    assert (list(Audit.objects.values()), list(Flag.objects.values())) == before


def test_a_flag_reopened_for_another_supplier_verifies(flag, make_user):
    release = made_up_release(flag.process.ocid) | {"id": "2", "date": "2026-04-01T00:00:00Z"}
    release["awards"][0]["suppliers"] = [{"id": "S2", "name": "Otra S.A."}]
    review_flag(flag=flag, reviewer=make_user(), decision=Review.Decision.CONFIRMED, reason="Read in the record.")
    audit_again([load_release(release).pk])
    flag.refresh_from_db()
    assert (flag.state, differing(flag)) == ("changed", (0, [], []))


@pytest.mark.parametrize(
    ("change", "inputs", "differences"),
    [
        ({"rule_version": 99}, ["rule_version"], []),
        ({"parameters": {"other": 1}}, ["parameters"], []),
        ({"rule": "R999"}, ["rule_off"], []),
        ({"sentence": "other"}, [], ["sentence"]),
        ({"severity": "context"}, [], ["severity"]),
        ({"values": {"count": 7}}, [], ["values"]),
        ({"evidence": []}, [], ["evidence"]),
        ({"judged_digest": b"x" * 32}, [], ["judged_digest"]),
        ({"fingerprint": b"x" * 32}, [], ["raised"]),
    ],
)
def test_a_tampered_flag_fails_verification(flag, change, inputs, differences):
    Flag.objects.filter(pk=flag.pk).update(**change)
    assert differing(flag) == (1, inputs, differences)


def test_a_changed_record_is_reported(flag):
    release = made_up_release(flag.process.ocid, numberOfTenderers=5)
    load_release(release | {"id": "later", "date": "2026-04-01T00:00:00Z"})
    assert differing(flag) == (1, ["record"], ["raised"])
    assert "read otherwise than when it was judged: record" in run(flag)[1]


def test_changed_figures_are_reported(flag):
    Audit.objects.filter(pk=flag.last_audit_id).update(figures={"": "unverified XX UTC"})
    assert "figures" in differing(flag)[1]


def test_a_disabled_rule_is_reported(flag):
    RuleOverride.objects.create(rule="R018", source="test")
    assert differing(flag)[:2] == (1, ["rule_off"])


def test_a_withdrawn_flag_verifies_while_it_is_not_raised(flag):
    release = made_up_release(flag.process.ocid, numberOfTenderers=5)
    load_release(release | {"id": "later", "date": "2026-04-01T00:00:00Z"})
    audit_again([flag.process_id])
    flag.refresh_from_db()
    assert flag.withdrawn_at is not None
    assert differing(flag) == (0, [], [])
    load_release(made_up_release(flag.process.ocid) | {"id": "last", "date": "2026-05-01T00:00:00Z"})
    assert differing(flag)[2] == ["raised"]


def test_an_unverifiable_flag_is_reported(flag):
    with pytest.raises(CommandError, match="no flag 0"):
        call_command("verifyflag", "0")
    organization = Organization.objects.first()
    Flag.objects.filter(pk=flag.pk).update(process=None, organization=organization)
    with pytest.raises(CommandError, match="about an organization"):
        call_command("verifyflag", str(flag.pk))
