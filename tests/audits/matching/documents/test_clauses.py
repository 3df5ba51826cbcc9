"""Clauses of contracts on exit, source code, data, audits …: which sentences contain them."""

import pytest
from django.core.management import call_command

from audits.management.commands.readdocument import read
from audits.matching.documents.clauses import (
    MAX_QUOTED,
    SUPPLIER,
    known_clauses,
    missing,
    passages,
    strongest_first,
    terms_elsewhere,
)
from tests.support.papers import telling_docx
from tests.support.pdfs import pdf
from tests.support.shared import DOCUMENTS, needs_documents

RULES = {"T23", "T24", "T25", "T26", "T27", "T28", "T29", "T30", "T32", "T33"}


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
        ("los datos recibidos serán usados única y exclusivamente para el propósito acordado", "vendor_training"),
        ("somente poderá tratar dados nos limites e finalidades do contrato", "vendor_training"),
        ("may only use or disclose information for the following purposes", "vendor_training"),
        ("garantindo-lhes o acesso, a qualquer tempo, aos documentos da execução", "audit_rights"),
        ("facilitará el acceso a los libros y registros de la ejecución", "audit_rights"),
        ("agrees to provide access to all retained records", "audit_rights"),
        ("agree to the destruction of data, and data destruction when the contract ends", "exit"),
        ("colaborará en la devolución de los accesos a la finalización del contrato", "exit"),
        ("os dados serão eliminados após o término da vigência", "exit"),
        ("all designs are produced for hire", "data_ownership"),
        ("o órgão será proprietário da documentação", "data_ownership"),
        ("la Administración podrá optar por la resolución del presente contrato", "security_and_termination"),
        ("la entidad podrá resolver el contrato", "security_and_termination"),
        ("the contractor may object by notice, and the city may terminate this contract", "security_and_termination"),
        (
            "contribuir a la realización de auditorías, incluidas inspecciones, por parte del responsable",
            "audit_rights",
        ),
        ("las auditorías o las inspecciones que realicen el responsable u otro auditor", "audit_rights"),
        ("contribuir para as auditorias conduzidas pelo responsável pelo tratamento", "audit_rights"),
        ("allow for and contribute to audits conducted by the controller", "audit_rights"),
        ("la migración de los datos al nuevo sistema de la entidad", "exit"),
        ("exportação de dados em formato aberto", "exit"),
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
        "la contratista tendrá derecho a resolver el contrato y al resarcimiento",
        "a contratada poderá rescindir este contrato",
        "the contractor has the right to audit the records of the city",
        "desde la fecha de terminación del contrato sin recepción formal",
        "before the effective date of termination of this contract",
        "la entidad cancelará el valor del contrato en tres cuotas",
        "no cancellation or non-renewal shall be made in any insurance coverage without notice",
        "la devolución o cancelación de la garantía del contrato",
        "caso o índice seja extinto, o contrato terá outro",
        "la resolución de adjudicación se publicará, y el contrato se firmará",
        "conforme a la Resolución 139 sobre los contratos",
        "eventos naturales en los cuales no hay intervención humana",
        "“Privacy and Security Rule” shall mean the security standards of the code",
        "por código fuente se entenderá por las partes un listado",
        "links to the Git repository with the source code of earlier work",
        "the privacy, security, breach and enforcement rules",
        "los datos del oferente se usarán exclusivamente para el fin de la licitación",
        "o sistema deve permitir o acesso dos usuários a documentos",
        "a la devolución de la garantía a la finalización del contrato",
        "may inspect the procurement records after the award",
        "los oferentes podrán realizar una visita de inspección al lugar",
        "auditorías internas periódicas de los procesos de seguridad",
        "a contratada realizará auditoria interna de segurança",
        "integração com folha de pagamento (exportação de dados)",
        "migração de dados: integração dos dados do sistema legado",
        "migración de datos desde el sistema anterior",
        "gestión de secretos fuera del código fuente",
        "alterações no código-fonte feitas por terceiros",
        "cesión del derecho de propiedad intelectual de dichos productos",
        "dará derecho a el vendedor a resolver el contrato",
        "paga una cuota hasta la terminación del contrato",
        "the fee is due until the termination of this contract",
    ],
)
def test_what_only_looks_like_one_is_none(text):
    assert passages(text) == []


