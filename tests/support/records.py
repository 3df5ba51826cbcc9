"""Small records that tests build upon."""

import copy
import json
from typing import Any

from contracts.intake.processing import process_submission
from contracts.models import Release, Submission
from tests.support.receiving import receive

RELEASE: dict[str, Any] = {
    "ocid": "ocds-test01-1",
    "id": "1",
    "date": "2024-03-01T10:00:00Z",
    "tag": ["tender", "award", "contract"],
    "buyer": {"id": "B", "name": "Municipio de Prueba"},
    "parties": [
        {
            "id": "B",
            "name": "Municipio de Prueba",
            "identifier": {"scheme": "MX-RFC", "id": "MPR850101AAA"},
            "address": {"countryName": "México"},
            "roles": ["buyer"],
        },
        {"id": "S", "name": "Proveedora Ficticia S.A. de C.V.", "roles": ["supplier", "tenderer"]},
    ],
    "tender": {
        "id": "T",
        "title": "Servicio de limpieza de oficinas",
        "procurementMethod": "open",
        "numberOfTenderers": 1,
        "tenderers": [{"id": "S"}],
        "value": {"amount": 1000, "currency": "MXN"},
    },
    "awards": [
        {
            "id": "A",
            "status": "active",
            "date": "2024-04-01T00:00:00Z",
            "suppliers": [{"id": "S", "name": "Proveedora Ficticia S.A. de C.V."}],
            "value": {"amount": 900.5, "currency": "MXN"},
        }
    ],
    "contracts": [
        {
            "id": "C",
            "awardID": "A",
            "dateSigned": "2024-04-10T00:00:00Z",
            "value": {"amount": 900.5, "currency": "MXN"},
        }
    ],
}
# The contract of ``release()``, as civil society tells it.
TOLD = {
    "title": "Limpieza",
    "buyer": {"name": "MUNICIPIO DE PRUEBA", "country": "MX"},
    "supplier": "Proveedora Ficticia",
    "value": 900.5,
    "currency": "MXN",
    "date_signed": "2024-04-10",
}


def release(ocid: str = "ocds-test01-1", **changes: Any) -> dict[str, Any]:
    """A release of one bidder, one award, one contract; ``changes`` replace its members."""
    return {**copy.deepcopy(RELEASE), "ocid": ocid, **changes}


def break_release(ocid: str) -> None:
    """Leave bytes in the stored releases of an ocid that nothing reads, as a fault of a disk would."""
    Release.objects.filter(ocid=ocid).update(content=b'{"ocid":')


def load(*values: Any, content: bytes | None = None, **options: Any) -> Submission:
    """Receive and process a submission of one JSON value, or several as JSON Lines."""
    data = content if content is not None else b"\n".join(json.dumps(value).encode() for value in values)
    submission, _ = receive([data], **{"channel": Submission.Channel.COMMAND, **options})
    process_submission(submission.pk)
    submission.refresh_from_db()
    return submission
