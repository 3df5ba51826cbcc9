"""
Find contracts on record that match one being sent, under any ocid: reported to the sender, never refused or merged.

Two match if they have a buyer in common and the same number (of the contract, or else of its award or process); or the
same buyer, supplier, amount with currency and, if both have one, day. Pages also tell people of contracts of the same
buyer, supplier and day with another amount: corrected ones, or with taxes. Matches are computed on request,
from what the sender may see then: nothing is stored that could outlive a record.
"""

import itertools
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, date, timedelta, tzinfo
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.db.models import Q, QuerySet
from msgspec import Struct, structs

from contracts.intake.received.receiving import gate_limits
from contracts.intake.rows.organization_keys import OrganizationKeys
from contracts.intake.rows.process_rows import ProcessRows
from contracts.models import Claim, Contract, ContractingProcess, Organization, Publisher, Release, Submission
from contracts.models.process import PUBLIC
from contracts.models.provenance import Verification
from contracts.models.stages import NUMBER, NUMBER_START
from contracts.names.spelling import normal_number, without_legal_form
from contracts.ocds.folding import folded
from contracts.ocds.gate.document import decode
from contracts.ocds.parsing.objects import Process
from contracts.ocds.parsing.parse import parse_process
from contracts.ocds.placeholders import is_of_anybody

# Maximum number of contracts compared on request, and, for a batch of a trusted account, while it is stored.
MAX_DEALS = 100
MAX_DEALS_OF_BATCH = 500
# Number of contracts per query, and maximum number of rows: numbers are often short, amounts often round.
_DEALS_A_QUERY = 10
_ROWS_A_QUERY = 1000
_ROWS_OF_AMOUNT = 100
_MIN_NUMBER = 5
# Ids that count within one record ("contract-1"), and the digests of table rows without a number.
_LOCAL = re.compile(
    r"(?i:award|contract|contrato|contratacion|lote?|tender|adjudicacion|adjudicacao)[ _-]?\d{1,3}|"
    r"(?=\d{0,11}[a-f])[\da-f]{12}(?:-.*)?"
)
# One instant can be two days, depending on the time zone.
_SAME_DAY = timedelta(days=1)


class Agreement(StrEnum):
    """What two contracts have in common."""

    OCID = "ocid"
    NUMBER = "number"
    FACTS = "facts"
    FACTS_WITHOUT_DATE = "facts_without_date"
    # Shown only on pages: a program might take it for the same contract.
    OTHER_AMOUNT = "other_amount"


class Names(Struct, frozen=True):
    """Organizations, by what identifies them: register numbers, and names without legal form."""

    numbers: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()

    def meet(self, other: "Names") -> bool:
        return bool(self.numbers & other.numbers or self.names & other.names)


class Deal(Struct, frozen=True):
    """
    A contract, reduced to what is compared.

    ``numbers`` are its own and those of its award and process, as sent; ``days`` are those of signature or award, and
    of its start. ``process`` is the primary key of its process, for a contract on record.
    """

    ocid: str
    contract_id: str
    numbers: frozenset[str] = frozenset()
    buyers: Names = Names()
    suppliers: Names = Names()
    amount: Decimal | None = None
    currency: str = ""
    days: frozenset[date] = frozenset()
    is_public: bool = False
    process: int | None = None


class Same(Struct, frozen=True):
    """A sent contract, a matching one on record, and what agrees."""

    sent: Deal
    known: Deal
    agreement: Agreement


def deals_of(ocid: str, process: Process, zone: tzinfo = UTC) -> list[Deal]:
    """Return the contracts of a release; one without contract and award counts as one, by its number. Pure."""
    rows = ProcessRows(process, zone)
    organizations = list(rows.organizations.values())
    keys = OrganizationKeys()
    keys.update({row[0]: place for place, row in enumerate(organizations)})
    bodies = [rows.key_of(reference) for reference in (process.buyer, process.tender.procuring_entity)]
    buyers = _names((organizations[keys[key]][1], organizations[keys[key]][3]) for key in bodies if key)
    own = [process.tender.id, ocid]
    found = [
        _deal(ocid, row, own, buyers, lambda place: [(organizations[place][1], organizations[place][3])])
        for row in rows.contracts(0, keys)
    ]
    return found or [Deal(ocid, "", _numbers(own), buyers)]


