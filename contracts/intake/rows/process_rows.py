"""
A process → rows of the tables: the one place where columns are copied from a compiled release.

Organizations are named by their keys here, see ``organization_keys``; ``contracts.intake.compiling`` replaces keys
with primary keys.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal
from typing import Any

from contracts.intake.rows.organization_keys import (
    MAX_CODE,
    MAX_KEY,
    OrganizationKeys,
    organization_key,
    with_register,
)
from contracts.intake.rows.process_values import PairedContract, paired_contracts, value_of
from contracts.models import Bid, Contract
from contracts.ocds.codelists.codes import CANCELLED, LEAD_TENDERER, buys
from contracts.ocds.codelists.exchange import in_dollars
from contracts.ocds.parsing.calendar_days import day_of
from contracts.ocds.parsing.objects import Award as AwardView
from contracts.ocds.parsing.objects import Bid as BidView
from contracts.ocds.parsing.objects import Contract as ContractView
from contracts.ocds.parsing.objects import OrganizationReference, Party, Period, Process, Value
from contracts.ocds.parsing.parse import READING_VERSION
from contracts.ocds.written.person_numbers import masked, masked_id

Role = Contract.SupplierRole

# Characters of the texts of a record's parts; see the function `process_words` of the database.
MAX_TEXTS = 50_000
# Name of an organization without name and number, as records write it.
NOT_NAMED = "N/A"
ORGANIZATION_COLUMNS = ("key", "name", "scheme", "identifier", "country", "roles", "masked")

# Column → its value; all rows of a table have them in one order.
Row = dict[str, Any]
# The values of ORGANIZATION_COLUMNS.
OrganizationRow = tuple[Any, ...]
# Suppliers of a contract → their roles, see ``Contract.SupplierRole``.
RolesOf = Callable[[list[int]], list[str]]


class ProcessRows:
    """The rows of one process, with the organizations that they name."""

    def __init__(self, process: Process, zone: tzinfo = UTC) -> None:
        """Build the rows of a process; days are in ``zone``, the publisher's time zone."""
        self.process = process
        self.paired = paired_contracts(process)
        self.zone = zone
        parties = [with_register(party, process.country) for party in process.parties]
        self.party_keys = [organization_key(party, process.country, process.ocid) for party in parties]
        self.by_party: dict[tuple[str, str], str] = {}
        self.organizations: dict[str, OrganizationRow] = {}
        for sent, party, key in zip(process.parties, parties, self.party_keys, strict=True):
            if party.id:
                self.by_party[party.id, ""] = self.by_party[party.id, party.name] = key
            roles = sorted({role[:MAX_CODE] for role in party.roles})
            country = party.country or process.country
            mask = mask_of(sent, country) or mask_of(party, country)
            if key in self.organizations:
                roles = sorted({*roles, *self.organizations[key][5]})
                mask = mask or self.organizations[key][6]
            name = party.name or party.legal_name or masked_id(party.id, [country]) or party.id or NOT_NAMED
            self.organizations[key] = (
                key,
                name,
                party.scheme[:MAX_KEY],
                party.identifier[:MAX_KEY],
                country,
                roles,
                mask,
            )

    def key_of(self, reference: OrganizationReference | None) -> str | None:
        if reference is None:
            return None
        own = reference.id or reference.name
        return self.by_party.get((own, reference.name)) or self.by_party.get((own, ""))

    def ids_of(self, references: Iterable[OrganizationReference], keys: OrganizationKeys) -> list[int]:
        found = (self.key_of(reference) for reference in references)
        return list(dict.fromkeys(keys[key] for key in found if key))

    def roles(self, keys: OrganizationKeys) -> RolesOf:
        """
        Return the function for the roles of a contract's suppliers.

        A record names leads for a whole process: if two of them are suppliers of one contract, it is unknown which one
        leads there.
        """
        parties = self.process.parties
        named = {
            keys[key] for party, key in zip(parties, self.party_keys, strict=True) if LEAD_TENDERER in party.roles
        }
        groups = {pk for party in parties for pk in self.ids_of(party.member_of, keys)}

        def of(suppliers: list[int]) -> list[str]:
            leads = named.intersection(suppliers)
            one = Role.SOLE if len(suppliers) == 1 else Role.MEMBER
            alone = {pk: Role.LEAD for pk in leads if len(leads) == 1 < len(suppliers)}
            return [(Role.CONSORTIUM if pk in groups else alone.get(pk, one)).value for pk in suppliers]

        return of

    def columns(self, keys: OrganizationKeys) -> Row:
        process, tender = self.process, self.process.tender
        suppliers = process.suppliers()
        buyer = self.key_of(process.buyer)
        entity = self.key_of(tender.procuring_entity)
        amount, currency, basis = value_of(process, self.paired)
        tender_value = tender.value or Value(path="")
        period = tender.tender_period
        awarded = _earliest((award.status, award.date) for award in process.awards)
        signed = _earliest((contract.status, contract.date_signed) for contract in process.contracts)
        awarded_on, signed_on = self.day(awarded), self.day(signed)
        return {
            "date": process.date,
            "country": process.country,
            "language": process.language[:35],
            "title": tender.title or _first(stage.title for stage in process.stages()),
            "description": tender.description or _first(stage.description for stage in process.stages()),
            "buyer_id": keys[buyer] if buyer else None,
            "procuring_entity_id": keys[entity] if entity else None,
            "buyer_name": self.name_of(process.buyer or tender.procuring_entity),
            **_place_of(process),
            "suppliers": self.ids_of(suppliers, keys),
            "supplier_names": _names(self, suppliers),
            "items": _texts_of_parts(process),
            "status": tender.status[:MAX_CODE],
            "procurement_method": tender.method[:MAX_CODE],
            "procurement_method_details": tender.method_details,
            "category": tender.category[:MAX_CODE],
            "award_criteria": tender.award_criteria,
            "tender_amount": tender_value.amount,
            "tender_currency": tender_value.currency,
            "tender_start": period.start if period else None,
            "tender_end": period.end if period else None,
            "number_of_tenderers": tender.number_of_tenderers,
            "amount": amount,
            "currency": currency,
            "amount_basis": basis,
            **_dollars(amount, currency, signed_on or awarded_on or _utc_day(process.date)),
            "award_date": awarded,
            "date_signed": signed,
            "awarded_on": awarded_on,
            "signed_on": signed_on,
            "award_count": len(process.awards),
            "contract_count": len(process.contracts),
            "bid_count": len(process.bids),
            "read_by": READING_VERSION,
        }

    def day(self, instant: datetime | None) -> date | None:
        return day_of(instant, self.zone) if instant else None

    def dates(self, signed: datetime | None, award: AwardView | None, period: Period | None) -> Row:
        """Return the days of a contract, and the first known one with its basis."""
        known = (
            (self.day(signed), Contract.DateBasis.SIGNATURE),
            (self.day(award.date if award else None), Contract.DateBasis.AWARD),
            (self.day(self.process.date), Contract.DateBasis.RELEASE),
        )
        first, basis = next((entry for entry in known if entry[0]), (None, ""))
        return {
            "signed_on": known[0][0],
            "starts_on": self.day(period.start) if period else None,
            "ends_on": self.day(period.end) if period else None,
            "date": first,
            "date_basis": str(basis),
        }

    def name_of(self, reference: OrganizationReference | None) -> str:
        if reference is None:
            return ""
        if reference.name:
            return reference.name
        key = self.key_of(reference)
        return str(self.organizations[key][1]) if key else ""

    def parties(self, process_id: int, keys: OrganizationKeys) -> Iterable[Row]:
        for party, key in zip(self.process.parties, self.party_keys, strict=True):
            yield {
                "process_id": process_id,
                "organization_id": keys[key],
                "named_as_id": keys.merged.get(key),
                "party_id": party.id,
                "name": party.name,
                "roles": [role[:MAX_CODE] for role in party.roles],
                "member_of": [pk for pk in self.ids_of(party.member_of, keys) if pk != keys[key]],
                "path": party.path,
            }

    def awards(self, process_id: int, keys: OrganizationKeys) -> Iterable[Row]:
        for award in self.process.awards:
            value = award.value or Value(path="")
            yield {
                "process_id": process_id,
                "award_id": award.id,
                "title": award.title,
                "status": award.status,
                "date": award.date,
                "awarded_on": self.day(award.date),
                "amount": value.amount,
                "currency": value.currency,
                "suppliers": self.ids_of(award.suppliers, keys),
                "supplier_names": _names(self, award.suppliers),
                "path": award.path,
            }

    def contracts(self, process_id: int, keys: OrganizationKeys) -> Iterable[Row]:
        """Yield signed contracts, then active awards without one."""
        roles = self.roles(keys)
        signed = [(Contract.Basis.CONTRACT.value, pair) for pair in self.paired]
        unsigned = [(Contract.Basis.AWARD.value, pair) for pair in self._awards_without_contract()]
        for basis, (contract, award, worth) in signed + unsigned:
            value = worth or Value(path="")
            suppliers = contract.suppliers or (award.suppliers if award else ())
            period = contract.period or (award.contract_period if award else None)
            days = self.dates(contract.date_signed, award, period)
            ids = self.ids_of(suppliers, keys)
            yield {
                "process_id": process_id,
                "basis": basis,
                "contract_id": contract.id,
                "award_id": contract.award_id,
                "title": contract.title or (award.title if award else "") or self.process.tender.title,
                "status": contract.status[:MAX_CODE],
                "date_signed": contract.date_signed,
                "start": period.start if period else None,
                "end": period.end if period else None,
                **days,
                "amount": value.amount,
                "currency": value.currency,
                **_dollars(value.amount, value.currency, days["date"]),
                "suppliers": ids,
                "supplier_names": _names(self, suppliers),
                "supplier_roles": roles(ids),
                "path": contract.path,
            }

    def _awards_without_contract(self) -> Iterator[PairedContract]:
        """Yield active awards without a contract, each as a contract without further facts."""
        contracted = {award.path for _contract, award, _value in self.paired if award}
        named = {contract.award_id for contract in self.process.contracts}
        for award in self.process.awards:
            if award.path not in contracted and award.id not in named and award.status in {"active", ""}:
                unsigned = ContractView(path=award.path, award_id=award.id, status=award.status)
                yield PairedContract(unsigned, award, award.value)

    def bids(self, process_id: int, keys: OrganizationKeys) -> Iterable[Row]:
        """Yield the bids, then the tenderers without a bid in the record."""
        bidders: set[int] = set()
        for bid in self.process.bids:
            tenderers = self.ids_of(bid.tenderers, keys)
            bidders.update(tenderers)
            yield _bid(process_id, Bid.Basis.BID, bid, tenderers)
        for tenderer in self.process.tender.tenderers:
            ids = self.ids_of((tenderer,), keys)
            if ids and not bidders & set(ids):
                yield _bid(process_id, Bid.Basis.TENDERER, BidView(path=tenderer.path), ids)


