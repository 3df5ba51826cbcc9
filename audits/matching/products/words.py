"""
Words before a product name, and words after it that are not part of it: word lists, compiled.

The words are data; patterns of letters with digits that are not models are here.
"""

import re
from functools import lru_cache

from msgspec import Struct

from audits.matching.texts.word_lists import Words

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
    kinds = words.any_of("licence_kind", "state_kind", "product_kind")
    return ProductWords(
        name_head=re.compile(
            rf"\b(?P<kind>{kinds})(?:{_JOINS} {words.any_of('product_object')})*(?P<join>{_JOIN}) [\"'(]*"
        ),
        licence_kinds=words.of("licence_kind"),
        state_kinds=words.of("state_kind"),
        system=words.pattern("system_kind"),
        kind=words.pattern("licence_kind", "system_kind"),
        bodies=words.of("body"),
        describing=words.of("describing")
        | words.of("ordinary_word")
        | words.of("not_product")
        | words.of("product_object"),
        machine=words.pattern("machine"),
        no_model=re.compile(
            rf"\A(?:\d+(?:[.,]\d+)?(?:x\d+)?(?:{words.any_of('unit')}|x\d*)|{_NO_MODEL_SHAPES}|{words.any_of('not_model')}|"
            rf"{words.any_of('reference_prefix')}-?\d.*)"
        ),
        no_brand=re.compile(words.any_of("not_brand")),
        no_product=words.of("not_product"),
        ordinary=words.of("ordinary_word"),
    )
