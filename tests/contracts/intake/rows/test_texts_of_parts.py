"""What a record says of its parts is kept for searching: items, lots, awards and contracts."""

import pytest

from contracts.intake.rows.process_rows import MAX_TEXTS
from contracts.models import ContractingProcess
from tests.support.records import load, release

pytestmark = pytest.mark.django_db


def items_of(record: dict) -> list[str]:
    load(record)
    return ContractingProcess.objects.get(ocid=record["ocid"]).items


def test_each_text_is_kept_once_in_the_order_of_the_record():
    record = release()
    camera, pole = {"id": "1", "description": "Cámara Hikvision"}, {"id": "2", "description": "Poste"}
    record["tender"] |= {
        "items": [camera, pole],
        "lots": [{"id": "L1", "title": "Lote norte", "description": "Cámara Hikvision"}],
    }
    record["awards"][0]["items"] = [camera]
    record["contracts"][0] |= {"title": "Contrato 7", "description": "Obra", "items": [pole, {"id": "3"}]}
    found = items_of(record)
    assert [text for text in found if text in {"Cámara Hikvision", "Poste", "Lote norte", "Contrato 7", "Obra"}] == [
        "Cámara Hikvision",
        "Poste",
        "Lote norte",
        "Contrato 7",
        "Obra",
    ]
    assert len(found) == len(set(found))


def test_no_more_is_kept_than_a_search_looks_at():
    record = release()
    record["tender"]["items"] = [{"id": str(number), "description": f"{number} {'x' * 30_000}"} for number in range(3)]
    assert len(" ".join(items_of(record))) == MAX_TEXTS
