"""Problems and corrections have a text for each code, in every language, with its values."""

import gzip
import json
import re
import tempfile

import pytest
import xlsxwriter
from django.utils.translation import override

from contracts.files.kinds import FileKind
from contracts.intake import processing
from contracts.intake.processing import process_submission
from contracts.models import Submission
from contracts.ocds.fixture_tables import texts_listed
from contracts.ocds.gate.document import decode
from contracts.ocds.gate.encodings import decode_mixed
from contracts.ocds.gate.reading import read_releases
from contracts.ocds.messages import CORRECTIONS, DETAILS, HINTS, WARNINGS
from contracts.ocds.problems import AS_STORED, Limits, Problem, RefusedError
from contracts.ocds.written.simple import read_simple, release_from_simple
from contracts.submitting import submit
from contracts.tables.headers.given_mapping import read_given
from contracts.tables.reading import read_table
from contracts.tables.sheets.mending import mended
from contracts.tables.sheets.rows import read_csv, read_workbook
from contracts.translating import correction_detail, language_in_force, problem_detail, problem_hint
from tests.support.clients import new_user
from tests.support.pdfs import pdf
from tests.support.printed import table
from tests.support.receiving import receive
from tests.support.records import load

PLACE = re.compile(r"%\((\w+)\)")
SMALL = Limits(item_bytes=60, item_values=9, depth=6)
# Input → the problems that it gives, as code and variant.
STREAMS = [
    (b'{"a":1,}', "not_json"),
    (b"}", "not_json bracket"),
    (b"x", "not_json outside"),
    (b'{"ocid": "a"', "cut_off"),
    (b"[[1]]", "not_a_package"),
    (b'{"a": 1}', "not_a_package members"),
    (b'{"titulo": "a"}', "not_a_package almost_simple"),
    (b'[{"title": "a", "buyer": "b"}]', "not_a_package simple_among"),
    (b'{"releases": [7]}', "object_expected"),
    (b'{"releases": [' + b"7," * 30 + b"{}]}", "object_expected more"),
    (b'{"records": [[]]}', "object_expected record"),
    (b'{"releases": [[]]}', "object_expected release"),
    (b'{"releases": [{"id": "1"}]}', "ocid_missing"),
    (b'{"ocid": []}', "ocid_unreadable"),
    (b'{"ocid": "a", "b": ' + b"[" * 9 + b"]" * 9 + b"}", "too_deep"),
    (b'{"ocid": "' + b"a" * 99 + b'"}', "item_too_large"),
    (b'{"ocid": [' + b"0," * 12 + b"0]}", "item_too_large values"),
    (b'{"ocid": ' + b"1" * 41 + b"}", "number_too_long"),
    (b'{"ocid": 1e999}', "number_out_of_range"),
    (b'{"ocid": 1e-999}', "number_underflow"),
    (b'{"ocid": "a", "\\u0000": 1}', "nul_in_key"),
    (b'{"ocid": "a", "ocid": "b"}', "duplicate_key"),
    (b'{"ocid": "\xff"}', "encoding_unknown"),
    (b'{"releases": [{"url": "https://example.org"}]}', "linked_release"),
    (b'{"version": "2.0", "releases": [{"ocid": "a"}]}', "version_unknown"),
    (b'{"releases": [], "links": {"next": "https://example.org"}}', "more_pages"),
    (b'{"releases": []}', "no_records"),
    (b'{"records": [{"ocid": "a"}]}', "no_release"),
]
SIMPLE = [
    ({"title": "x", "country": "Atlantis"}, "country"),
    ({"title": "x", "date": "soon"}, "date"),
    ({"title": "x", "date": "01-03-24"}, "date_year"),
    ({"title": "x", "date": "03/2024"}, "date_day"),
    ({"title": "x", "documents": [1]}, "document"),
    ({"title": "x", "documents": [{}]}, "document_empty"),
    ({"title": "x", "documents": {}}, "documents"),
    ({"title": "x", "value": "much"}, "number"),
    ({"title": "x", "value": "1.234"}, "amount_unclear"),
    ({"title": "x", "value": "min 1 max 2"}, "amount_range"),
    ({"title": "x", "value": "9" * 29}, "amount_long"),
    ({"title": "x", "value": 5, "amount": 6}, "amounts"),
    ({"title": "x", "value": "S/ 5", "currency": "USD"}, "currencies"),
    ({"title": "x", "value": "$ 5"}, "currency_unclear"),
    ({"title": "x", "date": "03/04/2024", "language": "en"}, "date_unclear"),
    ([], "object"),
    ({"title": "x", "buyer": 1}, "party"),
    ({"title": "x", "buyer": {}}, "party_name"),
    ({"title": ["x"]}, "text"),
    ({}, "title"),
    ({"title": "x", "contact": 1}, "unknown"),
    ({"title": "x", "supplierr": 1}, "unknown_near"),
    ({"title": "x", "source_url": "ftp://x"}, "url"),
]
# Tables → the problems that they give.
TABLES = [
    (b"title;buyer;amount\nA;x;1.234\n", "cell_unread amount_unclear"),
    (b"title;buyer;country\nA;x;Atlantis\n", "cell_unread country"),
    (b"title;buyer;amount\nA;x;#DIV/0!\n", "cell_unread error"),
    (b"title;buyer;amount\nA;id.;1\n", "cell_unread ditto"),
    (b"title,buyer,amount\nA,Educa&#231;&#227;o,1\n", "entities"),
    ("title;buyer;amount\nA;Educaci\xc3\xb3n;1\n".encode(), "encoded_twice"),
    (b"title;amount;currency;country\nA;$ 5;pesos;\n", "number_format no_currency"),
    (b"title;amount;currency\nA;S/ 5;USD\n", "cell_unread currencies"),
    (b"title;buyer;amount\nA;x;" + b"9" * 29 + b" PEN\n", "cell_unread amount_long"),
    (b"title;supplier;supplier id\nA;x;2.01E+10\n", "cell_unread cut_short"),
    (b"title;bidder;supplier\nA;b;s\n;c;t\n", "cell_unread beside_offer"),
    (b"title;buyer;date\nA;x;soon\n", "cell_unread date"),
    (b"title;buyer;date\nA;x;01-03-24\n", "cell_unread date_year"),
    (b"title;buyer;date\nA;x;marzo 2024\n", "cell_unread date_day"),
    (b"title;buyer;date;language\nA;x;03/04/2024;en\n", "cell_unread date_unclear"),
    (b"title;buyer;amount\nA;x;much\n", "cell_unread number"),
    (b"title;buyer;amount\nA;x;min 1 max 2\n", "amount_range"),
    (b"title;buyer;date\nA;x;45000\n", "days_counted"),
    (b"City of Lima\ntitle;supplier;amount\nA;x;5\n", "buyer_above"),
    (b"City of Lima\nCounty of Kent\ntitle;supplier;amount\nA;x;5\n", "buyer_above several"),
    (b"MUNICIPALIDAD DE MIXCO\nObjeto;Unidad compradora;Proveedor\nA;Redes;x\n", "buyer_above office"),
    (b"title;supplier;amount;currency\nA;x;1.5;millones de Q\n", "number_format currency_scaled"),
    (b"title;buyer;link\nA;x;ftp://x\n", "cell_unread url"),
    (b'title;buyer\n"A;x\n', "row_broken quote"),
    (b"title,buyer,amount\nA,x,1\nB,x,1,5\n", "row_broken cells"),
    (b"title;buyer\n" + b"x" * 2**20 + b"\n", "row_broken line"),
    (b"title;buyer\n;x\n", "row_incomplete"),
    (b"ocid;tender/title;buyer/name\n;x;y\n", "row_incomplete ocid"),
    (b"title;buyer;amount\nLima;;\n", "row_incomplete lone"),
    ("title;Cámaras;nota\nbuyer;Lima;\namount;5;\n".encode(), "row_incomplete beside"),
    (b"title;buyer;amount\nTotal;;5\n", "row_incomplete sum"),
    (b"title;buyer\nA;x\nA;x\n", "row_repeated"),
    (b"id;title;supplier;amount\n1;A;x;5\n1;A;x;7\n", "row_merged"),
    (b"a;b\n1;2\n3;4\n", "table_not_recognised"),
    (b"title;buyer\ntitle;buyer\n", "no_records table"),
    (b"title;buyer;amount (US$ thousands)\nA;x;5\n", "amounts_scaled"),
    (b"Objeto;Entidad;RUC;Proveedor\nA;x;5;y\n", "number_of_whom"),
    (b"Objeto;Fornecedor;CNPJ\nA;x;11.222.333/0001-82\n", "number_doubtful"),
]
MAPPINGS = [
    ([], "shape"),
    ({"columns": {"a": "title"}}, "few"),
    ({"columns": {"a": "price"}}, "fact"),
    ({"columns": {"-": "title"}}, "headers"),
    ({"columns": {"a": "title", "b": "buyer"}, "country": "Atlantis"}, "country"),
    ({"columns": {"a": "title", "b": "buyer"}, "currency": "wampum"}, "currency"),
    ({"columns": {"a": "title", "b": "buyer"}, "decimal_mark": ";"}, "decimal_mark"),
]
WARNED = [
    ({"value": 1}, "currency_missing"),
    ({"currency": "XYZ"}, "currency_unknown"),
    ({"value": -1, "currency": "PEN"}, "amount_negative"),
    ({"method": "a dedo"}, "method_unclear"),
    ({"category": "tecnología"}, "category_unknown"),
    ({"language": "élfico"}, "language_unknown"),
    ({"value": "1,5", "currency": "PEN"}, "amount_read"),
    ({"date": "2999-01-01"}, "date_far_ahead"),
    ({"start_date": "2024-12-01", "end_date": "2024-05-01"}, "period_reversed"),
]


