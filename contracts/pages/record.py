"""A contracting process for people to read, on its page and on a flag's: facts, parties, stages, documents."""

from collections.abc import Callable, Iterator
from datetime import datetime, tzinfo
from itertools import zip_longest
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.db.models import TextField
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils.translation import gettext as _

from contracts.api.addresses import process_address
from contracts.intake.documents.linked_documents import linked_documents, parse_stored, zone_of
from contracts.models import Contract, ContractingProcess
from contracts.ocds.codelists.codes import DOCUMENT_TYPES, word_of
from contracts.ocds.gate.document import decode_stored
from contracts.ocds.parsing import objects
from contracts.ocds.parsing.calendar_days import day_of
from contracts.pages.display import (
    Link,
    Rows,
    amount,
    country_in_words,
    cut,
    day,
    first_rows,
    in_dollars,
    in_words,
    minute,
    names,
    process_provenance,
    web_link,
    worth,
)
from contracts.translating import language_in_force

# Longer texts are folded, in characters.
LONG = 400
MAX_FACT_LENGTH = 20_000


class Fact(NamedTuple):
    label: str
    value: str

    @property
    def is_long(self) -> bool:
        """Whether it is shown over the whole width, folded after its beginning."""
        return len(self.value) > LONG


class Document(NamedTuple):
    """
    A document that a record lists, or a file that people attached to it.

    ``attached`` leads to the file that a person attached to the document's link, ``attach`` to the form for attaching
    it; both are only for the desk. ``copy`` and ``text`` are public addresses of a published document.
    """

    title: str
    type: str
    published: str
    link: Link
    attached: Link
    attach: str
    copy: str = ""
    text: str = ""


class Record(NamedTuple):
    """
    What a page shows of a process; all of it is text, which templates must escape.

    ``whole`` is the address of the whole record, for rows that the lists leave out.
    """

    facts: list[Fact]
    links: list[Fact | Link]
    parties: Rows
    awards: Rows
    contracts: Rows
    bids: Rows
    documents: Rows
    whole: str


def compiled_release(process_id: int) -> tuple[str, dict[str, Any]]:
    """Return the present compiled release as JSON text, and decoded with exact numbers."""
    text = (
        ContractingProcess.objects.annotate(text=Cast("compiled_release", TextField()))
        .values_list("text", flat=True)
        .get(pk=process_id)
    )
    return text, decode_stored(text)


def read_record(process: ContractingProcess, release: dict[str, Any], *, for_desk: bool = False) -> Record:
    """
    Read a process for its page.

    :param process: with buyer, procuring entity and publisher loaded
    :param release: its compiled release
    :param for_desk: whether to show numbers of natural persons unmasked, and files that are not published
    """
    parties = first_rows(process.parties.select_related("organization"))
    bids = first_rows(process.bids.all())
    contracts = first_rows(process.contracts.all())
    taking_part = [*(bid.tenderers for bid in bids.shown), *(contract.suppliers for contract in contracts.shown)]
    known = _names(process, parties.shown, taking_part)
    parsed, zone = parse_stored(process, release), zone_of(process)
    dated = {bid.path: written_day(bid.date, zone) for bid in parsed.bids}
    # An organization without a country of its own has that of its records, which is not shown as stated here.
    countries = {party.path: party.country for party in parsed.parties}
    return Record(
        facts=[
            Fact(str(label), cut(value, MAX_FACT_LENGTH)) for label, value in _facts(process, parsed, zone) if value
        ],
        links=list(source_links(process)),
        parties=_each(lambda party: _party(party, countries.get(party.path, ""), for_desk), parties),
        awards=_each(_award, first_rows(process.awards.all())),
        contracts=_each(lambda contract: _contract(contract, known), contracts),
        bids=_each(lambda bid: _bid(bid, known, dated.get(bid.path, "")), bids),
        documents=first_rows(list(_documents(process, parsed, for_desk))),
        whole=process_address(process.ocid, format="json"),
    )


def _each(describe: Callable[[Any], dict[str, str]], rows: Rows) -> Rows:
    return rows._replace(shown=[describe(row) for row in rows.shown])


def _names(process: ContractingProcess, parties: list[Any], taking_part: list[list[int]]) -> dict[int, str]:
    """Return the names of bidders and suppliers; most are among the parties already read."""
    known = {party.organization_id: party.name or str(party.organization) for party in parties}
    missing = {pk for pks in taking_part for pk in pks} - known.keys()
    if missing:
        others = process.parties.filter(organization__in=missing).select_related("organization")
        known |= {party.organization_id: party.name or str(party.organization) for party in others}
    return known


def written_day(moment: datetime | None, zone: tzinfo) -> str:
    """Return the day of a record's timestamp in its author's time zone, because the stored one is in UTC."""
    return day(day_of(moment, zone)) if moment else ""


def _funders(planning: objects.Planning) -> Iterator[str]:
    """Yield the names of budget sources that the budget's description does not mention."""
    for source in planning.budget_sources:
        if source.name and source.name not in planning.budget_description:
            yield source.name


