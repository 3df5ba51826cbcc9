"""
The typed objects of a compiled release, as rules and rows read them.

Each has the JSON Pointer of its place, so that every use of a value can cite it. Lists are tuples, texts are never
``None``, amounts are exact decimals, times are aware.
"""

import re
from collections.abc import Hashable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any

from msgspec import Struct, field

from contracts.ocds.codelists.codes import CANCELLED
from contracts.ocds.folding import letters_and_digits, without_marks
from contracts.ocds.parsing.places import Point
from contracts.ocds.placeholders import is_of_anybody

_VERSION = re.compile(r"\AV\d\.", re.IGNORECASE)
# A longer duration, in days (a century), is ignored.
_MAX_DURATION = 36_525


class OcdsObject(Struct, frozen=True, kw_only=True, gc=False):
    path: str


class Value(OcdsObject, frozen=True, kw_only=True):
    """Money: an exact amount in an ISO 4217 currency (``""`` if the record names none)."""

    amount: Decimal | None = None
    currency: str = ""


class Period(OcdsObject, frozen=True, kw_only=True):
    """``end_is_day``: the record has a date without a time, so the period lasts to the end of that day."""

    start: datetime | None = None
    end: datetime | None = None
    max_extent: datetime | None = None
    duration_days: int | None = None
    end_is_day: bool = False

    @property
    def duration(self) -> timedelta | None:
        """``durationInDays``; ``None`` if it is missing, zero or more than a century."""
        return timedelta(days=days) if 0 < (days := self.duration_days or 0) <= _MAX_DURATION else None

    @property
    def length(self) -> timedelta | None:
        """The length: from start to end, or ``duration`` if one of them is missing."""
        return self.end - self.start if self.start and self.end else self.duration


def digits_of(code: str) -> str:
    """Return the digits of a classification code, without Colombia's version prefix: ``V1.43233200``."""
    return "".join(letter for letter in _VERSION.sub("", code) if letter.isdigit())


class Classification(OcdsObject, frozen=True, kw_only=True):
    scheme: str = ""
    id: str = ""
    description: str = ""


class Item(OcdsObject, frozen=True, kw_only=True):
    id: str = ""
    description: str = ""
    classifications: tuple[Classification, ...] = ()
    quantity: Decimal | None = None
    unit_value: Value | None = None
    related_lot: str = ""
    status: str = ""
    delivery_point: Point | None = None


class OrganizationReference(OcdsObject, frozen=True, kw_only=True):
    """A reference to a party by its id, as in ``buyer`` or ``awards/suppliers``."""

    id: str = ""
    name: str = ""

    @property
    def key(self) -> str:
        """
        The key that distinguishes it within its record: its id, or its name without an id or with a shared placeholder
        id.
        """
        if is_of_anybody(self.id):
            return letters_and_digits(without_marks(self.name)) or self.id
        return self.id or self.name


class Party(OcdsObject, frozen=True, kw_only=True):
    """``member_of`` are the groups it belongs to, according to the record: a consortium, or a larger body."""

    id: str = ""
    name: str = ""
    legal_name: str = ""
    scheme: str = ""
    identifier: str = ""
    country: str = ""
    region: str = ""
    point: Point | None = None
    roles: tuple[str, ...] = ()
    member_of: tuple[OrganizationReference, ...] = ()


class Document(OcdsObject, frozen=True, kw_only=True):
    id: str = ""
    type: str = ""
    title: str = ""
    description: str = ""
    url: str = ""
    published: datetime | None = None


class Amendment(OcdsObject, frozen=True, kw_only=True):
    id: str = ""
    date: datetime | None = None
    rationale: str = ""
    description: str = ""


class Lot(OcdsObject, frozen=True, kw_only=True):
    id: str = ""
    title: str = ""
    description: str = ""
    status: str = ""
    value: Value | None = None
    contract_period: Period | None = None


class Planning(OcdsObject, frozen=True, kw_only=True):
    rationale: str = ""
    budget_description: str = ""
    budget_project: str = ""
    budget_value: Value | None = None
    budget_sources: tuple[OrganizationReference, ...] = ()
    documents: tuple[Document, ...] = ()


class Tender(OcdsObject, frozen=True, kw_only=True):
    """
    ``method_type`` is the publisher's own code of the method, ``procurementMethodType`` in ProZorro's software;
    ``method_label`` its name in a publisher's own member, and ``method_label_path`` the place of that.
    """

    id: str = ""
    title: str = ""
    description: str = ""
    status: str = ""
    method: str = ""
    method_details: str = ""
    method_type: str = ""
    method_label: str = ""
    method_label_path: str = ""
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
    bid_opening: datetime | None = None
    number_of_tenderers: int | None = None
    tenderers: tuple[OrganizationReference, ...] = ()
    procuring_entity: OrganizationReference | None = None
    items: tuple[Item, ...] = ()
    lots: tuple[Lot, ...] = ()
    documents: tuple[Document, ...] = ()
    amendments: tuple[Amendment, ...] = ()