@pytest.mark.parametrize(
    ("text", "quotes"),
    [
        (
            "Rescisão do contrato e extinção do contrato; rescisão do contrato.",
            ["Rescisão do contrato e extinção do contrato;", "rescisão do contrato."],
        ),
        (
            "Paga em dia. 11.4. Pelo art. 137, I, da Lei n.º 14.133, o Sr. Fiscal propõe a extinção do\ncontrato.",
            ["11.4. Pelo art. 137, I, da Lei n.º 14.133, o Sr. Fiscal propõe a extinção do\ncontrato."],
        ),
        (
            "a) pagar el precio\nb) aceptar que la entidad pueda resolver el contrato\nc) entregar",
            ["b) aceptar que la entidad pueda resolver el contrato"],
        ),
        (
            "Cláusula 5\nThe city may terminate this contract in whole or in part at any time.\n\nOther words",
            ["The city may terminate this contract in whole or in part at any time."],
        ),
        (
            "The Director General of the Ministry of\nHealth may terminate this contract in whole, or in part of it",
            ["The Director General of the Ministry of\nHealth may terminate this contract in whole, or in part of it"],
        ),
    ],
)
def test_a_passage_is_a_whole_sentence_and_each_sentence_one(text, quotes):
    found = passages(text)
    assert [passage.quote for passage in found] == quotes
    assert [text[passage.start : passage.end] for passage in found] == quotes


def test_a_very_long_sentence_is_cut_at_words():
    (passage,) = passages(f"{'antes ' * 200}rescisión del contrato{' después' * 200}")
    assert passage.quote.startswith("antes ")
    assert passage.quote.endswith(" después")
    assert len(passage.quote) <= len("rescisión del contrato") + 2 * MAX_QUOTED


def test_what_binds_somebody_comes_first_and_the_same_words_once():
    pages = [
        "Capítulo de la terminación unilateral.\n\nMedidas de seguridad de siempre, como es usual.",
        "La entidad podrá resolver el contrato. El código fuente, completo.",
        "La entidad podrá  resolver el contrato.",
    ]
    found = [(page, passage) for page, text in enumerate(pages) for passage in passages(text)]
    shown = [(page, passage.rule, passage.binds) for page, passage in strongest_first(found)]
    assert len(found) == 5
    assert shown == [(1, "T24", False), (1, "T30", True), (0, "T30", False), (0, "T30", False)]


@pytest.mark.parametrize(
    ("text", "quotes"),
    [
        (
            "9.1 Medidas de seguridad\nAplicará las medidas de seguridad usuales en su oficio.",
            ["Aplicará las medidas de seguridad usuales en su oficio."],
        ),
        ("CLÁUSULA NONA – DA RESCISÃO DO CONTRATO\nNada mais.", ["CLÁUSULA NONA – DA RESCISÃO DO CONTRATO"]),
        (
            "Dará acceso a los registros\nde la auditoría y al código fuente\nque escriba.",
            ["Dará acceso a los registros\nde la auditoría y al código fuente\nque escriba."] * 2,
        ),
        (
            "2. Entregar el código fuente completo y documentado\n3. Ceder el código fuente.",
            ["2. Entregar el código fuente completo y documentado", "3. Ceder el código fuente."],
        ),
        (
            "Conforme a la sección 4 (Devolución de los datos). Devolverá todos los datos.",
            ["Devolverá todos los datos."],
        ),
        ("Índice\nPlan de transición . . . . . 8\nPlan de transición\t8", []),
        ("Índice\nPlan de transición …………… 8\nPlan de transición _____ 8", []),
    ],
)
def test_a_heading_counts_where_nothing_else_says_it_and_a_table_of_contents_never(text, quotes):
    assert [passage.quote for passage in passages(text)] == quotes


