"""Stages as the R-rules read them: valid tenders, decided awards, contracts of awards."""

import re
from collections.abc import Container, Iterable
from datetime import date

from audits.judging.dossiers.known_facts import cached_fact
from audits.judging.dossiers.process import Dossier
from audits.judging.rule.vocabulary import Evidence, InsufficientDataError, NotApplicableError
from audits.matching.texts.normalize import fold, fold_phrase
from contracts.ocds.codelists.codes import CANCELLED, UNDECIDED
from contracts.ocds.parsing.objects import (
    Award,
    Contract,
    Document,
    OrganizationReference,
    Process,
    Tender,
    Transaction,
    Value,
)
from contracts.ocds.placeholders import names_no_process

# What a title begins with that ends a tender, and a word for a tender right behind it. Who "cancels a purchase" in
# Spanish may pay for it.
_CANCELLATION = re.compile(
    r"\A\W{0,4}(?:cancel(?:lation|led|lacion|acion|amento|a)|(?:se )?dejar? sin efecto|anula(?:cion|cao)?|"
    r"revoga(?:cao)?|withdrawal)\b(?:\W{1,4}\w{1,6}){0,2}?\W{1,4}(?:aquisicao|bid|concurso|convocatoria|edital|"
    r"licitacion|licitacao|pregao|proceso|processo|procurement|quotation|rf[pqx]|supply|tender)\b"
)
# What such a title says beside it that calls for bids again.
_CALLED_AGAIN = re.compile(
    r"\b(?:(?:new|nov[ao]|nuev[ao]|second|segund[ao])\W{1,4}(?:\w{1,20} )?(?:bid|call|concurso|convocatoria|edital|"
    r"licitacion|licitacao|llamado|pregao|proceso|processo|tender)|re ?tender|reconvocatoria)\b"
)


def standing_tender(dossier: Dossier) -> Tender:
    """
    Return the tender.

    :raises NotApplicableError: if it is cancelled, as in OCDS Cardinal, or if the body sells
    :raises InsufficientDataError: if its ocid names no process, so that several may be merged
    """
    tender = dossier.process.tender
    if names_no_process(dossier.process.ocid):
        raise InsufficientDataError("/ocid", "ocid_placeholder")
    if tender.status == "cancelled":
        raise NotApplicableError("tender_cancelled")
    require_purchase(dossier)
    return tender


def require_purchase(dossier: Dossier) -> None:
    """Raise NotApplicableError if the body sells, by the first words of the title: a high price is a gain then."""
    if words := _words_of_sale(dossier):
        raise NotApplicableError("sale", words=words)


@cached_fact
def _words_of_sale(dossier: Dossier) -> str:
    title = fold_phrase(dossier.process.tender.title).lstrip(" \"'")
    sale = dossier.reference.words.pattern("sale_title").match(title)
    return sale[0] if sale else ""


def is_called_off(process: Process) -> bool:
    """Return whether the tender is cancelled, with all that was awarded, and nothing of it was signed or paid."""
    statuses = {process.tender.status, *(stage.status for stage in process.stages())}
    return statuses == {"cancelled"} and not any(
        contract.date_signed or contract.transactions for contract in process.contracts
    )


def only_cancels(process: Process) -> bool:
    """Return whether a record is of a notice that cancels a tender, by its title ("Cancellation of bid 7")."""
    if process.stages():
        return False
    title = fold(process.tender.title).text
    return bool(_CANCELLATION.match(title)) and not _CALLED_AGAIN.search(title)


def method_of(tender: Tender) -> str:
    """Return the procurement method, a code of OCDS; raises InsufficientDataError if there is none."""
    if not tender.method:
        raise InsufficientDataError("/tender/procurementMethod")
    return tender.method


def require_method(tender: Tender, methods: Container[str]) -> Evidence:
    """
    Return the procurement method as evidence.

    :raises InsufficientDataError: if it is missing
    :raises NotApplicableError: if it is not one of ``methods``
    """
    method = method_of(tender)
    if method not in methods:
        raise NotApplicableError("method_is", method=method)
    return Evidence(f"{tender.path}/procurementMethod", method)


def decided_awards(process: Process) -> tuple[Award, ...]:
    """
    Return the awards that are active or without a status.

    :raises InsufficientDataError: if there are no awards
    :raises NotApplicableError: if none of them stands
    """
    if not process.awards:
        raise InsufficientDataError("/awards")
    decided = tuple(award for award in process.awards if award.status not in UNDECIDED)
    if not decided:
        raise NotApplicableError("no_decided_award")
    return decided


