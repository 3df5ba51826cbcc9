"""What contracts say of exit, source code, data, audits …, and where."""

import pytest

from audits.management.commands.readdocument import read
from audits.matching.clauses import known_clauses, missing, passages
from tests.support.pdfs import pdf
from tests.support.shared import DOCUMENTS, needs_documents

RULES = {"T23", "T24", "T25", "T26", "T27", "T28", "T29", "T30"}


def test_each_rule_has_clauses_in_three_languages_with_a_source():
    assert {(clause.rule, clause.language) for clause in known_clauses()} == {
        (rule, language) for rule in RULES for language in ("es", "pt", "en")
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
        ("governança de dados com auditoria e trilha completa", "audit_rights"),
        ("plano de transição contratual com transferência de conhecimento", "exit"),
        ("cláusula de step-in em caso de falha", "exit"),
        ("la tasa de falsos positivos no superará", "accuracy_tests"),
        ("revisión humana de cada alerta", "human_oversight"),
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
    ],
)
def test_what_only_looks_like_one_is_none(text):
    assert passages(text) == []


def test_what_no_passage_says_is_missing():
    assert missing([]) == [
        *dict.fromkeys(clause.clause for clause in sorted(known_clauses(), key=lambda row: row.rule))
    ]
    assert "source_code" not in missing(passages("código-fonte"))


def test_the_command_reports_pages_clauses_and_what_is_missing(tmp_path):
    path = tmp_path / "contract.bin"
    path.write_bytes(pdf("Contrato", "Se entregará el código fuente."))
    report = read(path, with_text=True)
    assert (report["pages"], report["pages_read"], report["ocr_pages"], report["paragraphs"]) == (2, 2, 0, 0)
    assert report["characters"] == len("Contrato") + len("Se entregará el código fuente.")
    (clause,) = report["clauses"]
    assert (clause["rule"], clause["page"], clause["quote"]) == ("T24", 2, "código fuente")
    assert report["texts"][1]["text"][clause["start"] : clause["end"]] == clause["quote"]
    assert "exit" in report["missing"]


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
