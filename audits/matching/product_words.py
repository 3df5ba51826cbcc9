"""
Words before a product name, and words after it that are not part of it: word lists, compiled.

The words are data; patterns of letters with digits that are not models are here.
"""

import re
from functools import lru_cache

from msgspec import Struct

from audits.matching.words import ORDINARY, Words

# Word lists for recognising products.
PRODUCT_KIND = "product_kind"  # what a licence, a subscription or support is for: "software", "plataforma"
LICENCE_KIND = "licence_kind"  # kinds that take the product after "de": "licencias de GeneXus"
STATE_KIND = "state_kind"  # kinds that the state builds for itself
SYSTEM_KIND = "system_kind"  # named after what it does: "sistema informático de gestión municipal (SIGEM)"
BODY = "body"  # a body named before the abbreviation owns it: "sistema del Instituto de Previsión (IPS)"
PRODUCT_OBJECT = "product_object"  # words that may stand between a kind and the name
MACHINE = "machine"  # machines that have models
UNIT = "unit"  # units of measurement
NOT_MODEL = "not_model"  # letters with digits that are no model
REFERENCE_PREFIX = "reference_prefix"  # letters before the digits of a reference number
DESCRIBING = "describing"  # words for what a system does that no ending tells: "web", "nómina"
NOT_BRAND = "not_brand"  # words that follow "marca"
NOT_PRODUCT = "not_product"  # abbreviations and words of trade that follow "software" or "switch"

# Without an article: "licencias del SAT" names an office, "licencias de GeneXus" a product. Portuguese uses an article
# before products too ("licenciamento do iPortalDoc"): there, capitals inside the word must show that it is a name.
_JOIN = r"(?: (?:de|of|d[ao]))?"
_JOINS = r"(?: (?:de|del|de la|de las|de los|da|do|das|dos|para|para el|para la|of|for|the|el|la))?"
# Minimum length of a product name.
SHORT_WORD = 3
# Letters with digits that are not models: standards, generations, sizes, years, process codes.
_NO_MODEL_SHAPES = (
    r"[345]g|[2-8]k|[1-4]d|c[2345]i?\d?|i[3579]|h26[45]|h[- ]?26[45]\w*|ip ?v?[46]|ipv[46]|ip\d\d|cat ?\d\w?|"
    r"rj\d+|iso\w*|ieee\w*|tier\d|t[1-4]|l[23]|usb\d?|hdmi\d?|sha\d+|"
    r"covid\w*|item\d+|lote\d+|no\d+|nro\d+|num\d+|art\d+|fy\d+|q\d|rm\d{3,4}|n\d{1,2}|r\d{1,2}|"
    r"ddr\d\w*|raid\d*|pcie?\d*|om\d|lto\d?|lto-\d|hora\d*|[a-z]2[a-z]|\d+(?:ac|ax|be|n|a|g|b)|\d+base-?\w*|rs-?\d+|"
    r"i[3579]-\w+|q?sfp\d*|sata\d*|a[cx]\d{3,4}|tia-?\d+\w*|nfpa\d+|nema\d\w*|v\d+|\d*(?:k?m|mts?)[23]|\d+ge|"
    r"24x7|7x24|8x5|5x8|\d+x\d+(?:x\d+)?|\d+-\d+|\w{0,60}\d{5}\w{0,60}|"
    r"[a-z]+-\d{1,4}-(?:19|20)\d\d.*|[a-z]{7,40}\d{1,2}|.{0,60}(?:19|20)\d\d.{0,60}-.{0,60}|\w+(?:-\w+){3,}"
)
# Before a name, these words introduce the owner of a system, not its name: "sistema de la SNR".
_WHOSE_WORDS = (
    "a al ao aos as com con da das de del do dos e el em en la las los na nas no nos o os para pela pelo por y "
    "and for in of the to"
)
WHOSE = frozenset(_WHOSE_WORDS.split())
# Numbers of tenders, and of patients and case records.
_NO_NAME = re.compile(
    r"(?:primer|segund[oa]|tercer|terceir)[ao]? (?:llamad[ao]|chamad[ao]|convocatoria|etapa|fase)\b|"
    r"(?:expediente|ficha|historia|prontuario|registro)s? (?:clinic|digita|electronic|eletronic|judicia|medic)"
)


class ProductWords(Struct, frozen=True, gc=False):
    """The word lists for products, compiled."""

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

    def is_no_name(self, found: re.Match[str], group: str | int = 0) -> bool:
        """Return whether a word of a folded text can be, or begin, the name of a product."""
        return found[group] in self.no_product or bool(_NO_NAME.match(found.string, found.start(group)))


@lru_cache(maxsize=4)
def product_words(words: Words) -> ProductWords:
    """Return the compiled word lists for products, cached."""
    kinds = words.any_of(LICENCE_KIND, STATE_KIND, PRODUCT_KIND)
    return ProductWords(
        name_head=re.compile(
            rf"\b(?P<kind>{kinds})(?:{_JOINS} {words.any_of(PRODUCT_OBJECT)})*(?P<join>{_JOIN}) [\"'(]*"
        ),
        licence_kinds=words.of(LICENCE_KIND),
        state_kinds=words.of(STATE_KIND),
        system=words.pattern(SYSTEM_KIND),
        kind=words.pattern(LICENCE_KIND, SYSTEM_KIND),
        bodies=words.of(BODY),
        describing=words.of(DESCRIBING) | words.of(ORDINARY) | words.of(NOT_PRODUCT) | words.of(PRODUCT_OBJECT),
        machine=words.pattern(MACHINE),
        no_model=re.compile(
            rf"\A(?:\d+(?:[.,]\d+)?(?:x\d+)?(?:{words.any_of(UNIT)}|x\d*)|{_NO_MODEL_SHAPES}|{words.any_of(NOT_MODEL)}|"
            rf"{words.any_of(REFERENCE_PREFIX)}-?\d.*)"
        ),
        no_brand=re.compile(words.any_of(NOT_BRAND)),
        no_product=words.of(NOT_PRODUCT),
        ordinary=words.of(ORDINARY),
    )
