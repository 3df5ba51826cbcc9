"""
The fields of a compiled release that indicators read, and nothing else.

A line is decoded straight into these structs; fields not named here are skipped without being built. Where a field
has another type than OCDS gives it (a number for an id, an object for a list), `read` decodes the line without types
and keeps what is right: a wrong value counts as a missing one, and an element that is no object stays an element.
"""

import json
import math
from typing import Any, NoReturn, get_args, get_origin

import msgspec
from msgspec.structs import fields


class OrganizationReference(msgspec.Struct, gc=False):
    """A reference to an organization."""

    id: str | None = None


class Value(msgspec.Struct, gc=False):
    amount: float | None = None
    currency: str | None = None


class Period(msgspec.Struct, rename="camel", gc=False):
    start_date: str | None = None
    end_date: str | None = None


class Lot(msgspec.Struct, gc=False):
    id: str | None = None


class Tender(msgspec.Struct, rename="camel", gc=False):
    """`number_of_tenderers` stays text: `1` is one tenderer, `1.0` and `"1"` are not read as one."""

    status: str | None = None
    procurement_method: str | None = None
    procurement_method_details: str | None = None
    award_criteria: str | None = None
    number_of_tenderers: msgspec.Raw = msgspec.Raw()
    tender_period: Period | None = None
    enquiry_period: Period | None = None
    procuring_entity: OrganizationReference | None = None
    lots: list[Lot] | None = None


class OfLots(msgspec.Struct, rename="camel", gc=False):
    """What names its lots, or one in the singular."""

    related_lot: str | None = None
    listed_lots: list[str] | None = msgspec.field(default=None, name="relatedLots")

    @property
    def related_lots(self) -> list[str] | None:
        return [self.related_lot, *(self.listed_lots or ())] if self.related_lot else self.listed_lots


class Bid(OfLots, rename="camel", gc=False):
    status: str | None = None
    date: str | None = None
    value: Value | None = None
    tenderers: list[OrganizationReference] | None = None


class Bids(msgspec.Struct, gc=False):
    details: list[Bid] | None = None


class Classification(msgspec.Struct, gc=False):
    scheme: str | None = None
    id: str | None = None


class Item(msgspec.Struct, rename="camel", gc=False):
    classification: Classification | None = None
    related_lot: str | None = None


class Award(OfLots, rename="camel", gc=False):
    status: str | None = None
    suppliers: list[OrganizationReference] | None = None
    items: list[Item] | None = None


class Release(msgspec.Struct, gc=False):
    ocid: str | None = None
    buyer: OrganizationReference | None = None
    tender: Tender | None = None
    bids: Bids | None = None
    awards: list[Award] | None = None


_typed = msgspec.json.Decoder(Release)
_untyped = msgspec.json.Decoder()
_syntax = msgspec.json.Decoder(msgspec.Raw)


def read(line: bytes) -> Release | None:
    """
    The release on a line of JSON Lines that is known to be UTF-8, or None if the line holds JSON but no release.

    Raises ValueError if the line is not JSON as RFC 8259 has it: NaN, lone surrogates, trailing commas, leading zeros
    and control characters in strings are refused. Of a repeated key the last counts.
    """
    try:
        release = _typed.decode(line)
    except msgspec.ValidationError:
        release = _fit(_decode_loosely(line), Release)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    return release if release is not None and release.ocid is not None else None


def _decode_loosely(line: bytes) -> Any:
    try:
        try:
            return _untyped.decode(line)
        except msgspec.ValidationError:  # a number beyond the range of a double, which is JSON all the same
            _syntax.decode(line)
            return json.loads(line.decode(), parse_int=_whole, parse_constant=_refuse)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def _whole(digits: str) -> int | float:
    return int(digits) if len(digits) < 20 else float(digits)  # int() refuses thousands of digits


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _fit(found: Any, wanted: Any) -> Any:
    """Return what a JSON value has of the wanted type, else None; an element that is no object is an empty struct."""
    if wanted is msgspec.Raw:
        return msgspec.Raw(str(found).encode()) if type(found) is int else msgspec.Raw()
    if wanted is float:
        return _amount(found)
    if get_origin(wanted) is list:
        (element,) = get_args(wanted)
        if not isinstance(found, list):
            return None
        if element is str:
            return [text for text in found if isinstance(text, str)]
        return [_fit(entry if isinstance(entry, dict) else {}, element) for entry in found]
    if get_args(wanted):  # a type or None
        return _fit(found, get_args(wanted)[0])
    if wanted is str:
        return found if isinstance(found, str) else None
    if not isinstance(found, dict):
        return None
    return wanted(**{field.name: _fit(found.get(field.encode_name), field.type) for field in fields(wanted)})


def _amount(amount: Any) -> float | None:
    if type(amount) not in {int, float}:
        return None
    try:
        number = float(amount)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None
