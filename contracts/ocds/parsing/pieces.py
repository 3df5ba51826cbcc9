"""
Parsers shared by several stages of a release: values, periods, items, documents and amendments.

``at`` is the JSON Pointer of the object that contains them.
"""

from typing import Any

from contracts.ocds.codelists.codes import code_of
from contracts.ocds.corrections import OBJECT, MemberReader
from contracts.ocds.parsing.objects import Amendment, Classification, Document, Item, Period, Value
from contracts.ocds.parsing.places import point_of
from contracts.ocds.pointers import escape

Json = dict[str, Any]

# The periods of what was bought: a concession lasts longer than its tender.
_TERMS = frozenset({"contractPeriod", "period"})


def code_in(reader: MemberReader, parent: Json, key: str, at: str) -> str:
    """Return a code; another case or punctuation is normalised to the code."""
    written = reader.text(parent, key, at)
    if (code := code_of(written, key)) != written:
        reader.note(f"{at}/{escape(reader.name_of(parent, key, at))}", written, code, "code_read")
    return code


def status_of(reader: MemberReader, parent: Json, at: str, *, complete: str = "complete") -> str:
    """
    Return a status; without one, the final status of OCDS 1.2.

    :param complete: the status of a completed stage, in OCDS 1.1
    """
    if status := code_in(reader, parent, "status", at):
        return status
    final = reader.text(parent, "finalStatus", at).casefold() if "finalStatus" in parent else ""
    return complete if final in {"complete", "incomplete"} else final


def value_of(reader: MemberReader, parent: Json, key: str, at: str) -> Value | None:
    """Return a value; a number in place of the object is read as its amount, logged."""
    key = reader.name_of(parent, key, at)
    path = f"{at}/{escape(key)}"
    if reader.is_number(parent, key):
        reader.note(path, parent[key], OBJECT, "amount_where_value")
        return Value(path=path, amount=reader.amount(parent, key, at))
    value = reader.mapping(parent, key, at)
    if not value:
        return None
    amount = reader.amount(value, "amount", path)
    currency = reader.currency(value, "currency", path)
    return Value(path=path, amount=amount, currency=currency) if amount is not None or currency else None


def period_of(reader: MemberReader, parent: Json, key: str, at: str) -> Period | None:
    key = reader.name_of(parent, key, at)
    period = reader.mapping(parent, key, at)
    if not period:
        return None
    path = f"{at}/{escape(key)}"
    return Period(
        path=path,
        start=reader.instant(period, "startDate", path),
        end=reader.instant(period, "endDate", path, is_term=key in _TERMS),
        max_extent=reader.instant(period, "maxExtentDate", path, is_term=key in _TERMS),
        duration_days=reader.integer(period, "durationInDays", path),
        end_is_day=reader.is_day(period, reader.name_of(period, "endDate", path)),
    )


def items_of(reader: MemberReader, parent: Json, at: str) -> tuple[Item, ...]:
    return tuple(
        Item(
            path=path,
            id=reader.text(entry, "id", path),
            description=reader.text(entry, "description", path),
            classifications=_classifications(reader, entry, path),
            quantity=reader.amount(entry, "quantity", path),
            unit_value=value_of(reader, reader.mapping(entry, "unit", path), "value", f"{path}/unit"),
            related_lot=reader.text(entry, "relatedLot", path),
            status=code_in(reader, entry, "status", path),
            delivery_point=point_of(entry.get("deliveryLocation")),
        )
        for path, entry in reader.mappings(parent, "items", at)
    )


def _classifications(reader: MemberReader, item: Json, at: str) -> tuple[Classification, ...]:
    entries = []
    name = reader.name_of(item, "classification", at)
    main = reader.mapping(item, name, at)
    if main:
        entries.append((f"{at}/{name}", main))
    entries.extend(reader.mappings(item, "additionalClassifications", at))
    return tuple(
        Classification(
            path=path,
            scheme=reader.text(entry, "scheme", path),
            id=reader.text(entry, "id", path),
            description=reader.text(entry, "description", path),
        )
        for path, entry in entries
    )


def documents_of(reader: MemberReader, parent: Json, at: str) -> tuple[Document, ...]:
    return tuple(
        Document(
            path=path,
            id=reader.text(entry, "id", path),
            type=reader.text(entry, "documentType", path),
            title=reader.text(entry, "title", path),
            description=reader.text(entry, "description", path),
            url=reader.text(entry, "url", path),
            published=reader.instant(entry, "datePublished", path),
        )
        for path, entry in reader.mappings(parent, "documents", at)
    )


def amendments_of(reader: MemberReader, parent: Json, at: str) -> tuple[Amendment, ...]:
    entries = list(reader.mappings(parent, "amendments", at))
    single = reader.mapping(parent, "amendment", at)
    if single:
        entries.append((f"{at}/amendment", single))
    return tuple(
        Amendment(
            path=path,
            id=reader.text(entry, "id", path),
            date=reader.instant(entry, "date", path),
            rationale=reader.text(entry, "rationale", path),
            description=reader.text(entry, "description", path),
        )
        for path, entry in entries
    )