def deals_of_claims(claims: QuerySet[Claim]) -> list[Deal]:
    """Return the contracts of claims, from the last release of each."""
    latest = Release.objects.filter(claim__in=claims.values("pk")).order_by("claim_id", "-pk").distinct("claim_id")
    deals: list[Deal] = []
    for ocid, content in latest.values_list("ocid", "content")[:MAX_DEALS]:
        process, _corrections = parse_process(decode(bytes(content), gate_limits()).value)
        deals.extend(deals_of(ocid, process))
    return deals[:MAX_DEALS]


# Condition on rows that may be reported, by the path from them to their process: ``""``, or ``"process__"``.
Among = Callable[[str], Q]


def public(path: str) -> Q:
    """Return the condition for what everybody may see."""
    return Q(**{f"{path}verification__in": PUBLIC})


def official(path: str) -> Q:
    """Return the condition for what publishers say themselves, whatever else was accepted."""
    return Q(**{f"{path}verification": Verification.OFFICIAL}) | public(path) & Q(
        **{f"{path}publisher__isnull": False}
    )


def visible_to_sender(own: QuerySet[Submission]) -> Among:
    """
    Return the condition for what a sender may see: public records, and their own held ones.

    :param own: submissions of the sender, as far as known: of an account, or of a receipt
    """

    def among(path: str) -> Q:
        held = {f"{path}verification": Verification.UNVERIFIED, f"{path}claim__submission__in": own.values("pk")}
        return public(path) | Q(**held)

    return among


def submissions_of(user: Any) -> QuerySet[Submission]:
    """Return the submissions of an account; without an account, none can be attributed."""
    if user is None or not user.is_authenticated:
        return Submission.objects.none()
    return Submission.objects.filter(origin__user=user.pk)


def visible_at_desk(path: str) -> Q:
    """Return the condition for what people with permission to view claims see: public and held records."""
    return ~Q(**{f"{path}verification": Verification.RETIRED})


def same_contracts(
    sent: Sequence[Deal], *, among: Among, but: Submission | None = None, other_amounts: bool = False
) -> list[Same]:
    """
    Return which sent contracts are on record, the most certain match first for each.

    :param among: condition for what the reader may see
    :param but: the submission that brought them, whose own rows are left out
    :param other_amounts: also those that only differ in their amount
    """
    candidates = _with_candidates(sent, among, but, other_amounts=other_amounts)
    found = (same for deal, known, _is_all in candidates for same in _compare(deal, known))
    return [same for same in found if other_amounts or same.agreement is not Agreement.OTHER_AMOUNT]


def maybe_known(sent: Sequence[Deal], *, among: Among) -> set[str]:
    """Return the ocids of contracts that are on record, and of those not compared with all candidates."""
    ocids = {deal.ocid for deal in sent[MAX_DEALS_OF_BATCH:]}
    for deal, known, is_all in _with_candidates(sent[:MAX_DEALS_OF_BATCH], among, None):
        if not is_all or any(same.agreement is not Agreement.OTHER_AMOUNT for same in _compare(deal, known)):
            ocids.add(deal.ocid)
    return ocids


def _with_candidates(
    sent: Sequence[Deal], among: Among, but: Submission | None, *, other_amounts: bool = False
) -> Iterator[tuple[Deal, Sequence[Deal], bool]]:
    """Yield each contract with its candidates on record, and whether these are all."""
    prefixes = list(Publisher.objects.exclude(ocid_prefix="").values_list("ocid_prefix", flat=True))
    for start in range(0, len(sent), _DEALS_A_QUERY):
        deals = sent[start : start + _DEALS_A_QUERY]
        # Separate queries, so that neither crowds out the other: a number is more certain than an amount.
        numbered = _rows(_of_numbers(deals, prefixes), among, but, _ROWS_A_QUERY)
        paid = [_rows(_of_amount(deal), among, but, _ROWS_OF_AMOUNT) for deal in deals]
        dated = [_rows(_of_day(deal), among, but, _ROWS_A_QUERY) for deal in deals if other_amounts]
        known = [*_records(deals, among, but), *_stored(itertools.chain(numbered, *paid, *dated), prefixes)]
        for deal, rows in zip(deals, paid, strict=True):
            yield deal, known, len(numbered) < _ROWS_A_QUERY and len(rows) < _ROWS_OF_AMOUNT


