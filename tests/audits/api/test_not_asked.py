"""What the API says of rules that were not asked reveals no document."""

import msgspec
import pytest

from audits.api.processes import lacking
from audits.facts.technology.clauses import ASKED_OF_DOCUMENTS, READING_DOCUMENTS
from audits.judging.figures.processes import ProcessFigures
from audits.judging.rule.vocabulary import Subject
from audits.judging.rule_set import BoundRule
from audits.rules import RULES, rules_about
from tests.support.cases import CASES_OF, documents_of, dossier_of

# Words of all that rules look for in documents.
PAGE = (
    "CONTRATO DE SUMINISTRO. Sistema de videovigilancia con inteligencia artificial y reconocimiento facial. "
    "Renovación automática. Plazo de vigencia hasta diez años. Préstamo del Banco Interamericano de Desarrollo. "
    "Evaluación de impacto en la protección de datos. Los datos se alojarán fuera del país. Marca Huawei o similar. "
) * 20


def answers(case, rule, pages):
    given = {**case, "documents": [{"pages": pages}] if pages else []}
    dossier = dossier_of(rule, given, msgspec.convert(case.get("statistics", {}), ProcessFigures))
    assert len(dossier.documents) == len(documents_of(given)) == bool(pages)
    outcome = BoundRule(rule, {**rule.parameters, **case.get("parameters", {})}).judge(dossier)
    return [(code, answer["reason"]) for code, answer in lacking({rule.code: msgspec.to_builtins(outcome.answer)})]


@pytest.mark.rules
@pytest.mark.parametrize("code", sorted(rules_about(Subject.PROCESS)))
def test_a_new_document_does_not_change_the_reported_rules(code):
    cases = [case for case in CASES_OF[code] if "documents" not in case]

    assert [answers(case, RULES[code], [PAGE]) for case in cases] == [answers(case, RULES[code], []) for case in cases]


@pytest.mark.parametrize("code", sorted(READING_DOCUMENTS - ASKED_OF_DOCUMENTS))
def test_rules_that_read_documents_are_not_reported(code, monkeypatch):
    cases = [case for case in CASES_OF[code] if "documents" not in case]
    assert not any(answers(case, RULES[code], []) for case in cases)

    monkeypatch.setattr("audits.api.processes.READING_DOCUMENTS", ASKED_OF_DOCUMENTS)
    told = [answers(case, RULES[code], []) for case in cases]
    assert told != [answers(case, RULES[code], [PAGE]) for case in cases], "it reads no document"