class Award(OcdsObject, frozen=True, kw_only=True):
    id: str = ""
    title: str = ""
    description: str = ""
    rationale: str = ""
    status: str = ""
    date: datetime | None = None
    value: Value | None = None
    suppliers: tuple[OrganizationReference, ...] = ()
    items: tuple[Item, ...] = ()
    contract_period: Period | None = None
    related_lots: tuple[str, ...] = ()
    documents: tuple[Document, ...] = ()
    amendments: tuple[Amendment, ...] = ()


class Transaction(OcdsObject, frozen=True, kw_only=True):
    id: str = ""
    date: datetime | None = None
    value: Value | None = None


class Contract(OcdsObject, frozen=True, kw_only=True):
    id: str = ""
    award_id: str = ""
    title: str = ""
    description: str = ""
    status: str = ""
    date_signed: datetime | None = None
    period: Period | None = None
    value: Value | None = None
    suppliers: tuple[OrganizationReference, ...] = ()
    items: tuple[Item, ...] = ()
    documents: tuple[Document, ...] = ()
    amendments: tuple[Amendment, ...] = ()
    transactions: tuple[Transaction, ...] = ()
    implementation_documents: tuple[Document, ...] = ()


class Bid(OcdsObject, frozen=True, kw_only=True):
    id: str = ""
    date: datetime | None = None
    status: str = ""
    value: Value | None = None
    tenderers: tuple[OrganizationReference, ...] = ()
    related_lots: tuple[str, ...] = ()


class BidStatistic(OcdsObject, frozen=True, kw_only=True):
    """A number of bids or bidders, from the bid extension: ``measure`` is a code of its open codelist."""

    measure: str = ""
    value: Decimal | None = None
    date: datetime | None = None
    related_lots: tuple[str, ...] = ()


class RelatedProcess(OcdsObject, frozen=True, kw_only=True):
    relationship: tuple[str, ...] = ()
    identifier: str = ""
    title: str = ""


class Text(Struct, frozen=True, gc=False):
    """
    One text of a process that rules may search.

    ``part`` is its kind: ``title``, ``description``, ``item``, ``classification``, ``rationale``, ``method``,
    ``criteria``, ``budget``, ``document``, ``amendment``, ``lot``, ``party``; ``page``: a page of a document of the
    process, whose path is its address on the site. ``lot`` is the id of the only lot that it concerns, if the tender
    has several.
    """

    path: str
    value: str
    part: str
    lot: str = ""


class Process(OcdsObject, frozen=True, kw_only=True, gc=True, dict=True):
    """
    One contracting process, as in its compiled release.

    ``country`` (ISO 3166-1 alpha-2, or ``""``) is the publisher's, else the buyer's address.
    """

    ocid: str = ""
    release_id: str = ""
    date: datetime | None = None
    language: str = ""
    country: str = ""
    initiation_type: str = ""
    buyer: OrganizationReference | None = None
    parties: tuple[Party, ...] = ()
    planning: Planning = field(default_factory=lambda: Planning(path="/planning"))
    tender: Tender = field(default_factory=lambda: Tender(path="/tender"))
    awards: tuple[Award, ...] = ()
    contracts: tuple[Contract, ...] = ()
    bids: tuple[Bid, ...] = ()
    bid_statistics: tuple[BidStatistic, ...] = ()
    related_processes: tuple[RelatedProcess, ...] = ()

    def party(self, reference: OrganizationReference) -> Party | None:
        """
        Return the party with the id of a reference, or ``None``; of several with that id the one with
        the same name.
        """
        named = self._parties_named
        return named.get((reference.id, reference.name)) or named.get((reference.id, ""))

    @cached_property
    def _parties_named(self) -> dict[tuple[str, str], Party]:
        """Id and name → the first party that has both; without a name, the first that has the id."""
        found: dict[tuple[str, str], Party] = {}
        for party in self.parties:
            if party.id:
                found.setdefault((party.id, ""), party)
                found.setdefault((party.id, party.name), party)
        return found

    @cached_property
    def facts(self) -> dict[Hashable, Any]:
        """Return what readers worked out of the process and keep with it, by their own keys."""
        return {}

    def parties_with_role(self, role: str) -> tuple[Party, ...]:
        return tuple(party for party in self.parties if role in party.roles)

    def stages(self) -> "tuple[Award | Contract, ...]":
        """Return the awards, then the contracts."""
        return (*self.awards, *self.contracts)

    def suppliers(self) -> tuple[OrganizationReference, ...]:
        """Return the suppliers of awards and contracts that were not cancelled, without repetitions."""
        seen: dict[str, OrganizationReference] = {}
        for stage in self.stages():
            if stage.status not in CANCELLED:
                for supplier in stage.suppliers:
                    seen.setdefault(supplier.key, supplier)
        return tuple(seen.values())

    def items(self) -> Iterator[Item]:
        yield from self.tender.items
        for stage in self.stages():
            yield from stage.items

    def documents(self) -> Iterator[Document]:
        yield from self.planning.documents
        yield from self.tender.documents
        for stage in self.stages():
            yield from stage.documents
        for contract in self.contracts:
            yield from contract.implementation_documents

    def amendments(self) -> Iterator[Amendment]:
        yield from self.tender.amendments
        for stage in self.stages():
            yield from stage.amendments