def mask_of(party: Party, country: str) -> str:
    """
    Return what everybody sees of the number of a party that is a natural person; "" of any other.

    A body that buys is none, unless the scheme of its number says so.
    """
    if party.identifier and (party.scheme or not buys(party.roles)):
        return masked(party.scheme, party.identifier, country)
    return masked_id(party.id, () if buys(party.roles) else (country,))


def _bid(process_id: int, basis: Bid.Basis, bid: BidView, tenderers: list[int]) -> Row:
    return {
        "process_id": process_id,
        "basis": basis.value,
        "bid_id": bid.id,
        "status": bid.status,
        "date": bid.date,
        "amount": bid.value.amount if bid.value else None,
        "currency": bid.value.currency if bid.value else "",
        "tenderers": tenderers,
        "path": bid.path,
    }


def _dollars(amount: Decimal | None, currency: str, on: date | None) -> Row:
    return dict(zip(("amount_usd", "rate_period"), in_dollars(amount, currency, on), strict=True))


def _names(rows: ProcessRows, references: Iterable[OrganizationReference]) -> list[str]:
    return [name for name in dict.fromkeys(rows.name_of(reference) for reference in references) if name]


def _texts_of_parts(process: Process) -> list[str]:
    """Return the texts of items, lots, awards and contracts, each once, as far as a search looks."""
    found, left = [], MAX_TEXTS
    parts = (*process.items(), *process.tender.lots, *process.stages())
    for text in dict.fromkeys(text for part in parts for text in (getattr(part, "title", ""), part.description)):
        if text and left > 0:
            found.append(text[:left])
            left -= len(text) + 1
    return found


def _first(texts: Iterable[str]) -> str:
    return next((text for text in texts if text), "")


def _earliest(stages: Iterable[tuple[str, datetime | None]]) -> datetime | None:
    """Return the earliest date among valid entries, or else among cancelled ones, from dates with statuses."""
    return min(((status in CANCELLED, date) for status, date in stages if date), default=(False, None))[1]


def _place_of(process: Process) -> Row:
    """Return the region of the buyer, and coordinates of its address, or else of the first delivery."""
    body = process.buyer or process.tender.procuring_entity
    party = process.party(body) if body else None
    deliveries = (item.delivery_point for item in process.tender.items)
    latitude, longitude = (party.point if party else None) or next(filter(None, deliveries), None) or (None, None)
    return {"region": party.region[:MAX_KEY] if party else "", "latitude": latitude, "longitude": longitude}


def _utc_day(moment: datetime | None) -> date | None:
    return moment.astimezone(UTC).date() if moment else None
