"""The case file of a flag: record, rule, evidence and decisions, to print and as JSON."""

import base64
import json
from datetime import UTC, datetime

import pghistory
import pytest
from django.core.management import CommandError, call_command
from django.utils.html import escape

from audits.admin.flag import case_file
from audits.blind import sample_flag
from audits.desk import assign
from audits.models import BlindReview, FourEyesWaiver, Review, Verdict
from audits.reference.rule_sets import rule_sets_in_force
from audits.reports.decision_heads import heads_before
from audits.triage import review_flag
from contracts import signed_json
from contracts.models import Release
from tests.support.triage import load_release, made_up_release


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


def test_a_case_file_has_everything_that_justifies_the_decision(auditor, decided):
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
    assert case["heads"] == heads_before(datetime.now(UTC).date())


def test_a_case_file_has_the_received_record_the_cited_values_and_the_lists(auditor, decided):
    case = json.loads(auditor.get(f"/admin/audits/flag/{decided.pk}/case.json").content)
    release = Release.objects.get()
    (kept,) = case["record"]["releases"]
    assert kept["content"].encode() == bytes(release.content)
    assert kept["bytes"] == len(bytes(release.content))
    assert case["record"]["values_read"] == {
        "/tender/numberOfTenderers": json.loads(kept["content"])["tender"]["numberOfTenderers"]
    }
    assert case["record"]["is_as_judged"] is True
    by_country = rule_sets_in_force().by_country
    rule_set = by_country.get(decided.country, by_country[""])
    assert (case["lists"]["ruleset_digest"], case["lists"]["is_as_judged"]) == (rule_set.digest.hex(), False)
    assert set(case["lists"]) >= {"lexicon_terms", "watchlists", "public_lists"}
    html = auditor.get(f"/admin/audits/flag/{decided.pk}/case/").content.decode()
    assert "As received: " in html
    assert escape(kept["content"]) in html


def test_it_holds_second_looks_and_the_desk_log(auditor, decided, make_user):
    emma, lead = make_user(name="emma"), make_user(name="lea")
    looked = {
        "reviewer": emma,
        "decision": Review.Decision.CONFIRMED,
        "verdict": Verdict.RIGHT,
        "reason": "Two makers.",
    }
    BlindReview.objects.create(review=decided.reviews.get(), agrees=False, reason_code="as_recorded", **looked)
    first, _is_new = sample_flag(decided)
    BlindReview.objects.create(sampled=first, **looked)
    assign([decided.pk], assignee=emma, by=lead)
    case = json.loads(auditor.get(f"/admin/audits/flag/{decided.pk}/case.json").content)
    (look,) = case["second_looks"]
    assert look["of_decision"] == case["decisions"][0]["number"]
    assert (look["reviewer"], look["decision"], look["verdict"]) == ("emma", "confirmed", "right")
    assert (look["reason"], look["agrees"]) == ("Two makers.", False)
    (entry,) = case["desk"]
    assert (entry["kind"], entry["person"], entry["by"]) == ("assigned", "emma", "lea")
    html = auditor.get(f"/admin/audits/flag/{decided.pk}/case/").content.decode()
    assert "Second looks" in html
    assert "Two makers." in html


@pytest.mark.usefixtures("two_persons")
def test_it_says_by_whose_waiver_one_person_confirmed(auditor, flag, make_user):
    lea = make_user(name="lea")
    with pghistory.context(user=lea.pk):
        FourEyesWaiver.objects.create(rule="", reason="Two of us are ill.")
    confirm = auditor.get(f"/admin/audits/flag/{flag.pk}/change/").content.decode()
    assert "yours alone counts" in confirm
    decided = Review.Decision.CONFIRMED
    review = review_flag(flag=flag, reviewer=make_user(name="berta"), decision=decided, reason="Read it.")
    case = json.loads(auditor.get(f"/admin/audits/flag/{flag.pk}/case.json").content)
    (decision,) = case["decisions"]
    waiver = decision["waiver"]
    assert (waiver["rule"], waiver["by"], waiver["reason"]) == ("", "lea", "Two of us are ill.")
    assert decision["judged"]["waiver"] == waiver, "so that it is chained"
    for address in (f"/admin/audits/flag/{flag.pk}/case/", f"/admin/audits/review/{review.pk}/change/"):
        html = auditor.get(address, headers={"accept-language": "es"}).content.decode()
        assert "la segunda confirmación se dispensó para todas las reglas" in html
        assert "lea" in html
        assert "Two of us are ill." in html


