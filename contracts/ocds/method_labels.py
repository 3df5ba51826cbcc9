"""Members of publishers that name the procurement method, where OCDS has ``procurementMethodDetails``."""

from functools import cache

from contracts.ocds.fact_tables import fixture_rows


@cache
def method_label_members() -> tuple[tuple[str, str], ...]:
    """Return the places, each as the JSON Pointer of an object, ``""`` or ``/tender``, and the name of its member."""
    places = [row["pointer"].rpartition("/") for row in fixture_rows("reading/method_labels")]
    return tuple((parent, member) for parent, _slash, member in places)
