"""Locations that records give as GeoJSON points."""

from decimal import Decimal
from typing import Any

# Nobody buys for a place beyond; such a point has latitude and longitude swapped.
_LATITUDES, _LONGITUDES = (-60, 84), (-180, 180)

# Latitude and longitude in degrees.
Point = tuple[float, float]


def point_of(*places: Any) -> Point | None:
    """
    Return the first point in some objects of a record.

    :param places: objects with a ``geometry`` (an address, a location, an item's ``deliveryLocation``), or others
    """
    return next((point for place in places if (point := _point(place))), None)


def _point(place: Any) -> Point | None:
    geometry = place.get("geometry") if isinstance(place, dict) else None
    if not isinstance(geometry, dict) or geometry.get("type") != "Point":
        return None
    found = geometry.get("coordinates")
    if not isinstance(found, list) or len(found) < len(("longitude", "latitude")):
        return None
    longitude, latitude = (float(number) if _is_number(number) else None for number in found[:2])
    if longitude is None or latitude is None or not latitude or not longitude:  # 0, 0 stands for unknown.
        return None
    is_on_land = _LATITUDES[0] <= latitude <= _LATITUDES[1] and _LONGITUDES[0] <= longitude <= _LONGITUDES[1]
    return (latitude, longitude) if is_on_land else None


def _is_number(value: Any) -> bool:
    is_number = isinstance(value, int | float | Decimal) and not isinstance(value, bool)
    # Larger integers may overflow a float.
    return is_number and _LONGITUDES[0] <= value <= _LONGITUDES[1]
