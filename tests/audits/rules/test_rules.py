"""Every rule keeps the contract of rules, and answers its cases in ``audits/rules/cases`` as they say."""

import ast
import json
import sys
from collections import Counter
from pathlib import Path

import pytest

from audits.facts.methods.legal_limits import COMPETITIVE, DIRECT
from audits.judging.dossiers.building import build_dossier
from audits.judging.rule.evidence import without_repeats
from audits.judging.rule.examples import example_of
from audits.judging.rule.readings import reading_of
from audits.judging.rule.reasons import REASONS
from audits.judging.rule.texts import LANGUAGES
from audits.judging.rule.vocabulary import (
    ON_TRIAL,
    READER_PARAMETER,
    Context,
    Finding,
    OutcomeKind,
    Severity,
    Subject,
)
from audits.judging.rule_set import BoundRule
from audits.matching.purchases.notice_reader import NoticeReading
from audits.rules import RULES
from tests.support.cases import CASES_OF, answered, documents_of, findings_of, judged, known, reference
from tests.support.rules import made_up
from tests.support.wording import placeholders

pytestmark = pytest.mark.rules


CASES = [pytest.param(code, case, id=f"{code}: {case['name']}") for code, cases in CASES_OF.items() for case in cases]


def value_at(document, pointer):
    for part in pointer.split("/")[1:]:
        document = document[int(part)] if isinstance(document, list) else document[part]
    return document


@pytest.mark.parametrize(("code", "case"), CASES)
def test_a_case_is_answered_as_it_says(code, case):
    outcome = judged(code, case)

    assert outcome.kind == case["outcome"], outcome.reason
    places = [place for finding in outcome.findings for place in finding.evidence]
    assert set(case.get("cites", [])) <= {place.path for place in places}
    assert set(case.get("notes", [])) <= {place.note for place in places}
    if "reason" in case or outcome.is_withheld:
        assert outcome.reason == case.get("reason")
    if "severity" in case:
        assert {RULES[code].severity_of(finding) for finding in outcome.findings} == {case["severity"]}
    if "sentence" in case:
        assert {finding.sentence for finding in outcome.findings} == {case["sentence"]}
    for finding in outcome.findings:
        assert without_repeats(finding.evidence) == finding.evidence, "a stretch is marked twice"


@pytest.mark.parametrize(("first", "second", "reason"), [("a", "b", "a"), ("a", None, ""), (None, None, "")])
def test_an_outcome_says_why_it_is_context_if_all_of_it_is(first, second, reason):
    def yields(_dossier):
        for code in (first, second):
            yield Finding((), severity=Severity.HIGH, context=Context(code, {"n": 1}) if code else None)

    rule = invented()(yields)
    outcome = BoundRule(rule, rule.parameters).judge(build_dossier({"ocid": "x"}, reference=reference()))

    assert (outcome.kind, outcome.reason) == (OutcomeKind.FLAGGED, reason)
    assert outcome.values == ({"n": 1} if reason else {})
    severities = [rule.severity_of(finding) for finding in outcome.findings]
    assert severities == [Severity.CONTEXT if code else Severity.HIGH for code in (first, second)]


@pytest.mark.parametrize("code", [code for code, rule in RULES.items() if rule.on_trial])
def test_what_a_rule_on_trial_finds_is_context_until_the_trial_ends(code):
    rule, asks = RULES[code], []
    case = next(case for case in CASES_OF[code] if "example" in case)
    for on_trial in (True, False):
        parameters = {**case.get("parameters", {}), ON_TRIAL: on_trial}
        outcome, _read = answered(rule, {**case, "parameters": parameters})
        asks.append((outcome.kind, outcome.reason, {rule.severity_of(finding) for finding in outcome.findings}))

    assert rule.parameters[ON_TRIAL] is True
    assert asks[0] == (OutcomeKind.FLAGGED, "on_trial", {Severity.CONTEXT})
    assert asks[1][:2] == (OutcomeKind.FLAGGED, "")
    assert Severity.CONTEXT not in asks[1][2]


def test_rules_are_on_trial_by_what_people_read():
    assert all(reading_of(code).shares[0] < 60 for code, rule in RULES.items() if rule.on_trial)
    assert {ON_TRIAL in rule.parameters for rule in RULES.values() if not rule.on_trial} == {False}


@pytest.mark.parametrize("code", RULES)
def test_a_rule_reads_the_figures_that_it_declares_and_no_other(code):
    read = set().union(*(known(code, case)[1] for case in CASES_OF[code]))

    assert read == {name.partition(".")[0] for name in RULES[code].reads}