def _compare(sent: Deal, known: Iterable[Deal]) -> list[Same]:
    found = [Same(sent, deal, agreement) for deal in known if (agreement := _agreement(sent, deal))]
    by_ocid = [entry for entry in found if entry.agreement is Agreement.OCID]
    others = [entry for entry in found if entry.agreement is not Agreement.OCID]
    others.sort(key=lambda entry: list(Agreement).index(entry.agreement))
    return [*by_ocid[:1], *others]


def _records(deals: Sequence[Deal], among: Among, but: Submission | None) -> list[Deal]:
    """Return, for each record with the ocids of deals, a deal with only its ocid."""
    ocids = [deal.ocid for deal in deals]
    rows = _without(ContractingProcess.objects.of_ocids(ocids).filter(among("")), "", but)
    known: dict[str, bool] = {}
    for ocid, claimed, verification in rows.values_list("ocid", "claim__ocid", "verification"):
        is_public = verification != Verification.UNVERIFIED
        known[claimed or ocid] = is_public or known.get(claimed or ocid, False)
    return [Deal(ocid, "", is_public=is_public) for ocid, is_public in known.items()]


def _of_numbers(deals: Sequence[Deal], prefixes: Sequence[str]) -> Q:
    """Return the condition for contracts with the numbers of deals, which indexes answer."""
    numbers = {number for deal in deals for number in deal.numbers}
    # A copied number may come with a copied ocid.
    ocids = [*numbers, *(f"{prefix}-{number}" for prefix in prefixes for number in numbers)]
    processes = list(ContractingProcess.objects.of_ocids(ocids).values_list("pk", flat=True))
    return Q(process__any_of=processes) | ~Q(contract_id="") & Q(number__any_of=list(numbers))


def _of_amount(deal: Deal) -> Q | None:
    """
    Return the condition for contracts with the amount of a deal, and its day if both have one; an index
    answers it.
    """
    if not deal.amount or deal.suppliers == Names():
        return None
    paid = Q(currency=deal.currency, amount=deal.amount)
    if not deal.days:
        return paid
    of_release = Q(date_basis=Contract.DateBasis.RELEASE)
    near = (Q(date=None) | of_release) & Q(starts_on=None)
    return paid & (near | _near(deal))


def _of_day(deal: Deal) -> Q | None:
    """Return the condition for contracts of the day of a deal, whatever their amount; indexes answer it."""
    return _near(deal) if deal.days and deal.suppliers != Names() else None


def _near(deal: Deal) -> Q:
    near = Q()
    for day in deal.days:
        days = (day - _SAME_DAY, day + _SAME_DAY)
        near |= Q(date__range=days) & ~Q(date_basis=Contract.DateBasis.RELEASE) | Q(starts_on__range=days)
    return near


_OF_DEALS = (
    *("pk", "process_id", "contract_id", "award_id", "suppliers", "supplier_names", "amount", "currency"),
    *("date", "date_basis", "starts_on"),
)


def _rows(wanted: Q | None, among: Among, but: Submission | None, most: int) -> list[dict[str, Any]]:
    """Return the rows of contracts that may be reported, with the compared columns of their processes."""
    if wanted is None:
        return []
    own = ("ocid", "buyer_id", "procuring_entity_id", "buyer_name", "verification", "claim__ocid")
    columns = (*_OF_DEALS, *(f"process__{name}" for name in own))
    rows = _without(Contract.objects.alias(number=NUMBER).filter(wanted, among("process__")), "process__", but)
    # With an order, PostgreSQL might walk an index from its beginning.
    return list(rows.order_by().values(*columns)[:most])


def _without(rows: Any, path: str, but: Submission | None) -> Any:
    if but is None:
        return rows
    return rows.filter(Q(**{f"{path}claim": None}) | ~Q(**{f"{path}claim__submission": but}))