def _facts(process: ContractingProcess, parsed: objects.Process, zone: tzinfo) -> Iterator[tuple[str, str]]:
    yield _("Title"), process.title
    yield _("Description"), process.description if process.description != process.title else ""
    yield _("Buyer"), process.buyer_name or str(process.buyer or "")
    if process.procuring_entity_id != process.buyer_id:
        yield _("Procuring entity"), str(process.procuring_entity or "")
    yield _("Suppliers"), names(process.supplier_names)
    planning = parsed.planning
    yield _("Budget source"), ", ".join(filter(None, [planning.budget_description, *_funders(planning)]))
    yield _("Value"), worth(process)
    yield _("In US dollars"), in_dollars(process)
    yield _("Value of the tender"), amount(process.tender_amount, process.tender_currency)
    yield _("Procurement method"), _beside(in_words(process.procurement_method), process.procurement_method_details)
    yield _("Main category"), in_words(process.category)
    yield _("Award criteria"), in_words(process.award_criteria)
    yield _("Status of the tender"), in_words(process.status)
    period = parsed.tender.tender_period
    if period:
        yield _("Tender period"), _period(written_day(period.start, zone), written_day(period.end, zone))
    if process.number_of_tenderers is not None:
        yield _("Number of tenderers"), str(process.number_of_tenderers)
    yield _("First award"), day(process.awarded_on)
    yield _("First signature"), day(process.signed_on)
    yield _("Country"), country_in_words(process.country)
    yield _("Date of the latest release"), day(process.date)


def source_links(process: ContractingProcess) -> Iterator[Fact | Link]:
    """Yield the publisher of a record, its licence and address; without a publisher how it was received."""
    publisher = process.publisher
    if publisher is None:
        yield Fact(_("Source"), process_provenance(process))
        return
    yield Fact(_("Publisher"), publisher.name)
    yield Fact(_("Licence"), publisher.licence or _("not stated"))
    if publisher.source_url:
        yield web_link(publisher.source_url)


def _party(party: Any, country: str, for_desk: bool) -> dict[str, str]:  # noqa: FBT001
    organization = party.organization
    number = organization.identifier if for_desk else organization.shown_identifier
    return {
        "name": party.name or organization.name,
        "identifier": f"{organization.scheme} {number}".strip(),
        "country": country_in_words(country),
        "roles": in_words(*party.roles),
    }


def _award(award: Any) -> dict[str, str]:
    return {
        "id": award.award_id,
        "title": award.title,
        "status": in_words(award.status),
        "date": day(award.awarded_on),
        "value": amount(award.amount, award.currency),
        "who": names(award.supplier_names),
    }


def _contract(contract: Any, known: dict[int, str]) -> dict[str, str]:
    return {
        "id": contract.contract_id or contract.award_id,
        "title": contract.title,
        "status": _beside(
            in_words(contract.status), "" if contract.basis == "contract" else contract.get_basis_display()
        ),
        "date": day(contract.signed_on),
        "period": _period(day(contract.starts_on), day(contract.ends_on)),
        "value": amount(contract.amount, contract.currency),
        "dollars": in_dollars(contract),
        "who": names(contract.supplier_names) if len(contract.suppliers) < 2 else _roles(contract, known),
    }


def _roles(contract: Any, known: dict[int, str]) -> str:
    """Return the suppliers of a contract with their roles, as far as the record states them."""
    each: dict[str, list[str]] = {}
    for pk, role in zip_longest(contract.suppliers, contract.supplier_roles):
        each.setdefault(role or "", []).append(known.get(pk, ""))
    labels = dict(Contract.SupplierRole.choices)
    return " · ".join(f"{labels[role]}: {names(of)}" if role else names(of) for role, of in each.items())


def _bid(bid: Any, tenderers: dict[int, str], dated: str) -> dict[str, str]:
    return {
        "id": bid.bid_id,
        "title": "",
        "status": _beside(in_words(bid.status), "" if bid.basis == "bid" else bid.get_basis_display()),
        "date": dated,
        "value": amount(bid.amount, bid.currency),
        "who": names([tenderers.get(pk, "") for pk in bid.tenderers]),
    }


def _documents(process: ContractingProcess, parsed: objects.Process, for_desk: bool) -> Iterator[Document]:  # noqa: FBT001
    for linked in linked_documents(process, parsed, sees_all=for_desk):
        document = linked.named
        title = document.title or document.description or document.id
        sha256 = linked.attached.pk if linked.attached else ""
        page = Link(sha256[:12], f"/documents/{sha256}/pages/1") if sha256 else Link("")
        query = urlencode({"ocid": process.ocid, "url": document.url})
        attach = f"{reverse('admin:contracts_attachment_add')}?{query}"
        type_ = word_of(document.type, language_in_force(), DOCUMENT_TYPES)
        if linked.attached and not linked.is_linked:
            title, type_ = linked.attached.kind, _("attached to the record, which does not link it")
        shown = Document(title, type_, minute(document.published), web_link(document.url), page, attach)
        if linked.attached and linked.attached.published_on:
            address = reverse("document-text", args=[sha256])
            shown = shown._replace(copy=f"/documents/{sha256}/copy", text=address)
        yield shown


def _beside(first: str, second: str) -> str:
    return f"{first} ({second})" if first and second else first or second


def _period(start: str, end: str) -> str:
    return f"{start} – {end}" if start or end else ""
