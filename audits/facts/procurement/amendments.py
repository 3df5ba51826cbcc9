"""Changes of signed contracts: listed as amendments, or told by a document of the contract."""

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from audits.facts.procurement.money import Money, money
from audits.facts.procurement.stages import name_of, standing_contracts
from audits.judging.dossier import Dossier
from audits.judging.vocabulary import Context, Evidence, InsufficientDataError
from audits.matching.documents import is_amendment
from audits.matching.normalize import fold, fold_phrase
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
# How much a change says that it adds: as a percentage, or as a sum with its cents.
_PERCENT = re.compile(r"(?<![\d.,])(\d{1,3}(?:[.,]\d{1,4})?) ?%")
_SUM = re.compile(r"(?<![\d.,])\d[\d.,]{0,20}[.,]\d\d(?![.,]?\d)")
# Changes that add less than a tenth in all leave a contract what it was; laws let a fifth or a quarter be added.
_LITTLE = Decimal("0.1")
# Who insures is told of what is to be insured as it comes: premiums follow.
_INSURER = re.compile(r"\b(?:re)?(?:seguros|asegurador(?:a|es)?|segurador(?:a|es)?|insurance|assurances?)\b")


class Amended(NamedTuple):
    """
    A contract with the places of its changes after the signature; there may be none.

    ``routine``: how many are; ``added``: what part of the contract the others say that they add in all, if each does.
    """

    contract: Contract
    changes: tuple[Evidence, ...]
    routine: int = 0
    added: Decimal | None = None

    def ordinary(self, minimum: int) -> Context | None:
        """Return that fewer than ``minimum`` changes are more than routine, as a context."""
        if len(self.changes) - self.routine >= minimum:
            return None
        return Context("routine_changes", {"routine": self.routine})

    def little_added(self) -> Context | None:
        """Return that the changes that are more than routine say to add little in all, as a context."""
        if self.added is None or self.added >= _LITTLE:
            return None
        return Context("little_added", {"percent": f"{100 * self.added:.1f}"})


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
            others = [change for change in changes if not _is_routine(change)]
            places, routine = tuple(map(_evidence, changes)), len(changes) - len(others)
            amended.append(Amended(contract, places, routine, _added(contract, others)))
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
        if _is_since(signed, document.published)
    )
    return [*contract.documents, *contract.implementation_documents, *of_award]


def _after_signature(contract: Contract) -> list[Amendment]:
    """Return the amendments but for those dated before the day of signature."""
    signed = contract.date_signed
    return [change for change in contract.amendments if _is_since(signed, change.date)]


def _is_since(signed: datetime | None, when: datetime | None) -> bool:
    return signed is None or when is None or when.date() >= signed.date()


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


def _added(contract: Contract, changes: Sequence[Amendment]) -> Decimal | None:
    """Return what part of a contract changes say that they add in all; ``None`` unless each names one part or sum."""
    shares = [_share(f"{change.description} {change.rationale}", money(contract.value)) for change in changes]
    known = [share for share in shares if share is not None]
    return sum(known, Decimal(0)) if known and len(known) == len(shares) else None


def _share(words: str, value: Money | None) -> Decimal | None:
    parts, sums = _PERCENT.findall(words), _SUM.findall(_PERCENT.sub("", words))
    if len(parts) == 1:
        return Decimal(parts[0].replace(",", ".")) / 100
    if parts or len(sums) != 1 or value is None:
        return None
    units, cents = sums[0][:-3].replace(".", "").replace(",", ""), sums[0][-2:]
    return Decimal(f"{units}.{cents}") / value.amount


def insured(process: Process) -> Context | None:
    """Return that nobody but insurers sells, as a context: what they insure is added, or taken out, as it comes."""
    names = [name_of(process, supplier) for supplier in process.suppliers()]
    if not names or not all(_INSURER.search(fold_phrase(name)) for name in names):
        return None
    return Context("insured", {"supplier": names[0]})


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
