"""Amendments of signed contracts, from their list or from documents of the contract."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from math import inf
from typing import NamedTuple

from audits.facts.contracts.amendment_words import AmendmentWords, amendment_words
from audits.facts.money import Money, money
from audits.facts.stages import name_of, standing_contracts
from audits.judging.dossiers.known_facts import cached_fact
from audits.judging.dossiers.process import Dossier
from audits.judging.rule.vocabulary import Context, Evidence, InsufficientDataError
from audits.matching.documents.kinds import is_amendment
from audits.matching.texts.normalize import fold, fold_phrase
from contracts.ocds.parsing.objects import Amendment, Award, Contract, Document, Process

# How much an amendment adds: as a percentage, or as a sum with cents.
_PERCENT = re.compile(r"(?<![\d.,])(\d{1,3}(?:[.,]\d{1,4})?) ?%")
# "1.234,50" is a sum, "31.12.24" a day.
_SUM = re.compile(r"(?<![\d.,])(?:\d{1,3}(?:[.,]\d{3}){1,5}|\d{1,12})[.,]\d\d(?![.,]?\d)")
# Amendments that add less than a tenth in total are minor; laws allow a fifth or a quarter.
_LITTLE = Decimal("0.1")
# "Importe: 63.198" is a sum without its cents.
_NAMED_SUM = re.compile(
    r"\b(?:importe|monto|montant|valor|value|amount)\W{1,6}(?:\w{1,3}\$? )?(\d[\d.,]*)", re.IGNORECASE
)
# A sum with a minus: "Adiciones/reducciones: -17000000 COP"; and any other number that may be a sum.
_TAKEN_OFF = re.compile(r"(?:\A|(?<=[\s:($]))[-\u2212]\$?\d[\d.,]{3,}")
_ANY_SUM = re.compile(r"\d[\d.,]{3,}")
_CENTS = re.compile(r"[.,]\d\d\Z")
# Purchases for a term, which are repeated if the term is extended.
_TERMED = ("goods", "services")


class Amended(NamedTuple):
    """
    A contract with the places of its amendments after the signature; there may be none.

    ``routine``: number of routine ones; ``silent``: number of those without content; ``added``: the share of the
    contract that the others add in total, if each states its own or the cumulative amount.
    """

    contract: Contract
    changes: tuple[Evidence, ...]
    routine: int = 0
    silent: int = 0
    added: Decimal | None = None

    def ordinary(self, minimum: int) -> Context | None:
        """Return the context that fewer than ``minimum`` amendments are not routine."""
        if len(self.changes) - self.routine >= minimum:
            return None
        return Context("routine_changes", {"routine": self.routine})

    def untold(self, minimum: int) -> Context | None:
        """Return the context that fewer than ``minimum`` amendments say that they are not routine."""
        if len(self.changes) - self.routine - self.silent >= minimum:
            return None
        return Context("untold_changes", {"silent": self.silent})

    def little_added(self, amounts: Mapping[str, int] | None = None) -> Context | None:
        """Return the context that amendments add little: a small share, and less than the bound in ``amounts``."""
        if self.added is None or self.added >= _LITTLE:
            return None
        value = money(self.contract.value)
        bound = (amounts or {}).get(value.currency) if value else None
        if value and bound is not None and self.added * value.amount >= bound:
            return None
        return Context("little_added", {"percent": f"{100 * self.added:.1f}"})


def amended_contracts(dossier: Dossier) -> tuple[Amended, ...]:
    """
    Return the valid contracts with amendments after the signature.

    If no amendment is listed, their documents count.

    :raises InsufficientDataError: if there are none: a list that is not published is not an empty one
    :raises NotApplicableError: if all contracts are cancelled
    """
    amended = _amended(dossier)
    if not amended:
        raise InsufficientDataError("/contracts/amendments", "amendments_not_listed")
    return amended


@cached_fact  # asked by three rules
def _amended(dossier: Dossier) -> tuple[Amended, ...]:
    reference = dossier.reference
    words, amended = amendment_words(reference.words), []
    awards, works = _awards_of_one_contract(dossier.process), dossier.process.tender.category not in _TERMED
    for contract in standing_contracts(dossier.process):
        own = _documents_of(contract, awards.get(contract.award_id, ()))
        documents = [entry for entry in own if is_amendment(entry, reference.words)]
        if contract.amendments:
            changes = _merged(_after_signature(contract), words)
            others = [change for change in changes if not _is_routine(change, words, works=works)]
            places, routine = tuple(map(_evidence, changes)), len(changes) - len(others)
            silent = sum(not _says_what_changes(change, words) for change in others)
            amended.append(Amended(contract, places, routine, silent, _added(contract, others, words)))
        elif documents:
            amended.append(Amended(contract, tuple(map(_evidence_of_document, _distinct(documents)))))
    return tuple(amended)


def _awards_of_one_contract(process: Process) -> dict[str, list[Award]]:
    """Return the awards named by only one contract, by the id that it names."""
    number = Counter(contract.award_id for contract in process.contracts)
    found: dict[str, list[Award]] = {}
    for award in process.awards:
        if award.id and number[award.id] == 1:
            found.setdefault(award.id, []).append(award)
    return found


def _documents_of(contract: Contract, awards: Iterable[Award]) -> list[Document]:
    """Return the documents of a contract, and later ones of awards whose only contract it is."""
    signed = contract.date_signed
    of_award = (
        document
        for award in awards
        for document in award.documents
        if not signed or not document.published or document.published.date() >= signed.date()
    )
    return [*contract.documents, *contract.implementation_documents, *of_award]


def _after_signature(contract: Contract) -> list[Amendment]:
    """Return the amendments but those dated up to the day of the signature, which are part of what was signed."""
    signed = contract.date_signed
    return [
        change for change in contract.amendments if not signed or not change.date or change.date.date() > signed.date()
    ]


def _merged(amendments: Iterable[Amendment], words: AmendmentWords) -> list[Amendment]:
    """
    Return one entry for each amendment: the first with words.

    Some publishers write an amendment as several entries: the reason in one, the description in the next, without a
    date; or the same words and day for each kind of money.
    """
    groups: list[list[Amendment]] = []
    by_day_and_words: dict[tuple[date, str] | None, list[Amendment]] = {}
    for change in amendments:
        is_informative = words.is_informative(fold(change.description).text)
        day_and_words = (change.date.date(), change.description) if change.date and is_informative else None
        if day_and_words in by_day_and_words:
            by_day_and_words[day_and_words].append(change)
        elif groups and change.date is None and groups[-1][0].date is None and _complete(groups[-1], change):
            groups[-1].append(change)
        else:
            groups.append([change])
            if day_and_words:
                by_day_and_words[day_and_words] = groups[-1]
    return [next((change for change in group if _words_of(change)), group[0]) for group in groups]


def _complete(group: Sequence[Amendment], change: Amendment) -> bool:
    known = {member for entry in group for member in _words_of(entry)}
    added = _words_of(change).keys()
    return bool(known | added) and not known & added


def _words_of(change: Amendment) -> dict[str, str]:
    texts = {"rationale": change.rationale, "description": change.description}
    return {member: words for member, words in texts.items() if words}


def _text(change: Amendment) -> str:
    return fold(f"{change.rationale} {change.description}").text


def _is_note(change: Amendment, words: AmendmentWords) -> bool:
    return any(words.is_note(fold(text).text) for text in (change.description, change.rationale))


def _only_takes_off(change: Amendment) -> bool:
    """Return whether all sums in an amendment have a minus."""
    words = f"{change.description} {change.rationale}"
    return bool(_TAKEN_OFF.search(words)) and not _ANY_SUM.search(_TAKEN_OFF.sub("", words))


def _is_routine(change: Amendment, words: AmendmentWords, *, works: bool) -> bool:
    """Return whether an amendment describes itself, and does not buy more or something else."""
    if _is_note(change, words) or _only_takes_off(change):
        return True
    text = _text(change)
    return words.costs_nothing(text) or (words.is_informative(text) and not words.buys_more(text, works=works))


def _says_what_changes(change: Amendment, words: AmendmentWords) -> bool:
    """Return whether an amendment says more than its name, or how much it adds."""
    figures = f"{change.description} {change.rationale}"
    return words.is_informative(_text(change)) or bool(_PERCENT.search(figures) or _SUM.search(figures))


def _added(contract: Contract, changes: Sequence[Amendment], words: AmendmentWords) -> Decimal | None:
    """Return the share that amendments add: the latest cumulative one and later ones; ``None`` if one is unknown."""
    added = Decimal(0)
    by_date = sorted(changes, key=_when)
    for change in reversed(by_date):
        in_all = words.added_in_all(_text(change))
        if in_all is not None:
            return added + in_all / 100
        share = _share(f"{change.description} {change.rationale}", money(contract.value))
        if share is None:
            return None
        added += share
    return added if changes else None


def _when(change: Amendment) -> float:
    """Return the sort key of amendments; those without a date keep the order of the list."""
    return change.date.timestamp() if change.date else inf


def _share(words: str, value: Money | None) -> Decimal | None:
    parts, sums = _PERCENT.findall(words), _SUM.findall(_PERCENT.sub("", words))
    if len(parts) == 1:
        return Decimal(parts[0].replace(",", ".")) / 100
    if parts or len(sums) != 1 or value is None:
        return None
    return _decimal(sums[0]) / value.amount


def stated_sum(change: Amendment) -> Decimal | None:
    """Return the only sum in an amendment, told by its cents or the word before it; ``None`` if there is none."""
    words = _PERCENT.sub("", f"{change.description} {change.rationale}")
    sums = {*_SUM.findall(words), *(found.rstrip(".,") for found in _NAMED_SUM.findall(words))}
    return _decimal(sums.pop()) if len(sums) == 1 else None


def sums_added(contract: Contract, words: AmendmentWords, a_day: Decimal | None) -> list[Decimal]:
    """Return the additions since the signature, each sum once per day; ``a_day`` is the cost of renewal if known."""
    stated = (
        (
            change.date and change.date.date(),
            stated_sum(change) or (a_day or Decimal(0)) * words.days_renewed(_text(change)),
        )
        for change in _after_signature(contract)
        if words.may_add(_text(change)) and not (_is_note(change, words) or _only_takes_off(change))
    )
    return [amount for _, amount in set(stated) if amount]


def _decimal(words: str) -> Decimal:
    """Return the number written as "1.234,50", "1,234.50" or "1.234"."""
    cents = words[-2:] if _CENTS.search(words) else ""
    units = words[: -len(cents) or None].replace(".", "").replace(",", "")
    return Decimal(f"{units}.{cents or 0}")


def orders_of_framework(dossier: Dossier) -> Context | None:
    """Return the context that the title is of a framework agreement: its orders are listed as amendments."""
    named = amendment_words(dossier.reference.words).framework_named(fold(dossier.process.tender.title).text)
    return Context("framework", {"words": named}) if named else None


def insured(dossier: Dossier) -> Context | None:
    """Return the context that all suppliers are insurers: insured objects are added or removed as they come."""
    words = amendment_words(dossier.reference.words)
    names = [name_of(dossier.process, supplier) for supplier in dossier.process.suppliers()]
    if not names or not all(words.is_insurer(fold_phrase(name)) for name in names):
        return None
    return Context("insured", {"supplier": names[0]})


def _distinct(documents: Sequence[Document]) -> list[Document]:
    """Return documents with distinct addresses; without addresses, with distinct title and day."""

    def identity(document: Document) -> tuple[str, datetime | None]:
        return (document.url, None) if document.url else (document.title, document.published)

    return list({identity(document): document for document in reversed(documents)}.values())[::-1]


def _evidence(change: Amendment) -> Evidence:
    """Return an amendment as evidence: its words, with its date."""
    note = change.date.date().isoformat() if change.date else ""
    for member, words in _words_of(change).items():
        return Evidence(f"{change.path}/{member}", words, note=note)
    return Evidence(change.path, change.id, note=note)


def _evidence_of_document(document: Document) -> Evidence:
    note = document.published.date().isoformat() if document.published else ""
    named = {"title": document.title, "documentType": document.type, "url": document.url}
    member = next((member for member, words in named.items() if words), "url")
    return Evidence(f"{document.path}/{member}", named[member], note=note)
