"""Points of records, as GeoJSON has them."""

from decimal import Decimal

import pytest

from contracts.ocds.parsing.parse import parse_process
from contracts.ocds.parsing.places import point_of


def at(longitude, latitude, kind="Point"):
    return {"geometry": {"type": kind, "coordinates": [longitude, latitude]}}


def test_longitude_comes_first():
    assert point_of(at(Decimal("-77.03"), -12)) == (-12.0, -77.03)
    assert point_of({}, None, "Lima", at(-58, -34.6), at(1, 2)) == (-34.6, -58.0)


@pytest.mark.parametrize(
    "place",
    [
        at(-12.04, -77.03),  # the wrong way round
        at(0, 0),
        at(200, 10),
        at("-77", "-12"),
        at(True, False),
        at(-77, -12, "Polygon"),
        {"geometry": {"type": "Point", "coordinates": [-77]}},
        {"geometry": {"type": "Point", "coordinates": -77}},
        {"geometry": "Lima"},
        {"coordinates": [-77, -12]},
    ],
)
def test_what_is_not_a_point_is_none(place):
    assert point_of(place) is None


def test_parties_and_deliveries_have_points():
    release = {
        "ocid": "ocds-test01-1",
        "parties": [
            {"id": "B", "name": "B", "address": {"region": "Norte", **at(-77, -12)}},
            {"id": "C", "name": "C", "location": at(-70, -33)},
            {"id": "D", "name": "D", "address": {"region": "Sur"}},
        ],
        "tender": {"items": [{"id": "1"}, {"id": "2", "deliveryLocation": at(-58, -34)}]},
    }
    process, corrections = parse_process(release)
    assert [(party.region, party.point) for party in process.parties] == [
        ("Norte", (-12.0, -77.0)),
        ("", (-33.0, -70.0)),
        ("Sur", None),
    ]
    assert [item.delivery_point for item in process.tender.items] == [None, (-34.0, -58.0)]
    assert not corrections


def test_a_number_that_no_float_holds_is_not_a_place():
    assert point_of(at(10**400, 1)) is None
