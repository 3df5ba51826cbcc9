"""Releases of strangers about records that are public."""

from contracts.models import (
    ContractingProcess,
)
from tests.support.records import release

OCID = "ocds-onlyone-1"
# A word that stands in claims alone.
CANARY = "Zarzaparrilla"


def stranger_release(ocid=OCID, **changes):
    """A release about somebody else's record that replaces all of it."""
    value = release(
        ocid,
        id="2031",
        date="2031-01-01T00:00:00Z",
        buyer={"id": "X", "name": f"Ministerio {CANARY}"},
        parties=[
            {"id": "X", "name": f"Ministerio {CANARY}", "roles": ["buyer"]},
            {"id": "Y", "name": f"Competidor {CANARY} S.A.", "roles": ["supplier"]},
        ],
    )
    value["tender"]["title"] = f"Compra de lápices {CANARY}"
    value["tender"]["value"] = {"amount": 1, "currency": "MXN"}
    value["tender"]["tenderers"] = [{"id": "Y"}]
    value["awards"][0]["suppliers"] = [{"id": "Y", "name": f"Competidor {CANARY} S.A."}]
    return {**value, **changes}


def public_record(ocid=OCID):
    process = ContractingProcess.objects.get(ocid=ocid)
    return bytes(process.digest), process.title, process.publisher_id, process.compiled_at, process.verification
