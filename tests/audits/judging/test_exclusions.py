"""Exclusions of rules on technology: findings are withheld with the exclusion, in any order of rules."""

import pytest

from audits.facts.technology.systems.surveillance import surveillance
from audits.judging.dossiers.building import build_dossier
from audits.judging.dossiers.known_facts import cached_fact
from audits.judging.figures.processes import ProcessFigures
from audits.judging.rule.reasons import REASONS
from audits.judging.rule.vocabulary import Finding, NotApplicableError, OutcomeKind
from audits.judging.rule_set import BoundRule, RuleSet
from audits.rules import RULES
from tests.support.cases import CASES_OF, dossier_of, judged, reference
from tests.support.rules import made_up

CAMERAS = {"ocid": "x", "language": "es", "tender": {"title": "Cámaras de videovigilancia, sin reconocimiento facial"}}
TECHNOLOGY = sorted(code for code in RULES if code.startswith("T"))
LEFT_OUT = {code for code, text in REASONS.items() if text.startswith("left out")}


@cached_fact
def cameras(dossier):
    """Return mentions of cameras, but for an invented exclusion."""
    return tuple(
        mention
        for mention in dossier.mentions_of("video_surveillance")
        if not dossier.leaves_out(mention, "filmed_event")
    )


def asks(judge, code="T99"):
    rule = made_up(code)(judge)
    return BoundRule(rule, rule.parameters)


def finds_cameras(dossier):
    for mention in cameras(dossier):
        yield Finding((dossier.evidence(mention),))


def finds_both(dossier):
    yield from finds_cameras(dossier)
    yield Finding(())


def needs_cameras(dossier):
    if not cameras(dossier):
        raise NotApplicableError("no_supplier")
    return finds_cameras(dossier)


def told(outcome):
    return outcome.kind, outcome.reason


def test_what_an_exclusion_sets_aside_is_withheld_with_its_code_and_passage():
    dossier = build_dossier(CAMERAS, reference=reference())

    for judge in (finds_cameras, needs_cameras):  # whether the rule answers or refuses
        outcome = asks(judge).judge(dossier)
        assert told(outcome) == (OutcomeKind.CLEAR, "filmed_event")
        assert outcome.values == {"words": CAMERAS["tender"]["title"]}
        assert not outcome.findings
        assert asks(judge).judge(dossier, may_withhold=False).kind is OutcomeKind.FLAGGED


def test_what_stands_beside_it_is_flagged_alone():
    outcome = asks(finds_both).judge(build_dossier(CAMERAS, reference=reference()))

    assert told(outcome) == (OutcomeKind.FLAGGED, "")
    assert [finding.evidence for finding in outcome.findings] == [()]


def test_a_rule_that_sets_nothing_aside_or_has_one_key_is_clear_without_a_reason():
    dossier = build_dossier(CAMERAS, reference=reference())

    assert told(asks(finds_cameras).judge(dossier))[1]
    assert told(asks(lambda _dossier: ()).judge(dossier)) == (OutcomeKind.CLEAR, "")
    assert told(asks(finds_cameras, "R999").judge(dossier)) == (OutcomeKind.CLEAR, "")


def test_what_would_not_be_flagged_without_exclusions_either_is_not_withheld():
    def needs_more(dossier):
        cameras(dossier)
        raise NotApplicableError("no_supplier")

    outcome = asks(needs_more).judge(build_dossier(CAMERAS, reference=reference()))

    assert told(outcome) == (OutcomeKind.NOT_APPLICABLE, "no_supplier")


def test_what_a_text_denies_is_withheld_where_a_rule_asks_for_it():
    def knows_faces(dossier):
        return (Finding((dossier.evidence(found),)) for found in dossier.mentions_of("facial_recognition"))

    def listens(dossier):
        return (Finding((dossier.evidence(found),)) for found in dossier.mentions_of("interception"))

    dossier = build_dossier(CAMERAS, reference=reference())

    assert told(asks(knows_faces).judge(dossier)) == (OutcomeKind.CLEAR, "denied")
    assert told(asks(listens).judge(dossier)) == (OutcomeKind.CLEAR, "")


def test_figures_that_come_later_are_read_where_no_exclusion_holds_too():
    def counts(dossier):
        cameras(dossier)
        return [Finding(())] if dossier.statistics.supplier_history and not dossier.has_exclusions else []

    dossier = build_dossier(CAMERAS, reference=reference())
    assert told(asks(counts).judge(dossier)) == (OutcomeKind.CLEAR, "")
    later = dossier.with_statistics(ProcessFigures(supplier_history=()), digest="")
    assert told(asks(counts).judge(later)) == (OutcomeKind.CLEAR, "")
    later = dossier.with_statistics(ProcessFigures(supplier_history=("x",)), digest="")
    assert told(asks(counts).judge(later)) == (OutcomeKind.CLEAR, "filmed_event")


def test_surveillance_reads_alike_before_and_after_it_was_read_without_exclusions():
    dossier = build_dossier(CAMERAS, reference=reference())
    before = surveillance(dossier)

    assert {mention.concept for mention in surveillance(dossier.without_exclusions)} > {
        mention.concept for mention in before
    }
    assert surveillance(dossier) == before


LEAVING_OUT = [
    (code, case)
    for code in TECHNOLOGY
    for case in CASES_OF[code]
    if case.get("reason") in LEFT_OUT and "parameters" not in case
]


@pytest.mark.rules
@pytest.mark.parametrize("code", sorted({code for code, _case in LEAVING_OUT}))
def test_exclusions_of_one_rule_do_not_change_the_outcome_of_another(code):
    """The rules together answer as each alone: facts that they share tell each what is set aside."""
    rules = RuleSet([RULES[one] for one in TECHNOLOGY])
    for case in (case for of, case in LEAVING_OUT if of == code):
        dossier = dossier_of(RULES[code], case, ProcessFigures())
        alone = {
            one: told(rules.by_code[one].judge(dossier_of(RULES[one], case, ProcessFigures()))) for one in TECHNOLOGY
        }
        together = {outcome.code: told(outcome) for outcome in rules.judge(dossier)}
        backwards = {one: told(rules.by_code[one].judge(dossier)) for one in reversed(TECHNOLOGY)}
        assert together == alone == backwards
        assert judged(code, case).reason == case["reason"]
