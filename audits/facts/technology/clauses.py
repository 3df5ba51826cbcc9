"""
Check whether the text of a contract contains the clauses that it should have, whom they favour, and others that
deserve a question.

A clause is reported as missing only if the whole contract was read, because an unread page may contain it. Words that
favour the supplier are reported wherever they stand: an annex of the maker may grant what the contract does not.
"""

from collections.abc import Callable, Container, Iterator, Sequence

from audits.facts.technology.scope import require_scope
from audits.judging.dossiers.parts import PAGE
from audits.judging.dossiers.process import Dossier
from audits.judging.rule.vocabulary import Evidence, Finding, InsufficientDataError, NotApplicableError, Severity
from audits.matching.documents.clauses import SUPPLIER, Passage, strongest_first, terms_elsewhere
from audits.matching.documents.kinds import is_contract_text
from contracts.documents.texts import ReadDocument, ReadPage
from contracts.ocds.parsing.objects import Text

# Sectors of technology that decides about people, or watches them.
DECIDING = frozenset({"ai", "surveillance", "digital_identity"})
# Sectors of technology that stores data of the public.
KEEPING_DATA = DECIDING | {"cloud", "software_platform", "command_centre"}
# Rules that check for clauses which safeguard people's rights.
SAFEGUARDS = frozenset({"T27", "T28", "T29"})
# Rules that check documents for clauses.
ASKED_OF_DOCUMENTS = frozenset({"T23", "T24", "T25", "T26", "T27", "T28", "T29", "T30"})
# Rules that ask about clauses which documents have, not about their absence.
ASKED_IF_SAID = frozenset({"T32", "T33"})
# All of these, and rules that read documents in addition to the record. The reason why such a rule did not apply
# reveals whether a document is held, even one that is not published.
READING_DOCUMENTS = ASKED_OF_DOCUMENTS | ASKED_IF_SAID | {"T06", "T10", "T14", "T18", "T21"}
CONTRACT_DOCUMENTS = "/contracts/documents"
# A contract with fewer characters (two pages) is an order form.
READABLE_CHARACTERS = 5000
# A first page with at most so many characters is a cover.
COVER_CHARACTERS = 600
_HEADING = 120
# Other passages of the clause shown beside those that favour the supplier.
_SHOWN_BESIDE = 3


def safeguard_clauses(dossier: Dossier) -> Iterator[Evidence]:
    """Yield the passages of documents that safeguard people's rights."""
    for page, found in dossier.clauses:
        if found.rule in SAFEGUARDS and found.favours != SUPPLIER:
            yield clause_evidence(page, found)


def clause_findings(
    dossier: Dossier, rule: str, *, readable_characters: int, sectors: Container[str] | None = None
) -> Iterator[Finding]:
    """
    Yield a finding if documents word the clause of a rule in favour of the supplier, or if no document contains the
    clause and the contract was read completely.

    :param rule: code of the rule; ``fixtures/reference/clauses.csv`` holds the wording of its clauses
    :param readable_characters: minimum number of characters of all pages
    :param sectors: the sectors of technology that the rule applies to; ``None`` for all
    :raises InsufficientDataError: if no contract was read, or only part of one, or a short one, or one in a language
        that cannot be read; or if terms of the contract are in another document
    :raises NotApplicableError: if what is bought is no technology, or technology of other sectors
    """
    require_scope(dossier)
    if sectors is not None and not any(sector in sectors for sector in dossier.scope.sectors):
        raise NotApplicableError("clause_not_asked", sectors=", ".join(dossier.scope.sectors))
    found = strongest_first((page, passage) for page, passage in dossier.clauses if passage.rule == rule)
    if found:
        yield from _for_supplier(found)
        return
    contracts = _contracts(dossier)
    if not contracts:
        raise InsufficientDataError(CONTRACT_DOCUMENTS, "no_contract_read", documents=len(dossier.documents))
    _require_whole(dossier)
    if elsewhere := next(
        filter(None, (terms_elsewhere(page.text) for entry in contracts for page in entry.pages)), ""
    ):
        raise InsufficientDataError(CONTRACT_DOCUMENTS, "terms_elsewhere", words=elsewhere)
    texts = [text for text in dossier.texts if text.part == PAGE]
    characters = sum(len(text.value) for text in texts)
    if characters < readable_characters:
        raise InsufficientDataError(CONTRACT_DOCUMENTS, "too_little_text", read=characters, needed=readable_characters)
    yield Finding(
        evidence=tuple(map(_heading, contracts)),
        values={"pages": _page_count(dossier)},
    )


