"""
Compiled release → typed objects, with a log of every value that was not read literally.

OCDS 1.1 and 1.0 (parties inside the stages, a single ``amendment``), with the extensions that publishers in Latin
America use: bids, bid opening, lots, finance, budget breakdown, buyers of contracts.
"""

from collections.abc import Iterator
from datetime import MAXYEAR, UTC, tzinfo
from functools import cache, cached_property
from typing import Any

from contracts.ocds.codelists.codes import bid_status
from contracts.ocds.corrections import Correction, MemberReader
from contracts.ocds.fixture_tables import fixture_rows
from contracts.ocds.merging.same_ids import entries_apart
from contracts.ocds.parsing.objects import (
    Award,
    Bid,
    BidStatistic,
    Contract,
    Lot,
    OrganizationReference,
    Planning,
    Process,
    RelatedProcess,
    Tender,
    Transaction,
)
from contracts.ocds.parsing.parties import buyer_among, country_of, party_names, read_parties, referred_to
from contracts.ocds.parsing.pieces import (
    amendments_of,
    code_in,
    documents_of,
    items_of,
    period_of,
    status_of,
    value_of,
)
from contracts.ocds.parsing.plausible import drop_implausible
from contracts.ocds.placeholders import NAME, NUMBER, names_no_process
from contracts.ocds.pointers import escape

Json = dict[str, Any]

# Increase it by one whenever the same record could be parsed differently: then all rules run again.
READING_VERSION = 25


def parse_process(release: Json, *, country: str = "", zone: tzinfo = UTC) -> tuple[Process, list[Correction]]:
    """
    Parse a compiled release.

    :param release: a compiled release, or a single release
    :param country: the publisher's country (ISO 3166-1 alpha-2), if known
    :param zone: the publisher's time zone, for dates without one
    :returns: the process, and the corrections in reading order
    """
    dated = MemberReader(zone).instant(release, "date", "")
    # Its own date replaces today, so that a record is parsed alike on any day.
    reader = MemberReader(zone, year=dated.year if dated else MAXYEAR, apart=entries_apart(release))
    process = drop_implausible(_Parser(reader, release).process(country), reader)
    # A party that is only referenced is parsed twice, as a reference and as a party; its corrections are reported
    # once.
    return process, list(dict.fromkeys(reader.corrections))


