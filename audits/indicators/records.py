"""
The fields of a compiled release that indicators read, and nothing else.

A line is decoded straight into these structs; fields not named here are skipped without being built. Where a field
has another type than OCDS gives it (a number for an id, an object for a list), `read` decodes the line without types
and keeps what is right: a wrong value counts as a missing one, and an element that is no object stays an element.
"""

import json
import math
from typing import Any, NoReturn

import msgspec


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
        loose = _decode_loosely(line)
        return _release(loose) if isinstance(loose, dict) and isinstance(loose.get("ocid"), str) else None
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    return release if release.ocid is not None else None


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


def _release(loose: dict[str, Any]) -> Release:
    bids = _object(loose, "bids")
    return Release(
        ocid=_text(loose, "ocid"),
        buyer=_reference(loose, "buyer"),
        tender=None if (tender := _object(loose, "tender")) is None else _tender(tender),
        bids=None if bids is None else Bids(None if (all_ := _list(bids, "details")) is None else [*map(_bid, all_)]),
        awards=None if (awards := _list(loose, "awards")) is None else [_award(award) for award in awards],
    )


def _tender(loose: dict[str, Any]) -> Tender:
    period = _object(loose, "tenderPeriod")
    number = loose.get("numberOfTenderers")
    lots = _list(loose, "lots")
    return Tender(
        status=_text(loose, "status"),
        procurement_method=_text(loose, "procurementMethod"),
        procurement_method_details=_text(loose, "procurementMethodDetails"),
        award_criteria=_text(loose, "awardCriteria"),
        number_of_tenderers=msgspec.Raw(str(number).encode()) if type(number) is int else msgspec.Raw(),
        tender_period=None if period is None else Period(_text(period, "startDate"), _text(period, "endDate")),
        procuring_entity=_reference(loose, "procuringEntity"),
        lots=None if lots is None else [Lot(_text(lot, "id")) for lot in lots],
    )


def _bid(loose: Any) -> Bid:
    value = _object(loose, "value")
    return Bid(
        status=_text(loose, "status"),
        date=_text(loose, "date"),
        value=None if value is None else Value(_amount(value), _text(value, "currency")),
        tenderers=_references(loose, "tenderers"),
        related_lot=_text(loose, "relatedLot"),
        listed_lots=_texts(loose, "relatedLots"),
    )


def _award(loose: Any) -> Award:
    items = _list(loose, "items")
    return Award(
        status=_text(loose, "status"),
        suppliers=_references(loose, "suppliers"),
        items=None if items is None else [_item(item) for item in items],
        related_lot=_text(loose, "relatedLot"),
        listed_lots=_texts(loose, "relatedLots"),
    )


def _item(loose: Any) -> Item:
    classification = _object(loose, "classification")
    return Item(
        classification=None
        if classification is None
        else Classification(_text(classification, "scheme"), _text(classification, "id")),
        related_lot=_text(loose, "relatedLot"),
    )


def _amount(loose: dict[str, Any]) -> float | None:
    amount: Any = loose.get("amount")
    if type(amount) not in {int, float}:
        return None
    try:
        number = float(amount)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def _text(loose: Any, name: str) -> str | None:
    found = loose.get(name) if isinstance(loose, dict) else None
    return found if isinstance(found, str) else None


def _object(loose: Any, name: str) -> dict[str, Any] | None:
    found = loose.get(name) if isinstance(loose, dict) else None
    return found if isinstance(found, dict) else None


def _list(loose: Any, name: str) -> list[Any] | None:
    found = loose.get(name) if isinstance(loose, dict) else None
    return found if isinstance(found, list) else None


def _texts(loose: Any, name: str) -> list[str] | None:
    found = _list(loose, name)
    return None if found is None else [text for text in found if isinstance(text, str)]


def _reference(loose: Any, name: str) -> OrganizationReference | None:
    found = _object(loose, name)
    return None if found is None else OrganizationReference(_text(found, "id"))


def _references(loose: Any, name: str) -> list[OrganizationReference] | None:
    found = _list(loose, name)
    return None if found is None else [OrganizationReference(_text(reference, "id")) for reference in found]
