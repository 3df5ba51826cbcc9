"""Kinds of reason: offered for the family of the rule, kept with the decision, shown, counted."""

import json
import re
from io import StringIO
from itertools import groupby

import pytest
from django.core.management import call_command

from audits.models import Review, Verdict, review
from audits.models.known_answer import ANSWERS
from audits.reference.reason_codes import reason_codes, reason_label, reasons_for
from contracts.ocds.fixture_tables import fixture_rows
from tests.audits.admin.desk import batch_of, carried, flag_of, page, page_of, send, shown, undo
from tests.support.pages import change_page
from tests.support.triage import load_release, made_up_release, raise_flag


def decide(client, flag, code, reason="Read it.", **more):
    address = page(flag)
    given = {**shown(client, address), "decision": "dismissed", "reason": reason, "reason_code": code, **more}
    return client.post(address, given)


def offered(client, address) -> set[str]:
    return {value for value, _label in client.get(address).context["form"].fields["reason_code"].choices}


def test_every_code_has_a_unique_label_in_every_language():
    rows = fixture_rows("reference/reason_codes")
    labels = [name for language in ("en", "es", "pt") for name in (language, f"meaning_{language}")]
    assert all(row[name] for row in rows for name in ("code", *labels))
    assert {row["verdict"] for row in rows} == set(Verdict)
    assert {entry.decision for entry in reason_codes().values()} == {decision for decision, _label in ANSWERS}
    assert len(reason_codes()) == len(rows)
    assert {row["family"] for row in rows} == {"", "R", "T"}


@pytest.mark.parametrize("rule", ["R018", "T04"])
def test_reasons_are_grouped_by_verdict_with_specific_ones_first(rule):
    offered = reasons_for([rule])
    assert [verdict for verdict, _codes in groupby(offered, key=lambda entry: entry.verdict)] == list(Verdict)
    assert [entry.code for entry in offered if entry.verdict == Verdict.WRONG][-1] == "otherwise_wrong"


def test_a_flag_offers_the_codes_of_the_family_of_its_rule(auditor, process):
    common = {entry.code for entry in reason_codes().values() if not entry.family}
    red, technology = raise_flag(process), raise_flag(load_release(made_up_release()), code="T04")
    assert offered(auditor, page(red)) == common | {"value_misread", "not_comparable"}
    assert offered(auditor, page(technology)) == common | {"other_thing_bought", "words_misread"}
    # Of both together: what holds for all.
    assert (
        offered(auditor, page_of(red, technology)) == common == {entry.code for entry in reasons_for(["R018", "T04"])}
    )


def test_the_chosen_reason_is_kept_with_the_decision_and_shown_in_the_readers_language(auditor, flag):
    assert decide(auditor, flag, "no_weight").status_code == 302
    decision = Review.objects.get()
    assert (decision.reason_code, decision.judged["reason_code"]) == ("no_weight", "no_weight")
    assert review.CHAIN.broken() == []
    spanish = {"accept-language": "es"}
    assert "Ociosa: cierta y sin peso" in auditor.get(page(flag), headers=spanish).content.decode()
    address = change_page(decision)
    assert "ociosa: cierta y sin peso" in auditor.get(address, headers=spanish).content.decode()


def test_the_reason_code_is_optional_and_must_be_known(auditor, flag):
    assert decide(auditor, flag, "other_thing_bought").status_code == 400  # not of this family
    assert decide(auditor, flag, "nonsense").status_code == 400
    assert not Review.objects.exists()
    assert send(auditor, page(flag)).status_code == 302
    assert Review.objects.get().reason_code is None


@pytest.mark.parametrize(
    ("code", "decision", "other"),
    [
        ("record_says_so", "confirmed", "dismissed"),
        ("record_error", "dismissed", "confirmed"),
        ("document_needed", "needs_information", "dismissed"),
    ],
)
def test_a_reason_code_of_another_decision_is_refused(auditor, flag, code, decision, other):
    refused = decide(auditor, flag, code, decision=other)
    assert refused.status_code == 400
    assert "is a reason for another decision" in refused.content.decode()
    given = {"decision": other, "reason": "x", "reason_code": code, "apply": 1}
    address = page_of(flag, flag_of())
    assert "is a reason for another decision" in auditor.post(address, {**carried(auditor, address), **given}).text
    assert not Review.objects.exists()
    assert decide(auditor, flag, code, decision=decision).status_code == 302


def test_the_reason_code_is_kept_when_the_form_is_refused(auditor, flag):
    html = decide(auditor, flag, "record_error", reason=" ").content.decode()
    assert re.search(r'value="record_error" id="id_reason_code_\d" checked', html)


def test_batch_decisions_have_the_reason_code_and_undoing_drops_it(auditor):
    same = [flag_of(), flag_of()]
    given = {"decision": "dismissed", "reason": "x", "reason_code": "known_exception", "apply": 1}
    auditor.post(page_of(*same), {**carried(auditor, page_of(*same)), **given})
    assert set(Review.objects.values_list("reason_code", flat=True)) == {"known_exception"}
    undo(auditor, batch_of(same[0]))
    assert same[0].reviews.latest("pk").reason_code is None


def test_rule_health_counts_the_latest_kind_of_each_flag(auditor, process):
    first, second = raise_flag(process), raise_flag(load_release(made_up_release()))
    decide(auditor, first, "record_says_so", decision="confirmed")
    decide(auditor, first, "no_weight")
    decide(auditor, second, "no_weight")
    out = StringIO()
    call_command("rulehealth", "--json", stdout=out)
    rules = json.loads(out.getvalue())["rules"]
    assert (rules["R018"]["reasons"], rules["T04"]["reasons"]) == ({"no_weight": 2}, {})


@pytest.mark.parametrize(("code", "label"), [(None, ""), ("", ""), ("gone", "gone")])
def test_an_unknown_reason_code_is_shown_as_it_is(code, label):
    assert reason_label(code) == label


@pytest.mark.parametrize(("language", "meaning"), [("en", "a chamber of commerce"), ("es", "una cámara de comercio")])
def test_each_reason_has_its_explanation(auditor, flag, language, meaning):
    headers = {"accept-language": language}
    raised = raise_flag(load_release(made_up_release()), code="T01", values={"words": "cámara"})
    html = auditor.get(change_page(raised), headers=headers).content.decode()
    assert html.count("<dt>") - html.count("<div><dt>") == len(reasons_for(["T01"]))
    assert meaning in html
    other = auditor.get(change_page(flag), headers=headers).content.decode()
    assert meaning not in other, "only those of its rule are offered"
