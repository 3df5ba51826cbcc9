"""Which export a table is, and which column holds which fact."""

import pytest

from contracts.ocds.codelists.countries import country_code
from contracts.ocds.codelists.currencies import known_currencies
from contracts.ocds.problems import Problem
from contracts.tables.headers.mappings import known_mappings, template_headers
from contracts.tables.headers.recognition import recognise
from contracts.tables.reading import read_table
from contracts.tables.sheets.rows import read_csv

FACTS = {
    *(
        "title",
        "description",
        "id",
        "ocid",
        "item",
        "contract_id",
        "buyer",
        "buyer_id",
        "supplier",
        "supplier_id",
        "amount",
    ),
    *("currency", "date", "date_signed", "start_date", "end_date", "method", "method_details", "category", "country"),
    *("language", "financing", "source_url", "document"),
}


def mapped(*headers: str, texts=()) -> tuple[str, dict[str, str]]:
    found = recognise(headers, [texts])
    assert found is not None
    return found.mapping.name, found.columns


@pytest.mark.parametrize("mapping", known_mappings(), ids=lambda mapping: mapping.name)
def test_a_mapping_names_facts_and_codes_that_exist(mapping):
    assert {fact for fact in mapping.columns if "/" not in fact} <= FACTS
    assert country_code(mapping.country) == mapping.country
    assert mapping.currency in known_currencies()
    assert mapping.source.startswith("https://")
    assert all(headers for headers in mapping.columns.values())


@pytest.mark.parametrize("mapping", known_mappings(), ids=lambda mapping: mapping.name)
def test_its_own_headers_are_recognised_as_its_own(mapping):
    first = [headers[0].partition(":")[0].partition(" + ")[0] for headers in mapping.columns.values()]
    assert recognise(list(dict.fromkeys(first))).mapping.name == mapping.name


# Headers that other exports of the same portals print.
OTHER_EXPORTS = [
    ("nro_licitacion,codigo_contratacion,convocante,proveedor,ruc,monto,fecha_orden_compra", "paraguay-dncp"),
    (
        "entidad,nombre_del_procedimiento,descripci_n_del_procedimiento,precio_base,nombre_del_proveedor",
        "colombia-secop2",
    ),
    ("nombre_entidad,objeto_a_contratar,nom_razon_social_contratista,cuantia_contrato", "colombia-secop2"),
    ("Código,Entidad Contratante,Objeto del Proceso,Estado del Proceso,Provincia/Cantón", "ecuador-sercop"),
    (
        "Institución,Clave de la UC,Título del contrato,Importe del contrato,Proveedor o contratista",
        "mexico-compranet",
    ),
    (
        "ID,Nombre,Fecha de cierre,Organismo,Unidad,Monto Disponible,Moneda,Estado Convocatoria,Orden de Compra",
        "chile-mercadopublico",
    ),
    ("id_llamado,nombre_licitacion,convocante,monto_adjudicado,proveedor", "paraguay-dncp"),
    ("NRO_SICOP,NOMBRE_INSTITUCION,NOMBRE_PROVEEDOR,MONTO_CONTRATO,FECHA_CONTRATO", "costarica-sicop"),
    ("ENTIDAD,CODIGOCONVOCATORIA,DESCRIPCION_PROCESO,TIPOPROCESOSELECCION,MONTO_ADJUDICADO_ITEM", "peru-seace"),
    (
        "Objeto do Contrato,Entidade(s) Adjudicante(s),Entidade(s) Adjudicatária(s),CPVs,Preço Contratual",
        "portugal-base",
    ),
    ("orgaoEntidade.razaoSocial,objetoContrato,nomeRazaoSocialFornecedor,valorGlobal,dataAssinatura", "brazil-pncp"),
    ("Expediente,Institución,Unidad de Compra,Objeto,Etapa,Fecha Recepción Ofertas", "honduras-oncae"),
    ("cuce,entidad,tipo_de_contratacion,modalidad,objeto_de_contratacion,subasta,fecha_publicacion", "bolivia-sicoes"),
    ("CodigoExterno,Nombre,CodigoEstado,FechaCierre,Estado,Descripcion", "chile-mercadopublico"),
    ("Codigo,Nombre,EsTratoDirecto,MontoTotalOC,OrganismoPublico,NombreProveedor", "chile-mercadopublico"),
    ("N_DE_EXPEDIENTE,ORGANISMO_CONTRATANTE,RAZON_SOCIAL_ADJUDICATARIO,IMPORTE_ADJUDICACION_IVA_INC", "general"),
    ("Órgão,Modalidade,Objeto,Fornecedor,Valor Global,Data Assinatura", "general"),
    ("Comprador,Objeto,Proveedor,Monto,Fecha,Presupuesto,Estado", "general"),
]


@pytest.mark.parametrize(("headers", "mapping"), OTHER_EXPORTS)
def test_other_exports_of_a_portal_are_its_own_and_plain_sheets_are_nobody_s(headers, mapping):
    assert mapped(*headers.split(","))[0] == mapping


@pytest.mark.parametrize("language", ["es", "pt", "en"])
def test_the_template_is_read_as_it_is_meant(language):
    headers = template_headers(language)
    name, columns = mapped(*headers.values())
    assert name == "general"
    assert {header: fact for fact, header in headers.items()} == columns


@pytest.mark.parametrize(
    ("header", "fact"),
    [
        ("NIF", "supplier_id"),
        ("NIPC", "supplier_id"),
        ("NIF do fornecedor", "supplier_id"),
        ("NIF da entidade adjudicante", "buyer_id"),
        ("NIFE", None),
    ],
)
def test_numbers_of_portugal_s_taxpayers_are_those_of_suppliers_unless_they_say_whose(header, fact):
    assert mapped("Objeto", "Adjudicante", "Adjudicatário", "Valor", header)[1].get(header) == fact


