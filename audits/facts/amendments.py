"""Changes of signed contracts: listed as amendments, or told by a document of the contract."""

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import NamedTuple

from audits.facts.stages import standing_contracts
from audits.judging.dossier import Dossier
from audits.judging.vocabulary import Context, Evidence, InsufficientDataError
from audits.matching.documents import is_amendment
from audits.matching.normalize import fold
from contracts.ocds.views import Amendment, Contract, Document, Process

# A clause that is put in buys nothing: "incluir a alínea “o” na cláusula quarta".
_OF_CLAUSES = (
    r" (?:(?:a|o|as|os|el|la|los|las|un|una|uma|um) )?(?:sub)?(?:clausula|alinea|paragrafo|parrafo|inciso|anexo)s?\b"
)
# What buys more, or something else, or gives works more time: one of these in its words makes a change worth a look. A
# term renewed, an index, wages, less or cheaper, a slip, other clauses, an option, money set aside are none of them.
_SUBSTANTIAL = re.compile(
    rf"\b(?:acresc\w*(?!{_OF_CLAUSES})|majorac(?:ao|oes)(?! d[eo]s? (?:valor|prec)\w* unitario)|aument(?!ativ)\w*|"
    r"increment\w*|increas\w*|ampliac\w*|ampliar|"
    r"adicion(?!a(?:l|is) (?:de (?:insalubridade|periculosidade|risco)|noturno))\w*|addition\w*|supplement\w*|"
    r"complementari\w*|qualitativ\w*|cualitativ\w*|"
    rf"incluir(?!{_OF_CLAUSES})|variations?|scope|change orders?|extensions? of time|time extensions?)\b"
)
# What says that the money stays as it was.
_NO_COST = re.compile(
    r"\b(?:no (?:additional )?cost|without (?:additional )?costs?|no change in (?:the )?value|"
    r"value (?:of the contract )?(?:is |remains )?unchanged|"
    r"sin (?:costo|modificar el (?:monto|precio|valor)|aumento)|"
    r"sem (?:custos?|onus|acrescimos?|alteracao d[eo]s? valor(?:es)?))\b"
)
# What Brazil's law calls no change of a contract, but a note to it: indices, wages, names, money set aside for a year
# (Lei 14.133/2021, art. 136; Lei 8.666/1993, art. 65, § 8).
_NOTE = re.compile(r"^(?:\w+ )?(?:termo de )?apostil\w*")
# What an amendment is called by itself: its words say no more than that there is one.
_NAME = re.compile(
    r"\b(?:termos?|aditivos?|adendas?|adendum|addend\w*|convenios?|modificatorios?|otrosi|enmiendas?|contrat(?:o|ual)|"
    r"amendments?|modifications?|modificac\w*|alterac\w*|contract|update|primer[oa]?|segund[oa]|tercer[oa]?|terceir[oa]|"
    r"cuart[oa]|quart[oa]|first|second|third|fourth|de|do|del|al|ao|the|to|of|no|nro|num)\b"
)
_WORD = re.compile(r"[a-z]{3}")


class Amended(NamedTuple):
    """A contract with the places of its changes after the signature; there may be none. ``routine``: how many are."""

    contract: Contract
    changes: tuple[Evidence, ...]
    routine: int = 0

    def ordinary(self, minimum: int) -> Context | None:
        """Return that fewer than ``minimum`` changes are more than routine, as a context."""
        if len(self.changes) - self.routine >= minimum:
            return None
        return Context("routine_changes", {"routine": self.routine})


def amended_contracts(dossier: Dossier) -> tuple[Amended, ...]:
    """
    Return the contracts that stand and tell of changes.

    Their documents count where no amendment is listed: else each would count twice. What changes a contract is later
    than its signature, whenever it was published.

    :raises InsufficientDataError: if none does: a list that is not published is not an empty one
    :raises NotApplicableError: if all contracts are cancelled
    """
    amended = []
    for contract in standing_contracts(dossier.process):
        own = _documents_of(dossier.process, contract)
        documents = [entry for entry in own if is_amendment(entry, dossier.reference.words)]
        if contract.amendments:
            changes = _merged(_after_signature(contract))
            routine = sum(map(_is_routine, changes))
            amended.append(Amended(contract, tuple(_evidence(change) for change in changes), routine))
        elif documents:
            amended.append(Amended(contract, tuple(map(_evidence_of_document, _distinct(documents)))))
    if not amended:
        raise InsufficientDataError("/contracts/amendments", "amendments_not_listed")
    return tuple(amended)


def _documents_of(process: Process, contract: Contract) -> list[Document]:
    """
    Return the documents of a contract and its implementation, and those of the award whose only contract it is.

    Those of the award that were published before the signature are about the award.
    """
    alone = sum(other.award_id == contract.award_id for other in process.contracts) == 1
    signed = contract.date_signed
    of_award = (
        document
        for award in process.awards
        if alone and award.id and award.id == contract.award_id
        for document in award.documents
        if not signed or not document.published or document.published.date() >= signed.date()
    )
    return [*contract.documents, *contract.implementation_documents, *of_award]


def _after_signature(contract: Contract) -> list[Amendment]:
    """Return the amendments but for those dated before the day of signature."""
    signed = contract.date_signed
    return [
        change
        for change in contract.amendments
        if signed is None or change.date is None or change.date.date() >= signed.date()
    ]


def _merged(amendments: Iterable[Amendment]) -> list[Amendment]:
    """
    Return one of each change: the first with words.

    Some publishers write one change as several entries: its reason in one, its description in the next, without a
    date; or its words again, of one day, for each kind of money that it moves.
    """
    groups: list[list[Amendment]] = []
    said: dict[tuple[date, str] | None, list[Amendment]] = {}
    for change in amendments:
        words = (change.date.date(), change.description) if change.date and _says_more(change.description) else None
        if words in said:
            said[words].append(change)
        elif groups and change.date is None and groups[-1][0].date is None and _complete(groups[-1], change):
            groups[-1].append(change)
        else:
            groups.append([change])
            if words:
                said[words] = groups[-1]
    return [next((change for change in group if _words_of(change)), group[0]) for group in groups]


def _complete(group: Sequence[Amendment], change: Amendment) -> bool:
    known = {member for entry in group for member in _words_of(entry)}
    added = _words_of(change).keys()
    return bool(known | added) and not known & added


def _words_of(change: Amendment) -> dict[str, str]:
    texts = {"rationale": change.rationale, "description": change.description}
    return {member: words for member, words in texts.items() if words}


def _is_routine(change: Amendment) -> bool:
    """Tell whether a change says what it is, and that is nothing more or else that is bought."""
    if any(_NOTE.match(fold(words).text) for words in (change.description, change.rationale)):
        return True
    words = fold(f"{change.rationale} {change.description}").text
    if _NO_COST.search(words):
        return True
    return _says_more(words) and not _SUBSTANTIAL.search(words)


def _says_more(words: str) -> bool:
    """Tell whether words say more than that there is a change."""
    return bool(_WORD.search(_NAME.sub("", fold(words).text)))


def _distinct(documents: Sequence[Document]) -> list[Document]:
    """Return documents of another address each; without addresses, of another title and day."""

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
    for member, words in (("title", document.title), ("documentType", document.type)):
        if words:
            return Evidence(f"{document.path}/{member}", words, note=note)
    return Evidence(f"{document.path}/url", document.url, note=note)
