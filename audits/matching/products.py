"""
Products that no list holds, told by how they are written.

No list of products is ever whole. A name that follows "software", "licencias de" or "marca" is seen as one by its
letters: capitals inside a word ("TrustBroker"), letters with digits ("THR9i"), an abbreviation among small letters,
a mark (®), or, in a text that is all capitals, a spelling that no word of its language has ("SYSMAN"). The names of
the state's own systems ("sistema SIGEF") are left alone: an abbreviation after "sistema" is no product.

Which words come before a product, and which follow one that are none, is data: the lists below.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from enum import StrEnum
from functools import lru_cache

from msgspec import Struct

from audits.matching.normalize import Folded, fold
from audits.matching.spelling import (
    ROMAN,
    Case,
    case_of,
    has_inner_capital,
    is_spelt_as_english_name,
    is_spelt_as_name,
    letters_of,
)
from audits.matching.words import ORDINARY, Words
from contracts.ocds.remembering import remembered


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


# The lists of words that products are told by. What a licence, a subscription or support is bought of:
PRODUCT_KIND = "product_kind"
# those that take the name of a product after "de" ("licencias de GeneXus"), and those of the state's own making;
LICENCE_KIND = "licence_kind"
STATE_KIND = "state_kind"
# what has a name after what it does ("sistema informático de gestión municipal (SIGEM)"), and the bodies that, named
# before the name, have it themselves ("sistema del Instituto de Previsión (IPS)"),
SYSTEM_KIND = "system_kind"
BODY = "body"
# words that may stand between them and the name, machines that a model belongs to, units of measurement,
PRODUCT_OBJECT = "product_object"
MACHINE = "machine"
UNIT = "unit"
# letters with digits that are no model, and letters before the digits of a number of reference,
NOT_MODEL = "not_model"
REFERENCE_PREFIX = "reference_prefix"
# words that tell what a system does and are not told by how they end ("web", "nómina"),
DESCRIBING = "describing"
# beginnings of words that follow "marca", and abbreviations and words of trade that follow "software" or "switch".
NOT_BRAND = "not_brand"
NOT_PRODUCT = "not_product"

# Without article: "licencias del SAT" are those of an office, "licencias de GeneXus" those of a product. Portuguese
# gives products one too ("licenciamento do iPortalDoc"): there capitals inside the name must tell it.
_JOIN = r"(?: (?:de|of|d[ao]))?"
_ARTICLES = ("da", "do")
_JOINS = r"(?: (?:de|del|de la|de las|de los|da|do|das|dos|para|para el|para la|of|for|the|el|la))?"
# A beginning of a word has more letters.
_SHORT_WORD = 3
# Abbreviations of two letters stand for too much.
_SHORTEST_NAME = 2
# How many characters may lie between a machine and its model.
_MODEL_REACH = 28
# No model is longer; within this, no pattern below takes more than a bounded time for a place.
_MODEL_LENGTH = 60
# What a machine is for, in English, and where: "servers for the AURORA2 project", "speed camera on A17".
_IS_FOR = re.compile(r"\b(?:at|for|in|on)\b")
_MODEL = re.compile(r"\b(?=[\w-]{0,60}\d)(?=[\w-]{0,60}[^\W\d_])[^\W_](?:[\w]|-(?=\w))*+")
# Shapes of letters with digits that are no model: standards, generations, sizes, years, codes of processes.
_NO_MODEL_SHAPES = (
    r"[345]g|[2-8]k|[1-4]d|c[2345]i?\d?|i[3579]|h26[45]|h[- ]?26[45]\w*|ip ?v?[46]|ipv[46]|ip\d\d|cat ?\d\w?|"
    r"rj\d+|iso\w*|ieee\w*|tier\d|t[1-4]|l[23]|usb\d?|hdmi\d?|sha\d+|"
    r"covid\w*|item\d+|lote\d+|no\d+|nro\d+|num\d+|art\d+|fy\d+|q\d|rm\d{3,4}|n\d{1,2}|r\d{1,2}|"
    r"ddr\d\w*|raid\d*|pcie?\d*|om\d|lto\d?|lto-\d|hora\d*|[a-z]2[a-z]|\d+(?:ac|ax|be|n|a|g|b)|\d+base-?\w*|rs-?\d+|"
    r"i[3579]-\w+|q?sfp\d*|sata\d*|a[cx]\d{3,4}|tia-?\d+\w*|nfpa\d+|nema\d\w*|v\d+|\d*(?:k?m|mts?)[23]|\d+ge|"
    r"24x7|7x24|8x5|5x8|\d+x\d+(?:x\d+)?|\d+-\d+|\w{0,60}\d{5}\w{0,60}|"
    r"[a-z]+-\d{1,4}-(?:19|20)\d\d.*|[a-z]{7,40}\d{1,2}|.{0,60}(?:19|20)\d\d.{0,60}-.{0,60}|\w+(?:-\w+){3,}"
)
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
# Before a name, these tell whose a system is, and not what it is called: "sistema de la SNR".
_WHOSE_WORDS = (
    "a al ao aos as com con da das de del do dos e el em en la las los na nas no nos o os para pela pelo por y "
    "and for in of the to"
)
_WHOSE = frozenset(_WHOSE_WORDS.split())
# How many words after "sistema" its name is looked for.
_SYSTEM_WORDS = 8
_NEXT_WORD = re.compile(r"(?P<opening> [\"'(]?)(?P<word>[^\W_]\w{0,40})")
_WORD_BEFORE = re.compile(r"(?P<word>[^\W_]\w{0,40})[\"')®]? \Z")
_CLAUSE_END = re.compile(r" ?(?:[.,;:)\-–/]|\Z)")
_MARK = re.compile(r"(?<![\w-])[\w-]{2,}+ ?(?:®|™|\(R\)|\(TM\))")
# What the two patterns above hold: to look for that costs a tenth of looking for them, and few texts have any.
_MARKS = ("®", "™", "(R)", "(TM)")
_CALLING = ("enominad", "ENOMINAD", "esignad", "lamad", "amed", "alled", "[", "ERP", "CRM", "SGD", "SIG")
# Which call for tenders it is, and what records of patients and cases are called.
_NO_NAME = re.compile(
    r"(?:primer|segund[oa]|tercer|terceir)[ao]? (?:llamad[ao]|chamad[ao]|convocatoria|etapa|fase)\b|"
    r"(?:expediente|ficha|historia|prontuario|registro)s? (?:clinic|digita|electronic|eletronic|judicia|medic)"
)
# How words end that tell what a system does: "financiero", "contratación", "tributaria", "gestões".
_DESCRIBING_END = re.compile(
    r"[a-z]{1,40}(?:c[ia]o|[cs]ion(?:es)?|[cs]oes|[mi]ent[oa]s?|ment[oa]s?|"
    r"[id]ad(?:es?)?|[ae]ncias?|[itc]os?|[itc]as?|[aeio]rios?|[aeio]rias?|"
    r"iv[oa]s?|[aeiu]d[oa]s?|im[oa]s?|bles?|vel|veis|[aeiu]l(?:es)?|[ao]is|[aeo]r(?:es)?|[aei]ntes?|[ae]r[oa]s?|eir[oa]s?|or[ae]s?|istas?|ismos?|"
    r"os[oa]s?|uras?|ajes?|agem|agens|i[ao]s?|[a-z]{3}[aeo]s|emas?|[eio]ns|undo|iva|ndo)"
)
# What follows the name of a system, where a text has no other sign: the end of a clause, or whose and what for it is.
_AFTER_NAME = re.compile(
    r" ?(?:[.,;:()\-–/®]|\Z| (?:al?|as?|ante|com|como|con|da|das|de|del|do|dos|e|el|em|en|la|na|no|o|"
    r"para|por|pro|que|sas|segun|ver\w*|\w{3,40}[ai]d[oa]s?|v ?\d\S*|web|y|erp|software|\d\S*)\b)"
)
# How many words that describe a system may stand between "sistema" and its name.
_DESCRIBING_WORDS = 10


class _Patterns(Struct, frozen=True, gc=False):
    """The lists of words, compiled."""

    name_head: re.Pattern[str]
    licence_kinds: frozenset[str]
    state_kinds: frozenset[str]
    system: re.Pattern[str]
    kind: re.Pattern[str]
    bodies: frozenset[str]
    describing: frozenset[str]
    machine: re.Pattern[str]
    no_model: re.Pattern[str]
    no_brand: re.Pattern[str]
    no_product: frozenset[str]
    ordinary: frozenset[str]


@lru_cache(maxsize=4)
def _compile(words: Words) -> _Patterns:
    kinds = "|".join(words.any_of(name) for name in (LICENCE_KIND, STATE_KIND, PRODUCT_KIND))
    return _Patterns(
        name_head=re.compile(
            rf"\b(?P<kind>{kinds})(?:{_JOINS} {words.any_of(PRODUCT_OBJECT)})*(?P<join>{_JOIN}) [\"'(]*"
        ),
        licence_kinds=words.of(LICENCE_KIND),
        state_kinds=words.of(STATE_KIND),
        system=re.compile(rf"\b{words.any_of(SYSTEM_KIND)}\b"),
        kind=re.compile(rf"\b(?:{words.any_of(LICENCE_KIND)}|{words.any_of(SYSTEM_KIND)})\b"),
        bodies=words.of(BODY),
        describing=words.of(DESCRIBING) | words.of(ORDINARY) | words.of(NOT_PRODUCT) | words.of(PRODUCT_OBJECT),
        machine=re.compile(rf"\b{words.any_of(MACHINE)}\b"),
        no_model=re.compile(
            rf"\A(?:\d+(?:[.,]\d+)?(?:x\d+)?(?:{words.any_of(UNIT)}|x\d*)|{_NO_MODEL_SHAPES}|{words.any_of(NOT_MODEL)}|"
            rf"{words.any_of(REFERENCE_PREFIX)}-?\d.*)"
        ),
        # "o" and "sin" are words, "compatibl" and "equivalent" the beginnings of some.
        no_brand=re.compile(
            "|".join(
                re.escape(word) + (r"\w*" if len(word) > _SHORT_WORD else "") for word in sorted(words.of(NOT_BRAND))
            )
            or "(?!)"
        ),
        no_product=words.of(NOT_PRODUCT),
        ordinary=words.of(ORDINARY),
    )


@remembered
def unlisted_products(text: str, language: str, words: Words) -> tuple[Product, ...]:
    """
    Return products, models and brands of ``text`` by how they are written, in no order.

    In a text of capitals alone only foreign spelling, digits and the word "marca" tell a name.

    :param language: ``es``, ``pt`` or ``en``; to an English text no spelling is foreign, and names stand before their
        kind there
    :param words: the words that products are told by
    """
    patterns = _compile(words)
    found = _products(text, language, patterns)
    return tuple(product for product in found if not _is_ordinary(text, product, patterns))


def may_be_product(word: str, words: Words) -> bool:
    """Tell whether a folded word, wherever it stands, may be the name of a product: no word of a language is."""
    patterns = _compile(words)
    return len(word) > _SHORT_WORD and word.isalpha() and word not in patterns.describing


def _is_ordinary(text: str, product: Product, patterns: _Patterns) -> bool:
    """Tell whether a name is a word of the language."""
    return product.sign is Sign.NAME and fold(text[product.start : product.end]).text in patterns.ordinary


def _products(text: str, language: str, patterns: _Patterns) -> Iterator[Product]:
    folded = fold(text)
    plain = folded.text

    def written(start: int, end: int) -> tuple[int, int]:
        return folded.written(start), folded.written(end - 1) + 1

    if any(sign in text for sign in _MARKS):
        for mark in _MARK.finditer(text):
            yield Product(Sign.NAME, mark.start(), mark.end())
    if any(letters in text for letters in _CALLING):
        for called in _CALLED.finditer(text):
            if language == "en" and called.lastgroup != "name":
                continue  # "subject matter experts [SMES]", "ERP SPECIAL PROJECTS"
            name = fold(called[called.lastgroup or 0]).text
            # "Llamadas Para" says what for, and not what it is called.
            if name not in patterns.no_product and name not in _WHOSE:
                yield Product(Sign.NAME, *called.span(called.lastgroup or 0))
    if "marca" in plain:
        for head in _BRAND_HEAD.finditer(plain):
            word = _WORD.match(plain, head.end())
            if word and not patterns.no_brand.fullmatch(word.group()) and not word.group().isdigit():
                yield Product(Sign.BRAND, *written(head.start(), word.end()))
    heads = list(patterns.name_head.finditer(plain))
    systems = list(patterns.system.finditer(plain)) if language != "en" else []
    case = case_of(text) if systems or heads else Case.SPOKEN
    if language == "en":
        for start, end in _names_before(text, folded, patterns):
            yield Product(Sign.NAME, *written(start, end))
    else:
        for start, end in _named_systems(text, folded, case, language, patterns, systems):
            yield Product(Sign.NAME, *written(start, end))
        for start, end in _placed_names(text, folded, case, patterns, systems):
            yield Product(Sign.NAME, *written(start, end))
    for head in heads:
        word = _WORD.match(plain, head.end())
        if word and not _is_no_name(word, patterns):
            first, last = written(word.start(), word.end())
            # "software Pergamum" is a name; "software de Gestión" says what it does.
            direct = not head["join"] or head["kind"] in patterns.licence_kinds
            # "sistema informático SIIF" may be of the state's own making: only a foreign spelling tells.
            own = head["kind"] in patterns.state_kinds
            if head["join"].endswith(_ARTICLES):
                if has_inner_capital(text[first:last]):
                    yield Product(Sign.NAME, first, last)
            elif is_spelt_as_name(text[first:last], Case.CAPITALS if own else case, language, direct=direct):
                yield Product(Sign.NAME, first, last)
    if _has_digit(plain):
        machines = [match.end() for match in patterns.machine.finditer(plain)]
        if machines:
            for start, end in _models(text, folded, patterns):
                before = bisect_right(machines, start)
                between = plain[machines[before - 1] : start] if before else ""
                if before and len(between) <= _MODEL_REACH and not _IS_FOR.search(between):
                    yield Product(Sign.MODEL, *written(start, end))


def _has_digit(text: str) -> bool:
    # The search is some twenty times as fast, and knows the digits that nearly all texts are written with.
    return _DIGIT.search(text) is not None or (not text.isascii() and any(letter.isdigit() for letter in text))


def _models(text: str, folded: Folded, patterns: _Patterns) -> Iterator[tuple[int, int]]:
    for model in _MODEL.finditer(folded.text):
        if 2 < len(model.group()) <= _MODEL_LENGTH and not patterns.no_model.fullmatch(model.group()):
            yield model.span()
    for model in _PARTED_MODEL.finditer(folded.text):
        word = text[folded.written(model.start()) : folded.written(model.end("letters") - 1) + 1]
        if word.isupper() and model["letters"] not in patterns.no_product:
            yield model.span()


def _named_systems(
    text: str,
    folded: Folded,
    case: Case,
    language: str,
    patterns: _Patterns,
    systems: Iterable[re.Match[str]],
) -> Iterator[tuple[int, int]]:
    """
    Yield the places, in the folded text, of names that follow what a system does: "software de gestão NAVIA".

    In a text of capitals alone the name must be spelt as no word of the language is.
    """
    for kind in systems:
        position, before = kind.end(), ""
        for _ in range(_SYSTEM_WORDS):
            found = _NEXT_WORD.match(folded.text, position)
            if not found or found["word"] in patterns.bodies:
                break
            position = found.end()
            name = text[folded.written(found.start("word")) : folded.written(position - 1) + 1]
            stands_out = has_inner_capital(name)
            if not _is_no_name(found, patterns, "word") and len(name) > 2 and (stands_out or name.isupper()):
                if stands_out:
                    is_name = True
                elif case is Case.CAPITALS:
                    is_opened = found["opening"] != " "
                    # "SISTEMA CYBIRA BPM", "SISTEMA DE GESTION MUNICIPAL BDSOFT."
                    is_placed = not before or (before not in _WHOSE and _CLAUSE_END.match(folded.text, position))
                    is_name = bool(is_opened or is_placed) and is_spelt_as_name(name, case, language, direct=is_opened)
                else:
                    is_name = before not in _WHOSE and not name.isdigit() and not _tells_kind(kind, name, case)
                if is_name:
                    yield found.span("word")
                    break
            before = found["word"]


def _names_before(text: str, folded: Folded, patterns: _Patterns) -> Iterator[tuple[int, int]]:
    """
    Yield the places, in the folded text, of names that stand right before what they are: "MIM software upgrades".

    So English says it; what follows the kind there is what it is for.
    """
    case = case_of(text)
    for kind in patterns.kind.finditer(folded.text):
        found = _WORD_BEFORE.search(folded.text, max(0, kind.start() - _MODEL_LENGTH), kind.start())
        if not found or _is_no_name(found, patterns, "word"):
            continue
        start, end = found.span("word")
        name = text[folded.written(start) : folded.written(end - 1) + 1]
        stands_out = name.isupper() and case is not Case.CAPITALS and len(letters_of(name)) > _SHORTEST_NAME
        if stands_out or is_spelt_as_english_name(name):
            yield start, end


def _placed_names(
    text: str, folded: Folded, case: Case, patterns: _Patterns, systems: Iterable[re.Match[str]]
) -> Iterator[tuple[int, int]]:
    """
    Yield the places, in the folded text, of names that are told by where they stand, however they are spelt.

    "SISTEMA DE INFORMACIÓN FINANCIERO Y ADMINISTRATIVO SINFA EN EL MUNICIPIO": the first word after "sistema" that
    describes nothing, if it stands beside the one before without "de", and the clause ends or goes on after it; right
    after "sistema", also after one more such word ("PLATAFORMA ARIES NET EN"). Among small letters a capital alone
    tells that the last word describes nothing ("software de gestión de cementerios Thanatos").
    """
    for kind in systems:
        position, before, is_small = kind.end(), "", False
        for _ in range(_DESCRIBING_WORDS):
            found = _NEXT_WORD.match(folded.text, position)
            if not found or found["word"] in patterns.bodies:
                break
            word, position = found["word"], found.end()
            name = text[folded.written(found.start("word")) : folded.written(position - 1) + 1]
            is_capital_alone = case is Case.SPOKEN and is_small and name[0].isupper()
            ends = bool(_AFTER_NAME.match(folded.text, position))
            if (
                word in _WHOSE
                or word in patterns.describing
                or _NO_NAME.match(folded.text, found.start("word"))
                or (_DESCRIBING_END.fullmatch(word) and not (is_capital_alone and ends))
            ):
                before, is_small = word, name.islower()
                continue
            if (
                len(word) > _SHORT_WORD
                and word.isalpha()
                and not ROMAN.fullmatch(word)
                and name[0].isupper()
                and before not in _WHOSE
                and not _tells_kind(kind, name, case)
                and (ends or (not before and _goes_on(text, folded, position, patterns)))
            ):
                yield found.span("word")
            break


def _tells_kind(systems: re.Match[str], name: str, case: Case) -> bool:
    """Tell whether an abbreviation tells what kind several systems are of: "sistemas AVAC"."""
    return case is not Case.CAPITALS and name.isupper() and systems.group().endswith("s")


def _is_no_name(found: re.Match[str], patterns: _Patterns, group: str | int = 0) -> bool:
    return found[group] in patterns.no_product or bool(_NO_NAME.match(found.string, found.start(group)))


def _goes_on(text: str, folded: Folded, position: int, patterns: _Patterns) -> bool:
    """Tell whether the name of a system ends after one more word, which describes nothing."""
    found = _NEXT_WORD.match(folded.text, position)
    if not found or found["opening"] != " ":
        return False
    word, end = found["word"], found.end()
    is_capital = text[folded.written(found.start("word"))].isupper()
    describes = word in patterns.describing or word in patterns.bodies or _DESCRIBING_END.fullmatch(word)
    return is_capital and not describes and bool(_AFTER_NAME.match(folded.text, end))