def name(problem: Problem) -> str:
    return f"{problem.code} {problem.variant}".strip()


def made_by_streams():
    for content, expected in STREAMS:
        problems = [entry for entry in read_releases([content], SMALL) if isinstance(entry, Problem)]
        (found,) = [problem for problem in problems if name(problem) == expected][:1]
        yield found
    for contract, expected in SIMPLE:
        with pytest.raises(RefusedError) as refused:
            release_from_simple(contract)
        (found,) = refused.value.problems
        assert found.variant == expected
        yield found
    for content, expected in TABLES:
        problems = [entry for entry in read_table(mended(read_csv([content]))) if isinstance(entry, Problem)]
        (found,) = [problem for problem in problems if name(problem) == expected][:1]
        yield found
    for mapping, expected in MAPPINGS:
        with pytest.raises(RefusedError) as refused:
            read_given(mapping)
        assert refused.value.problem.variant == expected
        yield refused.value.problem
    for change, expected in WARNED:
        (found,) = read_simple({"title": "x", **change}).warnings
        assert name(found) == expected
        yield found
    yield from made_by_workbooks()
    yield from made_by_formats()
    mixed: list[Problem] = []
    list(decode_mixed([b"\xf1\n" * 30], "cp1252", mixed))
    yield from (mixed[0], mixed[-1])