def _agreement(sent: Deal, known: Deal) -> Agreement | None:
    if sent.ocid == known.ocid:
        return Agreement.OCID
    if not sent.buyers.meet(known.buyers):
        return None
    if _same_number(sent, known):
        return Agreement.NUMBER
    if not sent.suppliers.meet(known.suppliers):
        return None
    is_same_amount = sent.amount is not None and (sent.amount, sent.currency) == (known.amount, known.currency)
    if not sent.days or not known.days:
        return Agreement.FACTS_WITHOUT_DATE if is_same_amount else None
    if not any(abs(one - other) <= _SAME_DAY for one in sent.days for other in known.days):
        return None
    return Agreement.FACTS if is_same_amount else Agreement.OTHER_AMOUNT


def _same_number(sent: Deal, known: Deal) -> bool:
    """
    Return whether they have a number in common: their own if both have one, because lots share those of
    a process.
    """
    if sent.contract_id in sent.numbers and known.contract_id in known.numbers:
        return normal_number(sent.contract_id) == normal_number(known.contract_id)
    return bool(set(map(normal_number, sent.numbers)) & set(map(normal_number, known.numbers)))


def _stored(found: Iterable[dict[str, Any]], prefixes: Iterable[str]) -> list[Deal]:
    by_key = {row["pk"]: row for row in found}
    rows = [by_key[pk] for pk in sorted(by_key)]
    bodies = _bodies(
        pk
        for row in rows
        for pk in (row["process__buyer_id"], row["process__procuring_entity_id"], *row["suppliers"])
        if pk
    )
    deals = []
    for row in rows:
        ocid = row["process__claim__ocid"] or row["process__ocid"]
        ends = (ocid[len(prefix) + 1 :] for prefix in prefixes if ocid.casefold().startswith(prefix.casefold()))
        buyers = _names(
            itertools.chain(
                [(row["process__buyer_name"], "")],
                *(bodies[pk] for pk in (row["process__buyer_id"], row["process__procuring_entity_id"]) if pk),
            )
        )
        is_public = row["process__verification"] != Verification.UNVERIFIED
        deal = _deal(ocid, row, [ocid, *ends], buyers, bodies.__getitem__)
        deals.append(structs.replace(deal, is_public=is_public, process=row["process_id"]))
    return deals


def _bodies(pks: Iterable[int]) -> dict[int, list[tuple[str, str]]]:
    """Return, for organizations that are kept, name and number of each one merged into them."""
    kept = set(pks)
    bodies: dict[int, list[tuple[str, str]]] = defaultdict(list)
    rows = Organization.objects.filter(Q(pk__any_of=kept) | Q(merged_into__any_of=kept))
    for pk, merged_into, name, identifier in rows.values_list("pk", "merged_into", "name", "identifier"):
        bodies[merged_into or pk].append((name, identifier))
    return bodies


def _deal(ocid: str, row: dict[str, Any], numbers: Iterable[str], buyers: Names, named: Any) -> Deal:
    """
    Build a deal from a row of contracts.

    :param numbers: those of its process
    :param named: organization → pairs of name and number
    """
    suppliers = itertools.chain(
        ((name, "") for name in row["supplier_names"]), *(named(supplier) for supplier in row["suppliers"])
    )
    first = row["date"] if row["date_basis"] != Contract.DateBasis.RELEASE else None
    return Deal(
        ocid=ocid,
        contract_id=row["contract_id"],
        numbers=_numbers([row["contract_id"], row["award_id"], *numbers]),
        buyers=buyers,
        suppliers=_names(suppliers),
        amount=row["amount"],
        currency=row["currency"],
        days=frozenset(filter(None, (first, row["starts_on"]))),
    )


def _names(pairs: Iterable[tuple[str, str]]) -> Names:
    """Return what identifies organizations, from pairs of name and number."""
    names, numbers = set(), set()
    for name, identifier in pairs:
        names.add(without_legal_form(folded(name)))
        numbers.add(normal_number(identifier) if _identifies(identifier) and not is_of_anybody(identifier) else "")
    return Names(frozenset(numbers - {""}), frozenset(names - {""}))


def _numbers(texts: Iterable[str]) -> frozenset[str]:
    return frozenset(filter(identifies_contract, texts))


def identifies_contract(number: str) -> bool:
    """Return whether a number can identify a contract beyond its record."""
    return _identifies(number) and not _LOCAL.fullmatch(number)


def _identifies(number: str) -> bool:
    """Return whether a number can identify a contract or organization."""
    return _MIN_NUMBER <= len(normal_number(number)) <= NUMBER_START and any(map(str.isdigit, number))
