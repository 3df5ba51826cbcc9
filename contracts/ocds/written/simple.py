"""
Simple contract (flat JSON, as a person would write it) → OCDS 1.1 release.

One path serves both: what is sent as a simple contract is read, merged and audited as an OCDS release.
"""

import difflib
import hashlib
import json
from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from msgspec import Struct

from contracts.ocds.codelists.countries import country_code
from contracts.ocds.fixture_tables import as_listed
from contracts.ocds.links import is_address
from contracts.ocds.pointers import escape
from contracts.ocds.problems import Problem, RefusedError
from contracts.ocds.written.named_numbers import number_in_name
from contracts.ocds.written.written_values import Notation, Understood, ValueReader, kind_of

Json = dict[str, Any]

OCID_PREFIX = "veedor"

_TEXTS = ("title", "description", "method", "method_details", "language", "category", "financing", "source_url")
# Number of years that each date may be in the future: concessions run for decades; publication and signature are in
# the past, give or take a day.
DATES = {"date": 1, "date_signed": 1, "start_date": 50, "end_date": 100}
PARTIES = ("buyer", "supplier", "suppliers", "funder", "funders")
KNOWN = {*_TEXTS, *DATES, *PARTIES, "id", "country", "value", "amount", "currency", "documents"}
PARTY_KNOWN = {"name", "id", "scheme", "country", "legal_name"}
DOCUMENT_KNOWN = {"url", "title", "description", "type"}
VALUE_KNOWN = {"amount", "currency"}
# More than a person corrects one by one.
MAX_PROBLEMS = 100
# The form in which a contract is digested.
_ENCODE = json.JSONEncoder(ensure_ascii=True, sort_keys=True, separators=(",", ":"), default=str).encode


class SimpleContract(Struct, frozen=True):
    """
    A parsed simple contract: its release, and the values that were normalised.

    ``warnings`` are about likely mistakes; none is refused.
    """

    release: Json
    understood: tuple[Understood, ...] = ()
    warnings: tuple[Problem, ...] = ()


def release_from_simple(contract: Json) -> Json:
    """Return the release of a simple contract; see ``read_simple``."""
    return read_simple(contract).release


def read_simple(
    contract: Json,
    *,
    received: str = "",
    notations: Mapping[str, Notation] | None = None,
    needs_title: bool = True,
    today: date | None = None,
) -> SimpleContract:
    """
    Convert a simple contract to an OCDS release.

    The ``ocid`` is derived from the contract: from ``id`` (with buyer and country, so that number 1 of two senders
    differ) if it has one; or else from its object, buyer, supplier, amount and day, so that the same contract in other
    words is not a second one; or else from the whole content. The same contract always gives the same release. Unknown
    members are refused: otherwise they would be published unseen.

    :param contract: a JSON object: ``title``, ``description``, ``buyer``, ``supplier``/``suppliers``,
        ``funder``/``funders``, ``financing``, ``value``/``amount``, ``currency``, ``date``, ``date_signed``,
        ``start_date``, ``end_date``, ``method``, ``method_details``, ``category``, ``country``, ``language``,
        ``source_url``, ``documents``, ``id``
    :param received: date (RFC 3339) of the release if the contract has none
    :param notations: name of a member → its notation, if known
    :param needs_title: whether title or description is required; rows of publishers may lack both
    :param today: day to compare dates with, by default the current one (UTC)
    :raises RefusedError: if a field has the wrong type, or if neither title nor description is given; its ``problems``
        are all of them, with JSON Pointers into the contract
    """
    form = _Form(contract, notations)
    release = form.release(received, today or datetime.now(UTC).date(), needs_title=needs_title)
    if form.problems:
        raise RefusedError(*form.problems)
    return SimpleContract(release, tuple(form.understood), tuple(form.warnings))