def test_an_amount_that_differs_in_words_and_digits_is_asked_for_in_digits():
    with pytest.raises(RefusedError) as refused:
        read_simple({"title": "x", "value": "R$ 45.000,00 (quatro mil reais)"})
    assert "45000 / 4000: write only digits" in problem_detail(refused.value.problem)


def made_by_workbooks():
    with tempfile.TemporaryFile() as file:
        with xlsxwriter.Workbook(file) as book:
            sheet, draft = book.add_worksheet(), book.add_worksheet()
            for page in (sheet, draft):
                page.write_row(0, 0, ["title", "buyer"])
            sheet.set_row(0, None, None, {"hidden": True})
            sheet.set_column(1, 1, None, None, {"hidden": True})
            draft.hide()
        file.seek(0)
        yield from (entry for entry in read_workbook(file) if isinstance(entry, Problem))


def made_by_formats():
    """Yield what is told of numbers that a workbook shows with a unit."""
    shown = ['0" millones"', "#,##0,", '0" con IVA"', '"R$"0']
    with tempfile.TemporaryFile() as file:
        with xlsxwriter.Workbook(file) as book:
            sheet = book.add_worksheet()
            sheet.write_row(0, 0, ["Objeto", "Proveedor", "Monto", "Moneda"])
            for at, code in enumerate(shown, 1):
                sheet.write_row(at, 0, [f"A{at}", "x", "", "USD" if "R$" in code else ""])
                sheet.write_number(at, 2, 5000, book.add_format({"num_format": code}))
            book.add_worksheet("Notas").write(0, 0, "Pedido por carta")
        file.seek(0)
        yield from (entry for entry in read_table(read_workbook(file)) if isinstance(entry, Problem))


