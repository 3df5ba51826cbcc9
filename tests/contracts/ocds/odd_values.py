"""Values that publishers send, or might, put into a release at random places: mostly of the type that stood there."""

import copy
import random
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

_NUMBERS = [
    -1, 0, 1.5, 3.0, 10**21, 10**19, Decimal("0e25"), Decimal("0e-40"), Decimal("1e-12"),
    Decimal("12.50"), Decimal("1e3"),
]  # fmt: skip
_DATES = [
    "9999-12-31T00:00:00Z", "9999-12-30T23:59:59-05:00", "9998-12-31T00:00:00Z", "0001-01-01T00:00:00Z",
    "1999-01-01T00:00:00Z", "2024-03-01", "2024-03-01 10:00:00Z", "2024-03-01T10:00:00.1234567Z",
    "2091-01-01T00:00:00+14:00", "2024-03-01T24:00:00Z", "2023-02-28T00:00:00+15:00",
]  # fmt: skip
_TEXTS = [
    "", " ", " x ", "N/A", "S/N", "0000", "None", "x\x07", "a\nb", "a\x85b", "\ufeff", "7", "buyer", "PEN", "1" * 300,
    "77777", "PE-RUC", "PE-RUC-77777", "Redes S.A.", "Redes S.A. ",
]  # fmt: skip
_WHO: list[dict[str, Any]] = [
    {}, {"name": ""}, {"id": ""}, {"id": "PE-RUC-77777"}, {"name": "Redes S.A."}, {"id": "", "name": "Redes S.A."},
    {"name": "N/A"}, {"id": "7", "name": None}, {"identifier": {"scheme": "PE-RUC", "id": "77777"}},
    {"name": "", "identifier": {"scheme": "PE-RUC", "id": "77777", "legalName": "Redes S.A."}},
    {"name": "Grupo", "identifier": {"id": "77777", "legalName": "N/A"}, "address": {"country": "Perú"}},
    {"name": "Grupo", "address": {"region": " Lima", "geometry": {"type": "Point", "coordinates": [-77, -12]}}},
    {"name": "Grupo", "location": {"geometry": {"type": "Point", "coordinates": [-77.5, -12]}}},
]  # fmt: skip
# What each member may be given, beside what stands in its place elsewhere in the record.
_ADDED: dict[str, list[Any]] = {
    "memberOf": [[who] for who in _WHO],
    "tenderers": [[who] for who in _WHO],
    "suppliers": [[who] for who in _WHO],
    "parties": [[who] for who in _WHO],
    "buyer": _WHO,
    "procuringEntity": _WHO,
    "roles": [[text] for text in _TEXTS],
    "relatedLots": [[text] for text in _TEXTS],
    "contractPeriod": [{"startDate": date, "endDate": other} for date in _DATES for other in _DATES],
    "identifier": [{"scheme": scheme, "id": text} for scheme in ("", "PE-RUC") for text in _TEXTS],
    "address": [{"countryName": text, "country": "PE"} for text in _TEXTS],
    "location": [None, {"geometry": {"type": "Point", "coordinates": [0, 0]}}, "Lima"],
    "value": [{"currency": text} for text in _TEXTS] + [{"amount": number, "currency": "PEN"} for number in _NUMBERS],
    "id": _TEXTS,
    "name": _TEXTS,
    "title": _TEXTS,
    "status": _TEXTS,
    "currency": _TEXTS,
    "legalName": _TEXTS,
    "amount": _NUMBERS,
    "quantity": _NUMBERS,
    "date": _DATES,
    "dateSigned": _DATES,
    "endDate": _DATES,
}


def spoil(release: dict[str, Any], rng: random.Random) -> None:
    """Replace, remove, add or copy one to three values of a release."""
    for _ in range(rng.randint(1, 3)):
        places = list(_places(release))
        place, key = rng.choice(places)
        action = rng.randrange(4)
        if action == 0:
            del place[key]
        elif action == 1 and isinstance(place, dict):
            added = rng.choice(list(_ADDED))
            place[added] = copy.deepcopy(rng.choice(_ADDED[added]))
        elif action == 2:
            place[key] = copy.deepcopy(rng.choice([other[name] for other, name in places if name == key]))
        else:
            place[key] = copy.deepcopy(_odd(place[key], key, rng))


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Yield each object or array with each of its members or positions, however deep."""
    for key, member in value.items() if isinstance(value, dict) else enumerate(value):
        yield value, key
        if isinstance(member, dict | list):
            yield from _places(member)


def _odd(found: Any, key: Any, rng: random.Random) -> Any:
    """Return a value that might stand in place of another, mostly of its type."""
    if rng.random() < 0.1:
        return rng.choice([None, [], {}, True, 7, "7", [None], [""]])
    if isinstance(found, str):
        return rng.choice(_DATES if found[4:5] == "-" and "T" in found else _TEXTS)
    if isinstance(found, dict | list):
        return rng.choice(_ADDED.get(key, _WHO))
    return rng.choice(_NUMBERS)
