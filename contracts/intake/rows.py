"""
A process view → the rows of the tables: the one place where columns are copied from a compiled release.

Organizations are named by their keys here, see ``contracts.intake.organization_keys``; ``contracts.intake.compiling``
turns keys into primary keys.
"""

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, tzinfo
from typing import Any

from contracts.intake.organization_keys import MAX_KEY, OrganizationKeys, organization_key, with_register
from contracts.intake.process_values import paired_contracts, value_of
from contracts.models import Bid, Contract
from contracts.ocds.calendar_days import day_of
from contracts.ocds.codes import CANCELLED, LEAD_TENDERER
from contracts.ocds.exchange import in_dollars
from contracts.ocds.parse import READING_VERSION
from contracts.ocds.views import Award as AwardView
from contracts.ocds.views import OrganizationReference, Period, Process, Value

Role = Contract.SupplierRole

PROCESS_COLUMNS = (
    "date",
    "country",
    "language",
    "title",
    "description",
    "buyer_id",
    "procuring_entity_id",
    "buyer_name",
    "region",
    "latitude",
    "longitude",
    "suppliers",
    "supplier_names",
    "status",
    "procurement_method",
    "procurement_method_details",
    "category",
    "award_criteria",
    "tender_amount",
    "tender_currency",
    "tender_start",
    "tender_end",
    "number_of_tenderers",
    "amount",
    "currency",
    "amount_basis",
    "amount_usd",
    "rate_period",
    "award_date",
    "date_signed",
    "awarded_on",
    "signed_on",
    "award_count",
    "contract_count",
    "bid_count",
    "read_by",
)
PARTY_COLUMNS = ("process_id", "organization_id", "named_as_id", "party_id", "name", "roles", "member_of", "path")
AWARD_COLUMNS = (
    "process_id",
    "award_id",
    "title",
    "status",
    "date",
    "awarded_on",
    "amount",
    "currency",
    "suppliers",
    "supplier_names",
    "path",
)
CONTRACT_COLUMNS = (
    "process_id",
    "basis",
    "contract_id",
    "award_id",
    "title",
    "status",
    "date_signed",
    "start",
    "end",
    "signed_on",
    "starts_on",
    "ends_on",
    "date",
    "date_basis",
    "amount",
    "currency",
    "amount_usd",
    "rate_period",
    "suppliers",
    "supplier_names",
    "supplier_roles",
    "path",
)
BID_COLUMNS = ("process_id", "basis", "bid_id", "status", "date", "amount", "currency", "tenderers", "path")
# How an organization is called that has neither name nor number, in the records' own way.
NOT_NAMED = "N/A"
ORGANIZATION_COLUMNS = ("key", "name", "scheme", "identifier", "country", "roles")

# The place of the first known day among those of a contract.
_FIRST_DAY = 3

Row = tuple[Any, ...]
# Suppliers of a contract → their roles, see ``Contract.SupplierRole``.
RolesOf = Callable[[list[int]], list[str]]


