"""Flags as the API gives them: filters, texts, evidence, and what changed since a decision."""

import pytest

from audits.judging.rule.vocabulary import Evidence
from audits.models import Flag, FourEyesWaiver, Review, RuleOverride
from audits.rules import RULES
from audits.triage import review_flag, undo_decision
from contracts.models import ContractingProcess, Organization
from tests.audits.api.reading import ALL, FLAGS, states
from tests.support.auditing import audit_due
from tests.support.clients import new_user
from tests.support.records import load, release
from tests.support.triage import raise_flag

pytestmark = pytest.mark.django_db


def test_a_flag_that_no_person_decided_is_marked_wherever_it_appears(flags, auditor):
    marked = {row["state"]: row["reviewed"] for row in auditor.get(FLAGS).json()["results"]}
    assert marked == {"new": False, "needs_information": False, "confirmed": True, "dismissed": True}
    for state, flag in flags.items():
        assert auditor.get(f"{FLAGS}{flag.pk}/").json()["reviewed"] is marked[state]
        process = auditor.get(f"/api/v1/contracting-processes/{flag.process.ocid}/").json()
        assert [row["reviewed"] for row in process["flags"]] == [marked[state]]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("currency=MXN&amount__gte=900&method=open", ALL),
        ("amount__gte=901", set()),
        ("award_date__gte=2024-04-01&date_signed__lte=2024-04-10", ALL),
        ("date_signed__lte=2024-04-09", set()),
        ("rule=R018,T04&severity=high,medium,low", ALL),
        ("state=new,confirmed", {"new", "confirmed"}),
        ("buyer=MX-RFC:MPR850101AAA&category=none", ALL),
    ],
)
def test_flags_are_filtered_by_properties_of_their_processes(flags, auditor, query, expected):
    assert states(auditor, f"flags/?{query}") == expected


def test_a_page_of_flags_is_one_query(flags, settings, anonymous, django_assert_num_queries):
    settings.VEEDOR_PUBLICATION = "all"
    with django_assert_num_queries(1):
        assert len(anonymous.get(FLAGS).json()["results"]) == 3


def test_a_flag_is_in_the_readers_language(flags, auditor):
    flag = flags["new"]
    heard = {}
    for language in ("es", "pt", "en"):
        response = auditor.get(f"{FLAGS}{flag.pk}/", headers={"Accept-Language": f"{language};q=0.9, de;q=0.1"})
        assert response["Content-Language"] == {"pt": "pt-br"}.get(language, language)
        heard[language] = response.json()["sentence"]
        assert heard[language] == flag.render(language)
    assert len(set(heard.values())) == 3
    assert auditor.get(f"{FLAGS}{flag.pk}/", headers={"Accept-Language": "de"}).json()["sentence"] == heard["en"]
    assert auditor.get(f"{FLAGS}{flag.pk}/", headers={"Accept-Language": "x" * 10_000}).status_code == 200


def test_a_flag_has_versions_and_digests_of_its_input(flags, auditor):
    flag = flags["confirmed"]
    body = auditor.get(f"{FLAGS}{flag.pk}/").json()
    assert (body["rule"], body["rule_version"]) == ("R018", RULES["R018"].version)
    assert auditor.get(body["rule_url"]).json()["code"] == "R018"
    assert auditor.get(body["process_url"]).json()["ocid"] == body["ocid"]
    assert body["parameters"] == flag.parameters
    assert body["values"] == flag.values
    assert [entry["path"] for entry in body["evidence"]] == ["/tender/numberOfTenderers", "/tender/procurementMethod"]
    compiled = auditor.get(body["process_url"]).json()["compiled_release"]
    assert body["evidence"][0]["value"] == compiled["tender"]["numberOfTenderers"]
    audit_row = flag.last_audit
    assert body["rule_set_digest"] == bytes(audit_row.ruleset_digest).hex()
    assert body["dossier_digest"] == bytes(audit_row.dossier_digest).hex()
    assert body["release_digest"] == bytes(audit_row.process_digest).hex()