def made_by_print():
    """Yield what is told of the rows of a PDF."""
    header = ["N° contrato", "Objeto", "Proveedor", "Monto", "Moneda"]
    row, other = ["1", "Cámaras", "ACME", "5", "PEN"], ["2", "Nube", "ACME", "7", "PEN"]
    pages = (
        table([header, row, other, ["3", "Caminos…", *row[2:]], ["4", "Redes para", *row[2:]]]),
        table([header, ["", "los ministerios", "", "", ""], row, ["2", "Nube", "ACME", "9", "PEN"]]),
        b"",
    )
    with tempfile.TemporaryFile() as file:
        file.write(pdf(*pages))
        rows = read_workbook(file, kind=FileKind.PDF)
        yield from (entry for entry in read_table(rows) if isinstance(entry, Problem))


def refused_by(take, content: bytes, **options) -> Problem:
    with pytest.raises(RefusedError) as refused:
        take(iter([content]), channel=Submission.Channel.API, **options)
    return refused.value.problem


def made_by_intake(monkeypatch):
    yield refused_by(receive, b"", max_bytes=9)
    yield refused_by(receive, b"{}" * 9, max_bytes=9)
    yield refused_by(receive, gzip.compress(b"{}" * 99), max_unpacked_bytes=9)
    yield refused_by(receive, b"\x1f\x8b damaged", max_bytes=99)
    yield refused_by(receive, gzip.compress(b"{}")[:-4], max_bytes=99)
    yield refused_by(submit, b"{}" + b" " * 3_000_000, user=new_user("sender"), kind=Submission.Kind.SIMPLE_CONTRACT)
    load({"ocid": "a", "date": "2024-03-01T00:00:00Z"})
    yield from load({"ocid": "a", "date": "2023-03-01T00:00:00Z"}).found_problems
    yield from load({"ocid": "a", "date": "2999-03-01T00:00:00Z"}).found_problems
    monkeypatch.setattr(processing, "MAX_BROKEN", 1)
    broken, _ = receive(iter([b'"\xf1" 7 {"a":1} {"b":1}']), channel=Submission.Channel.API)
    yield from process_submission(broken.pk).found_problems
    monkeypatch.setattr(processing, "store_batch", lambda *_args, **_options: 1 / 0)
    failing, _ = receive(iter([b'{"ocid": "a"}']), channel=Submission.Channel.API)
    yield from process_submission(failing.pk).found_problems
    yield Submission(error="attempts_exhausted", attempts=3).failure


# Made at the edge, or by versions before and still stored.
AT_THE_EDGE = {"field_unknown", "field_unknown near"} | {
    "body_too_large",
    "body_too_large length",
    "day_exceeded",
    "too_many_files",
    "reading_stopped bytes",
    "reading_stopped seconds",
    "mapping_refused many",
    "document_refused crash",
    "document_refused damaged",
    "document_refused encrypted",
    "document_refused kind",
    "document_refused memory",
    "document_refused output",
    "document_refused size",
    "document_refused time",
    "document_refused unknown",
    "row_broken member",
    "file_refused archive",
    "file_refused chat",
    "file_refused damaged",
    "file_refused json",
    "file_refused macros",
    "file_refused page",
    "file_refused people",
    "file_refused mail",
    "file_refused picture",
    "file_refused text",
    "file_refused unknown",
    "file_refused writing",
    "file_refused xml",
    "member_left_out count",
    "member_left_out depth",
    "member_left_out logo",
    "member_left_out none",
    "member_left_out size",
    "member_left_out stopped",
    "document_uncleaned",
    "list_printed",
    "pages_unread",
    "pages_unread crash",
    "pages_unread damaged",
    "pages_unread memory",
    "pages_unread no_text",
    "pages_unread ocr",
    "pages_unread ocr_limit",
    "pages_unread ocr_missing",
    "pages_unread ocr_poor",
    "pages_unread ocr_time",
    "pages_unread output",
    "pages_unread time",
    "pages_unread too_large",
    "file_refused encrypted",
    "file_refused entries",
    "file_refused kind",
    "file_refused ratio",
    "file_refused unpacked",
    "reading_ended crash",
    "reading_ended memory",
    "reading_ended output",
    "reading_ended time",
}


