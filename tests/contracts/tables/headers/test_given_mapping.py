"""Mappings that a person gives, and the guesses that they begin with."""

import pytest

from contracts.ocds.problems import Problem, RefusedError
from contracts.tables.headers.given_mapping import FACTS, read_given
from contracts.tables.headers.mappings import template_headers
from contracts.tables.preview import preview_table
from contracts.tables.reading import read_table
from contracts.tables.rows.cells import cell_text
from contracts.tables.sheets.rows import Row
from contracts.tables.table import RowRelease, SheetRead

# Headers of a list that a group keeps by hand: none is known, nor nearly.
HEADER = ["Lo que compraron", "Quién pagó", "A quién se lo dieron", "Costo", "Cuándo", "Página"]
ROWS = [
    [
        "Cámaras con reconocimiento facial para la plaza",
        "Alcaldía",
        "ACME",
        "1.250.000,50",
        "31/12/2023",
        "https://a.example/1",
    ],
    [
        "Nube para el registro civil de la provincia",
        "Ministerio",
        "Otra",
        "98.000,00",
        "15/01/2024",
        "https://a.example/2",
    ],
]
GIVEN = {
    "columns": dict(zip(HEADER, ["title", "buyer", "supplier", "amount", "date_signed", "source_url"], strict=True)),
    "country": "Perú",
    "currency": "S/",
}


def sheet(*rows, name="") -> list[Row]:
    return [Row(name, number, cells) for number, cells in enumerate(rows, 1)]


def codes(value) -> list[tuple[str, str]]:
    with pytest.raises(RefusedError) as refused:
        read_given(value)
    return [(problem.variant, problem.pointer) for problem in refused.value.problems]


def test_the_first_of_two_columns_of_a_fact_counts_in_any_order_of_the_mapping():
    """PostgreSQL stores members of JSON in an order of its own: what a dry run shows would not be what is stored."""
    header, row = ["Título largo", "Obj.", "Proveedor"], ["Nube", "Otra cosa", "ACME"]
    columns = {"Proveedor": "supplier", "Título largo": "title", "Obj.": "title"}
    titles = set()
    for names in (list(columns), list(columns)[::-1]):
        given = read_given({"columns": {name: columns[name] for name in names}})
        releases = [
            entry.release for entry in read_table(sheet(header, row), given.as_mapping()) if hasattr(entry, "release")
        ]
        titles |= {release["tender"]["title"] for release in releases}
    assert titles == {"Nube"}


def test_a_table_is_read_as_a_person_says():
    entries = list(read_table(sheet(HEADER, *ROWS), read_given(GIVEN).as_mapping()))
    first, second, read = entries
    assert isinstance(first, RowRelease)
    assert isinstance(second, RowRelease)
    assert first.release["buyer"]["name"] == "Alcaldía"
    assert first.release["contracts"][0]["value"] == {"amount": pytest.approx(1250000.50), "currency": "PEN"}
    assert isinstance(read, SheetRead)
    assert (read.mapping, read.rows, read.rows_read, read.unused) == ("given", 2, 2, [])


def test_without_it_the_columns_are_not_known():
    problem, read = read_table(sheet(HEADER, *ROWS, *ROWS))
    assert (problem.code, read.mapping) == ("table_not_recognised", "")


def test_what_a_person_says_goes_before_what_headers_say():
    given = read_given({"columns": {"Proveedor": "buyer", "Objeto": "title"}})
    found = next(iter(read_table(sheet(["Objeto", "Proveedor"], ["Nube", "Alcaldía"]), given.as_mapping())))
    assert found.release["buyer"]["name"] == "Alcaldía"


def test_a_table_without_its_columns_is_read_as_ever():
    read = list(read_table(sheet(["Objeto", "Proveedor"], ["Nube", "ACME"]), read_given(GIVEN).as_mapping()))[-1]
    assert read.mapping == "general"


def test_titles_above_the_header_and_headers_with_signs_are_found():
    given = read_given({"columns": {"Costo + IVA": "amount", "Compra:name": "title"}})
    rows = sheet(["Lista de la red"], [], ["Compra:name", "Costo + IVA"], ["Nube", "1.250,50 PEN"])
    read = list(read_table(rows, given.as_mapping()))
    assert read[0].release["tender"]["title"] == "Nube"
    assert read[-1].header_row == 3


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({}, [("shape", "")]),
        ([], [("shape", "")]),
        ({"columns": {"a": "title", "b": "buyer"}, "colour": "x"}, [("shape", "")]),
        ({"columns": {"a": "title"}}, [("few", "/columns")]),
        ({"columns": {"a": "currency", "b": "country"}}, [("few", "/columns")]),
        ({"columns": {"a/b": "price", "b": "title"}}, [("fact", "/columns/a~1b")]),
        ({"columns": {"--": "title", "b": "buyer"}}, [("headers", "/columns")]),
        ({"columns": {f"h{n}": "title" for n in range(300)}}, [("headers", "/columns")]),
        ({**GIVEN, "country": "Atlantis"}, [("country", "/country")]),
        ({**GIVEN, "currency": "$", "country": ""}, [("currency", "/currency")]),
        ({**GIVEN, "decimal_mark": ";"}, [("decimal_mark", "/decimal_mark")]),
    ],
)
def test_what_cannot_be_used_is_reported_with_its_place(value, expected):
    assert codes(value) == expected


def test_country_and_currency_stand_as_people_write_them():
    given = read_given(GIVEN)
    assert (given.country, given.currency) == ("PE", "PEN")


