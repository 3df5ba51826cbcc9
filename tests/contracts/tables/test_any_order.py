"""Headers in another order of words, with or without "contrato", or written as programs write names."""

import pytest

from contracts.tables.headers.names import any_order
from contracts.tables.headers.recognition import header_weight, recognise

HEAD = ("Objeto", "Fornecedor", "Valor")


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ("vigencia_data_inicio", "data inicio vigencia"),
        ("Data de início da vigência", "data inicio vigencia"),
        ("dataVigenciaInicio", "data inicio vigencia"),
        ("Data Assinatura Contrato", "assinatura data"),
        ("Contrato N°", "contrato n"),
        ("N°", ""),
        ("CONTRATO", ""),
        ("x" * 61, ""),
    ],
)
def test_its_words(header, words):
    assert any_order(header) == words


@pytest.mark.parametrize(
    ("header", "fact"),
    [
        ("vigencia_data_inicio", "start_date"),
        ("Data Término Vigência Contrato", "end_date"),
        ("dataVigenciaFinal", "end_date"),
        ("Contrato Data Assinatura", "date_signed"),
        ("fornecedor_documento", "supplier_id"),
        ("CNPJ/CPF Credor", "supplier_id"),
    ],
)
def test_it_is_known(header, fact):
    recognised = recognise([*HEAD, header])
    assert recognised is not None
    assert recognised.columns[header] == fact
    assert header_weight([header]) == 1


@pytest.mark.parametrize(
    ("header", "fact"),
    [
        ("razaoSocialVencedor", "supplier"),
        ("valorVencedor", "amount"),
        ("Valor total do contrato (A)", "amount"),
        ("date_signed (mm/dd/yyyy)", "date_signed"),
        ("tender_name_en", "title"),
    ],
)
def test_names_of_programs_are_words_and_what_is_noted_behind_a_name_is_none(header, fact):
    assert recognise(["Descrição", "Unidade gestora", header]).columns[header] == fact


@pytest.mark.parametrize("header", ["Ano Assinatura", "Contrato anterior", "Fiscal do contrato", "N°", "No.", "Nro."])
def test_what_says_something_else_is_no_such_header(header):
    assert header not in recognise([*HEAD, header]).columns


def test_one_that_is_known_as_it_stands_goes_first():
    columns = recognise([*HEAD, "Contrato Data Assinatura", "Data de assinatura"]).columns
    assert columns.get("Contrato Data Assinatura") is None
    assert columns["Data de assinatura"] == "date_signed"


def test_no_column_holds_two_facts():
    columns = recognise(["Objeto", "Proveedor", "Contrato fecha", "Monto"]).columns
    assert list(columns).count("Contrato fecha") == 1