def undeclared(dossier):
    dossier.statistic("buyer_shares")
    return ()


def invented(*, code="R999", **fields):
    return made_up(code, sentences={}, **fields)


def test_a_figure_that_is_read_and_not_declared_is_noticed():
    case = {"release": {"ocid": "ocds-test01-1"}}

    assert answered(invented(reads=("supplier_shares",))(undeclared), case)[1] == {"buyer_shares"}


@pytest.mark.parametrize(
    ("subject", "name"),
    [
        (Subject.PROCESS, "bids_won"),
        (Subject.ORGANIZATION, "supplier_shares"),
        (Subject.PROCESS, "R024"),
        (Subject.PROCESS, "source_habits"),
        (Subject.PROCESS, "source_habits.sings"),
        (Subject.ORGANIZATION, "source_habits.no_method"),
    ],
)
def test_a_rule_cannot_declare_what_is_not_a_figure_of_its_subject(subject, name):
    with pytest.raises(TypeError, match=f"R999 reads {name}"):
        invented(subject=subject, reads=(name,))(undeclared)


@pytest.mark.parametrize("code", RULES)
def test_a_rule_that_takes_thresholds_declares_their_kind(code):
    assert (RULES[code].limits in {DIRECT, COMPETITIVE}) == ("thresholds" in RULES[code].parameters)


@pytest.mark.parametrize("code", RULES)
def test_evidence_stands_where_it_says(code):
    for case, finding in findings_of(code):
        assert finding.evidence, case["name"]
        for place in finding.evidence:
            if RULES[code].subject is Subject.ORGANIZATION:
                assert place.ocid
                assert place.path.startswith("/")
                continue
            if place.ocid:
                assert (place.path, place.value) == ("/ocid", place.ocid)
                assert place.ocid != case["release"].get("ocid")
                continue
            pages = {
                document.path(page.number): page.text for document in documents_of(case) for page in document.pages
            }
            found = pages.get(place.path) or value_at(case["release"], place.path)
            if place.start is not None:
                assert found[place.start : place.end].strip()
                assert found[place.start : place.end] in place.passage


@pytest.mark.parametrize("code", RULES)
def test_a_finding_keeps_its_identity_when_lists_change_their_order(code):
    for case in CASES_OF[code]:
        cites = [tuple(sorted(finding.cites)) for finding in judged(code, case).findings]
        assert len(cites) == len(set(cites)), f"{case['name']}: two findings of one subject share their identity"
        assert not [cite for each in cites for cite in each if cite.startswith("/")], "a position is not an identity"
        if not cites or RULES[code].subject is Subject.ORGANIZATION:
            continue
        release = {**case["release"]}
        for name in ("parties", "awards", "contracts"):
            if isinstance(release.get(name), list):
                release[name] = release[name][::-1]
        moved = answered(RULES[code], {**case, "release": release})[0].findings
        assert sorted(tuple(sorted(finding.cites)) for finding in moved) == sorted(cites), case["name"]


@pytest.mark.parametrize("code", RULES)
def test_a_finding_speaks_three_languages(code):
    for _, finding in findings_of(code):
        for language in LANGUAGES:
            sentence = RULES[code].render(finding.sentence, finding.values, language)
            assert "{" not in sentence
            assert sentence.endswith((".", "…"))
            assert "…." not in sentence


@pytest.mark.parametrize("code", RULES)
def test_a_rule_raises_the_reasons_that_it_has_texts_for_and_no_others(code):
    own, raised = RULES[code].text("en").reasons, {}
    for case in CASES_OF[code]:
        outcome = judged(code, case)
        if outcome.reason:
            template = own.get(outcome.reason) or REASONS[outcome.reason]
            known = {"field"} if outcome.reason in {"missing", "source_habit"} else set()
            assert placeholders(template) == set(outcome.values) | known
            raised[outcome.reason] = template
    assert set(own) <= set(raised)
    assert not set(own) & set(REASONS)


def test_every_shared_reason_is_raised():
    raised = {judged(code, case).reason for code in RULES for case in CASES_OF[code]}
    assert set(REASONS) <= raised


def test_the_second_key_holds_back_and_says_why():
    rule = RULES["T01"]
    case = {"release": {"language": "es", "tender": {"title": "Cámaras de videovigilancia"}}}
    dossier = build_dossier(case["release"], reference=reference())
    probability = dossier.reading.probability

    assert BoundRule(rule, {READER_PARAMETER: probability}).judge(dossier).kind is OutcomeKind.FLAGGED
    outcome = BoundRule(rule, {READER_PARAMETER: min(1, probability + 0.01)}).judge(dossier)
    assert (outcome.kind, outcome.reason) == (OutcomeKind.CLEAR, "withheld_reading")
    assert outcome.values["probability"] == probability


