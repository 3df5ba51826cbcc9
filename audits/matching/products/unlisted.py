"""
Recognise product names that no list contains, by their spelling.

A name after "software", "licencias de" or "marca" is recognised by capitals inside a word ("TrustBroker"), letters
with digits ("THR9i"), an abbreviation in lower-case text, a trademark sign (®), or, in a text in capitals, a spelling
that is impossible in its language ("SYSMAN"). Names of the state's own systems ("sistema SIGEF") are excluded: an
abbreviation after "sistema" is not a product.

The words before and after product names are data: ``product_words``.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from enum import StrEnum

from msgspec import Struct

from audits.matching.products.named_systems import named_after_work, named_by_place
from audits.matching.products.spelling import (
    Case,
    case_of,
    has_inner_capital,
    is_spelt_as_english_name,
    is_spelt_as_name,
    letters_of,
)
from audits.matching.products.words import WHOSE, ProductWords, product_words
from audits.matching.texts.normalize import Folded, fold
from audits.matching.texts.word_lists import Words


class Sign(StrEnum):
    """How a product name was recognised."""

    BRAND = "brand"
    MODEL = "model"
    NAME = "name"


class Product(Struct, frozen=True):
    """A product and its position: ``start`` and ``end`` are offsets in the original text."""

    sign: Sign
    start: int
    end: int


# Abbreviations of two letters are too ambiguous.
_MIN_NAME_LENGTH = 2
# Maximum distance in characters between a machine and its model.
_MODEL_REACH = 28
# Maximum length of a model; it bounds the time of the patterns below.
_MODEL_LENGTH = 60
# Purpose or place of a machine, in English: "servers for the AURORA2 project", "speed camera on A17".
_IS_FOR = re.compile(r"\b(?:at|for|in|on)\b")
_MODEL = re.compile(r"\b(?=[\w-]{0,60}\d)(?=[\w-]{0,60}[^\W\d_])[^\W_](?:[\w]|-(?=\w))*+")
_BRAND_HEAD = re.compile(r"\bmarcas?\b(?: comercial(?:es)?)? ?:? ?[\"']?")
_DIGIT = re.compile("[0-9]")
_WORD = re.compile(r"[^\W_][\w.+&/-]*[^\W_]|[^\W_]")
# "ECU 911" is a telephone number.
_PARTED_MODEL = re.compile(r"\b(?P<letters>[a-z]{2,5}) (?!(?:19|20)\d\d\b|(?:105|112|123|911)\b)\d{3,4}[a-z]{0,2}\b")
# "denominado ControlDoc", "designado por Edoclink", "[HP]", "ERP AIRC". Brackets at the beginning contain the portal:
# "[LICITANET] - Contratação …".
_CALLED = re.compile(
    r"\b(?:[Dd]enominad[oa]s?|[Dd]esignad[oa]s?(?: por)?|[Ll]lamad[oa]s?|DENOMINAD[OA]S?|[Nn]amed|[Cc]alled)"
    r"[ \"'“«(:]+"
    r"(?P<name>[A-ZÀ-ÖØ-Þ][\w.+-]{2,})"
    r"|(?<!\A)\[(?P<bracketed>[A-Z][\w.+-]{1,20})\]"
    r"|\b(?:ERP|CRM|SGD|SIG)[ \"'“«(]+(?P<suite>[A-ZÀ-ÖØ-Þ][\w.+-]{2,})"
)
# Portuguese uses an article before products ("licenciamento do iPortalDoc"); Spanish only before offices ("licencias
# del SAT").
_ARTICLES = ("da", "do")
_WORD_BEFORE = re.compile(r"(?P<word>[^\W_]\w{0,40})[\"')®]? \Z")
_MARK = re.compile(r"(?<![\w-])[\w-]{2,}+ ?(?:®|™|\(R\)|\(TM\))")
# Substrings of the two patterns above: checking for them costs a tenth, and few texts contain any.
_MARKS = ("®", "™", "(R)", "(TM)")
_CALLING = ("enominad", "ENOMINAD", "esignad", "lamad", "amed", "alled", "[", "ERP", "CRM", "SGD", "SIG")


def unlisted_products(
    text: str, language: str, words: Words, *, names: bool = True, folded: Folded | None = None
) -> tuple[Product, ...]:
    """
    Return products, models and brands of ``text`` recognised by spelling, in no particular order.

    In a text in capitals, only foreign spelling, digits and the word "marca" indicate a name.

    :param language: ``es``, ``pt`` or ``en``; in English no spelling is foreign, and names come before their kind
    :param words: the word lists for products
    :param names: whether to look for names; brands and models alone take a fraction of the time
    :param folded: the text folded, if already known
    """
    patterns = product_words(words)
    found = _products(text, folded or fold(text), language, patterns, names=names)
    return tuple(product for product in found if not _is_ordinary(text, product, patterns))


def _is_ordinary(text: str, product: Product, patterns: ProductWords) -> bool:
    """Return whether a name is a word of the language."""
    return product.sign is Sign.NAME and fold(text[product.start : product.end]).text in patterns.ordinary


def _products(text: str, folded: Folded, language: str, patterns: ProductWords, *, names: bool) -> Iterator[Product]:
    plain = folded.text
    if names:
        for start, end in _marked_or_called(text, language, patterns):
            yield Product(Sign.NAME, start, end)
    if "marca" in plain:
        for head in _BRAND_HEAD.finditer(plain):
            word = _WORD.match(plain, head.end())
            if word and not patterns.no_brand.fullmatch(word.group()) and not word.group().isdigit():
                yield Product(Sign.BRAND, *folded.span(head.start(), word.end()))
    if names:
        for start, end in _named(text, folded, language, patterns):
            yield Product(Sign.NAME, *folded.span(start, end))
    if _has_digit(plain):
        machines = [match.end() for match in patterns.machine.finditer(plain)]
        if machines:
            for start, end in _models(text, folded, patterns):
                before = bisect_right(machines, start)
                between = plain[machines[before - 1] : start] if before else ""
                if before and len(between) <= _MODEL_REACH and not _IS_FOR.search(between):
                    yield Product(Sign.MODEL, *folded.span(start, end))


def _marked_or_called(text: str, language: str, patterns: ProductWords) -> Iterator[tuple[int, int]]:
    """Yield the positions, in the original text, of names with a trademark sign or after "denominado"."""
    if any(sign in text for sign in _MARKS):
        for mark in _MARK.finditer(text):
            yield mark.span()
    if any(letters in text for letters in _CALLING):
        for called in _CALLED.finditer(text):
            if language == "en" and called.lastgroup != "name":
                continue  # "subject matter experts [SMES]", "ERP SPECIAL PROJECTS"
            name = fold(called[called.lastgroup or 0]).text
            # "Llamadas Para" is a purpose, not a name.
            if name not in patterns.no_product and name not in WHOSE:
                yield called.span(called.lastgroup or 0)


def _named(text: str, folded: Folded, language: str, patterns: ProductWords) -> Iterator[tuple[int, int]]:
    """Yield the positions, in the folded text, of names next to the word for their kind."""
    plain = folded.text
    heads = list(patterns.name_head.finditer(plain))
    systems = list(patterns.system.finditer(plain)) if language != "en" else []
    case = case_of(text) if systems or heads else Case.SPOKEN
    if language == "en":
        yield from _names_before(text, folded, patterns)
    else:
        yield from named_after_work(text, folded, case, language, patterns, systems)
        yield from named_by_place(text, folded, case, patterns, systems)
    for head in heads:
        word = _WORD.match(plain, head.end())
        if word and not patterns.is_no_name(word):
            written = text[slice(*folded.span(word.start(), word.end()))]
            # "software Pergamum" is a name; "software de Gestión" describes a function.
            direct = not head["join"] or head["kind"] in patterns.licence_kinds
            # "sistema informático SIIF" may be the state's own system: only foreign spelling indicates a product.
            own = head["kind"] in patterns.state_kinds
            if head["join"].endswith(_ARTICLES):
                if has_inner_capital(written):
                    yield word.span()
            elif is_spelt_as_name(written, Case.CAPITALS if own else case, language, direct=direct):
                yield word.span()


def _has_digit(text: str) -> bool:
    # This search is some twenty times as fast, and covers the digits used in nearly all texts.
    return _DIGIT.search(text) is not None or (not text.isascii() and any(letter.isdigit() for letter in text))


def _models(text: str, folded: Folded, patterns: ProductWords) -> Iterator[tuple[int, int]]:
    for model in _MODEL.finditer(folded.text):
        if 2 < len(model.group()) <= _MODEL_LENGTH and not patterns.no_model.fullmatch(model.group()):
            yield model.span()
    for model in _PARTED_MODEL.finditer(folded.text):
        word = text[slice(*folded.span(model.start(), model.end("letters")))]
        if word.isupper() and model["letters"] not in patterns.no_product:
            yield model.span()


def _names_before(text: str, folded: Folded, patterns: ProductWords) -> Iterator[tuple[int, int]]:
    """
    Yield the positions, in the folded text, of names directly before their kind: "MIM software upgrades".

    This is the English word order; what follows the kind is its purpose.
    """
    case = case_of(text)
    for kind in patterns.kind.finditer(folded.text):
        found = _WORD_BEFORE.search(folded.text, max(0, kind.start() - _MODEL_LENGTH), kind.start())
        if not found or patterns.is_no_name(found, "word"):
            continue
        start, end = found.span("word")
        name = text[slice(*folded.span(start, end))]
        stands_out = name.isupper() and case is not Case.CAPITALS and len(letters_of(name)) > _MIN_NAME_LENGTH
        if stands_out or is_spelt_as_english_name(name):
            yield start, end
