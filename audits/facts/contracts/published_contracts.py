"""Contracts without their text among the documents of the process."""

from audits.facts.stages import document_type, standing_contracts
from audits.judging.dossiers.known_facts import cached_fact
from audits.judging.dossiers.process import Dossier
from audits.matching.documents.kinds import is_contract
from audits.matching.texts.normalize import fold_phrase
from audits.matching.texts.word_lists import Words
from contracts.ocds.parsing.objects import Contract, Document, Process


def signed_contracts(process: Process) -> list[Contract]:
    """Return the contracts that are neither cancelled nor pending."""
    return [contract for contract in standing_contracts(process) if contract.status != "pending"]


@cached_fact  # asked with the figures of its publisher, and for them
def unpublished_contracts(dossier: Dossier, document_types: tuple[str, ...]) -> tuple[Contract, ...]:
    """Return the signed contracts without a document of these types, or named like a contract."""
    kinds, process, words = set(map(fold_phrase, document_types)), dossier.process, dossier.reference.words
    return tuple(
        contract for contract in signed_contracts(process) if not _is_published(process, contract, kinds, words)
    )


def _is_published(process: Process, contract: Contract, kinds: set[str], words: Words) -> bool:
    own: list[Document] = list(contract.documents)
    for award in process.awards:
        if award.id == contract.award_id:
            own.extend(award.documents)
    return any(is_contract(entry, words) for entry in own) or any(
        fold_phrase(document_type(entry)) in kinds for entry in (*own, *process.tender.documents)
    )