def test_every_problem_can_be_made_and_has_its_text_in_every_language(db, monkeypatch):
    made = {name(problem): problem for problem in (*made_by_streams(), *made_by_print(), *made_by_intake(monkeypatch))}
    listed = {f"{code} {variant}".strip() for code, variants in DETAILS.items() for variant in variants}
    assert made.keys() | AT_THE_EDGE == listed
    for problem in made.values():
        told = problem.values.keys() | ({"size"} if "limit" in problem.values else set())
        assert set(PLACE.findall(DETAILS[problem.code][problem.variant])) <= told
        texts = set()
        for language in ("en", "es", "pt"):
            with override(language):
                texts.add(problem_detail(problem))
        assert len(texts) == 3, texts
        json.dumps(problem.values)


@pytest.mark.parametrize("language", ["es", "pt"])
def test_hints_and_corrections_have_their_text_in_every_language(language):
    with override(language):
        assert all(problem_hint(Problem(code)) not in ("", hint) for code, hint in HINTS.items())
        assert all(correction_detail(code) not in (text, code) for code, text in CORRECTIONS.items())
        assert problem_hint(Problem("of_old")) == ""
        assert correction_detail("of_old") == "of_old"


def test_codes_of_problems_hints_and_warnings_are_the_same():
    assert HINTS.keys() == DETAILS.keys() - {"attempts_exhausted"}
    assert HINTS.keys() >= WARNINGS


@pytest.mark.parametrize(
    ("contract", "spanish"),
    [
        ({"title": ["x"]}, 'se esperaba texto y se encontró una lista: escríbalo como "…"'),
        ({"title": "x", "value": "1,5x"}, "se encontró el texto '1,5x'"),
        ({"title": "x", "value": True}, "se encontró verdadero o falso (true, false)"),
        ({"title": "x", "documents": {}}, "se encontró un objeto"),
        ({"title": "x", "country": "a list"}, "'a list' no es un país"),
    ],
)
def test_the_kind_of_a_value_is_translated_and_its_text_is_not(contract, spanish):
    with pytest.raises(RefusedError) as refused:
        release_from_simple(contract)
    with override("es"):
        assert spanish in problem_detail(refused.value.problem)


@pytest.mark.parametrize(
    "broken", ["[1,]", '{"a" 1}', '{"a": 1 "b"}', "{a: 1}", '{"a": }', '"x', '"\n"', r'"\q"', r'"\u12"', "1 2"]
)
def test_every_message_of_pythons_json_is_translated(broken):
    with pytest.raises(RefusedError) as refused:
        decode(broken.encode(), Limits())
    message = refused.value.problem.values["message"]
    assert message in texts_listed("values", "json_error")
    for language in ("es", "pt"):
        with override(language):
            assert message not in problem_detail(refused.value.problem)


def test_a_text_of_an_earlier_version_is_shown_as_it_is_stored():
    with override("es"):
        assert problem_detail(Problem("not_json", AS_STORED, {"text": "As before"})) == "As before"
        assert problem_detail(Submission(error="As before").failure) == "As before"
        assert Submission().failure is None


@pytest.mark.parametrize(("chosen", "language"), [("es", "es"), ("pt-br", "pt"), ("de", "en"), (None, "en")])
def test_the_language_in_force_is_one_of_ours(chosen, language):
    with override(chosen):
        assert language_in_force() == language