def _objects(value: Any, at: str) -> Iterator[tuple[str, Json]]:
    """Yield the objects of a list, or the object in its place, with their pointers."""
    entries = enumerate(value) if isinstance(value, list) else [("", value)]
    for index, entry in entries:
        if isinstance(entry, dict):
            yield f"{at}/{index}".rstrip("/"), entry


def _nearest(name: str, known: Collection[str]) -> str:
    """Return the known name with the most similar spelling, or that contains the name as a word; ``""`` if none."""
    plain = name[:60].lower().replace("-", "_").replace(" ", "_")
    near = difflib.get_close_matches(plain, sorted(known), n=1, cutoff=0.7)
    near += [other for other in sorted(known) if plain in other.split("_")]
    return near[0] if near else ""


def digest(value: Any) -> str:
    """Return the SHA-256 of a JSON value, in hexadecimal."""
    return hashlib.sha256(_ENCODE(value).encode()).hexdigest()


def key_of_name(name: str) -> str:
    """Return the id of a party of which only the name is known."""
    return f"name-{digest(name)[:16]}"


def _natural_key(title: str, buyers: list[str], suppliers: list[str], value: Json, day: str, country: str) -> str:
    """Return a digest of the facts that identify a contract; ``""`` if too few are known."""
    if not title or not buyers or not (suppliers or value):
        return ""
    names = [sorted(map(as_listed, parties)) for parties in (buyers, suppliers)]
    amount = f"{Decimal(str(value['amount'])).normalize():f}" if value else ""
    return digest([as_listed(title), names, amount, value.get("currency", ""), day[:10], country])


