"""How many flags of each rule were right where people read them: the same figures as in the documents."""

import csv
import re
from collections import Counter
from pathlib import Path

import pytest
from django.urls import reverse

from audits.judging.rule.readings import reading_of
from audits.rules import RULES
from contracts.ocds.fixture_tables import fixture_rows

ROWS = fixture_rows("reference/readings")
BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"
ACCURACY = BENCHMARKS / "ACCURACY.md"


def test_rows_are_of_rules_and_no_more_than_all_is_right_or_wrong():
    codes = [row["rule"] for row in ROWS]
    assert codes == sorted({*codes} & RULES.keys())
    for code in codes:
        reading = reading_of(code)
        assert 0 <= reading.right <= reading.right + (reading.wrong or 0) <= reading.read > 0, code


def test_technology_rules_have_the_figures_of_the_table():
    table = dict(
        re.findall(r"^\| (T\d\d) [^|]*\| (\d+/\d+/\d+) \|", ACCURACY.read_text(encoding="utf-8"), re.MULTILINE)
    )
    assert len(table) > 9
    for code, figures in table.items():
        right, idle, wrong = map(int, figures.split("/"))
        reading = reading_of(code)
        assert (reading.read, reading.right) == (right + idle + wrong, right), code
        assert reading.wrong in (wrong, None), code


def test_verdicts_that_are_kept_are_those_counted():
    with (BENCHMARKS / "readings" / "af.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["rule"].startswith("T")]
    agreed = Counter(row["first_reader"] for row in rows if row["first_reader"] == row["second_reader"])
    *_, counted = re.findall(r"\| \*\*all\*\* .* (\d+/\d+/\d+) \|", ACCURACY.read_text(encoding="utf-8"))
    assert counted == "/".join(str(agreed[verdict]) for verdict in ("right", "idle", "wrong"))


@pytest.mark.parametrize(
    ("counts", "summary"),
    [
        (
            r"\| \*\*all\*\* \| (\d+)/(\d+)/(\d+) \|",
            "{} are right, {} are true but not worth asking, and {} are wrong",
        ),
        (r"\*\*The five newest together: (\d+)/(\d+)/(\d+),", "in the five newest samples {}, {} and {}."),
    ],
)
def test_the_summary_says_what_was_counted(counts, summary):
    found = re.search(counts, ACCURACY.read_text(encoding="utf-8"))
    assert found
    numbers = [int(number) for number in found.groups()]
    shares = [round(100 * number / sum(numbers)) for number in numbers]
    assert summary.format(*shares) in " ".join((BENCHMARKS / "README.md").read_text(encoding="utf-8").split())


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "figures", "unread"),
    [
        ("en", "124 of its flags", "is not known"),
        ("es", "124 de sus señales", "no se sabe"),
        ("pt", "124 de seus sinais", "não se sabe"),
    ],
)
def test_pages_tell_how_often_a_rule_was_right_elsewhere(client, language, figures, unread):
    def page(code: str) -> str:
        address = reverse("methodology-rule", args=[code])
        return " ".join(client.get(address, {"lang": language}).content.decode().split())

    assert figures in page("T05")
    assert unread in page("T06")
    assert reading_of("T05").shares == (64, 16)
    assert unread not in page("T01")


@pytest.mark.django_db
def test_the_api_gives_the_figures(client):
    rows = {row["code"]: row for row in client.get("/api/v1/rules/").json()["results"]}
    assert rows["T05"]["reading"] == {"read": 124, "right": 79, "wrong": 20}
    assert rows["T12"]["reading"] == {"read": 13, "right": 2, "wrong": None}
    assert rows["T06"]["reading"] is None
