"""
Whether the values of a record that ``shapes`` describes stand as they should, all of those that ``parse`` would read.

They are gathered by kind and looked at together: to ask for each by itself is what takes long.
"""

from collections.abc import Sequence
from datetime import MAXYEAR, datetime, timedelta
from decimal import Decimal
from typing import Any

from msgspec import Struct
from msgspec.structs import force_setattr

from contracts.ocds import shapes
from contracts.ocds.corrections import (
    AMOUNT_DIGITS,
    AMOUNT_PLACES,
    FIRST_YEAR,
    YEARS_AHEAD,
    YEARS_OF_TERM,
    known_currencies,
    need_no_correction,
)
from contracts.ocds.method_labels import method_label_members
from contracts.ocds.placeholders import NAME, NUMBER

Json = dict[str, Any]

_HUNDREDTH, _TENTH = Decimal("0.01"), Decimal("0.1")
_TOO_MUCH = Decimal(10) ** (AMOUNT_DIGITS - AMOUNT_PLACES)
# PostgreSQL has no larger offset from UTC.
_OFFSETS = timedelta(hours=15)


class OddError(Exception):
    """Raised at a value that ``parse`` has to read."""


def member_names(value: Json) -> set[str]:
    """Return the names of all members, however deep."""
    found: set[str] = set()
    _add_names(value, found)
    return found


def _add_names(value: Json, found: set[str]) -> None:
    found.update(value)
    for member in value.values():
        if type(member) is dict:
            _add_names(member, found)
        elif type(member) is list:
            for entry in member:
                if type(entry) is dict:
                    _add_names(entry, found)


class _Read(Struct, gc=False):
    """All values of a record that ``parse`` would look at, by kind."""

    texts: list[str] = []
    names: list[str] = []
    numbers: list[str] = []
    # In no column: spaces around them do not matter.
    others: list[str] = []
    dates: list[datetime | None] = []
    # That end what may last for generations.
    terms: list[datetime | None] = []
    amounts: list[Decimal | int] = []
    values: list[shapes.Value] = []

    def value(self, value: shapes.Value | None) -> None:
        if value is not None:
            self.values.append(value)

    def period(self, period: shapes.Period | None, *, is_term: bool = False) -> None:
        if period is not None:
            self.dates.append(period.start)
            (self.terms if is_term else self.dates).extend((period.end, period.max_extent))

    def reference(self, reference: shapes.OrganizationReference | None) -> None:
        if reference is not None:
            self.numbers.append(reference.id)
            self.names.append(reference.name)
            if reference.identifier is not None or reference.address is not None:
                self.party(reference)

    def party(self, reference: shapes.OrganizationReference) -> None:
        """Look at what tells who it is, beside id and name."""
        identifier, address = reference.identifier, reference.address
        if identifier is not None:
            self.numbers.append(identifier.id)
            self.names.append(identifier.legal_name)
            self.texts.append(identifier.scheme)
        if address is not None:
            self.texts += address.country_name, address.country, address.region

    def references(self, references: Sequence[shapes.OrganizationReference]) -> None:
        for reference in references:
            self.reference(reference)

    def stage(self, stage: shapes.Stage) -> None:
        self.items(stage.items)
        self.documents(stage.documents)
        for amendment in stage.amendments:
            self.amendment(amendment)
        if stage.amendment is not None:
            self.amendment(stage.amendment)

    def amendment(self, amendment: shapes.Amendment) -> None:
        self.others += amendment.id, amendment.rationale, amendment.description
        self.dates.append(amendment.date)

    def items(self, items: Sequence[shapes.Item]) -> None:
        for item in items:
            self.others += item.id, item.description, item.related_lot, item.status
            if item.quantity is not None:
                self.amounts.append(item.quantity)
            if item.unit is not None:
                self.value(item.unit.value)
            for entry in (
                item.additional_classifications
                if item.classification is None
                else (item.classification, *item.additional_classifications)
            ):
                self.others += entry.scheme, entry.id, entry.description

    def documents(self, documents: Sequence[shapes.Document]) -> None:
        for document in documents:
            self.others += document.id, document.type, document.title, document.description, document.url
            self.dates.append(document.published)