class _Form(ValueReader):
    def __init__(self, contract: Any, notations: Mapping[str, Notation] | None) -> None:
        super().__init__(notations)
        self.parties: dict[str, Json] = {}
        # By the original name of a party: the same contract keeps its ocid, whatever is parsed from the name.
        self.written: dict[str, str] = {}
        self.contract: Json = contract if isinstance(contract, dict) else {}
        if not isinstance(contract, dict):
            self.problem("", "object", **kind_of(contract))

    def release(self, received: str, today: date, *, needs_title: bool) -> Json:
        self.refuse_unknown()
        texts = {name: self.text(self.contract, name, "") for name in _TEXTS}
        country = self.country_of(self.contract, "")
        texts["language"] = self.language_of(texts["language"])
        self.language, self.country = texts["language"][:2].lower(), country or self.country_of_buyer()
        method = self.method(texts["method"])
        texts["category"] = self.category(texts["category"])
        dates = self.dates(today)
        if needs_title and not texts["title"] and not texts["description"] and not self.problems:
            self.problem("/title", "title")
        own_id = self.identity(self.contract, "id", "")
        value = self.value()
        buyers = self.party_list(("buyer",), "buyer", country)
        suppliers = self.party_list(("supplier", "suppliers"), "supplier", "")
        funders = self.party_list(("funder", "funders"), "funder", "")
        documents = self.documents(texts["source_url"])

        # One that was signed is a contract, even if its supplier is not known.
        is_signed = bool(suppliers or dates["date_signed"])
        content = digest(self.contract)
        buying, selling = ([self.written[party["id"]] for party in parties] for parties in (buyers, suppliers))
        signed = dates["date_signed"] or dates["date"] or dates["start_date"]
        natural = (
            digest([own_id, buying[0] if buying else "", country])
            if own_id
            else _natural_key(texts["title"] or texts["description"], buying, selling, value, signed, country)
        )
        key = (natural or content)[:20]
        return _filled(
            ocid=f"{OCID_PREFIX}-{key}",
            id=content[:32],
            initiationType="tender",
            date=dates["date"] or dates["date_signed"] or received,
            language=texts["language"],
            buyer=buyers[0] if buyers else None,
            planning=_planning(texts["financing"], funders),
            tender=_tender(texts, method, value, dates, documents, own_id or key, is_signed=is_signed),
            tag=["tender", "award", "contract"] if is_signed else ["tender"],
            awards=[_award(texts, value, dates, suppliers)] if is_signed else [],
            contracts=[_contract(texts, value, dates)] if is_signed else [],
            parties=list(self.parties.values()),
        )

    def refuse_unknown(self) -> None:
        """Report unknown members, also in parties, documents and value."""
        self.unknown(self.contract, KNOWN, "")
        for name in PARTIES:
            for at, entry in _objects(self.contract.get(name), f"/{name}"):
                self.unknown(entry, PARTY_KNOWN, at)
        for at, entry in _objects(self.contract.get("documents"), "/documents"):
            self.unknown(entry, DOCUMENT_KNOWN, at)
        for at, entry in _objects(self.contract.get("value"), "/value"):
            self.unknown(entry, VALUE_KNOWN, at)

    def unknown(self, parent: Json, known: Collection[str], at: str) -> None:
        for name in parent:
            if name not in known and len(self.problems) < MAX_PROBLEMS:
                near = _nearest(name, known)
                values = {"name": name[:60]} | ({"near": near} if near else {"names": ", ".join(sorted(known))})
                self.problem(f"{at}/{escape(name)}", "unknown_near" if near else "unknown", **values)

    def country_of_buyer(self) -> str:
        """Return the country of the buyer; whether it is valid is checked where the buyer is parsed."""
        buyer = self.contract.get("buyer")
        name = buyer.get("country") if isinstance(buyer, dict) else None
        return country_code(name) if isinstance(name, str) else ""

    def dates(self, today: date) -> dict[str, str]:
        dates = {name: self.date(self.contract, name, "") for name in DATES}
        for name, years in DATES.items():
            if int(dates[name][:4] or 0) > today.year + years:
                self.warn("date_far_ahead", f"/{name}", date=self.contract[name][:40], years=years)
        start, end = dates["start_date"][:10], dates["end_date"][:10]
        if end and end < start:
            self.warn("period_reversed", "/end_date", start=start, end=end)
        return dates

    def value(self) -> Json:
        """Read ``value`` (a number or ``{amount, currency}``) or ``amount``, with ``currency``."""
        currency, currency_at = self.text(self.contract, "currency", ""), "/currency"
        found, at = self.contract.get("value"), "/value"
        if isinstance(found, dict):
            if inside := self.text(found, "currency", at):
                currency, currency_at = inside, "/value/currency"
            found, at = found.get("amount"), "/value/amount"
        other = self.contract.get("amount")
        if found in (None, ""):
            found, at = other, "/amount"
        elif other not in (None, "") and str(other).strip() != str(found).strip():
            self.problem("/amount", "amounts", first=str(found)[:40], second=str(other)[:40])
        value = self.money(found, at, currency, currency_at)
        if value and "currency" not in value:
            self.warn("currency_missing", at)
        if value and value["amount"] < 0:
            self.warn("amount_negative", at, amount=str(found)[:40])
        for entry in self.understood:
            if entry.pointer == at:
                self.warn("amount_read", at, text=entry.found[:60], amount=entry.used)
        return value

    def party_list(self, names: tuple[str, ...], role: str, country: str) -> list[Json]:
        """Read parties given as a name, an object, or a list of either; return OCDS references to them."""
        references = []
        for name in names:
            found = self.contract.get(name)
            if found is None or found == "":
                continue
            entries = found if isinstance(found, list) else [found]
            for index, entry in enumerate(entries):
                at = f"/{name}/{index}" if isinstance(found, list) else f"/{name}"
                reference = self.party(entry, at, role, country)
                if reference and reference not in references:
                    references.append(reference)
        return references

    def party(self, entry: Any, at: str, role: str, country: str) -> Json | None:
        if isinstance(entry, str):
            entry = {"name": entry}
        if not isinstance(entry, dict):
            self.problem(at, "party", **kind_of(entry))
            return None
        name = self.text(entry, "name", at)
        if not name:
            self.problem(f"{at}/name" if "name" in entry else at, "party_name")
            return None
        scheme = self.text(entry, "scheme", at)
        number = self.identity(entry, "id", at)
        code, written = self.country_of(entry, at) or country, name
        if not (scheme or number) and (found := number_in_name(name, code or self.country)):
            self.note(at, name, f"{found.name}, {found.scheme} {found.number}")
            name, scheme, number = found
        key = "-".join(part for part in (scheme, number) if part) or key_of_name(name)
        self.written.setdefault(key, written)
        party = self.parties.setdefault(key, {"id": key, "name": name, "roles": []})
        if role not in party["roles"]:
            party["roles"].append(role)
        if number:
            party["identifier"] = {"id": number} | ({"scheme": scheme} if scheme else {})
        legal_name = self.text(entry, "legal_name", at)
        if legal_name:
            party.setdefault("identifier", {})["legalName"] = legal_name
        if code:
            party["address"] = {"countryName": code}
        return {"id": key, "name": name}

    def documents(self, source_url: str) -> list[Json]:
        documents: list[Json] = []
        if source_url:
            if not is_address(source_url):
                self.problem("/source_url", "url", text=source_url[:60])
            link = self.link(source_url, "/source_url")
            documents.append({"id": "source", "documentType": "tenderNotice", "url": link})
        found = self.contract.get("documents")
        if found is None:
            return documents
        if not isinstance(found, list):
            self.problem("/documents", "documents", **kind_of(found))
            return documents
        for index, entry in enumerate(found):
            at = f"/documents/{index}"
            document = {"url": entry} if isinstance(entry, str) else entry
            if not isinstance(document, dict):
                self.problem(at, "document", **kind_of(entry))
                continue
            url = self.text(document, "url", at)
            if url and not is_address(url):
                self.problem(f"{at}/url" if document is entry else at, "url", text=url[:60])
            title = self.text(document, "title", at)
            if not url and not title:
                self.problem(at, "document_empty")
            documents.append(
                {"id": str(index + 1)}
                | ({"documentType": self.text(document, "type", at)} if document.get("type") else {})
                | ({"title": title} if title else {})
                | ({"description": self.text(document, "description", at)} if document.get("description") else {})
                | ({"url": self.link(url, f"{at}/url" if document is entry else at)} if url else {})
            )
        return documents


