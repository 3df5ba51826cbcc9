"""Kinds of documents, by type, title and file name."""

from pathlib import Path

import pytest

from audits.matching.documents.kinds import is_amendment, is_contract, is_planning
from audits.matching.reference.files import read_rows
from audits.matching.texts.word_lists import Word, Words
from contracts.ocds.parsing.objects import Document

WORDS = Words(read_rows(Path(__file__).parents[4] / "fixtures" / "reference" / "words.csv", Word))
KINDS = {"amendment": is_amendment, "contract": is_contract, "planning": is_planning}


def kinds_of(**members):
    document = Document(path="/d", **members)
    return {name for name, is_kind in KINDS.items() if is_kind(document, WORDS)}


@pytest.mark.parametrize(
    ("members", "kind"),
    [
        ({"type": "contractAmendment"}, "amendment"),
        ({"type": "contractAmendmenttttttttt"}, "amendment"),
        ({"title": "Convenios modificatorios"}, "amendment"),
        ({"title": "Convenio Mod No. 7/24"}, "amendment"),
        ({"type": "contractAnnexe", "title": "Archivos de la ampliación del contrato"}, "amendment"),
        ({"title": "OTROSÍ N.° 2"}, "amendment"),
        ({"title": "1º Termo Aditivo ao Contrato 12/2024"}, "amendment"),
        ({"type": "contractSigned", "title": "Contract amendment 3"}, "amendment"),
        ({"type": "contractSigned"}, "contract"),
        ({"type": "Contract Signed"}, "contract"),
        ({"type": "Orden de Compra o Contrato"}, "contract"),
        ({"title": "Pedido 18/24"}, "contract"),
        ({"title": "Contrato 12 de 2024"}, "contract"),
        ({"url": "https://compras.example/docs/LPN_01_contrato.pdf?v=2"}, "contract"),
        ({"url": "https://compras.example/docs/Orden%20de%20compra.PDF"}, "contract"),
        ({"url": "https://compras.example/docs/LPN.01_contrato.pdf"}, "contract"),
        ({"url": "http://compras.example:8080/docs/contrato.pdf#page=2"}, "contract"),
        ({"title": "Nota de Empenho 2024NE000123"}, "contract"),
        ({"type": "notice", "title": "Contrato tipo de limpieza"}, "contract"),
        ({"type": "Market Studies"}, "planning"),
        ({"title": "Investigación de mercado"}, "planning"),
        ({"title": "Requisición 44"}, "planning"),
        ({"title": "Estudo Técnico Preliminar"}, "planning"),
        ({"type": "Evaluación de necesidades"}, "planning"),
        ({"title": "Condiciones generales del contrato"}, ""),
        ({"url": "https://[compras]/contrato.pdf"}, ""),
        ({"url": "https://compras\u2100.example/contrato.pdf"}, ""),
        ({"url": "//["}, ""),
        ({"title": "Garantía de cumplimiento del contrato"}, ""),
        ({"type": "contractNotice"}, ""),
        ({"type": "contractProforma"}, ""),
        ({"title": "Anexos del contrato"}, ""),
        ({"title": "Finiquito del contrato"}, ""),
        ({"title": "Contracting authority"}, ""),
        ({"title": "Contratista"}, ""),
        ({"url": "https://contratos.example/descargar/152709951"}, ""),
        ({"title": "Plano de la obra"}, ""),
        ({}, ""),
    ],
)
def test_what_a_document_is(members, kind):
    assert kinds_of(**members) == ({kind} if kind else set())
