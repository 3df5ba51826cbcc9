"""Changes of signed contracts."""

from audits.facts.stages import standing_contracts
from audits.judging.vocabulary import Evidence, InsufficientDataError
from contracts.ocds.views import Amendment, Contract, Process


def amended_contracts(process: Process) -> tuple[Contract, ...]:
    """
    Return the contracts that stand and list amendments.

    :raises InsufficientDataError: if none does: a list that is not published is not an empty one
    :raises NotApplicableError: if all contracts are cancelled
    """
    amended = tuple(contract for contract in standing_contracts(process) if contract.amendments)
    if not amended:
        raise InsufficientDataError("/contracts/amendments", "amendments_not_listed")
    return amended


def changes_after_signature(contract: Contract) -> tuple[Amendment, ...]:
    """Return the amendments but for those dated before the day of signature."""
    signed = contract.date_signed
    return tuple(
        change
        for change in contract.amendments
        if signed is None or change.date is None or change.date.date() >= signed.date()
    )


def amendment_evidence(change: Amendment) -> Evidence:
    """Return an amendment as evidence: its words, with its date."""
    note = change.date.date().isoformat() if change.date else ""
    for member, words in (("rationale", change.rationale), ("description", change.description)):
        if words:
            return Evidence(f"{change.path}/{member}", words, note=note)
    return Evidence(change.path, change.id, note=note)