def _filled(**members: Any) -> Json:
    """Return an object without the members that say nothing."""
    return {name: member for name, member in members.items() if member}


def _planning(financing: str, funders: list[Json]) -> Json:
    breakdown = [{"id": str(number), "sourceParty": funder} for number, funder in enumerate(funders, 1)]
    return _filled(budget=_filled(description=financing, budgetBreakdown=breakdown))


def _tender(
    texts: dict[str, str],
    method: str,
    value: Json,
    dates: dict[str, str],
    documents: list[Json],
    tender_id: str,
    *,
    is_signed: bool,
) -> Json:
    written, details = texts["method"], texts["method_details"]
    # The name of a method says more than its code.
    if written.lower() != method:
        details = " / ".join(part for part in (written, details) if part)
    return _filled(
        id=tender_id,
        title=texts["title"],
        description=texts["description"],
        procurementMethod=method,
        procurementMethodDetails=details,
        mainProcurementCategory=texts["category"],
        value=None if is_signed else value,
        contractPeriod=None if is_signed else _period(dates),
        documents=documents,
    )


def _award(texts: dict[str, str], value: Json, dates: dict[str, str], suppliers: list[Json]) -> Json:
    return _filled(
        id="1",
        title=texts["title"],
        status="active",
        date=dates["date_signed"] or dates["date"],
        suppliers=suppliers,
        value=value,
    )


def _contract(texts: dict[str, str], value: Json, dates: dict[str, str]) -> Json:
    return _filled(
        id="1",
        awardID="1",
        title=texts["title"],
        status="active",
        dateSigned=dates["date_signed"] or dates["date"],
        period=_period(dates),
        value=value,
    )


def _period(dates: dict[str, str]) -> Json:
    return _filled(startDate=dates["start_date"], endDate=dates["end_date"])
