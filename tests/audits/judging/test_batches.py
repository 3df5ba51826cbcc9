import gc
import weakref
from types import SimpleNamespace

import pytest

from audits.judging.dossiers.batches import MAX_DOSSIERS, MAX_LETTERS, batches_of, read_ahead
from audits.judging.dossiers.building import build_dossier
from audits.judging.rule.vocabulary import Subject
from audits.judging.rule_set import RuleSet
from audits.matching.lexicon import Term
from audits.matching.reference.data import Reference
from audits.rules import RULES
from contracts.ocds.parsing.objects import Text

REFERENCE = Reference(terms=[Term("cloud", "es", "nube")], entries=[])
PROCESS_RULES = ("R018", "R063", "T09", "T12")


def dossier(number, title="Servicio en la nube"):
    release = {"ocid": f"x-{number}", "language": "es", "tender": {"title": title}}
    return build_dossier(release, reference=REFERENCE)


def of_letters(count):
    return SimpleNamespace(texts=[Text("/tender/title", "x" * count, "title")])


def test_groups_keep_the_order_and_are_bounded_in_number_and_in_letters():
    assert [len(group) for group in batches_of({key: of_letters(1) for key in range(MAX_DOSSIERS + 1)})] == [
        MAX_DOSSIERS,
        1,
    ]
    half = MAX_LETTERS // 2
    sized = {7: of_letters(half), 3: of_letters(half), 5: of_letters(1), 4: of_letters(MAX_LETTERS * 2)}
    assert batches_of(sized) == [[7, 3], [5], [4]]
    assert batches_of({}) == []


def test_what_is_read_ahead_is_not_read_again(monkeypatch):
    dossiers = [dossier(1), dossier(2)]
    read_ahead(dossiers)

    def scan(*_):
        raise AssertionError

    monkeypatch.setattr(Reference, "scan", scan)
    assert [[found.concept for found in entry.mentions] for entry in dossiers] == [["cloud"], ["cloud"]]


def test_several_are_judged_as_each_alone():
    rules = RuleSet(RULES[code] for code in PROCESS_RULES)
    asked = [(dossier(1), ()), (dossier(2, "Sillas"), {"R018", "T12"}), (dossier(3, ""), ())]

    together = rules.judge_each(asked)
    assert together == [rules.judge(entry, without=without) for entry, without in asked]
    assert [outcome.code for outcome in together[1]] == ["R063", "T09"]


def test_a_rule_is_asked_of_all_before_the_next(monkeypatch):
    rules = RuleSet(RULES[code] for code in PROCESS_RULES)
    order = []
    judge = type(rules.rules[0]).judge

    def noted(bound, about, **options):
        order.append((bound.rule.code, about.subject))
        return judge(bound, about, **options)

    monkeypatch.setattr(type(rules.rules[0]), "judge", noted)
    rules.judge_each([(dossier(1), ()), (dossier(2), ())])
    assert order == [(code, subject) for code in PROCESS_RULES for subject in ("x-1", "x-2")]


@pytest.mark.parametrize(
    ("title", "status"),
    [("Servicio en la nube", "active"), ("Servicio en la nube", "cancelled"), ("Sillas", "active"), ("", "active")],
)
def test_nothing_of_a_record_is_left_to_the_collector(title, status):
    rules = RuleSet(rule for rule in RULES.values() if rule.subject is Subject.PROCESS)
    stages = {"tender": {"title": title, "status": status}, "awards": [{"id": "1", "status": status}]}
    judged = build_dossier({"ocid": "x-1", "language": "es", **stages}, reference=REFERENCE)
    left = weakref.ref(judged)
    gc.disable()
    try:
        rules.judge(judged)
        del judged
        assert left() is None
    finally:
        gc.enable()
