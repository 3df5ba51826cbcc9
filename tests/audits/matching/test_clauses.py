"""What contracts say of exit, source code, data, audits …, and where."""

import pytest
from django.core.management import call_command

from audits.management.commands.readdocument import read
from audits.matching.clauses import known_clauses, missing, passages, terms_elsewhere
from tests.support.papers import telling_docx
from tests.support.pdfs import pdf
from tests.support.shared import DOCUMENTS, needs_documents

RULES = {"T23", "T24", "T25", "T26", "T27", "T28", "T29", "T30"}


def test_each_rule_has_clauses_in_three_languages_with_a_source():
    assert {(clause.rule, clause.language) for clause in known_clauses()} == {
        (rule, language) for rule in {*RULES, ""} for language in ("es", "pt", "en")
    }


@pytest.mark.parametrize(
    ("text", "clause"),
    [
        ("El contratista entregará el código\nfuente.", "source_code"),
        (
            "As between Flock and Customer, all right, title and interest in the Customer Data belong to it",
            "data_ownership",
        ),
        ("including the training of machine learning algorithms", "vendor_training"),
        ("tem prazo de dez dias para baixar os seus dados", "exit"),
        ("thirty days to download the data", "exit"),
        ("la entidad conserva todos los derechos sobre los datos", "data_ownership"),
        ("“LA ENTIDAD” tiene la propiedad “exclusiva” de los datos", "data_ownership"),
        ("LOS DATOS SERAN DE PROPIEDAD UNICA Y EXCLUSIVA DE LA ENTIDAD", "data_ownership"),
        ("os dados são de propriedade única e exclusiva do contratante", "data_ownership"),
        ("la propiedad plena de los datos es de la entidad", "data_ownership"),
        ("a propriedade plena dos dados é do órgão", "data_ownership"),
        ("devolverá los datos, y el cliente deberá firmar el acta", "exit"),
        ("devolverá os dados, e o cliente deverá assinar o termo", "exit"),
        ("entregará el código fuente en el repositorio de código de la entidad", "source_code"),
        ("entregará o código-fonte no repositório de código do órgão", "source_code"),
        ("plano de transição contratual com transferência de conhecimento", "exit"),
        ("cláusula de step-in em caso de falha", "exit"),
        ("la tasa de falsos positivos no superará", "accuracy_tests"),
        ("revisión humana de cada alerta", "human_oversight"),
        ("al término del contrato entregará todos los datos", "exit"),
        ("a contratada devolverá os documentos e dados", "exit"),
        ("o código-fonte dos programas e os resultados são de propriedade da contratante", "data_ownership"),
        ("los informes pertenecerán a la entidad", "data_ownership"),
        ("shall not retain, use, or disclose personal data for any other purpose", "vendor_training"),
        ("não utilizará os dados para fins distintos", "vendor_training"),
        ("shall permit the City to examine and audit said books", "audit_rights"),
        ("disponibles para procesos de auditoría", "audit_rights"),
        ("podrá darse por terminado por cualquiera de las partes", "security_and_termination"),
        (
            "o licitante terá seu registro cancelado; cancelamento do registro por interesse público",
            "security_and_termination",
        ),
        ("são hipóteses de rescisão as previstas em lei", "security_and_termination"),
        ("the source code shall be held in escrow and is confidential information", "source_code"),
        ("deposit the source code with an agent", "source_code"),
        ("Upon expiration all information of the buyer will be returned or erased", "exit"),
        ("Data Ownership", "data_ownership"),
        ("use the records and personal data solely for the purpose of this service", "vendor_training"),
        ("los datos se usarán exclusivamente para los fines de este contrato", "vendor_training"),
        ("may terminate this agreement at any time for any reason", "security_and_termination"),
    ],
)
def test_a_clause_is_found_where_it_stands(text, clause):
    found = [passage for passage in passages(f"Preámbulo. {text}. Fin.") if passage.clause == clause]
    assert found
    assert f"Preámbulo. {text}. Fin."[found[0].start : found[0].end] == found[0].quote


@pytest.mark.parametrize(
    "text",
    [
        "fuentes de materiales",
        "código de construcción",
        "data da abertura",
        "terminate. The right. For any reason",
        "codigofuente",
        "its own confidential information",
        "attempt to discover or recreate the source code",
        "shall not decompile the programs or derive their source code",
        "confidential information means plans, prices, source code and drawings",
        "prohibida la ingeniería inversa del código fuente",
        "é vedada a engenharia reversa e a obtenção do código-fonte",
        "após o término da validade, na entrega, a embalagem trará os dados do lote",
        "data migration from legacy tools into the platform",
        "in the aggregate, covering data losses",
        "shall retain personal data only for as long as necessary",
        "governança de dados com auditoria e trilha completa",
        "the customer must notify any security breach",
        "incidente de segurança significa um evento",
        "efectos de la terminación del contrato",
    ],
)
def test_what_only_looks_like_one_is_none(text):
    assert passages(text) == []


