"""Members of publishers that name the procurement method, where OCDS has ``procurementMethodDetails``."""

import csv
from functools import cache
from pathlib import Path

_FILE = Path(__file__).parents[2] / "fixtures" / "reading" / "method_labels.csv"


@cache
def method_label_members() -> tuple[tuple[str, str], ...]:
    """Return the places, each as the JSON Pointer of an object, ``""`` or ``/tender``, and the name of its member."""
    with _FILE.open(encoding="utf-8", newline="") as file:
        places = [row["pointer"].rpartition("/") for row in csv.DictReader(file)]
    return tuple((parent, member) for parent, _slash, member in places)