def test_a_confirmed_flag_whose_record_changed_stays_public_and_says_so(flags, anonymous, auditor):
    """What was confirmed is shown, with a notice, until a person looks again."""
    before = anonymous.get(f"{FLAGS}{flags['confirmed'].pk}/").json()
    assert before["notice"] == ""
    tender = {**release()["tender"], "numberOfTenderers": 1, "procurementMethod": "selective"}
    load(release("ocds-test01-1", id="2", date="2025-01-01T00:00:00Z", tender=tender))
    audit_due()
    flag = Flag.objects.get(pk=flags["confirmed"].pk)
    assert flag.state == Flag.State.CHANGED
    now = anonymous.get(f"{FLAGS}{flag.pk}/").json()
    assert now["notice"] == "Changed since it was confirmed: the record changed. Nobody has looked again yet."
    assert now["changed_because"] == "record"
    words = ("sentence", "evidence", "values", "parameters", "severity", "rule_version")
    for part in (*words, "release_digest", "rule_set_digest"):
        assert now[part] == before[part], part
    assert now["cite"]["sha256"] == before["cite"]["sha256"]
    assert now["dossier_digest"] == bytes(flag.last_audit.dossier_digest).hex()
    assert flag.values != now["values"]
    assert flag.render("en") != now["sentence"]
    FourEyesWaiver.objects.all().delete()
    two = new_user("first"), new_user("who undoes")
    for person in two:
        review_flag(flag=flag, reviewer=person, decision=Review.Decision.CONFIRMED, reason="Still so.")
    assert anonymous.get(f"{FLAGS}{flag.pk}/").json()["values"] == flag.values
    undo_decision(undone_by=two[1], flag_id=flag.pk)
    assert anonymous.get(f"{FLAGS}{flag.pk}/").json()["values"] == now["values"]
    review_flag(flag=flag, reviewer=new_user("second"), decision=Review.Decision.DISMISSED, reason="No longer so.")
    assert anonymous.get(f"{FLAGS}{flag.pk}/").status_code == 410


def test_a_withdrawn_confirmed_flag_stays_public_with_its_cause(flags, anonymous):
    """A later release makes the question fall away: nobody can take a confirmed flag off the public site so."""
    tender = {**release()["tender"], "numberOfTenderers": 5, "procurementMethod": "open"}
    load(release("ocds-test01-1", id="2", date="2025-01-01T00:00:00Z", tender=tender))
    audit_due()
    flag = Flag.objects.get(pk=flags["confirmed"].pk)
    assert (flag.state, flag.withdrawn_because) == (Flag.State.WITHDRAWN, Flag.Cause.RECORD)
    answer = anonymous.get(f"{FLAGS}{flag.pk}/").json()
    assert (answer["withdrawn_because"], answer["state"]) == ("record", "withdrawn")
    assert answer["notice"].startswith("No longer raised since it was confirmed: the record changed.")
    assert states(anonymous) == {"withdrawn"}
    review_flag(flag=flag, reviewer=new_user("second"), decision=Review.Decision.DISMISSED, reason="No longer so.")
    assert states(anonymous) == set()


def test_the_cause_of_a_withdrawal_is_stored(flags):
    RuleOverride.objects.create(rule="R018", source="test")
    audit_due()
    assert set(Flag.objects.values_list("withdrawn_because", flat=True)) == {Flag.Cause.RULE_OFF.value}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("rule=R018", ALL),
        ("severity=medium", ALL),
        ("severity=high", set()),
        ("state=new", {"new"}),
        ("reviewed=true", {"confirmed", "dismissed"}),
        ("reviewed=false", {"new", "needs_information"}),
        ("ocid=ocds-test01-1", {"confirmed"}),
        ("country=MX", ALL),
        ("country=PE", set()),
        ("buyer=MX-RFC:MPR850101AAA", ALL),
        ("buyer=MX-RFC:0", set()),
        ("raised__gte=2020-01-01", ALL),
        ("raised__lte=2020-01-01", set()),
        ("q=LIMPIEZA", ALL),
        ("q=camaras", set()),
    ],
)
def test_flags_are_filtered(flags, auditor, query, expected):
    assert states(auditor, f"flags/?{query}") == expected


def test_flags_of_a_buyer_are_found_by_its_id(flags, auditor):
    buyer = Organization.objects.get(key="MX-RFC:MPR850101AAA")
    assert states(auditor, f"flags/?buyer={buyer.pk}") == ALL
    assert states(auditor, f"flags/?supplier={buyer.pk}") == set()


@pytest.mark.parametrize(
    ("query", "parameter"),
    [("rule=X99", "rule"), ("severity=terrible", "severity"), ("state=guilty", "state"), ("reviewed=x", "reviewed")],
)
def test_an_unknown_choice_is_refused_with_the_valid_ones(auditor, query, parameter):
    response = auditor.get(f"{FLAGS}?{query}")
    assert response.status_code == 400
    (error,) = response.json()["errors"]
    assert error["parameter"] == parameter
    assert error["allowed"]


def test_evidence_has_texts_and_addresses_of_other_processes(auditor):
    load(release("ocds-test01-1"))
    flag = raise_flag(
        ContractingProcess.objects.get(),
        Evidence("/tender/numberOfTenderers", 1, note="validBids"),
        Evidence("/ocid", "ocds/other 1", ocid="ocds/other 1"),
    )

    said, other = auditor.get(f"{FLAGS}{flag.pk}/", headers={"accept-language": "es"}).json()["evidence"]

    assert (said["place"], said["says"], said["process_url"]) == (
        "Licitación: número de oferentes",
        "ofertas válidas contadas",
        "",
    )
    assert other["process_url"] == "/api/v1/contracting-processes/ocds%2Fother%201/"
