"""The case file of a flag: record, rule, evidence and decisions, to print and as JSON."""

import json

import pytest

from audits.models import Review
from audits.triage import review_flag
from contracts.models import Release


@pytest.fixture
def decided(flag, make_user):
    berta = make_user(name="berta")
    review_flag(
        flag=flag,
        reviewer=berta,
        decision=Review.Decision.DISMISSED,
        reason="One <b>maker</b>.",
        reason_code="no_weight",
    )
    return flag


def test_it_holds_what_a_decision_is_defended_with(auditor, decided):
    answer = auditor.get(f"/admin/audits/flag/{decided.pk}/case.json")
    case = json.loads(answer.content)
    release, review = Release.objects.get(), Review.objects.get()
    (kept,) = case["record"]["releases"]
    assert (kept["digest"], kept["sent_as"]) == (bytes(release.digest).hex(), release.submission.content_id)
    assert case["record"]["digest"] == bytes(decided.process.digest).hex()
    assert case["audit"]["ruleset_digest"] == bytes(decided.last_audit.ruleset_digest).hex()
    assert case["flag"]["evidence"][0]["path"] == "/tender/numberOfTenderers"
    assert case["rule"]["version"] == case["rule"]["text_version"]
    assert case["rule"]["text"]
    (decision,) = case["decisions"]
    assert (decision["reviewer"], decision["reason"], decision["reason_code"], decision["chain"]) == (
        *("berta", "One <b>maker</b>.", "no_weight"),
        bytes(review.chain).hex(),
    )
    assert decision["judged"] == review.judged


def test_its_page_shows_the_same_in_the_readers_language(auditor, decided):
    address = f"/admin/audits/flag/{decided.pk}/case/"
    assert address in auditor.get(f"/admin/audits/flag/{decided.pk}/change/").content.decode()
    html = auditor.get(address, headers={"accept-language": "es"}).content.decode()
    for text in (
        "Expediente",
        "El registro cuenta 1 oferente",
        "One &lt;b&gt;maker",
        bytes(decided.judged_digest).hex(),
    ):
        assert text in html, text


@pytest.mark.parametrize("page", ["case/", "case.json"])
def test_who_may_not_see_flags_sees_no_case_file(sign_in, decided, page):
    assert sign_in("Submitters").get(f"/admin/audits/flag/{decided.pk}/{page}").status_code == 403


def test_an_unknown_flag_has_none(auditor, flag):
    assert auditor.get(f"/admin/audits/flag/{flag.pk + 1}/case/").status_code == 404