@pytest.mark.parametrize(
    ("text", "clause", "words"),
    [
        (
            "A contratada poderá utilizar os dados\npara aprimorar seus produtos, sem identificar pessoas",
            "vendor_training",
            "contratada poderá utilizar os dados para aprimorar",
        ),
        (
            "La plataforma podrá usar datos de forma anónima, sin límite, para fines estadísticos",
            "vendor_training",
            "podrá usar datos de forma anónima, sin límite, para fines estadísticos",
        ),
        (
            "The city grants a right to use footage to train AI models",
            "vendor_training",
            "right to use footage to train AI models",
        ),
        ("The contractor owns all data", "data_ownership", "contractor owns all data"),
        (
            "O cliente concede licença não exclusiva e perpétua sobre os dados",
            "data_ownership",
            "cliente concede licença não exclusiva e perpétua sobre os dados",
        ),
        ("no obligation to return any records", "exit", "no obligation to return any records"),
        ("assistência à migração mediante taxas", "exit", "assistência à migração mediante taxas"),
        (
            "El cliente no podrá cancelar el servicio",
            "security_and_termination",
            "cliente no podrá cancelar el servicio",
        ),
    ],
)
def test_what_favours_the_supplier_is_told(text, clause, words):
    found = [passage for passage in passages(f"Preámbulo.\n\n{text}. Fin.") if passage.clause == clause]
    assert [(passage.favours, passage.words) for passage in found] == [(SUPPLIER, words)]


@pytest.mark.parametrize(
    ("text", "clauses"),
    [
        ("A contratada não poderá utilizar os dados para treinar modelos", ["vendor_training"]),
        ("Queda prohibido que el proveedor pueda usar datos agregados para mejorar productos", ["vendor_training"]),
        ("Data shall in no case be the property of the supplier", ["data_ownership"]),
        ("The city shall pay no early termination fee", ["security_and_termination"]),
        ("The city may use aggregated data to improve its services", ["vendor_training"]),
        ("Dados: não obstante a titularidade da contratada, esta os entregará ao órgão", ["data_ownership"]),
        ("Se fiscaliza. Propiedad de los datos del contratista\n\nNada más", ["data_ownership"]),
        ("Si el soporte del cliente no puede resolver un problema", []),
        ("any non-cancellable costs of the order", ["security_and_termination"]),
    ],
)
def test_what_is_denied_or_is_of_the_buyer_favours_nobody(text, clauses):
    found = passages(f"Preámbulo.\n\n{text}.")
    assert [(passage.clause, passage.favours) for passage in found] == [(clause, "") for clause in clauses]


def test_passages_for_the_supplier_come_first():
    text = "The city owns the data. The contractor shall keep them. The contractor owns all footage."
    assert [passage.favours for _page, passage in strongest_first((1, found) for found in passages(text))] == [
        SUPPLIER,
        "",
    ]


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
    asked = sorted(
        (row for row in known_clauses() if row.rule and row.pattern and not row.favours), key=lambda row: row.rule
    )
    assert missing([]) == [*dict.fromkeys(clause.clause for clause in asked)]
    assert "source_code" not in missing(passages("código-fonte"))


def test_the_command_reports_pages_clauses_and_what_is_missing(tmp_path):
    path = tmp_path / "contract.bin"
    path.write_bytes(pdf("Contrato", "Se entregará el código fuente."))
    report = read(path, with_text=True)
    assert (report["pages"], report["pages_read"], report["ocr_pages"], report["paragraphs"]) == (2, 2, 0, 0)
    assert report["characters"] == len("Contrato") + len("Se entregará el código fuente.")
    (clause,) = report["clauses"]
    assert (clause["rule"], clause["page"], clause["quote"]) == ("T24", 2, "Se entregará el código fuente.")
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
    assert "T24 source_code: paragraph 3: 'Se entregará el código fuente.'" in capsys.readouterr().out


def test_the_command_tells_what_favours_the_supplier(tmp_path, capsys):
    path = tmp_path / "contract.pdf"
    path.write_bytes(pdf("Contract", "The contractor owns all data."))
    call_command("readdocument", path)
    assert "T25 data_ownership, favours the supplier: page 2:" in capsys.readouterr().out


def test_the_command_tells_that_terms_stand_elsewhere(tmp_path, capsys):
    path = tmp_path / "order.pdf"
    path.write_bytes(pdf("Order form", "the Terms of Service located at https://a.example/terms"))
    call_command("readdocument", path)
    assert "terms of it stand elsewhere: 'Terms of Service located at https" in capsys.readouterr().out


def test_a_refused_document_has_its_reason_and_nothing_is_missing_from_it(tmp_path):
    path = tmp_path / "x.pdf"
    path.write_bytes(b"%PDF-1.7 none")
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