def test_the_first_passage_of_a_sentence_stands_for_it():
    text = "Rescisão do contrato e extinção do contrato; rescisão do contrato."
    assert [passage.start for passage in passages(text)] == [0, text.rindex("rescisão")]


@pytest.mark.parametrize(
    ("text", "quotes"),
    [
        ("9.1 Medidas de seguridad\nAplicará las medidas de seguridad usuales.", ["medidas de seguridad"]),
        ("CLÁUSULA NONA – DA RESCISÃO DO CONTRATO\nNada mais.", ["RESCISÃO DO CONTRATO"]),
        ("2. Entregar el código fuente completo y documentado\n3. Ceder el código fuente.", ["código fuente"] * 2),
        (
            "Conforme a la sección 4 (Devolución de los datos). Devolverá todos los datos.",
            ["Devolverá todos los datos"],
        ),
        ("Índice\nPlan de transición . . . . . 8\nPlan de transición\t8", []),
        ("Índice\nPlan de transición …………… 8\nPlan de transición _____ 8", []),
    ],
)
def test_a_heading_counts_where_nothing_else_says_it_and_a_table_of_contents_never(text, quotes):
    found = [passage.quote for passage in passages(text)]
    assert [quote[-len(expected) :] for quote, expected in zip(found, quotes, strict=True)] == quotes


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("the Terms of Service located at https://a.example/terms", "Terms of Service located at https"),
        (
            "según los términos y condiciones publicados en https://a.example",
            "términos y condiciones publicados en https",
        ),
        ("as condições gerais disponíveis em www.a.example", "condições gerais disponíveis em www"),
        ("the terms and conditions of this agreement", ""),
        ("published at https://a.example", ""),
    ],
)
def test_terms_that_stand_at_an_address_are_found(text, where):
    assert terms_elsewhere(text) == where


def test_what_no_passage_says_is_missing():
    asked = sorted((clause for clause in known_clauses() if clause.rule), key=lambda row: row.rule)
    assert missing([]) == [*dict.fromkeys(clause.clause for clause in asked)]
    assert "source_code" not in missing(passages("código-fonte"))


def test_the_command_reports_pages_clauses_and_what_is_missing(tmp_path):
    path = tmp_path / "contract.bin"
    path.write_bytes(pdf("Contrato", "Se entregará el código fuente."))
    report = read(path, with_text=True)
    assert (report["pages"], report["pages_read"], report["ocr_pages"], report["paragraphs"]) == (2, 2, 0, 0)
    assert report["characters"] == len("Contrato") + len("Se entregará el código fuente.")
    (clause,) = report["clauses"]
    assert (clause["rule"], clause["page"], clause["quote"]) == ("T24", 2, "entregará el código fuente")
    assert report["texts"][1]["text"][clause["start"] : clause["end"]] == clause["quote"]
    assert "exit" in report["missing"]
    assert report["terms_elsewhere"] == ""


def test_the_command_cites_the_paragraphs_of_a_docx_as_evidence_does(tmp_path, capsys):
    path = tmp_path / "contract.bin"
    path.write_bytes(telling_docx("Contrato", "", "Se entregará el código fuente."))
    report = read(path, with_text=True)
    assert (report["pages"], report["pages_read"], report["paragraphs"]) == (1, 1, 2)
    (clause,) = report["clauses"]
    assert (clause["page"], clause["paragraphs"]) == (1, (3,))
    assert report["texts"][0]["text"][clause["start"] : clause["end"]] == clause["quote"]
    call_command("readdocument", path)
    assert "T24 source_code: paragraph 3: 'entregará el código fuente'" in capsys.readouterr().out


def test_the_command_tells_that_terms_stand_elsewhere(tmp_path, capsys):
    path = tmp_path / "order.pdf"
    path.write_bytes(pdf("Order form", "the Terms of Service located at https://a.example/terms"))
    call_command("readdocument", path)
    assert "terms of it stand elsewhere: 'Terms of Service located at https" in capsys.readouterr().out


def test_a_refused_document_has_its_reason_and_nothing_is_missing_from_it(tmp_path):
    path = tmp_path / "x.pdf"
    path.write_bytes(b"PK none")
    report = read(path)
    assert (report["pages"], report["clauses"], report["missing"]) == (0, [], [])
    assert report["problems"][0]["code"] == "document_refused"


@needs_documents
@pytest.mark.parametrize("path", [path for path in DOCUMENTS if "scan" not in path.name], ids=lambda path: path.name)
def test_real_documents_are_read_whole(path):
    report = read(path)
    assert report["pages_read"] == report["pages"] > 0
    assert report["characters"] > 1000
    assert report["problems"] == []