def test_its_digest_is_that_of_its_headers_in_any_order_and_spelling():
    other = {"columns": {name.upper(): fact for name, fact in reversed(GIVEN["columns"].items())}}
    assert read_given(other).digest == read_given(GIVEN).digest
    assert read_given(GIVEN).fits(["otra", *HEADER])
    assert not read_given(GIVEN).fits(HEADER[1:])


class TestPreview:
    def test_it_shows_the_first_rows_and_guesses_by_words_and_cells(self):
        rows = [["Lista de la red", "", "", "", "", ""], HEADER, *ROWS * 5]
        preview = preview_table(sheet(*rows))
        assert (preview.header_row, list(preview.header), len(preview.rows)) == (2, HEADER, 5)
        assert preview.rows[0] == tuple(ROWS[0])
        assert preview.suggested == {
            "Lo que compraron": "title",
            # Not who was paid.
            "Quién pagó": "financing",
            "Costo": "amount",
            "Cuándo": "date_signed",
            "Página": "source_url",
        }

    def test_words_of_headers_go_before_the_looks_of_cells(self):
        header = ["Razón social de la empresa contratada", "Fecha en que inicio", "Clave x"]
        preview = preview_table(sheet(header, ["ACME", "2024-01-01", "PEN"], ["Otra", "2024-02-01", "USD"]))
        assert preview.suggested["Razón social de la empresa contratada"] == "supplier"
        assert preview.suggested["Fecha en que inicio"] == "start_date"
        assert preview.suggested["Clave x"] == "currency"

    @pytest.mark.parametrize("language", ["es", "pt", "en"])
    def test_each_header_of_the_template_is_taken_for_its_fact(self, language):
        """Were they not known, they would be guessed."""
        from contracts.tables.preview import _suggest

        headers = template_headers(language)
        wanted = {header: fact for fact, header in headers.items() if fact in FACTS}
        assert _suggest(list(wanted), []) == wanted

    def test_a_table_that_is_known_is_shown_as_it_is_read(self):
        known = {"Objeto": "title", "Proveedor": "supplier"}
        preview = preview_table(sheet(["Objeto", "Proveedor"], ["Nube", "ACME"]))
        assert (preview.is_known, preview.suggested) == (True, known)
        wider = sheet(["a b", "c d", "e f"], ["x", "y", "z"])
        preview = preview_table([*wider, *sheet(["Objeto", "Proveedor"], ["x", "y"], name="2")])
        assert (preview.sheet, preview.is_known, preview.suggested) == ("2", True, known)

    @pytest.mark.parametrize("rows", [[], [["a"]], [["1", "2"], ["3", "4"]], [["a", "b"]], [["", ""], ["x", ""]]])
    def test_of_what_has_no_header_there_is_none(self, rows):
        assert preview_table(sheet(*rows)) is None

    def test_short_and_odd_rows_are_shown_as_far_as_they_go(self):
        preview = preview_table(sheet(["Cosa", "Precio x"], ["Nube"], ["Nube", 5, "more"], [1.5, True]))
        assert preview.rows == (("Nube", ""), ("Nube", "5"), (cell_text(1.5), "True"))


def test_a_column_may_hold_what_a_path_of_ocds_names():
    given = read_given(
        {
            "columns": {
                **dict(zip(HEADER[:4], ["title", "buyer", "supplier", "amount"], strict=True)),
                "Base": "tender/value/amount",
                "Cierre": "tender/tenderPeriod/endDate",
                "Ofertas": "tender/numberOfTenderers",
            },
            "currency": "PEN",
        }
    )
    header = [*HEADER[:4], "Base", "Cierre", "Ofertas"]
    row, odd = [*ROWS[0][:4], "1.300.000,00", "15/11/2023", "3"], [*ROWS[1][:4], "", "mañana", "varias"]
    entries = list(read_table(sheet(header, row, odd), given.as_mapping()))
    first, second = (entry for entry in entries if isinstance(entry, RowRelease))
    problems, read = [entry for entry in entries if isinstance(entry, Problem)], entries[-1]
    tender = first.release["tender"]
    assert tender["value"] == {"amount": pytest.approx(1300000), "currency": "PEN"}
    assert tender["tenderPeriod"]["endDate"].startswith("2023-11-15")
    assert tender["numberOfTenderers"] == 3
    assert first.release["contracts"][0]["value"]["amount"] == pytest.approx(1250000.50)
    assert "tenderPeriod" not in second.release["tender"]
    assert {(problem.code, problem.pointer) for problem in problems} == {
        ("cell_unread", "/3/Cierre"),
        ("cell_unread", "/3/Ofertas"),
    }
    assert read.rows_read == 2


def test_where_all_are_paths_a_row_is_a_release():
    columns = {"Código": "ocid", "Qué": "tender/title", "Quién": "buyer/name", "Para": "awards/0/suppliers/0/name"}
    given = read_given({"columns": columns})
    rows = sheet([*columns], ["ocds-abc123-1", "Nube", "Alcaldía", "ACME"], ["", "Red", "Alcaldía", "ACME"])
    entries = list(read_table(rows, given.as_mapping()))
    assert entries[0].release == {
        "ocid": "ocds-abc123-1",
        "tender": {"title": "Nube"},
        "buyer": {"name": "Alcaldía"},
        "awards": [{"suppliers": [{"name": "ACME"}]}],
    }
    assert [entry.code for entry in entries[1:-1]] == ["row_incomplete"]


@pytest.mark.parametrize(
    "path",
    [
        "tender/valu/amount",
        "tender",
        "tenders/title",
        "awards/20/title",
        "/tender/title",
        "tender.title",
        "tender/",
        "",
    ],
)
def test_a_path_that_leads_nowhere_is_refused(path):
    assert codes({"columns": {"a": "title", "b": "buyer", "c": path}}) == [("fact", "/columns/c")]
