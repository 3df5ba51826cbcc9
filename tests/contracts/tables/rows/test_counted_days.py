"""Days stored as numbers are read as days, and reported once a column."""

import pytest

from contracts.tables.rows.cells import counted_day
from tests.support.tables import cells, parts


@pytest.mark.parametrize(
    ("text", "day"),
    [("45000", "2023-03-15"), ("45000.75", "2023-03-15"), ("32874", "1990-01-01"), ("54788", "2049-12-31")],
)
def test_a_number_of_days_is_a_day(text, day):
    assert counted_day(text) == day


@pytest.mark.parametrize("text", ["2023", "20230512", "32873", "54789", "045000", "45000x", "", "45.000"])
def test_no_other_number_is_one(text):
    assert counted_day(text) == ""


def test_a_column_of_them_is_read_and_told_once():
    rows = [["Objeto", "Proveedor", "Fecha de firma", "Monto"], ["Nube", "A", 45000, 5], ["Tv", "B", "45010", 45000]]
    releases, (problem,), _sheets = parts(cells(*rows, sheet="H"))
    assert [release["contracts"][0]["dateSigned"] for release in releases] == ["2023-03-15", "2023-03-25"]
    assert releases[1]["awards"][0]["value"] == {"amount": 45000}
    assert (problem.code, problem.pointer, problem.line) == ("days_counted", "/H/2/Fecha de firma", 2)


def test_so_are_days_that_a_path_leads_to():
    rows = [["ocid", "tender/title", "tender/tenderPeriod/endDate"], ["a-1", "Nube", 45000]]
    (release,), _problems, _sheets = parts(cells(*rows, sheet="H"))
    assert release["tender"]["tenderPeriod"]["endDate"] == "2023-03-15"


@pytest.mark.parametrize("sheet", ["H", ""])
def test_days_that_a_program_may_have_turned_are_asked_for(sheet):
    """One that expects the month first counts 03/04/2024 as the fourth of March, and leaves 25/04/2024 as a text."""
    rows = [["Objeto", "Proveedor", "Fecha de firma"], ["Nube", "A", "45355"], ["Tv", "B", "25/04/2024"]]
    releases, problems, _sheets = parts(cells(*rows, sheet=sheet))
    days = [release["contracts"][0].get("dateSigned") for release in releases]
    assert days == [None, "2024-04-25"]
    assert [problem.code for problem in problems] == ["days_counted", "cell_unread"]
