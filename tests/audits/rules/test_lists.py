"""Rules declare the lists that their questions rest on: their pages lead there."""

import msgspec
import pytest

from audits.judging.dossiers.building import build_dossier
from audits.judging.figures.processes import ProcessFigures
from audits.judging.rule.vocabulary import ON_TRIAL, Subject
from audits.judging.rule_set import BoundRule
from audits.matching.lexicon import Term
from audits.matching.organizations.watchlist import Entry
from audits.matching.reference.data import GROUNDS, WATCHLISTS, Reference
from audits.matching.reference.files import PublicList, read_rows, read_shipped
from audits.reference.lists import LISTS, PUBLIC_LISTS, lists_of
from audits.rules import RULES
from tests.support.cases import CASES_OF, ROOT, documents_of, judged

FOLDER = ROOT / "fixtures" / "reference"
OWN = (*WATCHLISTS, PUBLIC_LISTS, "laws", GROUNDS)
# Files of the folder that no rule looks anything up in, and the sources of records, which have a list of their own.
OTHERS = {"publishers", "reason_codes", "readings", "reader_marks"}


def without(code: str) -> Reference:
    """Return the reference data without the rows of a list."""
    off = {"laws": "grounds"}.get(code, code)
    entries = [row for name in WATCHLISTS for row in read_rows(FOLDER / f"{name}.csv", Entry, watchlist=name)]
    return Reference(
        terms=read_rows(FOLDER / "lexicon.csv", Term),
        entries=entries,
        public_lists=[] if code == PUBLIC_LISTS else read_rows(FOLDER / "public_lists.csv", PublicList, every=True),
        **read_shipped(FOLDER) | ({"laws": []} if code == "laws" else {}),
        off=[off],
    )


@pytest.mark.parametrize("code", OWN)
def test_a_rule_that_answers_otherwise_without_a_list_declares_it(code):
    reference = without(code)
    read = set()
    for rule in (rule for rule in RULES.values() if rule.subject is Subject.PROCESS):
        for case in CASES_OF[rule.code]:
            dossier = build_dossier(case["release"], reference=reference, documents=documents_of(case))
            figures = msgspec.convert(case.get("statistics", {}), ProcessFigures)
            bound = BoundRule(rule, {**rule.parameters, ON_TRIAL: False, **case.get("parameters", {})})
            if bound.judge(dossier.with_statistics(figures, digest="")) != judged(rule.code, case):
                read.add(rule.code)

    assert read, "no case needs the list"
    assert {rule for rule in read if code not in RULES[rule].lists} == set()


def test_rules_declare_lists_that_are_public():
    assert {code for rule in RULES.values() for code in lists_of(rule)} == LISTS.keys()
    assert all(len(set(lists_of(rule))) == len(lists_of(rule)) for rule in RULES.values())


def test_each_table_that_rules_look_up_is_public():
    assert LISTS.keys() == {path.stem for path in FOLDER.glob("*.csv")} - OTHERS
