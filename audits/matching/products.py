"""
Product names that no list holds, recognised by how they are written.

No list of products is ever whole. A name that follows "software", "licencias de" or "marca" is seen as one by its
letters: capitals inside a word ("TrustBroker"), letters with digits ("THR9i"), an abbreviation among small letters,
a mark (®), or, in a text that is all capitals, a spelling that no word of its language has ("SYSMAN"). The names of
the state's own systems ("sistema SIGEF") are left alone: an abbreviation after "sistema" is no product.

Which words come before a product, and which follow one that are none, is data: ``product_words``.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from enum import StrEnum

from msgspec import Struct

from audits.matching.named_systems import named_after_work, named_by_place
from audits.matching.normalize import Folded, fold
from audits.matching.product_words import WHOSE, ProductWords, product_words
from audits.matching.spelling import (
    Case,
    case_of,
    has_inner_capital,
    is_spelt_as_english_name,
    is_spelt_as_name,
    letters_of,
)
from audits.matching.words import Words


class Sign(StrEnum):
    """What tells that a name is a product."""

    BRAND = "brand"
    MODEL = "model"
    NAME = "name"


class Product(Struct, frozen=True):
    """A product at its place in a text: ``start`` and ``end`` are offsets in the text as written."""

    sign: Sign
    start: int
    end: int


# Abbreviations of two letters stand for too much.
_MIN_NAME_LENGTH = 2
# How many characters may lie between a machine and its model.
_MODEL_REACH = 28
# No model is longer; within this, no pattern below takes more than a bounded time for a place.
_MODEL_LENGTH = 60
# What a machine is for, in English, and where: "servers for the AURORA2 project", "speed camera on A17".
_IS_FOR = re.compile(r"\b(?:at|for|in|on)\b")
_MODEL = re.compile(r"\b(?=[\w-]{0,60}\d)(?=[\w-]{0,60}[^\W\d_])[^\W_](?:[\w]|-(?=\w))*+")
_BRAND_HEAD = re.compile(r"\bmarcas?\b(?: comercial(?:es)?)? ?:? ?[\"']?")
_DIGIT = re.compile("[0-9]")
_WORD = re.compile(r"[^\W_][\w.+&/-]*[^\W_]|[^\W_]")
# "ECU 911" is a number to call.
_PARTED_MODEL = re.compile(r"\b(?P<letters>[a-z]{2,5}) (?!(?:19|20)\d\d\b|(?:105|112|123|911)\b)\d{3,4}[a-z]{0,2}\b")
# "denominado ControlDoc", "designado por Edoclink", "[HP]", "ERP AIRC". What stands in brackets before all else is the
# portal that publishes: "[LICITANET] - Contratação …".
_CALLED = re.compile(
    r"\b(?:[Dd]enominad[oa]s?|[Dd]esignad[oa]s?(?: por)?|[Ll]lamad[oa]s?|DENOMINAD[OA]S?|[Nn]amed|[Cc]alled)"
    r"[ \"'“«(:]+"
    r"(?P<name>[A-ZÀ-ÖØ-Þ][\w.+-]{2,})"
    r"|(?<!\A)\[(?P<bracketed>[A-Z][\w.+-]{1,20})\]"
    r"|\b(?:ERP|CRM|SGD|SIG)[ \"'“«(]+(?P<suite>[A-ZÀ-ÖØ-Þ][\w.+-]{2,})"
)
# Portuguese gives products an article ("licenciamento do iPortalDoc"); Spanish only offices ("licencias del SAT").
_ARTICLES = ("da", "do")
_WORD_BEFORE = re.compile(r"(?P<word>[^\W_]\w{0,40})[\"')®]? \Z")
_MARK = re.compile(r"(?<![\w-])[\w-]{2,}+ ?(?:®|™|\(R\)|\(TM\))")
# What the two patterns above hold: to look for that costs a tenth of looking for them, and few texts have any.
_MARKS = ("®", "™", "(R)", "(TM)")
_CALLING = ("enominad", "ENOMINAD", "esignad", "lamad", "amed", "alled", "[", "ERP", "CRM", "SGD", "SIG")


def unlisted_products(text: str, language: str, words: Words, *, names: bool = True) -> tuple[Product, ...]:
    """
    Return products, models and brands of ``text`` by how they are written, in no order.

    In a text of capitals alone only foreign spelling, digits and the word "marca" tell a name.

    :param language: ``es``, ``pt`` or ``en``; to an English text no spelling is foreign, and names stand before their
        kind there
    :param words: the words that products are told by
    :param names: whether names are asked for; to look for brands and models alone takes a fraction of the time
    """
    patterns = product_words(words)
    found = _products(text, language, patterns, names=names)
    return tuple(product for product in found if not _is_ordinary(text, product, patterns))


def _is_ordinary(text: str, product: Product, patterns: ProductWords) -> bool:
    """Tell whether a name is a word of the language."""
    return product.sign is Sign.NAME and fold(text[product.start : product.end]).text in patterns.ordinary


def _products(text: str, language: str, patterns: ProductWords, *, names: bool) -> Iterator[Product]:
    folded = fold(text)
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
    """Yield the places, in the text as written, of names with a mark, and of what something is called."""
    if any(sign in text for sign in _MARKS):
        for mark in _MARK.finditer(text):
            yield mark.span()
    if any(letters in text for letters in _CALLING):
        for called in _CALLED.finditer(text):
            if language == "en" and called.lastgroup != "name":
                continue  # "subject matter experts [SMES]", "ERP SPECIAL PROJECTS"
            name = fold(called[called.lastgroup or 0]).text
            # "Llamadas Para" says what for, and not what it is called.
            if name not in patterns.no_product and name not in WHOSE:
                yield called.span(called.lastgroup or 0)


def _named(text: str, folded: Folded, language: str, patterns: ProductWords) -> Iterator[tuple[int, int]]:
    """Yield the places, in the folded text, of names beside the word for their kind."""
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
            # "software Pergamum" is a name; "software de Gestión" says what it does.
            direct = not head["join"] or head["kind"] in patterns.licence_kinds
            # "sistema informático SIIF" may be of the state's own making: only a foreign spelling tells.
            own = head["kind"] in patterns.state_kinds
            if head["join"].endswith(_ARTICLES):
                if has_inner_capital(written):
                    yield word.span()
            elif is_spelt_as_name(written, Case.CAPITALS if own else case, language, direct=direct):
                yield word.span()


def _has_digit(text: str) -> bool:
    # The search is some twenty times as fast, and knows the digits that nearly all texts are written with.
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
    Yield the places, in the folded text, of names that stand right before what they are: "MIM software upgrades".

    So English says it; what follows the kind there is what it is for.
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
