"""
The types of what is read of a compiled release, as the standard has them; msgspec checks them.

Nothing that is not read is named here. What columns are made of are views, so that rows are made of it as it is.
"""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

from msgspec import Meta, Struct

from contracts.ocds import views
from contracts.ocds.codes import OUR_MEMBER

Instant = Annotated[datetime, Meta(tz=True)]
Count = Annotated[int, Meta(ge=0, lt=2**31)]


# Attribute of a view → member of OCDS, where it is not the same in camel case. No path is read from a record.
_MEMBERS = {
    "path": OUR_MEMBER,
    "award_id": "awardID",
    "category": "mainProcurementCategory",
    "duration_days": "durationInDays",
    "end": "endDate",
    "max_extent": "maxExtentDate",
    "method": "procurementMethod",
    "method_details": "procurementMethodDetails",
    "method_rationale": "procurementMethodRationale",
    "method_type": "procurementMethodType",
    "number_of_tenderers": "numberOfTenderers",
    "published": "datePublished",
    "start": "startDate",
    "type": "documentType",
}


def _member(attribute: str) -> str:
    if attribute in _MEMBERS:
        return _MEMBERS[attribute]
    first, *others = attribute.split("_")
    return first + "".join(map(str.capitalize, others))


class Value(views.Value, frozen=True, kw_only=True, rename=_member):
    path: str = ""
    amount: Decimal | int | None = None  # type: ignore[assignment]  # all are decimals once they are looked at


class Period(views.Period, frozen=True, kw_only=True, rename=_member):
    path: str = ""
    start: Instant | None = None
    end: Instant | None = None
    max_extent: Instant | None = None
    duration_days: Count | None = None


class Classification(Struct, gc=False):
    scheme: str = ""
    id: str = ""
    description: str = ""


class Unit(Struct, gc=False):
    value: Value | None = None


class Item(Struct, rename="camel", gc=False):
    id: str = ""
    description: str = ""
    related_lot: str = ""
    status: str = ""
    classification: Classification | None = None
    additional_classifications: list[Classification] = []
    quantity: Decimal | int | None = None
    unit: Unit | None = None
    delivery_location: Any = None


class Identifier(Struct, rename="camel", frozen=True, gc=False):
    scheme: str = ""
    id: str = ""
    legal_name: str = ""


class Address(Struct, rename="camel", frozen=True, gc=False):
    country_name: str = ""
    country: str = ""
    region: str = ""
    geometry: Any = None
    location: Any = None


class OrganizationReference(views.OrganizationReference, frozen=True, kw_only=True, rename=_member):
    """A reference; or a party, or as much of one, as OCDS 1.0 had it in place of a reference."""

    path: str = ""
    identifier: Identifier | None = None
    address: Address | None = None
    location: Any = None
    roles: list[str] = []
    member_of: "list[OrganizationReference]" = []


class Document(Struct, rename=_member, gc=False):
    id: str = ""
    type: str = ""
    title: str = ""
    description: str = ""
    url: str = ""
    published: Instant | None = None


class Amendment(Struct, gc=False):
    id: str = ""
    rationale: str = ""
    description: str = ""
    date: Instant | None = None


class Lot(Struct, rename="camel", gc=False):
    id: str = ""
    title: str = ""
    description: str = ""
    status: str = ""
    value: Value | None = None
    contract_period: Period | None = None


class Dated(Struct, frozen=True, gc=False):
    date: Instant | None = None


class Source(Struct, rename="camel", gc=False):
    source_party: OrganizationReference | None = None
    financing_party: OrganizationReference | None = None


class Budget(Struct, rename="camel", frozen=True, gc=False):
    description: str = ""
    project: str = ""
    amount: Value | None = None
    budget_breakdown: list[Source] = []
    finance: list[Source] = []


class Planning(Struct, frozen=True, gc=False):
    rationale: str = ""
    budget: Budget = Budget()
    documents: list[Document] = []


class Stage(Struct, frozen=True, gc=False):
    """What a tender, an award and a contract have in common, but no column holds."""

    items: list[Item] = []
    documents: list[Document] = []
    amendments: list[Amendment] = []
    amendment: Amendment | None = None


class Tender(Stage, rename=_member, frozen=True, gc=False):
    id: str = ""
    title: str = ""
    description: str = ""
    status: str = ""
    method: str = ""
    method_details: str = ""
    method_type: str = ""
    method_rationale: str = ""
    category: str = ""
    award_criteria: str = ""
    award_criteria_details: str = ""
    eligibility_criteria: str = ""
    value: Value | None = None
    min_value: Value | None = None
    tender_period: Period | None = None
    enquiry_period: Period | None = None
    award_period: Period | None = None
    contract_period: Period | None = None
    bid_opening: Dated = Dated()
    number_of_tenderers: Count | None = None
    tenderers: list[OrganizationReference] = []
    procuring_entity: OrganizationReference | None = None
    lots: list[Lot] = []


class Award(Stage, rename=_member, frozen=True, gc=False):
    id: str = ""
    title: str = ""
    description: str = ""
    rationale: str = ""
    status: str = ""
    date: Instant | None = None
    value: Value | None = None
    suppliers: list[OrganizationReference] = []
    contract_period: Period | None = None
    related_lot: str = ""
    related_lots: list[str] = []


class Transaction(Struct, gc=False):
    id: str = ""
    date: Instant | None = None
    value: Value | None = None
    amount: Value | None = None


class Implementation(Struct, frozen=True, gc=False):
    transactions: list[Transaction] = []
    documents: list[Document] = []


class Contract(Stage, rename=_member, frozen=True, gc=False):
    id: str = ""
    award_id: str = ""
    title: str = ""
    description: str = ""
    status: str = ""
    date_signed: Instant | None = None
    period: Period | None = None
    value: Value | None = None
    suppliers: list[OrganizationReference] = []
    implementation: Implementation = Implementation()


class Bid(Struct, rename="camel", gc=False):
    id: str = ""
    date: Instant | None = None
    status: str = ""
    value: Value | None = None
    tenderers: list[OrganizationReference] = []
    related_lot: str = ""
    related_lots: list[str] = []


class Statistic(Struct, rename="camel", gc=False):
    measure: str = ""
    value: Decimal | int | None = None
    date: Instant | None = None
    related_lot: str = ""
    related_lots: list[str] = []


class Bids(Struct, frozen=True, gc=False):
    details: list[Bid] = []
    statistics: list[Statistic] = []


class Related(Struct, gc=False):
    relationship: list[str] = []
    identifier: str = ""
    title: str = ""


class Release(Struct, rename="camel", gc=False):
    ocid: str = ""
    id: str = ""
    date: Instant | None = None
    language: str = ""
    initiation_type: str = ""
    buyer: OrganizationReference | None = None
    parties: list[OrganizationReference] = []
    planning: Planning = Planning()
    tender: Tender = Tender()
    awards: list[Award] = []
    contracts: list[Contract] = []
    bids: Bids = Bids()
    related_processes: list[Related] = []
