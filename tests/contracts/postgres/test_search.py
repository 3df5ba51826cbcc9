"""Search by words: what is one word, what is cut, and that no search reads a whole table."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audits.models import Flag
from contracts.models import Contract, ContractingProcess, Organization
from contracts.postgres.copying import copy_rows
from contracts.postgres.search import distance, with_words
from tests.contracts.postgres.words import found, make_process

pytestmark = pytest.mark.django_db


ONE_WORD = [
    ["contratación", "contratacion", "contrataciones", "CONTRATACIÓN", "CONTRATACION", "Contrataciones"],
    ["policía", "policia", "policías", "POLICIAS"],
    ["licitação", "licitacao", "licitações", "LICITACOES"],
    ["vigilância", "vigilancia", "VIGILANCIA"],
    ["adquisición", "ADQUISICION", "adquisiciones"],
    ["conexión", "CONEXION", "conexiones"],
    ["supervisión", "supervisiones"],
    ["cámara", "camara", "CÁMARAS", "câmaras"],
    ["network", "networks"],
    ["aquisição", "aquisicao", "aquisições", "AQUISICOES"],
    ["gestão", "gestões"],
    ["policial", "policiais", "POLICIAIS"],
    ["móvel", "moveis"],
    ["imagem", "imagens"],
    ["luz", "luces"],
    ["luz", "luzes"],
]


@pytest.mark.parametrize(
    ("written", "asked"), [(written, asked) for words in ONE_WORD for written in words for asked in words]
)
def test_case_accents_and_endings_do_not_matter(written, asked):
    make_process(title=f"Servicio de {written} para la ciudad")

    assert found(asked)


@pytest.mark.parametrize(
    ("columns", "text"),
    [
        ({"title": "Cámaras para el Ñuble"}, "nuble camaras"),
        ({"description": "Red 5G (LTE-A), lote n.º 12"}, "5g lote 12"),
        ({"buyer_name": "Municipalidad de Ancón"}, "municipalidades ANCON"),
        ({"supplier_names": ["Acme S.A.", "Ñandú & Hijos"]}, "acme hijos nandu"),
        ({"title": "videovigilancia"}, "video"),
        ({"title": "Compra de cámaras", "buyer_name": "Tula"}, "tula cámara"),
        ({"title": "Compra de equipos", "items": ["Switch", "CÁMARA Hikvision DS-2CD"]}, "equipo camaras hikvision"),
        ({"items": ["Lote 1: licencias", "Lote 2: drones"]}, '"lote 2 drones"'),
        ({"title": "COMPRA CAMARAS"}, "compra de cámaras"),
        ({"title": "采购 摄像头"}, "摄像头"),
        ({"title": "línea\nuno\tdos—tres"}, "uno dos tres"),
        ({}, "ocds-words-1"),
    ],
)
def test_every_word_is_found_in_any_column(columns, text):
    make_process(**columns)

    assert found(text)


@pytest.mark.parametrize(
    ("columns", "text"),
    [
        ({"title": "conectividad"}, "nec"),
        ({"title": "Compra de cámaras"}, "compra de autos"),
        ({"supplier_names": ["Contratos del Sur"]}, "contratación"),
        ({"title": "cualquiera"}, "%"),
        ({"title": "cualquiera"}, "' & ! | <-> :* \\ \x00"),
        ({"title": "cualquiera"}, "🙂"),
    ],
)
def test_other_words_are_not_found(columns, text):
    make_process(**columns)

    assert not found(text)


def test_of_a_value_the_first_ten_thousand_characters_are_searched():
    make_process(title="a " * 4_990 + "dentro " + "b " * 50 + "fuera " * 100_000)

    assert found("dentro")
    assert not found("fuera")


def test_of_the_parts_of_a_record_more_is_searched():
    make_process(items=["a " * 24_990, "dentro", "b " * 50, "fuera"])

    assert found("dentro")
    assert not found("fuera")


def test_words_of_items_find_a_row_and_rank_it_behind_those_that_are_about_them():
    make_process(1, title="Servidores", items=["Cámara de prueba"] * 20)
    make_process(2, title="Cámaras")
    ranked = with_words(ContractingProcess.objects.all(), "camara", "").order_by(
        distance(ContractingProcess, "camara", "")
    )
    assert list(ranked.values_list("ocid", flat=True)) == ["ocds-words-2", "ocds-words-1"]


def test_words_of_any_length_and_many_of_them_are_answered():
    make_process(title="x" * 2_000 + " " + "z" * 9_000)

    assert found("x" * 300)
    assert found(" ".join(["xxxx"] * 12))
    assert not found(" ".join(f"palabra{number}" for number in range(12)))


def test_what_is_copied_in_bulk_is_found():
    copy_rows(
        Organization,
        ["key", "name", "scheme", "identifier", "country", "roles"],
        [("PE-RUC:20", "Cámara de Comercio", "PE-RUC", "20", "PE", [])],
    )

    assert found("camara comercio", model=Organization)
    assert found("PE-RUC:20", model=Organization)
    assert not found("PE-RUC:21", model=Organization)


def test_a_contract_is_found_by_its_own_words_or_those_of_its_process():
    process = make_process(title="Cámaras", buyer_name="Tula")
    Contract.objects.create(process=process, basis="contract", title="Instalación", path="/contracts/0")

    assert found("camara tula", "", "process", model=Contract)
    assert found("instalaciones", "", "process", model=Contract)
    assert not found("fibra", "", "process", model=Contract)


@pytest.fixture(scope="module")
def many_rows(django_db_setup, django_db_blocker):
    """20,000 processes, contracts, organizations and flags, as their statistics say it too."""
    tables = "contracts_organization, contracts_contractingprocess, contracts_change CASCADE"
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO contracts_organization (key, name, scheme, identifier, country, roles)"
            " SELECT 'k' || n, 'Organización número ' || n, '', '', 'PE', '{}' FROM generate_series(1, 20000) n;"
            "INSERT INTO contracts_contractingprocess (ocid, digest, compiled_release, release_count, corrections,"
            " compiled_at, country, language, title, description, buyer_name, suppliers, supplier_names, status,"
            " procurement_method, procurement_method_details, category, award_criteria, tender_currency, currency,"
            " award_count, contract_count, bid_count)"
            " SELECT 'ocds-many-' || n, '', '{}', 1, '[]', now(), 'PE', 'es', 'Compra de cámaras número ' || n,"
            " 'Servicio de instalación', 'Municipalidad de Tula', '{}', '{Proveedor}', '', '', '', '', '', '', '',"
            " 0, 0, 0"
            " FROM generate_series(1, 20000) n;"
            "INSERT INTO contracts_contract (process_id, basis, contract_id, award_id, title, status, currency,"
            " suppliers, supplier_names, path)"
            " SELECT id, 'contract', '', '', 'Contrato ' || id, '', '', '{}', '{}', ''"
            " FROM contracts_contractingprocess ORDER BY id;"
            "INSERT INTO audits_audit (process_id, process_digest, dossier_digest, ruleset_digest, outcomes, sectors,"
            " is_current, is_due, audited_at) SELECT id, '', '', '', '{}', '[]', true, false, now()"
            " FROM contracts_contractingprocess ORDER BY id;"
            "INSERT INTO audits_flag (process_id, country, rule, fingerprint, severity, sentence, values, evidence,"
            " rule_version, parameters, judged_digest, first_audit_id, last_audit_id, raised_at, changed_at, state)"
            " SELECT process_id, 'PE', 'R018', '', 'low', '', '{}', '[]', 1, '{}', '', id, id, now(), now(), 'new'"
            " FROM audits_audit ORDER BY process_id"
        )
        cursor.execute("ANALYZE")
        yield
        cursor.execute(f"TRUNCATE {tables}")
        cursor.execute("ANALYZE")


@pytest.mark.parametrize(
    ("model", "paths"),
    [
        (ContractingProcess, ("",)),
        (Organization, ("",)),
        (Contract, ("", "process")),
        (Flag, ("process", "organization")),
    ],
)
@pytest.mark.parametrize("text", ["inexistente", "camara inexistente", " ".join(f"nada{n}" for n in range(12))])
def test_a_search_without_hits_reads_no_whole_table(many_rows, model, paths, text):
    with CaptureQueriesContext(connection) as captured:
        assert not list(with_words(model.objects.all(), text, *paths).order_by("-pk")[:50])

    with connection.cursor() as cursor:
        for query in captured.captured_queries:
            cursor.execute(f"EXPLAIN {query['sql']}")
            plan = "\n".join(row for (row,) in cursor.fetchall())
            assert "Seq Scan" not in plan
            assert "Filter" not in plan or "_words" not in plan[plan.index("Filter") :].split("\n")[0]


def test_frequent_words_are_found_in_the_order_asked_for(many_rows):
    found = with_words(Flag.objects.all(), "cámara número", "process", "organization").order_by("-pk")

    assert [flag.process.ocid for flag in found[:2]] == ["ocds-many-20000", "ocds-many-19999"]
    assert found.count() == with_words(ContractingProcess.objects.all(), "número", "").count() == 20_000
