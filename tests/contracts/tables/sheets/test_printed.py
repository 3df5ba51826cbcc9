"""The tables of a PDF → rows of its pages; a PDF that is anything else stays a document."""

import tempfile

import pytest

from contracts.admin.beside import place_of_release
from contracts.files.kinds import FileKind
from contracts.files.limits import LIMITS
from contracts.intake.reading.tabular import sent_row
from contracts.models import Claim, ContractingProcess, Release, Submission
from contracts.ocds.problems import Problem, RefusedError
from contracts.tables.sheets.rows import read_workbook
from contracts.translating import problem_as_json
from tests.contracts.pages.sending import ask, file, process_all, send
from tests.support.pages import text_of, words_of
from tests.support.pdfs import encrypted_pdf, pdf
from tests.support.printed import LEFT, PAD, TOP, WIDTHS, shown, table

HEADER = ["Objeto", "Entidad", "Proveedor", "Monto", "Moneda"]
CAMERAS = ["Cámaras", "Municipio Ficticio", "ACME S.A.", "1.250.000,50", "PEN"]
CLOUD = ["Nube", "Municipio Ficticio", "Nubes S.A.", "98.000,00", "PEN"]
ROADS = ["Caminos", "Provincia Ficticia", "Obras S.A.", "77.000,00", "PEN"]
SERVERS = ["Servidores", "Provincia Ficticia", "ACME S.A.", "55.000,00", "PEN"]
LETTER = "\n".join(["Pedimos que se revise cada una de estas compras, hechas sin concurso ni aviso."] * 12)


def read(*pages: bytes) -> list:
    with tempfile.TemporaryFile() as stored:
        stored.write(pdf(*pages))
        return list(read_workbook(stored, kind=FileKind.PDF))


def rows_of(*pages: bytes) -> list:
    return [(row.sheet, row.number, list(row.cells)) for row in read(*pages) if not isinstance(row, Problem)]


def problems_of(*pages: bytes) -> list:
    found = [problem for problem in read(*pages) if isinstance(problem, Problem)]
    return [(problem.code, problem.variant, problem_as_json(problem)["where"]) for problem in found]


def test_rows_are_those_of_a_page_and_the_lines_above_are_its_row_0():
    page = table([HEADER, CAMERAS, CLOUD], above=["Municipio Ficticio", "Contratos de 2024"])
    assert rows_of(page) == [
        ("page 1", 0, ["Municipio Ficticio", "Contratos de 2024"]),
        ("page 1", 1, HEADER),
        ("page 1", 2, CAMERAS),
        ("page 1", 3, CLOUD),
    ]


@pytest.mark.parametrize("head", [[HEADER], []], ids=["header on each page", "header once"])
def test_a_table_goes_on_over_pages(head):
    pages = table([HEADER, CAMERAS, CLOUD], above=["Página 1 de 2"]), table([*head, ROADS], above=["Página 2 de 2"])
    found = read(*pages)
    assert rows_of(*pages)[-1] == ("page 2", len(head) + 1, ROADS)
    assert len(found) == 5
    assert {row.group for row in found} == {1}


def test_another_title_begins_another_table():
    """Who is named there may buy what is below."""
    pages = table([HEADER, CAMERAS, CLOUD], above=["Municipio A"]), table([HEADER, ROADS], above=["Municipio B"])
    assert [row.group for row in read(*pages)] == [1, 1, 1, 1, 2, 2, 2]


def test_lines_of_a_cell_are_joined_where_the_text_went_on():
    lines = ["Adquisición de cámaras de\nvideovigilancia", "Municipio\nFicticio", "ACME", "1.250.\n000,50", "PEN-\n1"]
    assert rows_of(table([HEADER, lines], widths=(100, 90, 60, 30, 22)))[-1][2] == [
        "Adquisición de cámaras de videovigilancia",
        "Municipio\nFicticio",
        "ACME",
        "1.250.000,50",
        "PEN-1",
    ]


def test_cells_that_are_merged_are_said_of_each_row_but_for_amounts():
    rows = [HEADER, CAMERAS, CLOUD]
    x = [LEFT + sum(WIDTHS[:number]) for number in range(len(WIDTHS) + 1)]
    lines = [(x[0], x[-1], TOP), (x[0], x[-1], TOP - 14), (x[0], x[1], TOP - 28), (x[2], x[3], TOP - 28)]
    lines += [(x[4], x[5], TOP - 28), (x[0], x[-1], TOP - 42)]
    page = b"".join(f"{start} {y} m {end} {y} l S\n".encode() for start, end, y in lines)
    page += b"".join(f"{at} {TOP} m {at} {TOP - 42} l S\n".encode() for at in x)
    for number, row in enumerate(rows):
        for column, text in enumerate(row):
            if number < 2 or column not in {1, 3}:
                page += shown(text, x[column] + PAD, TOP - 10 - 14 * number)
    last = read(page)[-1]
    assert last.whole() == ["Nube", "Municipio Ficticio", "Nubes S.A.", "", "PEN"]


