"""Audits from changed figures alone agree with audits of the whole record."""

import json

import msgspec
import pytest

from audits.engine import processes
from audits.engine.verifying import verify_flag
from audits.judging.dossiers.process import Dossier
from audits.judging.figures.processes import ProcessFigures
from audits.judging.rule.vocabulary import InsufficientDataError, NotApplicableError
from audits.judging.rule_set import RuleSet
from audits.models import Audit, Flag, RuleOverride
from audits.rules import RULES
from contracts.models import ContractingProcess
from tests.audits.rules.figures import variants
from tests.benchmarks import releases
from tests.support.cases import CASES_OF, dossier_of
from tests.support.purchases import add_terms, audit, flags_at_rest, purchase
from tests.support.rules import made_up
from tests.support.shared import ALL_OCDS_FILES, needs_ocds_files

# Of large packages so many are enough to tell: a second more for each thirty.
MAX_OF_A_FILE = 10

APPLYING = sorted(code for code, one in RULES.items() if one.applies)


@pytest.fixture
def by_figures(monkeypatch):
    """The answers that were given without reading a record."""
    given = []
    whole = RuleSet.by_figures

    def watched(*arguments, **named):
        given.extend(found := whole(*arguments, **named))
        return found

    monkeypatch.setattr(RuleSet, "by_figures", watched)
    return given


@pytest.fixture
def asked_early(db):
    """Let R040 ask of buyers with three processes, as many as few records hold."""
    RuleOverride.objects.bulk_create(
        RuleOverride(rule="R040", parameter=name, value=value, source="a test of few records")
        for name, value in {"processes": 3, "awards": 1, "months": 1, "own_months": 1}.items()
    )


def differing():
    """Return the ocids of stored audits and flags that a whole audit of the record would write otherwise."""
    found = []
    for stored in Audit.objects.filter(is_current=True, organization=None).select_related("process"):
        entry = processes.judge_again(stored.process_id)
        outcomes = msgspec.to_builtins({outcome.code: outcome.answer for outcome in entry.outcomes})
        now = (outcomes, entry.dossier_digest, entry.rule_set.digest, entry.process_digest, list(entry.sectors))
        then = (stored.outcomes, stored.dossier_digest, stored.ruleset_digest, stored.process_digest, stored.sectors)
        if now != (then[0], *map(bytes, then[1:4]), then[4]) or entry.withheld != stored.withheld:
            found.append(stored.process.ocid)
    flags = Flag.objects.filter(organization=None).select_related("process", "last_audit")
    return [*found, *(flag.process.ocid for flag in flags if not verify_flag(flag).is_equal)]


def test_new_purchases_of_a_buyer_are_judged_without_reading_the_record(db, by_figures, asked_early):
    add_terms()
    audit(*(purchase(number, supplier=f"S{number}", date=f"2024-0{number}-01") for number in (2, 3)))
    later = ContractingProcess.objects.get(ocid="ocds-test01-3").pk
    before = Audit.objects.get(process=later, is_current=True).outcomes["R040"]
    audit(purchase(1, supplier="S1", date="2024-01-01", amount=9000))

    assert before["reason"] == "share_unknown"
    assert [(outcome.code, outcome.kind) for outcome in by_figures] == [("R040", "clear")]
    assert Audit.objects.get(process=later, is_current=True).outcomes["R040"] == {"kind": "clear"}
    assert differing() == []


def test_a_high_share_requires_reading_the_record(db, by_figures, asked_early):
    add_terms()
    titles = {2: "Sillas de madera", 3: "Tractores agrícolas", 4: "Pintura de muros"}
    audit(*(purchase(n, supplier="S0", date=f"2024-0{n}-01", title=title) for n, title in titles.items()))
    audit(purchase(1, supplier="S1", date="2024-01-01", amount=10, title="Papel"))
    flags_at_rest()
    assert Flag.objects.filter(rule="R040").exists()
    assert differing() == []


def test_figures_alone_agree_for_generated_records_in_any_order(db, by_figures, asked_early):
    add_terms()
    made = [releases.small_process(1, index) for index in range(120)]
    for index, release in enumerate(made):
        release["buyer"] = made[index % 11]["buyer"]
    for start in range(4):
        audit(*made[start::4])
    assert len(by_figures) > 10
    assert differing() == []


@needs_ocds_files
def test_figures_alone_agree_for_real_records_in_two_parts(db, by_figures, asked_early):
    found = []
    for path in ALL_OCDS_FILES:
        package = json.loads(path.read_bytes())
        if isinstance(package, dict):
            found.extend((package.get("releases") or package.get("records") or [])[:MAX_OF_A_FILE])
    audit(*found[::2])
    audit(*found[1::2])
    assert by_figures
    assert differing() == []


@pytest.mark.parametrize("code", APPLYING)
def test_figures_alone_give_the_same_outcome_as_the_record(code):
    rule_set = RuleSet([RULES[code]])
    bound, alone = rule_set.by_code[code], 0
    for case in CASES_OF[code]:
        whole = dossier_of(RULES[code], case, ProcessFigures())
        figures = [rule_set.reduced(each) for each in variants(case)]
        answers = [bound.judge(whole.with_statistics(each, digest="")) for each in figures]
        is_asked = any(one.kind in ("flagged", "clear") or one.field.startswith("statistics/") for one in answers)
        for each, answer in zip(figures, answers, strict=True):
            told = rule_set.by_figures(each, {code}) if is_asked else ()
            assert told in ((), (answer,)), (case["name"], each)
            alone += bool(told)
    assert alone > 20


@pytest.mark.parametrize("code", APPLYING)
def test_checks_of_the_record_read_no_figures(code):
    class Unfigured(Dossier):
        @property
        def statistics(self):
            raise AssertionError

        @statistics.setter
        def statistics(self, figures):
            pass

    passed, missing = 0, set()
    for case in CASES_OF[code]:
        dossier = dossier_of(RULES[code], case, ProcessFigures())
        dossier.__class__ = Unfigured
        vars(dossier).pop("statistics")
        try:
            RULES[code].applies(dossier)
            passed += 1
        except NotApplicableError:
            pass
        except InsufficientDataError as error:
            missing.add(error.field)
    assert passed
    assert all(field.startswith("/") for field in missing)


def test_a_rule_with_exclusions_always_reads_the_record():
    with pytest.raises(TypeError, match="T998"):

        @made_up("T998", ".", applies=lambda dossier: None)
        def asks(dossier):
            return []