def check_values(read: shapes.Release, release: Json, *, is_plain: bool) -> None:
    """
    Look at all that ``parse`` would read, in the order of its methods.

    :param is_plain: whether it is known that no text has a control character
    :raises OddError: if a value is not as it should be
    """
    found = _Read([], [], [], [], [], [], [], [])
    found.texts += read.ocid, read.language
    found.others += read.id, read.initiation_type
    found.dates.append(read.date)
    found.reference(read.buyer)
    _check_planning(read.planning, found)
    _check_tender(read.tender, found)
    for parent, member in method_label_members():
        place = release.get("tender", {}) if parent else release
        if isinstance(label := place.get(member), str):
            found.others.append(label)
    for award in read.awards:
        found.texts += award.id, award.title, award.description, award.status
        found.others += award.rationale, award.related_lot, *award.related_lots
        found.dates.append(award.date)
        found.value(award.value)
        found.references(award.suppliers)
        found.period(award.contract_period, is_term=True)
        found.stage(award)
    for contract in read.contracts:
        found.texts += contract.id, contract.award_id, contract.title, contract.description, contract.status
        found.dates.append(contract.date_signed)
        found.value(contract.value)
        found.references(contract.suppliers)
        found.period(contract.period, is_term=True)
        found.stage(contract)
        found.documents(contract.implementation.documents)
        for transaction in contract.implementation.transactions:
            found.others.append(transaction.id)
            found.dates.append(transaction.date)
            found.value(transaction.value)
            found.value(transaction.amount)
    for bid in read.bids.details:
        found.texts += bid.id, bid.status
        found.others += bid.related_lot, *bid.related_lots
        found.dates.append(bid.date)
        found.value(bid.value)
        found.references(bid.tenderers)
    for statistic in read.bids.statistics:
        found.others += statistic.measure, statistic.related_lot, *statistic.related_lots
        found.dates.append(statistic.date)
        if statistic.value is not None:
            found.amounts.append(statistic.value)
    for related in read.related_processes:
        found.others += related.identifier, related.title, *related.relationship
    for party in read.parties:
        found.texts += party.roles
        found.reference(party)
        for group in party.member_of:
            found.reference(group)
    _check_found(found, read.date, is_plain=is_plain)


def _check_planning(planning: shapes.Planning, found: _Read) -> None:
    budget = planning.budget
    found.others += planning.rationale, budget.description, budget.project
    found.value(budget.amount)
    for source in (*budget.budget_breakdown, *budget.finance):
        found.reference(source.source_party)
        found.reference(source.financing_party)
    found.documents(planning.documents)


def _check_tender(tender: shapes.Tender, found: _Read) -> None:
    found.texts += tender.title, tender.description, tender.status, tender.method, tender.method_details
    found.texts += tender.category, tender.award_criteria
    found.others += tender.id, tender.method_type, tender.method_rationale
    found.others += tender.award_criteria_details, tender.eligibility_criteria
    found.value(tender.value)
    found.value(tender.min_value)
    for period in (tender.tender_period, tender.enquiry_period, tender.award_period):
        found.period(period)
    found.period(tender.contract_period, is_term=True)
    found.dates.append(tender.bid_opening.date)
    found.references(tender.tenderers)
    found.reference(tender.procuring_entity)
    for lot in tender.lots:
        found.others += lot.id, lot.title, lot.description, lot.status
        found.value(lot.value)
        found.period(lot.contract_period, is_term=True)
    found.stage(tender)


def _check_found(found: _Read, dated: datetime | None, *, is_plain: bool) -> None:
    year = dated.year if dated else MAXYEAR
    for dates, ahead in ((found.dates, YEARS_AHEAD), (found.terms, YEARS_OF_TERM)):
        last = min(year + ahead, MAXYEAR - 1)  # the last year of all stands where nothing is known
        for date in dates:
            if date is None:
                continue
            offset = date.utcoffset()
            if not FIRST_YEAR <= date.year <= last or offset is None or abs(offset) >= _OFFSETS:
                raise OddError
    currencies = known_currencies()
    for value in found.values:
        amount = value.amount
        if amount is not None:
            found.amounts.append(amount)
            if type(amount) is int:
                force_setattr(value, "amount", Decimal(amount))
        elif not value.currency:
            raise OddError
        if value.currency and value.currency not in currencies:
            raise OddError
    for amount in found.amounts:
        if not 0 <= amount < _TOO_MUCH:
            raise OddError
        if type(amount) is Decimal and not (amount.same_quantum(_HUNDREDTH) or amount.same_quantum(_TENTH)):
            exponent = amount.as_tuple().exponent
            # Zero has an exponent too, and may be written with one for which there is no room.
            if not isinstance(exponent, int) or not -AMOUNT_PLACES <= exponent < AMOUNT_DIGITS - AMOUNT_PLACES:
                raise OddError
    if not (
        need_no_correction(found.texts, is_plain=is_plain)
        and need_no_correction(found.names, NAME, is_plain=is_plain)
        and need_no_correction(found.numbers, NUMBER, is_plain=is_plain)
        and need_no_correction(found.others, is_exact=False, is_plain=is_plain)
    ):
        raise OddError