def test_a_release_that_is_too_long_is_replaced_by_its_digest(auditor, decided, monkeypatch):
    monkeypatch.setattr(case_file, "MAX_BYTES", 10)
    (kept,) = json.loads(auditor.get(f"/admin/audits/flag/{decided.pk}/case.json").content)["record"]["releases"]
    assert kept["content"] is None
    assert kept["bytes"] > 10
    assert kept["digest"]


def test_a_long_release_does_not_displace_shorter_ones(auditor, decided, monkeypatch):
    short = made_up_release(decided.process.ocid) | {"id": "short"}
    long = short | {"id": "long", "description": "x" * 5000}
    load_release(long)
    load_release(short)
    monkeypatch.setattr(case_file, "MAX_BYTES", 4500)
    releases = json.loads(auditor.get(f"/admin/audits/flag/{decided.pk}/case.json").content)["record"]["releases"]
    assert {
        release["id"]: release["content"] is None for release in releases if release["id"] in {"long", "short"}
    } == {"long": True, "short": False}


def test_the_page_shows_the_case_file_in_the_readers_language(auditor, decided):
    address = f"/admin/audits/flag/{decided.pk}/case/"
    assert address in auditor.get(f"/admin/audits/flag/{decided.pk}/change/").content.decode()
    html = auditor.get(address, headers={"accept-language": "es"}).content.decode()
    for text in (
        "Expediente",
        "El registro cuenta 1 oferente",
        "One &lt;b&gt;maker",
        "Descartada",
        '<h2 id="decisions-title">',
        '<h2 id="evidence-title">',
        bytes(decided.judged_digest).hex(),
    ):
        assert text in html, text
    assert "&quot;reviewer&quot;" not in html  # in words, and not as JSON


@pytest.mark.parametrize("page", ["case/", "case.json"])
def test_a_case_file_requires_the_permission_to_view_flags(sign_in, decided, page):
    assert sign_in("Submitters").get(f"/admin/audits/flag/{decided.pk}/{page}").status_code == 403


def test_an_unknown_flag_has_no_case_file(auditor, flag):
    assert auditor.get(f"/admin/audits/flag/{flag.pk + 1}/case/").status_code == 404


# Signed


def case_of(auditor, flag) -> dict:
    return json.loads(auditor.get(f"/admin/audits/flag/{flag.pk}/case.json").content)


def test_a_changed_case_file_fails_verification(auditor, decided, tmp_path, capsys):
    case = case_of(auditor, decided)
    assert (case["signature"]["algorithm"], case["signature"]["form"]) == ("Ed25519", "RFC 8785")
    file = tmp_path / "case.json"
    # In any order and spacing: what is signed is the canonical form.
    file.write_text(json.dumps(dict(reversed(case.items())), indent=7))
    call_command("verifycase", file)
    call_command("verifycase")
    review = Review.objects.get()
    told = ["The signature fits.", f"decision 1 {bytes(review.chain).hex()}", case["signature"]["key"]]
    assert capsys.readouterr().out.splitlines() == told
    for change in ({"reason": "Another."}, {"number": 2}):
        changed = {**case, "decisions": [case["decisions"][0] | change]}
        file.write_text(json.dumps(changed))
        with pytest.raises(SystemExit) as ended:
            call_command("verifycase", file)
        assert ended.value.code == 1


