"""A year later: by which text of its rule, on which record and lists a flag was decided."""

import dataclasses
import json
from datetime import date

import pytest
from django.db import ProgrammingError, transaction
from django.utils import timezone
from msgspec import structs

from audits import rules
from audits.models import Flag, Review, RulePage, rule_page
from audits.models.rule_page import digest_of
from audits.reference.rule_sets import build_rule_sets
from audits.reports import rule_changes
from audits.triage import review_flag
from tests.support.pages import change_page, text_of
from tests.support.triage import load_release, made_up_release, raise_flag


@pytest.fixture
def decided(flag, make_user):
    given = {"decision": Review.Decision.DISMISSED, "reason": "One maker."}
    return review_flag(flag=flag, reviewer=make_user(name="berta"), **given)


@pytest.fixture
def new_version(monkeypatch):
    """Bring a later version of R018 into force, with another page."""
    rule = rules.RULES["R018"]
    texts = {name: structs.replace(text, page="Another page.") for name, text in rule.texts.items()}
    later = dataclasses.replace(rule, version=rule.version + 1, texts=texts)
    assert rule_page.RULES is rules.RULES
    monkeypatch.setitem(rules.RULES, "R018", later)
    build_rule_sets.cache_clear()
    yield later
    # Rule sets are kept by their rows, which tests after this one have too.
    build_rule_sets.cache_clear()


def case_of(client, flag) -> dict:
    return json.loads(client.get(f"/admin/audits/flag/{flag.pk}/case.json").content)


def test_a_decision_names_the_record_the_lists_and_the_page_of_its_rule(decided, flag):
    rule, audit = rules.RULES["R018"], flag.last_audit
    kept = RulePage.objects.get()
    assert decided.judged["rests_on"] == {
        "record": bytes(flag.process.digest).hex(),
        "rule_set": bytes(audit.ruleset_digest).hex(),
        "rule_page": bytes(kept.digest).hex(),
    }
    assert (kept.code, kept.version, set(kept.texts)) == ("R018", rule.version, {"en", "es", "pt"})
    assert kept.texts["es"] == {"title": rule.text("es").title, "page": rule.text("es").page}


def test_the_page_of_a_decision_has_the_text_and_parameters_of_the_rule_at_that_time(
    auditor, decided, flag, new_version
):
    """Who answers for it a year later opens that page, and not the one of the flag, which goes on."""
    page = text_of(auditor.get(change_page(decided)).content.decode())
    said = page.partition("Rules, parameters and lists when this was decided")[2]
    assert "What the rule said then" in said
    lead = RulePage.objects.get().texts["en"]["page"].partition("\n")[0]
    assert lead in said
    assert "Another page." not in said
    parameters = decided.judged["parameters"]
    assert parameters
    name = next(iter(parameters))
    assert name in said
    assert "Now:" not in said
    Flag.objects.filter(pk=flag.pk).update(parameters={**parameters, name: 987})
    assert "Now: 987" in text_of(auditor.get(change_page(decided)).content.decode())


def test_repeated_decisions_show_what_the_rule_changed_and_its_former_severity(auditor, decided, flag, monkeypatch):
    """Its sentence and its evidence may say the same in both versions."""
    entry = rule_changes._Entry(
        {"R018": 98, "R024": 3}, en="One bid of two is context.", es="Contexto.", pt="Contexto."
    )
    monkeypatch.setattr(
        rule_changes, "all_changes", lambda: {("R018", number): (date(2026, 12, 1), entry) for number in (97, 98)}
    )
    page = text_of(auditor.get(change_page(flag)).content.decode())
    assert "since Dec. 1, 2026" not in page
    assert "Severity then" not in page
    Flag.objects.filter(pk=flag.pk).update(rule_version=98, severity="context")
    page = text_of(auditor.get(change_page(flag)).content.decode())
    assert "Version 98, since Dec. 1, 2026: One bid of two is context." in page
    assert f"Severity then: {decided.judged['severity']}." in page


def test_a_flag_that_a_version_withdrew_names_it_and_what_it_changed(auditor, decided, flag, new_version, monkeypatch):
    """It keeps the version that raised it last, and whoever decided on it answers for that one."""
    entry = rule_changes._Entry({"R018": new_version.version}, en="One bid is no question.", es="No.", pt="Não.")
    changes = {("R018", new_version.version): (date(2026, 12, 1), entry)}
    monkeypatch.setattr(rule_changes, "all_changes", lambda: changes)
    told = f"Version {new_version.version}, since Dec. 1, 2026: One bid is no question."
    assert told not in text_of(auditor.get(change_page(flag)).content.decode())
    Flag.objects.filter(pk=flag.pk).update(
        withdrawn_at=timezone.now(), withdrawn_because=Flag.Cause.RULE_VERSION, state=Flag.State.WITHDRAWN
    )
    said = text_of(auditor.get(change_page(flag)).content.decode())
    assert told in said
    assert f"Decided by version {decided.judged['rule_version']} of the rule. What the rule said then" in said


