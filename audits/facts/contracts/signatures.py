"""Dates of signature compared with awards, and reasons to doubt them."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from audits.facts.methods.small_purchases import SMALL_AMOUNTS, TRIFLES_BY_CONTRACT, trifle, trifling
from audits.facts.money import money, total
from audits.facts.stages import contracts_by_award, document_type
from audits.judging.dossiers.known_facts import fact_of_process
from audits.judging.dossiers.process import Dossier
from audits.judging.rule.vocabulary import Context, Evidence, InsufficientDataError, NotApplicableError
from audits.matching.texts.normalize import fold_phrase
from contracts.ocds.parsing.objects import Award, Contract, Process

# Titles of a document on the decision, if its type is not one of OCDS.
_DECISION = re.compile(
    r"^(?:(?:acta|resolucion|notificacion|aviso) (?:del? )?(?:la |el )?(?:fallo|adjudicacion)|fallo|award notice)\b"
)

# Below these a contract is a formality.
SMALL_CONTRACTS: Mapping[str, int] = {**TRIFLES_BY_CONTRACT, **SMALL_AMOUNTS}


class Dated(NamedTuple):
    """A day, and its place in the record."""

    date: datetime
    path: str

    def evidence(self) -> Evidence:
        return Evidence(self.path, self.date.isoformat())


class Signature(NamedTuple):
    """``decision`` is the document of the award, if one is dated."""

    award: Award
    contract: Contract
    awarded: Dated
    signed: datetime
    decision: Dated | None

    @property
    def days(self) -> int:
        """Calendar days from the award to the signature; negative if it was signed before."""
        return (self.signed.date() - self.awarded.date.date()).days

    def precedes_call(self, process: Process) -> bool:
        """Return whether it was signed before bidding began: mostly an error in the year."""
        period = process.tender.tender_period
        return bool(period and period.start and self.signed.date() < period.start.date())

    def doubt(self, process: Process, days: int) -> str:
        """Return why the date is probably not that of the signature, or ``""``; ``days``: the maximum delay."""
        signed, period = self.signed.date(), self.contract.period
        if period and period.end and period.end.date() == signed:
            return "signed_at_end"
        if process.date and signed > process.date.date():
            return "signed_after_record"
        opening = process.tender.bid_opening
        if opening and self.awarded.date.date() < opening.date() <= signed:
            return "award_before_opening"
        if period and period.start and (signed - period.start.date()).days > days:
            return "signed_after_start"
        payments = [payment.date.date() for payment in self.contract.transactions if payment.date]
        if payments and (signed - min(payments)).days > days:
            return "signed_after_payment"
        return ""


@fact_of_process
def signatures(process: Process) -> tuple[Signature, ...]:
    """
    Return signatures of contracts that are signed or paid, by award; those dated New Year's Day are left out.

    :raises InsufficientDataError: if dates are missing, or all are New Year's Days
    :raises NotApplicableError: if all contracts are pending
    """
    pairs = [
        (award, contract)
        for award, contracts in contracts_by_award(process)
        for contract in contracts
        if contract.status != "pending" or contract.transactions
    ]
    if not pairs:
        raise NotApplicableError("contracts_pending")
    awarded = {award.path: _awarded(award) for award, _ in pairs}
    if not any(awarded.values()):
        raise InsufficientDataError("/awards/date")
    if all(contract.date_signed is None for _, contract in pairs):
        raise InsufficientDataError("/contracts/dateSigned")
    found = [
        Signature(award, contract, dated, contract.date_signed, _decision(award))
        for award, contract in pairs
        if (dated := awarded[award.path]) is not None and contract.date_signed is not None
    ]
    if not found:
        raise InsufficientDataError("/contracts/dateSigned", "no_date_pair")
    signed = tuple(signature for signature in found if not _is_holiday(signature.signed))
    if not signed:
        raise InsufficientDataError("/contracts/dateSigned", "signed_at_new_year")
    return signed


def _is_holiday(signed: datetime) -> bool:
    """Return whether a date is New Year's Day, when contract terms begin and nobody signs."""
    return (signed.month, signed.day) == (1, 1)


def _awarded(award: Award) -> Dated | None:
    """Return the day of the award; if it is missing, that of the document about the decision."""
    return Dated(award.date, f"{award.path}/date") if award.date else _decision(award)


def _decision(award: Award) -> Dated | None:
    found = [
        Dated(document.published, f"{document.path}/datePublished")
        for document in award.documents
        if document.published
        and (document_type(document) == "awardnotice" or _DECISION.search(fold_phrase(document.title)))
    ]
    return min(found, default=None)


class SigningOrder(NamedTuple):
    """A signature beside the ``deadline`` of bids or the ``award``; doubtful if both are before that deadline."""

    signature: Signature
    kind: str
    signed: Dated
    other: Dated
    is_doubtful: bool = False

    @property
    def days(self) -> int:
        """Calendar days from the signature to the other date; negative if it came after it."""
        return (self.other.date.date() - self.signed.date.date()).days

    @property
    def rank(self) -> tuple[bool, bool, int, str]:
        """Sort key of what is reported first: undoubted ones, those signed before bids were due, then the earliest."""
        return self.is_doubtful, self.kind == "award", -self.days, self.signature.contract.id

    def evidence(self) -> tuple[Evidence, Evidence]:
        return self.signed.evidence(), self.other.evidence()


def signing_orders(process: Process, *, several: bool) -> list[SigningOrder]:
    """Return the signatures with the dates they should follow: also the end of bidding if ``several`` could bid."""
    period = process.tender.tender_period
    found = []
    for signature in signatures(process):
        awarded, signed = signature.awarded, Dated(signature.signed, f"{signature.contract.path}/dateSigned")
        if several and period and period.end:
            deadline, is_doubtful = Dated(period.end, f"{period.path}/endDate"), _is_decided(signature, period.end)
            found.append(SigningOrder(signature, "deadline", signed, deadline, is_doubtful))
        # Some publishers give an award the moment at which it was published, with the record, or entered; the document
        # of a decision is published after it.
        is_entry = awarded.date.second or awarded.date.microsecond or signature.award.date is None
        if not is_entry and (process.date is None or awarded.date.date() < process.date.date()):
            found.append(SigningOrder(signature, "award", signed, awarded))
    return found


def _is_decided(signature: Signature, end: datetime) -> bool:
    """Return whether a dated award and its document came before bids were due, and the signature after it."""
    award, decision = signature.award.date, signature.decision
    decided = [date for date in (award, decision.date if decision else None) if date]
    return bool(award and signature.days >= 0 and max(decided) < end)


def signed_little(
    dossier: Dossier, signatures: Iterable[Signature], small_amounts: Mapping[str, int]
) -> Context | None:
    """Return the context that little is bought, or that what these signatures are for is little of it; or ``None``."""
    signed = total(money(pair.contract.value) or money(pair.award.value) for pair in signatures)
    return trifle(dossier, small_amounts) or (trifling(signed, small_amounts) if signed else None)