class ProcessRows:
    """The rows of one process, with the organizations that they name."""

    def __init__(self, process: Process, zone: tzinfo = UTC) -> None:
        """Hold a process; days are those of ``zone``, the publisher's."""
        self.process = process
        self.paired = paired_contracts(process)
        self.zone = zone
        parties = [with_register(party, process.country) for party in process.parties]
        self.party_keys = [organization_key(party, process.country, process.ocid) for party in parties]
        self.by_party: dict[tuple[str, str], str] = {}
        self.organizations: dict[str, Row] = {}
        for party, key in zip(parties, self.party_keys, strict=True):
            if party.id:
                self.by_party[party.id, ""] = self.by_party[party.id, party.name] = key
            roles = sorted(set(party.roles))
            if key in self.organizations:
                roles = sorted({*roles, *self.organizations[key][5]})
            name = party.name or party.legal_name or party.id or NOT_NAMED
            self.organizations[key] = (
                key,
                name,
                party.scheme,
                party.identifier,
                party.country or process.country,
                roles,
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
        Return what tells the role of each supplier of a contract among them.

        A record names leads for all of a process: of two among the suppliers of one contract it does not say which one
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
        """Return the values of ``PROCESS_COLUMNS``."""
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
        return (
            process.date,
            process.country,
            process.language[:35],
            tender.title or _first(stage.title for stage in process.stages()),
            tender.description or _first(stage.description for stage in process.stages()),
            keys[buyer] if buyer else None,
            keys[entity] if entity else None,
            self.name_of(process.buyer or tender.procuring_entity),
            *_place_of(process),
            self.ids_of(suppliers, keys),
            _names(self, suppliers),
            tender.status,
            tender.method[:MAX_KEY],  # indexed; the whole text is in the compiled release
            tender.method_details,
            tender.category,
            tender.award_criteria,
            tender_value.amount,
            tender_value.currency,
            period.start if period else None,
            period.end if period else None,
            tender.number_of_tenderers,
            amount,
            currency,
            basis,
            *in_dollars(amount, currency, signed_on or awarded_on or _utc_day(process.date)),
            awarded,
            signed,
            awarded_on,
            signed_on,
            len(process.awards),
            len(process.contracts),
            len(process.bids),
            READING_VERSION,
        )

    def day(self, instant: datetime | None) -> date | None:
        return day_of(instant, self.zone) if instant else None

    def dates(self, signed: datetime | None, award: AwardView | None, period: Period | None) -> Row:
        """Return the days of a contract, and the first of them that is known with its basis."""
        known = (
            (self.day(signed), Contract.DateBasis.SIGNATURE),
            (self.day(award.date if award else None), Contract.DateBasis.AWARD),
            (self.day(self.process.date), Contract.DateBasis.RELEASE),
        )
        first, basis = next((entry for entry in known if entry[0]), (None, ""))
        start, end = (self.day(period.start), self.day(period.end)) if period else (None, None)
        return known[0][0], start, end, first, str(basis)

    def name_of(self, reference: OrganizationReference | None) -> str:
        if reference is None:
            return ""
        if reference.name:
            return reference.name
        key = self.key_of(reference)
        return str(self.organizations[key][1]) if key else ""

    def parties(self, process_id: int, keys: OrganizationKeys) -> Iterable[Row]:
        for party, key in zip(self.process.parties, self.party_keys, strict=True):
            own = keys.merged.get(key)
            groups = [pk for pk in self.ids_of(party.member_of, keys) if pk != keys[key]]
            yield process_id, keys[key], own, party.id, party.name, list(party.roles), groups, party.path

    def awards(self, process_id: int, keys: OrganizationKeys) -> Iterable[Row]:
        for award in self.process.awards:
            value = award.value or Value(path="")
            yield (
                process_id,
                award.id,
                award.title,
                award.status,
                award.date,
                self.day(award.date),
                value.amount,
                value.currency,
                self.ids_of(award.suppliers, keys),
                _names(self, award.suppliers),
                award.path,
            )

    def contracts(self, process_id: int, keys: OrganizationKeys) -> Iterable[Row]:
        """Yield signed contracts, then active awards that have none."""
        roles = self.roles(keys)
        for contract, award, worth in self.paired:
            value = worth or Value(path="")
            suppliers = contract.suppliers or (award.suppliers if award else ())
            period = contract.period or (award.contract_period if award else None)
            days = self.dates(contract.date_signed, award, period)
            yield (
                process_id,
                Contract.Basis.CONTRACT.value,
                contract.id,
                contract.award_id,
                contract.title or (award.title if award else "") or self.process.tender.title,
                contract.status,
                contract.date_signed,
                period.start if period else None,
                period.end if period else None,
                *days,
                value.amount,
                value.currency,
                *in_dollars(value.amount, value.currency, days[_FIRST_DAY]),
                ids := self.ids_of(suppliers, keys),
                _names(self, suppliers),
                roles(ids),
                contract.path,
            )
        yield from self._awards_without_contract(process_id, keys, roles)

    def _awards_without_contract(self, process_id: int, keys: OrganizationKeys, roles: RolesOf) -> Iterable[Row]:
        contracted = {award.path for _contract, award, _value in self.paired if award}
        named = {contract.award_id for contract in self.process.contracts}
        for award in self.process.awards:
            if award.path in contracted or award.id in named or award.status not in {"active", ""}:
                continue
            value = award.value or Value(path="")
            period = award.contract_period
            days = self.dates(None, award, period)
            yield (
                process_id,
                Contract.Basis.AWARD.value,
                "",
                award.id,
                award.title or self.process.tender.title,
                award.status,
                None,
                period.start if period else None,
                period.end if period else None,
                *days,
                value.amount,
                value.currency,
                *in_dollars(value.amount, value.currency, days[_FIRST_DAY]),
                ids := self.ids_of(award.suppliers, keys),
                _names(self, award.suppliers),
                roles(ids),
                award.path,
            )

    def bids(self, process_id: int, keys: OrganizationKeys) -> Iterable[Row]:
        """Yield the bids, then the tenderers of whom the record gives no bid."""
        bidders: set[int] = set()
        for bid in self.process.bids:
            value = bid.value or Value(path="")
            tenderers = self.ids_of(bid.tenderers, keys)
            bidders.update(tenderers)
            yield (
                process_id,
                Bid.Basis.BID.value,
                bid.id,
                bid.status,
                bid.date,
                value.amount,
                value.currency,
                tenderers,
                bid.path,
            )
        for tenderer in self.process.tender.tenderers:
            ids = self.ids_of((tenderer,), keys)
            if ids and not bidders & set(ids):
                yield process_id, Bid.Basis.TENDERER.value, "", "", None, None, "", ids, tenderer.path


def _names(rows: ProcessRows, references: Iterable[OrganizationReference]) -> list[str]:
    return [name for name in dict.fromkeys(rows.name_of(reference) for reference in references) if name]


def _first(texts: Iterable[str]) -> str:
    return next((text for text in texts if text), "")


def _earliest(stages: Iterable[tuple[str, datetime | None]]) -> datetime | None:
    """Return the earliest of some dates with their statuses: of what stands, else of what was cancelled."""
    return min(((status in CANCELLED, date) for status, date in stages if date), default=(False, None))[1]


def _place_of(process: Process) -> tuple[str, float | None, float | None]:
    """Return the region of the buyer, and latitude and longitude of its address, else of the first delivery."""
    body = process.buyer or process.tender.procuring_entity
    party = process.party(body) if body else None
    deliveries = (item.delivery_point for item in process.tender.items)
    point = (party.point if party else None) or next(filter(None, deliveries), None)
    return party.region[:MAX_KEY] if party else "", *(point or (None, None))


def _utc_day(moment: datetime | None) -> date | None:
    return moment.astimezone(UTC).date() if moment else None
