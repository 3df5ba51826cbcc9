"""Places where documents state a value of the record, in any spelling, without false matches."""

from decimal import Decimal

import pytest

from contracts.pages.stated_in_documents import Stated

NAME, NUMBER = ("parties", "p1", "name"), ("parties", "p1", "identifier", "id")
AMOUNT, DAY = ("contracts", "1", "value", "amount"), ("contracts", "1", "dateSigned")


def looked(path, value, *pages, source="text"):
    """The number of the page on which a value is found, ``None`` if on none."""
    found = Stated(("a" * 64, number, text, source) for number, text in enumerate(pages, 1)).look_for(path, value)
    return found.place and found.place.number


@pytest.mark.parametrize(
    ("path", "value", "page"),
    [
        (NAME, "Cámaras del Sur S.A.", "entre la Municipalidad y CAMARAS DEL\nSUR, representada por"),
        (NAME, "SUR", "la empresa SUR y"),
        (NUMBER, "33.683.111/0001-07", "CNPJ nº 33683111/0001-07"),
        (AMOUNT, Decimal("5930.00"), "pelo valor de R$ 5.930,00 (cinco mil"),
        (AMOUNT, 5930, "Total 5930"),
        (AMOUNT, Decimal(1886), "02 1.886,00 41"),
        (AMOUNT, Decimal(30360000), "$30,360,000.00 (treinta"),
        (AMOUNT, Decimal(1234), "Gs. 1.234"),
        (DAY, "2025-05-05", "Cidade (PA), 05 de maio de 2025."),
        (DAY, "2020-03-15", "a los 15 (quince) días del mes de marzo del año 2020"),
        (DAY, "2024-12-04T11:52:00", "04/12/2024, 11:52 SEI"),
        (DAY, "2021-03-15", "n.º 12 de 15 de março de 2021"),
        (DAY, "2024-08-27", "Dados: 2024.08.27 16:21:21 -03'00'"),
        (DAY, "2020-03-15", "En Asunción, a los quince días del mes de marzo del año dos mil veinte, entre"),
        (DAY, "2026-03-28", "Aos vinte e oito dias do mês de março de\ndois mil e vinte e seis, reuniu"),
    ],
)
def test_a_value_is_found_in_any_notation(path, value, page):
    assert looked(path, value, "Contrato", page) == 2


@pytest.mark.parametrize(
    ("path", "value", "page"),
    [
        (NAME, "Sur", "asuré, del suroeste"),
        (NAME, "Acme Redes", "Acme Cámaras, Redes del Norte"),
        (AMOUNT, Decimal(5930), "5.930,01; 59.300,00; 593; 15.930"),
        (AMOUNT, Decimal(1886), "021886 1886000"),
        (DAY, "2025-05-05", "05 de junho de 2025, 5 de maio de 2024, 15/05/2025"),
        (
            DAY,
            "2025-05-05",
            "a los quince días del mes de mayo de dos mil veinticinco, cinco de mayo de dos mil veinte",
        ),
    ],
)
def test_similar_but_different_values_are_not_matched(path, value, page):
    assert looked(path, value, page) is None


def test_recognised_text_may_have_one_wrong_letter_in_ten():
    read = "CGK SISTEMAS DE INFORMACAO LIDA, pessoa juridica"
    assert looked(NAME, "CGK Sisternas de Informação", read, source="ocr") == 1
    assert looked(NAME, "CGK Sisternas de Informação", read) is None
    assert looked(NAME, "Redes de Informação", read, source="ocr") is None


@pytest.mark.parametrize("path", [("tender", "title"), ("contracts", "1", "id"), ("value", "currency"), DAY, AMOUNT])
def test_free_texts_are_not_searched_for(path):
    assert Stated([]).look_for(path, "Cámaras") is None


def test_a_register_number_must_match_every_digit():
    assert looked(NUMBER, "20123456789", "RUC 20123456789", source="ocr") == 1
    assert looked(NUMBER, "20123456789", "RUC 20123456780", source="ocr") is None


def test_a_name_without_letters_is_not_searched_for():
    assert Stated([("a" * 64, 1, "", "")]).look_for(NAME, "---") is None


def test_a_page_is_read_once_however_many_values_are_looked_for(monkeypatch):
    read = []
    monkeypatch.setattr("contracts.pages.stated_in_documents.read_amount", read.append)
    monkeypatch.setattr("contracts.pages.stated_in_documents.read_date", read.append)
    stated = Stated([("a" * 64, 1, "05/05/2025 R$ 5.930,00", "text")])
    for path, value in [(AMOUNT, Decimal(1)), (DAY, "2025-05-06")]:
        stated.look_for(path, value)
    first = len(read)
    for path, value in [(AMOUNT, Decimal(2)), (DAY, "2025-05-07")]:
        stated.look_for(path, value)
    assert len(read) == first > 0


@pytest.mark.parametrize(
    ("limit", "number", "pages"),
    [
        ("MAX_PAGES", 2, ("", "5930", "1")),
        ("MAX_CHARACTERS", 6, ("ab", "5930", "1")),
        ("MAX_CHARACTERS", 7, ("5930 712",)),
    ],
)
def test_the_number_of_searched_pages_is_limited(monkeypatch, limit, number, pages):
    monkeypatch.setattr(f"contracts.pages.stated_in_documents.{limit}", number)
    assert looked(AMOUNT, 5930, *pages)
    assert looked(AMOUNT, 1, *pages) is None
    assert looked(AMOUNT, 712, *pages) is None
