"""When contracts were signed, beside their awards, and what makes a date of signature doubtful."""

from datetime import datetime
from typing import NamedTuple

from audits.facts.stages import contracts_by_award
from audits.judging.vocabulary import Evidence, InsufficientDataError, NotApplicableError
from contracts.ocds.views import Award, Contract, Process


class Signature(NamedTuple):
    award: Award
    contract: Contract
    awarded: datetime
    signed: datetime

    @property
    def days(self) -> int:
        """Days on the calendar from the award to the signature; negative if it was signed before."""
        return (self.signed.date() - self.awarded.date()).days

    def doubt(self, process: Process, days: int) -> str:
        """
        Return why the date is hardly that of the signature, a reason of R060; ``""`` if nothing speaks against it.

        :param days: how late after start or first payment a contract may be signed
        """
        signed, period = self.signed.date(), self.contract.period
        if period and period.end and period.end.date() == signed:
            return "signed_at_end"
        if process.date and signed > process.date.date():
            return "signed_after_record"
        if period and period.start and (signed - period.start.date()).days > days:
            return "signed_after_start"
        payments = [payment.date.date() for payment in self.contract.transactions if payment.date]
        if payments and (signed - min(payments)).days > days:
            return "signed_after_payment"
        return ""


def signatures(process: Process) -> list[Signature]:
    """
    Return the contracts that are neither cancelled nor pending, or that were paid, and have both dates, by award.

    :raises InsufficientDataError: if dates are missing
    :raises NotApplicableError: if all contracts are pending
    """
    pairs = [
        (award, contract)
        for award, contracts in contracts_by_award(process)
        for contract in contracts
        if contract.status.lower() != "pending" or contract.transactions
    ]
    if not pairs:
        raise NotApplicableError("contracts_pending")
    if all(award.date is None for award, _ in pairs):
        raise InsufficientDataError("/awards/date")
    if all(contract.date_signed is None for _, contract in pairs):
        raise InsufficientDataError("/contracts/dateSigned")
    found = [
        Signature(award, contract, award.date, contract.date_signed)
        for award, contract in pairs
        if award.date is not None and contract.date_signed is not None
    ]
    if not found:
        raise InsufficientDataError("/contracts/dateSigned", "no_date_pair")
    return found


class SigningOrder(NamedTuple):
    """A signature beside another date of the process: ``deadline`` of the bids, or ``award``."""

    signature: Signature
    kind: str
    other: datetime
    path: str

    @property
    def days(self) -> int:
        """Days on the calendar from the signature to the other date; negative if the signature came after it."""
        return (self.other.date() - self.signature.signed.date()).days

    @property
    def rank(self) -> tuple[bool, int, str]:
        """What is told first: a signature before bids were due, then the earliest."""
        return self.kind != "deadline", -self.days, self.signature.contract.id

    def evidence(self) -> tuple[Evidence, Evidence]:
        signed = Evidence(f"{self.signature.contract.path}/dateSigned", self.signature.signed.isoformat())
        return signed, Evidence(self.path, self.other.isoformat())


def signing_orders(process: Process, *, several: bool) -> list[SigningOrder]:
    """
    Return the signatures beside the dates that they should come after.

    :param several: whether several could bid, so that the end of the tender period means something
    :raises InsufficientDataError, NotApplicableError: as ``signatures``
    """
    period = process.tender.tender_period
    found = []
    for signature in signatures(process):
        if several and period and period.end:
            found.append(SigningOrder(signature, "deadline", period.end, f"{period.path}/endDate"))
        # Some publishers give an award the moment at which it was published, with the record, or entered.
        is_entry = signature.awarded.second or signature.awarded.microsecond
        if not is_entry and (process.date is None or signature.awarded.date() < process.date.date()):
            found.append(SigningOrder(signature, "award", signature.awarded, f"{signature.award.path}/date"))
    return found
