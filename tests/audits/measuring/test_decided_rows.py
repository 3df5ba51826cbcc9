"""The desk's decisions become rows that the reader is trained on."""

import json

import pytest
from django.core.management import call_command

from audits.matching.purchases.notice_reader import NoticeReader
from audits.matching.reference.data import Reference
from audits.measuring.decided_rows import decided_rows
from audits.models import Review
from audits.triage import review_flag
from contracts.models import ContractingProcess, Submission
from tests.support.records import load, release
from tests.support.triage import load_release, made_up_release, raise_flag

pytestmark = pytest.mark.django_db


@pytest.fixture
def decide(make_user):
    """`decide(process, "T01", "dismissed", "other_thing_bought")`: a flag of a rule, with a decision."""
    auditor = make_user("Auditors")

    def append(process, rule, decision, code=""):
        flag = raise_flag(process, code=rule)
        review_flag(flag=flag, reviewer=auditor, decision=Review.Decision(decision), reason="Read.", reason_code=code)

    return append


def rows():
    return {row.dossier.subject: row.is_technology for row in decided_rows(Reference(terms=[], entries=[]))}


@pytest.mark.parametrize(
    ("decisions", "is_technology"),
    [
        ([("T01", "confirmed", "")], True),
        ([("T01", "dismissed", "other_thing_bought")], False),
        ([("T01", "dismissed", "other_thing_bought"), ("T04", "confirmed", "")], True),
        ([("T01", "dismissed", "words_misread")], None),  # technology may be bought all the same
        ([("T01", "dismissed", "other_thing_bought"), ("T04", "dismissed", "no_weight")], None),
        ([("R018", "confirmed", "")], None),
        ([("T01", "needs_information", "")], None),
    ],
)
def test_what_decisions_say_of_what_is_bought(decide, decisions, is_technology):
    process = load_release(made_up_release("ocds-madeup-said"))
    for decision in decisions:
        decide(process, *decision)

    assert rows() == ({} if is_technology is None else {"ocds-madeup-said": is_technology})


def test_the_latest_decision_counts(decide):
    process = load_release(made_up_release("ocds-madeup-said"))
    decide(process, "T01", "confirmed")
    decide(process, "T01", "dismissed", "other_thing_bought")

    assert rows() == {"ocds-madeup-said": False}


def test_a_claim_that_is_not_public_teaches_nothing(decide, make_user):
    load(release("ocds-claimed-1"), channel=Submission.Channel.API, user=make_user("Submitters"))
    decide(ContractingProcess.objects.get(ocid="ocds-claimed-1"), "T01", "confirmed")
    assert rows() == {}


def test_the_reader_is_trained_on_decisions(decide, tmp_path, capsys):
    pytest.importorskip("sklearn", reason="scikit-learn is not installed")
    for number in range(12):
        title = "Cámaras de videovigilancia" if number % 2 else "Mascarillas y guantes"
        made = made_up_release(f"ocds-madeup-{number}", title=title, description=title)
        made["buyer"]["name"] = made["parties"][0]["name"] = f"Municipio {number}"
        process = load_release(made)
        decide(process, "T01", *(("confirmed",) if number % 2 else ("dismissed", "other_thing_bought")))

    call_command("train", decisions=True, output=tmp_path / "weights.json", json=True)
    card = json.loads(capsys.readouterr().out)
    assert card["sources"] == {"decisions": 12}
    assert card["buyers"] == 12
    reader = NoticeReader.load(tmp_path / "weights.json")
    assert reader.card == card
    assert reader.read(["camaras de videovigilancia"], []).probability > 0.5
    assert reader.read(["mascarillas y guantes"], []).probability < 0.5