def test_words_for_much_else_need_more_of_the_reader():
    rule = RULES["T04"]
    titles = ("Software de apoyo, con soporte de la marca Elvion", "Cámaras de videovigilancia de la marca Elvion")
    for title, asked in zip(titles, (True, False), strict=True):
        dossier = build_dossier({"language": "es", "tender": {"title": title}}, reference=reference())
        dossier.reading = NoticeReading(0.2, ("apoyo",))

        outcome = BoundRule(rule, {READER_PARAMETER: 0.1}).judge(dossier)
        assert (outcome.reason == "withheld_reading") is asked
        assert BoundRule(rule, {READER_PARAMETER: 0}).judge(dossier).kind is OutcomeKind.FLAGGED


@pytest.mark.parametrize("code", RULES)
def test_the_example_of_a_rule_raises_the_flag_that_it_shows(code):
    """
    Give one case of each rule its flag's values as ``example``; this tells which, and says what has changed.

    Others may be examples for readers of the language of their records.
    """
    cases = [case for case in CASES_OF[code] if "example" in case]
    spoken = [case.get("release", {}).get("language", "") for case in cases]
    assert cases
    assert len(set(spoken)) == len(spoken), "two examples in one language"
    for case in cases:
        (finding,) = judged(code, case).findings
        assert case["example"] == json.loads(json.dumps(dict(finding.values), default=str))
    for language in LANGUAGES:
        case = cases[spoken.index(language)] if language in spoken else cases[0]
        (finding,) = judged(code, case).findings
        example = example_of(RULES[code], language)
        (subject,) = {"release", "roles"} & case.keys()
        assert example.given[subject] == case[subject]
        assert example.sentence == RULES[code].render(finding.sentence, case["example"], language)
        assert example.severity == RULES[code].severity_of(finding)
        assert set(example.cites) == {place.path for place in finding.evidence}


def test_readers_of_portuguese_see_an_example_in_portuguese():
    example = example_of(RULES["T04"], "pt-pt")

    assert example.given["release"]["language"] == "pt"
    assert example.sentence.endswith(": Fornecedor exclusivo.")
    assert example_of(RULES["T04"], "es").given["release"]["language"] == "es"


@pytest.mark.parametrize("code", RULES)
def test_a_file_is_named_by_code_and_function_or_holds_many(code):
    rule, files = RULES[code], Counter(rule.judge.__module__ for rule in RULES.values())
    module = rule.judge.__module__

    assert files[module] > 1 or module == f"audits.rules.{code.lower()}_{rule.judge.__name__}"


@pytest.mark.parametrize("code", RULES)
def test_a_rule_has_seventy_lines_at_most_beside_its_imports_texts_and_lists(code):
    """What several rules read, or one at length, is in `audits.facts`: a rule is read at a glance."""
    tree = ast.parse(Path(sys.modules[RULES[code].judge.__module__].__file__).read_text(encoding="utf-8"))
    imports = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    texts = [
        keyword.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "rule"
        for keyword in node.keywords
        if keyword.arg in {"sentences", "reasons", "lists"}
    ]
    lines = tree.body[-1].end_lineno - imports[-1].end_lineno
    assert lines - sum(text.end_lineno - text.lineno + 1 for text in texts) <= 70


@pytest.mark.parametrize("code", RULES)
def test_cases_hold_every_outcome(code):
    assert {case["outcome"] for case in CASES_OF[code]} >= {
        OutcomeKind.FLAGGED,
        OutcomeKind.CLEAR,
        OutcomeKind.NOT_APPLICABLE,
        OutcomeKind.INSUFFICIENT_DATA,
    }


@pytest.mark.parametrize("code", [code for code in RULES if code.startswith("T")])
def test_cases_speak_three_languages(code):
    assert {case["release"].get("language") for case in CASES_OF[code]} >= set(LANGUAGES)


@pytest.mark.parametrize(
    ("code", "parameter"),
    [
        (code, name)
        for code, rule in RULES.items()
        for name, default in rule.parameters.items()
        if isinstance(default, int | float) and name not in {READER_PARAMETER, ON_TRIAL}
    ],
)
def test_cases_stand_on_both_sides_of_each_threshold(code, parameter):
    sides = {(case["outcome"], case.get("severity")) for case in CASES_OF[code] if case.get("threshold") == parameter}

    assert len(sides) == 2
