"""Periods in one cell of a table."""

import pytest

from contracts.ocds.parsing.parse import parse_process
from contracts.tables.rows.periods import period_of
from tests.support.tables import read_rows


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("01/01/2024 a 31/12/2024", ("01/01/2024", "31/12/2024")),
        ("05/02/2024 - 04/02/2025", ("05/02/2024", "04/02/2025")),
        ("2024-01-01 até 2024-12-31", ("2024-01-01", "2024-12-31")),
        ("Del 16 de enero al 15 de junio de 2014", ("16 de enero de 2014", "15 de junio de 2014")),
        (
            "desde el 1 de marzo de 2023 hasta el 28 de febrero de 2024.",
            ("1 de marzo de 2023", "28 de febrero de 2024"),
        ),
        ("1/3 al 30/6/2023", ("1/3/2023", "30/6/2023")),
        ("12 meses", None),
        ("de 30 a 60 días", None),
        ("enero a marzo de 2023", None),
        ("01/01/2024", None),
        ("01/01/2024 a 02/02/2024 a 03/03/2024", None),
        ("01/01/2024 a 31/12/2024 " + "x" * 80, None),
    ],
)
def test_two_days_in_a_text_are_a_period(text, days):
    assert period_of(text) == days


def test_an_ambiguous_day_of_an_english_table_is_no_period():
    assert period_of("03/04/2024 to 02/04/2025", month_first=None) is None
    assert period_of("2024-04-03 to 2025-04-02", month_first=None) == ("2024-04-03", "2025-04-02")


def read(header, *cells):
    release, problems, sheet = read_rows(
        ("Entidad", "Objeto", "Proveedor", *header), ("Alcaldía", "Cámaras", "Equis S.A.", *cells)
    )
    process, _corrections = parse_process(release)
    assert sheet.unused == []
    period = process.contracts[0].period
    days = period and tuple(day and day.date().isoformat() for day in (period.start, period.end))
    return days, process.tender.description, [(problem.code, problem.pointer) for problem in problems]


def test_a_term_of_two_days_is_the_period_and_any_other_a_text():
    assert read(["Vigencia"], "01/01/2024 a 31/12/2024") == (("2024-01-01", "2024-12-31"), "", [])
    assert read(["Plazo"], "12 meses") == (None, "Plazo: 12 meses", [])
    # Columns of their own count before it.
    both = read(["Vigência", "Data de início"], "01/01/2024 a 31/12/2024", "02/01/2024")
    assert both == (("2024-01-02", None), "Vigência: 01/01/2024 a 31/12/2024", [])


def test_a_period_in_a_column_of_last_days_gives_the_last_day():
    days, _description, problems = read(
        ["Fecha de inicio", "Fecha de término"], "16/01/2014", "16 de enero al 15 de junio de 2014"
    )
    assert (days, problems) == (("2014-01-16", "2014-06-15"), [])


def test_a_period_with_an_impossible_day_stays_a_text():
    assert read(["Vigencia"], "01/01/2024 a 31/02/2024") == (None, "Vigencia: 01/01/2024 a 31/02/2024", [])