@pytest.mark.parametrize(
    "row",
    [
        ["Cámaras para la plaza central y el mercado", *CAMERAS[1:]],
        ["Telecomunicacio\nnes", *CAMERAS[1:]],
        ["Cámaras para la…", *CAMERAS[1:]],
    ],
    ids=["over its border", "within a word", "cut short"],
)
def test_a_row_that_is_not_certain_is_left_out_and_told(row):
    page = table([HEADER, row, CLOUD, ROADS], widths=(66, *WIDTHS[1:]))
    assert [number for _sheet, number, _cells in rows_of(page)] == [1, 3, 4]
    assert problems_of(page) == [("row_broken", "unclear", "page 1, row 2")]


def test_a_text_that_is_cut_off_leaves_its_row_out():
    cut = (
        f"q {LEFT} {TOP - 28} {WIDTHS[0]} 14 re W n ".encode()
        + shown("y más cámaras", LEFT + PAD + 60, TOP - 24)
        + b"Q "
    )
    page = table([HEADER, ["Cámaras", *CAMERAS[1:]], CLOUD]) + cut
    assert [number for _sheet, number, _cells in rows_of(page)] == [1, 3]


def test_two_texts_in_one_place_leave_their_row_out():
    page = table([HEADER, CAMERAS, CLOUD]) + shown("Programas", LEFT + PAD, TOP - 24)
    assert [number for _sheet, number, _cells in rows_of(page)] == [1, 3]


def test_a_missing_border_leaves_its_row_out():
    """Two cells would be one."""
    page = table([HEADER, CAMERAS, CLOUD], without=[(1, 1)])
    assert [number for _sheet, number, _cells in rows_of(page)] == [1, 3]


def test_a_row_that_goes_on_over_the_page_is_left_out():
    pages = (
        table([HEADER, CAMERAS, CLOUD, ROADS, ["Servidores para", *SERVERS[1:]]]),
        table([HEADER, ["los ministerios", "", "", "", ""], CAMERAS]),
    )
    assert [(sheet, number) for sheet, number, _cells in rows_of(*pages)] == [
        *(("page 1", number) for number in (1, 2, 3, 4)),
        ("page 2", 3),
    ]
    assert problems_of(*pages) == [
        ("row_broken", "page", "page 1, row 5"),
        ("row_broken", "page", "page 2, row 2"),
    ]


def test_a_row_that_goes_on_from_a_page_with_nothing_but_the_header_is_left_out():
    rest = table([HEADER, ["Servidores", "", "", "", ""], CAMERAS])
    pages = table([HEADER, CAMERAS, CLOUD, ROADS, SERVERS]), table([HEADER]), rest
    assert problems_of(*pages) == [("row_broken", "page", "page 3, row 2")]


def test_a_page_that_is_turned_is_read_as_it_is_shown():
    turned = b"0 1 -1 0 595 0 cm " + table([HEADER, CAMERAS, CLOUD], top=560)
    content = pdf(turned).replace(b"/MediaBox [0 0 595 842]", b"/MediaBox [0 0 595 842] /Rotate 90")
    with tempfile.TemporaryFile() as stored:
        stored.write(content)
        assert [list(row.cells) for row in read_workbook(stored, kind=FileKind.PDF)] == [HEADER, CAMERAS, CLOUD]


def test_pages_without_a_table_are_told():
    assert problems_of(table([HEADER, CAMERAS, CLOUD]), b"", shown("Firmado", 50, 50)) == [
        ("pages_unread", "no_table", "pages 2, 3")
    ]


@pytest.mark.parametrize(
    "pages",
    [
        (table([HEADER, CAMERAS, CLOUD]), b"BT /F 8 Tf 9 TL 50 500 Td " + shown(LETTER, 0, 0) * 12 + b"ET"),
        (
            table([row[:3] for row in (HEADER, CAMERAS, CLOUD, ROADS)]),
            table([row[3:] + row[:1] for row in (HEADER, CAMERAS, CLOUD, ROADS)], widths=(60, 60, 60)),
        ),
        (shown("Objeto  Entidad  Proveedor", 50, 700),),
    ],
    ids=["more text than table", "a sheet printed in parts", "no lines"],
)
def test_of_other_pdfs_no_row_is_read(pages):
    assert rows_of(*pages) == []


