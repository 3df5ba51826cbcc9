"""Tables as portals publish them: each is recognised, and every row is read or reported."""

import sys
from collections import Counter

import pytest

from contracts.files.kinds import WORKBOOKS, kind_of_file
from contracts.management.commands.readtable import read
from contracts.ocds.parsing.parse import parse_process
from tests.support.shared import SHARED, TABLES, needs_tables

pytestmark = needs_tables

# File → mapping, rows below the header, rows read.
EXPECTED = {
    "brasil-pncp.csv": ("brazil-pncp", 60, 60),
    "colombia-secop2-contratos.csv": ("colombia-secop2", 60, 60),
    "colombia-secop2-procesos.csv": ("colombia-secop2", 60, 60),
    "costarica-sicop.csv": ("costarica-sicop", 60, 60),
    "ecuador-sercop.csv": ("ecuador-sercop", 60, 60),
    "honduras-oncae-contracts.csv": ("honduras-oncae", 60, 60),
    "honduras-oncae-releases.csv": ("honduras-oncae", 60, 60),
    "mexico-cdmx-con-titulos.xlsx": ("mexico-transparencia", 39, 39),
    "mexico-compranet.csv": ("mexico-compranet", 60, 60),
    "panama-panamacompra.csv": ("panama-panamacompra", 60, 60),
    "paraguay-dncp.csv": ("paraguay-dncp", 60, 59),
    "peru-seace-procesos.csv": ("peru-seace", 60, 60),
    "portugal-base.xlsx": ("portugal-base", 60, 60),
}


def test_all_are_expected():
    assert {path.name for path in TABLES} == EXPECTED.keys()


@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.name)
def test_each_is_recognised_and_its_rows_are_read(path):
    report = read(path, with_releases=True)
    reported = len({problem["line"] for problem in report["problems"] if problem["code"] == "row_incomplete"})
    assert report["rows"] == report["rows_read"] + reported
    assert (report["mapping"]["name"], report["rows"], report["rows_read"]) == EXPECTED[path.name]
    # Shown by `-rP`.
    sys.stdout.write(f"{path.name}: {report['rows']} rows = {report['rows_read']} read + {reported} reported\n")
    refused = Counter(problem["code"] for problem in report["problems"] if not problem["warning"])
    # Every row that was not read is reported, by its number. Of CDMX, rows below a purchase add its other offers.
    assert refused == Counter({"row_incomplete": report["rows"] - report["rows_read"]})
    for release in report["releases"]:
        _process, corrections = parse_process(release)
        # In the place of names that were taken out stands what kind of person it was, which is kept.
        assert {row.found for row in corrections if row.used is None} == set()


def test_a_workbook_is_one_by_its_content():
    with (SHARED / "data" / "tables" / "portugal-base.xlsx").open("rb") as file:
        assert kind_of_file(file) in WORKBOOKS