def clause_passages(
    dossier: Dossier, rule: str, counts: Callable[[Passage], bool] = lambda _passage: True
) -> Sequence[tuple[Text, Passage]]:
    """
    Return what documents of technology say of the clauses of a rule, what binds somebody first.

    :param counts: whether the rule asks about a passage
    :raises InsufficientDataError: if nothing was found, and no document was read, or not all pages, or in a language
        that cannot be read
    :raises NotApplicableError: if what is bought is no technology
    """
    require_scope(dossier)
    found = strongest_first(
        (page, passage)
        for page, passage in dossier.clauses
        if passage.rule == rule and passage.favours and counts(passage)
    )
    if not found:
        if not dossier.documents:
            raise InsufficientDataError(CONTRACT_DOCUMENTS, "no_contract_read", documents=0)
        _require_whole(dossier)
    return found


def _page_count(dossier: Dossier) -> int:
    return sum(document.page_count for document in dossier.documents)


def _require_whole(dossier: Dossier) -> None:
    """Raise an error if a page was not read, or cannot be: an annex, too, may contain the clause."""
    if not all(document.is_whole for document in dossier.documents):
        read = sum(document.pages_read for document in dossier.documents)
        raise InsufficientDataError(CONTRACT_DOCUMENTS, "contract_pages_unread", read=read, pages=_page_count(dossier))
    if not all(dossier.is_readable(text) for text in dossier.texts if text.part == PAGE):
        raise InsufficientDataError("/language", "language_unread")


def _for_supplier(found: Sequence[tuple[Text, Passage]]) -> Iterator[Finding]:
    """Yield a finding if a passage of a clause favours the supplier, with others of the clause."""
    favouring = [(page, passage) for page, passage in found if passage.favours == SUPPLIER]
    if favouring:
        beside = [(page, passage) for page, passage in found if passage.favours != SUPPLIER][:_SHOWN_BESIDE]
        yield Finding(
            evidence=tuple(clause_evidence(page, passage) for page, passage in (*favouring, *beside)),
            values={"words": favouring[0][1].words},
            sentence="supplier",
            severity=Severity.MEDIUM,
        )


def clause_evidence(page: Text, found: Passage) -> Evidence:
    """Return a passage of a clause as evidence."""
    return Evidence(page.path, page.value, found.quote, found.start, found.end, found.clause)


def _contracts(dossier: Dossier) -> Sequence[ReadDocument]:
    """Return the documents that begin like a contract, on the first page or, after a cover, on the second."""
    words = dossier.reference.words
    return [
        document
        for document in dossier.documents
        if any(is_contract_text(page.text, words) for page in _first_pages(document))
    ]


def _first_pages(document: ReadDocument) -> Sequence[ReadPage]:
    pages = document.pages[:2]
    if [page.number for page in pages] == [1, 2] and len(pages[0].text) <= COVER_CHARACTERS:
        return pages
    return [page for page in pages if page.number == 1]


def _heading(document: ReadDocument) -> Evidence:
    text = Text(document.path(1), document.pages[0].text, PAGE)
    line = text.value[:_HEADING].splitlines()[0]
    return Evidence(text.path, text.value, line, 0, len(line), "contract")