@pytest.mark.parametrize("content", [encrypted_pdf(), b"%PDF-1.7 and nothing else"], ids=["encrypted", "damaged"])
def test_what_cannot_be_opened_is_refused(content):
    with tempfile.TemporaryFile() as stored:
        stored.write(content)
        with pytest.raises(RefusedError):
            list(read_workbook(stored, kind=FileKind.PDF))


def test_a_frame_that_is_printed_on_each_page_parts_no_table():
    frame = table([["Municipio", "Contratos", "Página 1"]], top=TOP + 30, widths=(60, 60, 60))
    pages = [table([HEADER, CAMERAS, CLOUD]), table([HEADER, ROADS, SERVERS]), table([SERVERS])]
    found = rows_of(*(page + frame.replace(b"1", b"%d" % number) for number, page in enumerate(pages, 1)))
    assert [(sheet, cells) for sheet, _number, cells in found if len(cells) == len(HEADER)] == [
        ("page 1", HEADER),
        ("page 1", CAMERAS),
        ("page 1", CLOUD),
        ("page 2", ROADS),
        ("page 2", SERVERS),
        ("page 3", SERVERS),
    ]


@pytest.mark.django_db
def test_a_list_that_somebody_printed_is_read_row_by_row(client):
    repeated = table([HEADER, ROADS, SERVERS, ["", *CAMERAS[1:]], CAMERAS])
    content = pdf(table([HEADER, CAMERAS, CLOUD], above=["Contratos de 2024"]), repeated)
    words = words_of(send(client, files=[file(content, "lista.pdf")]))
    process_all()
    submission = Submission.objects.get()
    assert submission.kind == Submission.Kind.TABLE
    page = ask(client, words)
    assert "<strong>Table</strong>" in page
    assert "page 2, row 5" in page
    assert "same as row 2 of page 1" in page
    found = ContractingProcess.objects.order_by("amount").values_list("title", "buyer__name", "amount")
    assert ("Cámaras", "Municipio Ficticio", 1_250_000.5) in [
        (title, buyer, float(sum_)) for title, buyer, sum_ in found
    ]
    assert Claim.objects.held().count() == len(found)


@pytest.mark.django_db
def test_the_row_of_a_release_is_shown_below_the_header_of_its_table(client):
    content = pdf(table([HEADER, CAMERAS, CLOUD]), table([ROADS, SERVERS]))
    send(client, files=[file(content, "lista.pdf")])
    process_all()
    release = Release.objects.get(pointer="/page 2/2")
    assert place_of_release(release) == "page 2, row 2"
    assert sent_row(release, LIMITS) == list(zip(HEADER, SERVERS, strict=True))


@pytest.mark.django_db
def test_what_is_said_of_many_rows_is_said_once(client):
    cut = [["Cámaras…", *CAMERAS[1:]], ["Nube…", *CLOUD[1:]]]
    content = pdf(table([HEADER, cut[0], CAMERAS, ROADS]), table([cut[1], SERVERS]))
    page = send(client, files=[file(content, "lista.pdf")])
    assert "lista.pdf: received as a table" in text_of(page)
    process_all()
    shown = text_of(ask(client, words_of(page)))
    assert "Rows read: 3 of 5" in shown
    assert "page 1, row 2; page 2, row 1: A text of the row" in shown
    assert shown.count("A text of the row") == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    "rows",
    [
        [["N°", "Descripción", "Cantidad", "Precio", "Total"], ["1", "Cámaras", "12", "100", "1200"]] * 2,
        [["Nombre", "Proveedor", "Monto", "Fecha", "Moneda"], ["", "ACME", "5.000,00", "2024-01-02", "PEN"]] * 2,
        [["Objeto", "Cámaras", "Entidad", "Municipio", ""], ["Monto", "5.000,00", "Proveedor", "ACME", ""]],
        [HEADER, CAMERAS],
    ],
    ids=["goods", "no title", "a form", "a single row"],
)
def test_other_tables_are_documents(client, rows):
    send(client, files=[file(pdf(table(rows)), "otro.pdf")])
    process_all()
    assert Submission.objects.get().kind == Submission.Kind.DOCUMENT