def test_a_decision_shows_what_the_flag_said_where_the_same_is_said_in_other_words(auditor, decided, flag):
    said = text_of(auditor.get(change_page(flag)).content.decode())
    assert "What was judged is unchanged. What was seen" in said
    Flag.objects.filter(pk=flag.pk).update(sentence="evaluated")
    said = text_of(auditor.get(change_page(flag)).content.decode())
    assert f"What was judged is unchanged. It said then: “{decided.judged['text']['en']}”" in said


def test_a_rule_page_is_stored_once_and_immutable(decided, make_user):
    other = raise_flag(load_release(made_up_release()))
    review_flag(flag=other, reviewer=make_user(name="ana"), decision=Review.Decision.DISMISSED, reason="The same.")
    kept = RulePage.objects.get()
    for change in (lambda: RulePage.objects.update(texts={}), kept.delete):
        with pytest.raises(ProgrammingError), transaction.atomic():
            change()


def test_page_and_case_file_show_the_earlier_text_after_a_new_version(auditor, process, flag, decided, new_version):
    then = RulePage.objects.get()
    raise_flag(process)
    flag.refresh_from_db()
    assert flag.rule_version == new_version.version

    said = text_of(auditor.get(f"/admin/audits/flag/{flag.pk}/change/").content.decode())
    assert f"Decided by version {then.version} of the rule." in said
    lead = then.texts["en"]["page"].partition("\n\n")[0].replace("\n", " ")
    assert (lead in said, "Another page." in said) == (True, True)

    case = case_of(auditor, flag)
    (page,) = case["rule_pages"]
    assert page["digest"] == case["decisions"][0]["judged"]["rests_on"]["rule_page"]
    assert digest_of(page["code"], page["version"], page["texts"]).hex() == page["digest"], "it can be checked"
    assert (page["version"], case["rule"]["version"]) == (then.version, new_version.version)


def test_decisions_refer_to_the_rule_page_of_the_flags_version(decided, flag, new_version, make_user):
    """It was raised, and is shown, as the version before judged."""
    again = review_flag(flag=flag, reviewer=make_user(name="ana"), decision=Review.Decision.DISMISSED, reason="Yes.")
    assert again.judged["rests_on"]["rule_page"] == decided.judged["rests_on"]["rule_page"]
    assert RulePage.objects.count() == 1


def test_a_decision_without_a_stored_rule_page_says_so(auditor, flag, make_user):
    judged = {"rule_version": 1, "text": {"en": "One tenderer."}, "evidence": []}
    Review.objects.create(
        flag=flag,
        reviewer=make_user(name="berta"),
        decision="dismissed",
        reason="One maker.",
        judged_digest=flag.judged_digest,
        judged=judged,
    )
    Flag.objects.filter(pk=flag.pk).update(rule_version=2)
    said = text_of(auditor.get(f"/admin/audits/flag/{flag.pk}/change/").content.decode())
    assert "Decided by version 1 of the rule. What it said then was not kept." in said
    assert case_of(auditor, flag)["rule_pages"] == []


def test_a_flag_that_an_earlier_version_raised_is_shown_with_the_text_of_that_version(
    auditor, flag, decided, new_version
):
    """One that was withdrawn is not asked again: it would stand beside another text for ever."""
    kept = RulePage.objects.get()
    for page in ("change", "case"):
        said = text_of(auditor.get(f"/admin/audits/flag/{flag.pk}/{page}/").content.decode())
        assert f"Rule R018, version {kept.version}" in said
        assert ("Another page." in said, "was not kept" in said) == (False, False)


def test_without_the_stored_text_the_page_names_the_version_it_shows(auditor, flag, new_version):
    said = text_of(auditor.get(f"/admin/audits/flag/{flag.pk}/change/").content.decode())
    assert f"Below is the text of version {new_version.version}: the text of the version that raised" in said
    assert "Another page." in said


def test_a_stored_rule_page_is_shown_in_european_portuguese(auditor, flag, decided, new_version):
    assert "licitante" in RulePage.objects.get().texts["pt"]["page"]
    address = f"/admin/audits/flag/{flag.pk}/change/"
    said = {code: auditor.get(address, headers={"accept-language": code}).content.decode() for code in ("pt", "pt-pt")}
    page = {code: text_of(html.partition('id="rule-title"')[2]) for code, html in said.items()}
    assert {code: ("licitante" in text, "concorrente" in text) for code, text in page.items()} == {
        "pt": (True, False),
        "pt-pt": (False, True),
    }