def test_headers_are_compared_without_case_accents_and_signs():
    assert mapped("TÍTULO DEL CONTRATO", "monto_total", "Nº Contrato") == (
        "general",
        {"TÍTULO DEL CONTRATO": "title", "monto_total": "amount", "Nº Contrato": "id"},
    )


def test_what_a_publisher_s_file_does_not_name_is_found_by_general_headers():
    name, columns = mapped("numeroControlePNCP", "objetoCompra", "País", "city")
    assert (name, columns["País"]) == ("brazil-pncp", "country")
    assert "city" not in columns


def test_the_prefix_of_its_ocids_names_the_publisher():
    assert mapped("ocid", "title", "amount", texts=["ocds-dgv273-1"])[0] == "peru-seace"


# Columns of a sheet that somebody made of an export, with one header that Portal BASE alone prints.
SUMMARY = ("id_contrato", "valor", "descripcion", "modalidad", "linkPecasProc", "anio", "mes", "rango")


def test_one_header_alone_names_no_publisher():
    # Its money is told to be unknown: it was refused as a table of unknown columns.
    assert mapped(*SUMMARY)[0] == "general"
    assert recognise(SUMMARY).mapping.currency == ""
    assert mapped(*SUMMARY, "fundamentAjusteDireto")[0] == "portugal-base"
    # Where the export has little else, it is the publisher's.
    assert mapped("linkPecasProc", "Preço contratual", "Objeto do contrato", "adjudicante")[0] == "portugal-base"


def test_the_prefix_of_numbers_of_contracts_names_the_publisher():
    name, columns = mapped(*SUMMARY, "tipo_contrato", texts=["suministro", "CO1.PCCNTR.1234567"])
    assert name == "colombia-secop2"
    assert (columns["descripcion"], columns["tipo_contrato"]) == ("description", "category")


def test_a_type_of_contract_is_not_a_title():
    assert (
        mapped("id_contrato", "valor", "tipo de contrato", "Modalidad de contratación", "proceso_de_compra")[1][
            "tipo de contrato"
        ]
        == "category"
    )


def test_headers_that_are_paths_need_no_mapping():
    headers = ("ocid", "tender/title", "tender.value.amount", "releases/0/buyer/name", "notes", "contracts/99/id")
    found = recognise(headers)
    assert found.is_ocds
    assert found.columns == {
        "ocid": "ocid",
        "tender/title": "tender/title",
        "tender.value.amount": "tender/value/amount",
        "releases/0/buyer/name": "buyer/name",
    }
    assert found.unused == ["notes", "contracts/99/id"]


@pytest.mark.parametrize("headers", [["20²5/1", "tender/²"], ["a", "b"], ["title", "x"], ["currency", "country"], []])
def test_too_little_is_not_a_mapping(headers):
    assert recognise(headers) is None


@pytest.mark.parametrize(
    ("headers", "facts"),
    [
        # Commitments of a state of Brazil, contracts of another, and what Spain's court of audit asks of provinces.
        (
            ("Nº Empenho", "Data Emissão", "Descrição", "Credor", "Valor (R$)", "Pago (R$)"),
            ("id", "date_signed", "description", "supplier", "amount", None),
        ),
        (
            ("Contrato", "Início Execução", "Término Execução", "Empresa", "Órgão/ Entidade Contratante"),
            ("id", "start_date", "end_date", "supplier", "buyer"),
        ),
        (
            ("Objeto", "Contratada", "CNPJ/CPF", "Valor Total do Contrato"),
            ("title", "supplier", "supplier_id", "amount"),
        ),
        (
            ("N.I.F. Entidad Remitente", "Entidad Remitente (Nombre o Razón Social)", "Importe \nbruto", "Objeto"),
            ("buyer_id", "buyer", "amount", "title"),
        ),
        (
            ("Objeto", "Adjudicatario (Nombre o Razón Social)", "Fecha de aprobación del gasto"),
            ("title", "supplier", "date_signed"),
        ),
    ],
)
def test_headers_of_sheets_that_were_sent_are_known(headers, facts):
    columns = mapped(*headers)[1]
    assert tuple(map(columns.get, headers)) == facts


@pytest.mark.parametrize(
    ("cells", "fact"),
    [
        (("15000100.0", 15000100), None),
        (("https://example.org/1", ""), "source_url"),
        (("El Diario", ""), "source_url"),
    ],
)
def test_a_source_that_is_told_in_numbers_is_that_of_the_money(cells, fact):
    found = recognise(("Objeto", "Valor", "Fonte"), [("Nube", 1, cell) for cell in cells])
    assert found.columns.get("Fonte") == fact


def test_a_unit_behind_an_underscore_is_one():
    header = ["codigoconvocatoria", "descripcion_item", "entidad_ruc", "entidad", "monto_adjudicado_item_soles"]
    assert mapped(*header)[1]["monto_adjudicado_item_soles"] == "amount"


def test_the_headers_of_an_unknown_table_are_its_widest_row():
    """A row of data was shown, because one of its cells is a word that columns are called by."""
    rows = ["cd_contrato,ds_contrato,montante", "A-1,Contrato,98870.53", "A-2,Contrato,2"]
    found = list(read_table(read_csv(["\n".join(rows).encode()])))
    (problem,) = [entry for entry in found if isinstance(entry, Problem)]
    assert problem.values["headers"] == ["cd_contrato", "ds_contrato", "montante"]
