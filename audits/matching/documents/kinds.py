"""
Classify a document by its type, title and file name: amendment, contract, or study before the tender.

Publishers rarely use the OCDS document types ("Convenio modificatorio", "Orden de Compra o Contrato"). The words are
lists of ``audits.matching.texts.word_lists``; ``document_not_contract`` has those for documents about a contract.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from urllib.parse import unquote, urlsplit

from audits.matching.texts.normalize import fold_phrase
from audits.matching.texts.word_lists import Words
from contracts.ocds.caching import remembered
from contracts.ocds.parsing.objects import Document

# Length of the heading of a text, in characters.
_HEAD = 120
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_SEPARATORS = re.compile(r"[\W_]+")
_PLURAL = "(?:e?s)?"
# Nearly all addresses have no query and no percent-encoding.
_PLAIN_ADDRESS = re.compile(r"https?://[\w.-]++/[\w./-]*+", re.ASCII)
# Some publishers lost the backslash of tabs: "Convenio modificatorio\t\t\t\t" became "…tttt".
_LOST_TABS = "(?:t{4,})?"


def is_amendment(document: Document, words: Words) -> bool:
    """Return whether a document changes a contract."""
    return any(_holds(text, "document_amendment", words) for text in _texts(document))


def is_contract(document: Document, words: Words) -> bool:
    """Return whether a document is the text of a contract, not a document about it or an amendment."""
    return not is_amendment(document, words) and any(
        _holds(text, "document_contract", words) and not _holds(text, "document_not_contract", words)
        for text in _texts(document)
    )


def is_planning(document: Document, words: Words) -> bool:
    """Return whether a document precedes the tender: a plan, a needs assessment or a market study."""
    return any(_holds(text, "document_planning", words) for text in _texts(document))


def is_contract_text(text: str, words: Words) -> bool:
    """Return whether a text begins like a contract: its heading names one, and no document about one."""
    head = text[:_HEAD]
    return _holds(head, "document_contract", words) and not _holds(head, "document_not_contract", words)


def _texts(document: Document) -> Iterator[str]:
    yield document.type
    yield document.title
    yield _file_name(document.url)


@remembered  # Several rules ask about the same document.
def _file_name(url: str) -> str:
    """Return the file name in an address; empty for services that number their files, and for invalid addresses."""
    try:
        path = url if _PLAIN_ADDRESS.fullmatch(url) else unquote(urlsplit(url).path)
    except ValueError:  # such as an invalid IPv6 host in brackets
        return ""
    return path.rpartition("/")[2].rpartition(".")[0]


@remembered
def _holds(text: str, name: str, words: Words) -> bool:
    return bool(text) and _pattern(name, words).search(_spaced(text)) is not None


def _spaced(text: str) -> str:
    """Return a text folded and split into words: ``contractSigned`` and ``LPN_01_contrato`` alike."""
    return _SEPARATORS.sub(" ", fold_phrase(_CAMEL.sub(" ", text)))


@lru_cache(maxsize=32)
def _pattern(name: str, words: Words) -> re.Pattern[str]:
    phrases = sorted(words.of(name))
    any_of = "|".join(f"{_PLURAL} ".join(map(re.escape, phrase.split())) for phrase in phrases) or "(?!)"
    return re.compile(rf"\b(?:{any_of}){_PLURAL}{_LOST_TABS}\b")