def standing_contracts(process: Process) -> tuple[Contract, ...]:
    """
    Return the contracts that were not cancelled.

    :raises InsufficientDataError: if there are no contracts
    :raises NotApplicableError: if all are cancelled
    """
    if not process.contracts:
        raise InsufficientDataError("/contracts")
    standing = tuple(contract for contract in process.contracts if contract.status != "cancelled")
    if not standing:
        raise NotApplicableError("contracts_cancelled")
    return standing


def contracts_by_award(process: Process) -> list[tuple[Award, tuple[Contract, ...]]]:
    """
    Return the awards that have contracts, each with them.

    A single award and contract belong together if the contract names none, or one id holds the other (``7-award``).

    :raises InsufficientDataError: if there are none, or no contract names its award
    :raises NotApplicableError: if all contracts are cancelled
    """
    contracts = standing_contracts(process)
    if not process.awards:
        raise InsufficientDataError("/awards")
    if len(process.awards) == len(contracts) == 1 and _may_be_of(contracts[0], process.awards[0]):
        return [(process.awards[0], contracts)]
    by_award: dict[str, list[Contract]] = {}
    for contract in contracts:
        by_award.setdefault(contract.award_id, []).append(contract)
    found = []
    for award in process.awards:
        own = tuple(by_award.get(award.id, ())) if award.id else ()
        if own and award.status not in CANCELLED:
            found.append((award, own))
    if not found:
        raise InsufficientDataError("/contracts/awardID", "awards_not_named")
    return found


def _may_be_of(contract: Contract, award: Award) -> bool:
    names_it = not contract.award_id or f"-{award.id}-" in f"-{contract.award_id}-"
    return names_it and award.status not in CANCELLED


def days_of(process: Process) -> tuple[date | None, date | None]:
    """Return the first and the last day of awards, signatures and terms; without any, none and that of the record."""
    days = [award.date for award in process.awards]
    days += [contract.date_signed for contract in process.contracts]
    terms = [process.tender.contract_period, *(award.contract_period for award in process.awards)]
    terms += [contract.period for contract in process.contracts]
    days += [moment for term in terms if term for moment in (term.start, term.end, term.max_extent)]
    known = [moment.date() for moment in days if moment]
    last = max(known, default=process.date.date() if process.date else None)
    return min(known, default=None), last


def grounds_of(process: Process) -> tuple[Evidence, ...]:
    """Return the record's reasons for its procurement method, or for its award."""
    tender = process.tender
    grounds = [Evidence(f"{tender.path}/procurementMethodRationale", tender.method_rationale)]
    grounds.extend(Evidence(f"{award.path}/rationale", award.rationale) for award in process.awards)
    return tuple(ground for ground in grounds if ground.value)


def others_cited(ocids: Iterable[str]) -> tuple[Evidence, ...]:
    """Return other processes that were counted, as evidence: the ocid of each, in its own record."""
    return tuple(Evidence("/ocid", ocid, ocid=ocid) for ocid in dict.fromkeys(ocids))


def value_evidence(stage: Award | Contract | Tender | Transaction) -> Evidence:
    """Return the amount of a stage as evidence."""
    value = stage.value or Value(path=f"{stage.path}/value")
    return Evidence(f"{value.path}/amount", value.amount, note=value.currency)


def name_of(process: Process, reference: OrganizationReference) -> str:
    """Return the name of an organization as the record gives it, else its id."""
    party = process.party(reference)
    return reference.name or (party.name if party else "") or reference.id


def label_of(stage: Award | Contract) -> str:
    """Return what to call an award or contract in a sentence: its id, else its title, else where it stands."""
    return stage.id or stage.title or stage.path


def suppliers_by_key(process: Process) -> dict[str, OrganizationReference]:
    """Return suppliers by id, else name, as statistics do; raises InsufficientDataError if there are none."""
    suppliers = {supplier.id or supplier.name: supplier for supplier in process.suppliers()}
    if not suppliers:
        raise InsufficientDataError("/awards/suppliers", "no_supplier")
    return suppliers


def document_type(document: Document) -> str:
    """Return the document type in lower case and without spaces (``contractsigned``), ``""`` if there is none."""
    return "".join(document.type.split()).casefold()
