"""
A rule gets a new version when a table changes that it reads, unless the digest of the rule set covers the table.

``versions.yaml`` has, for each such rule, the digest of the rows that it read when it got its version. In the same way
it has ``READING_VERSION``, whose tables say how records are parsed.
"""

import hashlib
import json
import sys
from pathlib import Path

import pytest
from msgspec import Struct, yaml

from audits.facts import taxes
from audits.facts.contracts import payments
from audits.facts.technology.clauses import SAFEGUARDS
from audits.rules import RULES
from contracts.ocds.fixture_tables import fixture_rows
from contracts.ocds.parsing.parse import READING_VERSION
from tests.support.cases import CASES_OF, ROOT, answered

pytestmark = pytest.mark.rules

FILE = Path(__file__).parent / "versions.yaml"
CLAUSES, JURISDICTIONS, TAXES = "reference/clauses", "reference/jurisdictions", "facts/value_added_tax"
OF_RULES = {CLAUSES, JURISDICTIONS, TAXES}
TAXING = {"R031", "R068"}
# Of the contents of these the digest of a rule set is made, by itself or as parameters of rules.
IN_DIGEST = {
    *(f"reference/{name}" for name in ("lexicon", "vendors", "financiers", "security_bodies", "public_lists")),
    *(f"reference/{name}" for name in ("words", "classes", "laws", "grounds", "thresholds", "submission_days")),
    *("facts/exchange_rates", "facts/small_amounts"),
}
OF_PARSING = {"facts/countries", "facts/currencies", "reading/method_labels", "reading/placeholders"}
# Read when something is sent, searched, shown or measured, but not when a stored record is parsed or judged.
READ_ELSEWHERE = {
    *(f"facts/{name}" for name in ("categories", "languages", "methods", "months", "person_numbers", "trackers")),
    *(f"reading/{name}" for name in ("empty_cells", "number_words", "numbering_words", "written_apart")),
    *(f"reference/{name}" for name in ("publishers", "readings", "reader_marks", "reason_codes", "word_lists")),
}
FOR_PEOPLE = {"note", "source"}


class Recorded(Struct, frozen=True, forbid_unknown_fields=True):
    """``rows`` is a digest of what was read at a version."""

    version: int
    rows: str


def read_rows(table, rules=None):
    """Return the enabled rows of a table, or those of some rules, without the columns for people."""
    return [
        {name: cell for name, cell in row.items() if name not in FOR_PEOPLE}
        for row in fixture_rows(table)
        if row.get("enabled", "yes") == "yes" and (rules is None or row["rule"] in rules)
    ]


def digest(rows):
    written = sorted(json.dumps(row, sort_keys=True) for row in rows)
    return hashlib.sha256("\n".join(written).encode()).hexdigest()[:12]


def rows_of(code):
    """Return the rows of the tables that a rule reads."""
    rows = []
    if "clauses" in RULES[code].lists:
        rows += read_rows(CLAUSES, {"", code, *(SAFEGUARDS if code == "T14" else ())})
    if "jurisdictions" in RULES[code].lists:
        rows += read_rows(JURISDICTIONS)
    if code in TAXING:
        rows += read_rows(TAXES)
    return rows


def present():
    """Return the versions in force, and the digests of what is read at them."""
    found = {code: Recorded(rule.version, digest(rows)) for code, rule in RULES.items() if (rows := rows_of(code))}
    of_parsing = [row for table in sorted(OF_PARSING) for row in read_rows(table)]
    return found | {"READING_VERSION": Recorded(READING_VERSION, digest(of_parsing))}


PRESENT = present()
RECORDED = yaml.decode(FILE.read_bytes(), type=dict[str, Recorded])


@pytest.mark.parametrize("name", PRESENT)
def test_what_a_version_reads_does_not_change(name):
    found, recorded = PRESENT[name], RECORDED.get(name)
    if recorded and found.rows != recorded.rows:
        assert found.version > recorded.version, (
            f"Rows of fixtures that {name} reads have changed since version {recorded.version}. Raise its version, "
            "and describe the change of a rule in audits/rules/changes."
        )

    assert found == recorded, (
        f"Write into {FILE.relative_to(ROOT)}: {name}: {{version: {found.version}, rows: {found.rows}}}"
    )


def test_nothing_else_is_recorded():
    assert RECORDED.keys() == PRESENT.keys()


def test_it_is_known_of_each_table_what_notices_its_changes():
    tables = {
        f"{path.parent.name}/{path.stem}"
        for folder in ("facts", "reading", "reference")
        for path in (ROOT / "fixtures" / folder).glob("*.csv")
    }

    assert sorted([*IN_DIGEST, *OF_PARSING, *OF_RULES, *READ_ELSEWHERE]) == sorted(tables)


def facts_of(module, seen=None):
    """Return the modules of facts that a module imports from, and those that they import from."""
    seen = set() if seen is None else seen
    for name in {getattr(value, "__module__", None) or "" for value in vars(module).values()} - seen:
        if name.startswith("audits.facts"):
            seen.add(name)
            facts_of(sys.modules[name], seen)
    return seen


def test_the_rules_that_read_taxes_are_known(monkeypatch):
    asked = set()
    for name in ("_of_currencies", "_of_countries"):
        known = getattr(taxes, name)
        monkeypatch.setattr(taxes, name, lambda known=known: asked.add(code) or known())
    monkeypatch.setattr(payments, "highest_tax", taxes.highest_tax.__wrapped__)

    for code, rule in RULES.items():
        if taxes.__name__ in facts_of(sys.modules[rule.judge.__module__]):
            for case in CASES_OF[code]:
                answered(rule, case)

    assert asked == TAXING