class _Parser:
    def __init__(self, reader: MemberReader, release: Json) -> None:
        self.reader = reader
        self.release = release

    @cached_property
    def party_names(self) -> dict[str, str]:
        return party_names(self.release)

    def process(self, country: str) -> Process:
        reader, release = self.reader, self.release
        ocid = reader.written(release, "ocid", "")
        if names_no_process(ocid):
            reader.note("/ocid", ocid, ocid, "ocid_placeholder")
        tender = self.tender(release)
        awards = tuple(self.award(entry, path) for path, entry in reader.mappings(release, "awards", ""))
        contracts = tuple(self.contract(entry, path) for path, entry in reader.mappings(release, "contracts", ""))
        bids_object = reader.mapping(release, "bids", "")
        bids = tuple(self.bid(entry, path) for path, entry in reader.mappings(bids_object, "details", "/bids"))
        buyer = self.reference(release, "buyer", "")
        buyers = (buyer, *self.buyers_of_contracts(release))
        referred = referred_to(buyers, tender.procuring_entity, tender.tenderers, bids, (*awards, *contracts))
        parties = read_parties(reader, release, referred)
        if buyer is None or not (buyer.id or buyer.name):
            buyer = buyer_among(parties) or buyer
        return Process(
            path="",
            ocid=ocid,
            release_id=reader.written(release, "id", ""),
            date=reader.instant(release, "date", ""),
            language=reader.text(release, "language", ""),
            country=country or country_of(parties, buyer),
            initiation_type=reader.text(release, "initiationType", ""),
            buyer=buyer,
            parties=parties,
            planning=self.planning(release),
            tender=tender,
            awards=awards,
            contracts=contracts,
            bids=bids,
            bid_statistics=tuple(
                self.bid_statistic(entry, path) for path, entry in reader.mappings(bids_object, "statistics", "/bids")
            ),
            related_processes=tuple(
                RelatedProcess(
                    path=path,
                    relationship=reader.texts(entry, "relationship", path),
                    identifier=reader.text(entry, "identifier", path),
                    title=reader.text(entry, "title", path),
                )
                for path, entry in reader.mappings(release, "relatedProcesses", "")
            ),
        )

    def planning(self, release: Json) -> Planning:
        reader = self.reader
        planning = reader.mapping(release, "planning", "")
        if not planning:
            return Planning(path="/planning")
        budget = reader.mapping(planning, "budget", "/planning")
        at = "/planning/budget"
        sources = []
        for list_name, member in (("budgetBreakdown", "sourceParty"), ("finance", "financingParty")):
            for path, entry in reader.mappings(budget, list_name, at):
                source = self.reference(entry, member, path)
                if source:
                    sources.append(source)
        return Planning(
            path="/planning",
            rationale=reader.text(planning, "rationale", "/planning"),
            budget_description=reader.text(budget, "description", at),
            budget_project=reader.text(budget, "project", at),
            budget_value=value_of(reader, budget, "amount", at),
            budget_sources=tuple(sources),
            documents=documents_of(reader, planning, "/planning"),
        )

    def tender(self, release: Json) -> Tender:
        reader = self.reader
        tender = reader.mapping(release, "tender", "")
        if not tender:
            return Tender(path="/tender")
        at = "/tender"
        return Tender(
            path=at,
            id=reader.text(tender, "id", at),
            title=reader.text(tender, "title", at),
            description=reader.text(tender, "description", at),
            status=status_of(reader, tender, at),
            method=code_in(reader, tender, "procurementMethod", at),
            method_details=reader.text(tender, "procurementMethodDetails", at),
            method_type=reader.text(tender, "procurementMethodType", at),
            **self.method_label(release, tender),
            method_rationale=reader.text(tender, "procurementMethodRationale", at),
            category=code_in(reader, tender, "mainProcurementCategory", at),
            award_criteria=code_in(reader, tender, "awardCriteria", at),
            award_criteria_details=reader.text(tender, "awardCriteriaDetails", at),
            eligibility_criteria=reader.text(tender, "eligibilityCriteria", at),
            value=value_of(reader, tender, "value", at),
            min_value=value_of(reader, tender, "minValue", at),
            tender_period=period_of(reader, tender, "tenderPeriod", at),
            enquiry_period=period_of(reader, tender, "enquiryPeriod", at),
            award_period=period_of(reader, tender, "awardPeriod", at),
            contract_period=period_of(reader, tender, "contractPeriod", at),
            bid_opening=reader.instant(reader.mapping(tender, "bidOpening", at), "date", f"{at}/bidOpening"),
            number_of_tenderers=reader.integer(tender, "numberOfTenderers", at),
            tenderers=self.tenderers(tender, at),
            procuring_entity=self.reference(tender, "procuringEntity", at),
            items=items_of(reader, tender, at),
            lots=tuple(
                Lot(
                    path=path,
                    id=reader.text(entry, "id", path),
                    title=reader.text(entry, "title", path),
                    description=reader.text(entry, "description", path),
                    status=status_of(reader, entry, path),
                    value=value_of(reader, entry, "value", path),
                    contract_period=period_of(reader, entry, "contractPeriod", path),
                )
                for path, entry in reader.mappings(tender, "lots", at)
            ),
            documents=documents_of(reader, tender, at),
            amendments=amendments_of(reader, tender, at),
        )

    def method_label(self, release: Json, tender: Json) -> dict[str, str]:
        for parent, member in method_label_members():
            place = tender if parent else release
            if isinstance(place.get(member), str) and (label := self.reader.text(place, member, parent)):
                return {"method_label": label, "method_label_path": f"{parent}/{member}"}
        return {}

    def award(self, award: Json, at: str) -> Award:
        reader = self.reader
        return Award(
            path=at,
            id=reader.text(award, "id", at),
            title=reader.text(award, "title", at),
            description=reader.text(award, "description", at),
            rationale=reader.text(award, "rationale", at),
            status=status_of(reader, award, at, complete="active"),
            date=reader.instant(award, "date", at),
            value=value_of(reader, award, "value", at),
            suppliers=self.suppliers(award, at),
            items=items_of(reader, award, at),
            contract_period=period_of(reader, award, "contractPeriod", at),
            related_lots=lots_of(reader, award, at),
            documents=documents_of(reader, award, at),
            amendments=amendments_of(reader, award, at),
        )

    def contract(self, contract: Json, at: str) -> Contract:
        reader = self.reader
        implementation = reader.mapping(contract, "implementation", at)
        inside = f"{at}/implementation"
        return Contract(
            path=at,
            id=reader.text(contract, "id", at),
            award_id=reader.text(contract, "awardID", at),
            title=reader.text(contract, "title", at),
            description=reader.text(contract, "description", at),
            status=status_of(reader, contract, at, complete="terminated"),
            date_signed=reader.instant(contract, "dateSigned", at),
            period=period_of(reader, contract, "period", at),
            value=value_of(reader, contract, "value", at),
            suppliers=self.suppliers(contract, at),
            items=items_of(reader, contract, at),
            documents=documents_of(reader, contract, at),
            amendments=amendments_of(reader, contract, at),
            transactions=tuple(
                Transaction(
                    path=path,
                    id=reader.text(entry, "id", path),
                    date=reader.instant(entry, "date", path),
                    # OCDS 1.0 called the value of a transaction its amount.
                    value=value_of(reader, entry, "value" if "value" in entry else "amount", path),
                )
                for path, entry in reader.mappings(implementation, "transactions", inside)
            ),
            implementation_documents=documents_of(reader, implementation, inside),
        )

    def buyers_of_contracts(self, release: Json) -> Iterator[OrganizationReference | None]:
        """Yield the buyer that each contract names: orders from a catalogue may name it nowhere else."""
        for path, entry in self.reader.mappings(release, "contracts", ""):
            yield self.reference(entry, "buyer", path)

    def bid(self, bid: Json, at: str) -> Bid:
        reader = self.reader
        return Bid(
            path=at,
            id=reader.text(bid, "id", at),
            date=reader.instant(bid, "date", at),
            status=self.bid_status(bid, at),
            value=value_of(reader, bid, "value", at),
            tenderers=self.tenderers(bid, at),
            related_lots=lots_of(reader, bid, at),
        )

    def bid_statistic(self, entry: Json, at: str) -> BidStatistic:
        reader = self.reader
        return BidStatistic(
            path=at,
            measure=reader.text(entry, "measure", at),
            value=reader.amount(entry, "value", at),
            date=reader.instant(entry, "date", at),
            related_lots=lots_of(reader, entry, at),
        )

    def bid_status(self, bid: Json, at: str) -> str:
        """Return the status of a bid; a word of another system is replaced by the code that it means."""
        status = self.reader.text(bid, "status", at)
        if (meant := bid_status(status)) != status:
            self.reader.note(f"{at}/status", status, meant, "code_read")
        return meant

    def reference(self, parent: Json, key: str, at: str) -> OrganizationReference | None:
        key = self.reader.name_of(parent, key, at)
        entry = self.reader.mapping(parent, key, at)
        return self.reference_of(entry, f"{at}/{escape(key)}") if entry else None

    def suppliers(self, parent: Json, at: str) -> tuple[OrganizationReference, ...]:
        return tuple(self.reference_of(entry, path) for path, entry in self.reader.mappings(parent, "suppliers", at))

    def tenderers(self, parent: Json, at: str) -> tuple[OrganizationReference, ...]:
        """
        Parse the tenderers of a bid.

        They are counted, so entries without a name, here and in the party, are left out, and so are entries without a
        name whose id is a placeholder.
        """
        found = []
        for path, entry in self.reader.mappings(parent, "tenderers", at):
            reference = self.reference_of(entry, path)
            is_empty = "name" in entry or ("id" in entry and not reference.id)
            if is_empty and not reference.name and not self.party_names.get(reference.id):
                self.reader.note(path, entry, None, "party_without_name")
            else:
                found.append(reference)
        return tuple(found)

    def reference_of(self, entry: Json, path: str) -> OrganizationReference:
        """
        Parse a reference; one without id (OCDS 1.0) is identified by its identifier, one with a placeholder by its
        name.
        """
        reader = self.reader
        name = reader.text(entry, "name", path, kind=NAME)
        own_id = reader.text(entry, "id", path, kind=NUMBER)
        if not own_id and isinstance(entry.get("identifier"), dict):
            identifier = entry["identifier"]
            scheme = reader.text(identifier, "scheme", f"{path}/identifier")
            number = reader.text(identifier, "id", f"{path}/identifier", kind=NUMBER)
            own_id = "-".join(part for part in (scheme, number) if part) if number else ""
            name = name or reader.text(identifier, "legalName", f"{path}/identifier", kind=NAME)
        if not own_id and not name:
            name = self.party_names.get(str(entry.get("id")), "")
        return OrganizationReference(path=path, id=own_id, name=name)


def lots_of(reader: MemberReader, parent: dict[str, Any], path: str) -> tuple[str, ...]:
    """
    Return the ids of the lots, without repetitions; some publishers use ``relatedLot``, as in items,
    for one or more.
    """
    lots = reader.texts(parent, "relatedLots", path)
    # Only under its exact name: a similar name is also similar to ``relatedLots``.
    if "relatedLot" not in parent:
        return lots
    if isinstance(parent["relatedLot"], list):
        own = reader.texts(parent, "relatedLot", path)
    else:
        own = (reader.text(parent, "relatedLot", path),)
    return tuple(dict.fromkeys(lot for lot in (*own, *lots) if lot))


@cache
def method_label_members() -> tuple[tuple[str, str], ...]:
    """Return the places, each as the JSON Pointer of an object, ``""`` or ``/tender``, and the name of its member."""
    places = [row["pointer"].rpartition("/") for row in fixture_rows("reading/method_labels")]
    return tuple((parent, member) for parent, _slash, member in places)
