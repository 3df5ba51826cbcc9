"""Records whose parties may be the same body."""

from tests.support.records import release


def party(name, number="", role="supplier", scheme="PE-RUC", country="PE"):
    identifier = {"identifier": {"scheme": scheme, "id": number}} if number else {}
    return {"id": name, "name": name, "roles": [role], "address": {"countryName": country}, **identifier}


BUYER = party("Municipalidad de Prueba", "20100000001", "buyer")


def record(number, *suppliers, buyer=BUYER, **changes):
    found = release(f"ocds-test01-{number}", parties=[buyer, *suppliers], **changes)
    found["buyer"] = {"id": buyer["id"], "name": buyer["name"]}
    found["awards"][0]["suppliers"] = [{"id": one["id"], "name": one["name"]} for one in suppliers]
    found["tender"]["tenderers"] = []
    return found