def test_decisions_in_a_case_file_have_their_chain_links(auditor, decided, make_user, tmp_path, capsys):
    review_flag(
        flag=decided, reviewer=make_user(name="carlos"), decision=Review.Decision.DISMISSED, reason="Ñandú, “sí”."
    )
    case = case_of(auditor, decided)
    first, second = case["decisions"]
    assert (first["chained"]["after"], second["chained"]["after"]) == ("", first["chain"])
    file = tmp_path / "case.json"
    told = [
        {"reason": "Another."},
        {"reason_code": "no_weight"},
        {"reviewed_at": first["reviewed_at"]},
        {"judged": {}},
    ]
    changes = [
        {"decisions": [first, second | change]} for change in ({"number": 3}, {"chained": first["chained"]}, *told)
    ]
    for change in (*changes, {"flag": case["flag"] | {"id": decided.pk + 1}}):
        file.write_text(json.dumps(signed_json.sign({**case, **change})))
        with pytest.raises(SystemExit) as ended:
            call_command("verifycase", file)
        assert ended.value.code == 1
        assert "does not give its link of the chain" in capsys.readouterr().err


def test_amounts_as_text_reproduce_the_chain_link(auditor, flag, make_user, tmp_path):
    flag.values = {"amount": 2**60}
    flag.save()
    review_flag(flag=flag, reviewer=make_user(), decision=Review.Decision.DISMISSED, reason="Counted.")
    file = tmp_path / "case.json"
    file.write_text(json.dumps(case_of(auditor, flag)))
    call_command("verifycase", file)


def test_verification_fails_with_another_key(auditor, decided, settings):
    case, key = case_of(auditor, decided), signed_json.public_key()
    settings.VEEDOR_SIGNING_KEY = b"k" * 32
    assert signed_json.public_key() != key
    signed_json.verify_signature(case, key)
    with pytest.raises(signed_json.BadSignatureError):
        signed_json.verify_signature(case, signed_json.public_key())


@pytest.mark.parametrize(
    "signature", [None, "x", {}, {"algorithm": "none"}, {"algorithm": "Ed25519", "form": "RFC 8785", "value": "!"}]
)
def test_an_invalid_signature_fails_verification(signature):
    with pytest.raises(signed_json.BadSignatureError):
        signed_json.verify_signature({"a": 1, "signature": signature}, signed_json.public_key())


def test_the_example_of_rfc_8785_is_canonicalized_as_specified(settings):
    """RFC 8785, 3.2.2: numbers as ECMAScript writes them, names in order; a whole number too large is a text."""
    signed = signed_json.sign(
        {"numbers": [333333333.33333329, 1e30, 4.50, 2e-3], "€": 2**60, "literals": [None, True]}
    )
    assert signed["€"] == str(2**60)
    signed_json.verify_signature(json.loads(json.dumps(signed)), signed_json.public_key())


def test_without_a_key_nothing_is_signed(auditor, decided, settings, tmp_path):
    settings.VEEDOR_SIGNING_KEY = b""
    assert case_of(auditor, decided)["signature"] is None
    with pytest.raises(CommandError, match="no key"):
        call_command("verifycase")


@pytest.mark.parametrize("content", ["", "[1]", "{"])
def test_a_file_that_is_not_a_case_file_is_refused(tmp_path, content):
    file = tmp_path / "case.json"
    file.write_text(content)
    with pytest.raises(CommandError):
        call_command("verifycase", file)


def test_a_key_is_32_bytes_in_base64():
    from config.settings import ImproperlyConfigured, signing_seed

    assert signing_seed(base64.b64encode(b"\xff" * 32).decode()) == b"\xff" * 32
    assert signing_seed("") == b""
    for text in ("short", "é", base64.b64encode(b"k" * 31).decode()):
        with pytest.raises(ImproperlyConfigured):
            signing_seed(text)


def test_a_button_judges_the_stored_record_again(auditor, decided):
    page = f"/admin/audits/flag/{decided.pk}/case/"
    answer = auditor.post(page)
    assert answer.status_code == 200
    assert "What differs:" in answer.content.decode()  # a made-up flag, which its rule does not raise
    told = auditor.post(page, headers={"accept-language": "es"}).content.decode()
    differs = told[told.index("Lo que difiere: ") :].split("</p>")[0]
    assert "cambiaron las cifras de otros procesos" in differs
    assert "valores de la frase" in differs
    assert "What differs:" not in auditor.get(page).content.decode()
