"""Brands, models and products that no list contains, told by their spelling, and abbreviations that look like them."""

import re
from collections.abc import Iterator, Sequence

from audits.judging.dossiers.parts import READ_PARTS
from audits.judging.dossiers.process import Dossier
from audits.matching.lexicon import STRONG, Mention
from audits.matching.products.unlisted import Sign
from audits.matching.texts.normalize import fold

# Concepts that bind the buyer to a named product: its licences, its support, its renewal.
UPKEEP = ("renewal", "vendor_upkeep", "maintenance", "proprietary_licence", "maintenance_by_vendor")
_ABBREVIATED = re.compile(r"[^\W\d_]+")
_ABBREVIATED_REACH = 120
_IN_BRACKETS = re.compile(r" ?\(([^()]{1,120})\)")
_SMALL_WORDS = "a al and da das de del do dos e el en for la las los of para por the y"
_SMALL = frozenset(_SMALL_WORDS.split())
_MIN_ABBREVIATION_LENGTH = 3
# Abbreviation of the requesting unit, after a dash at the end of a title: "mantenimiento del sistema - Dcpt 2024".
_UNIT = re.compile(r"[-–—?] ?\Z")
_UNIT_ENDS = re.compile(r"(?:\W{1,3}(?:gesti[oó]n|20\d\d)){0,2}\W{0,3}\Z", re.IGNORECASE)
_MAX_UNIT_LENGTH = 12


def unlisted_brands(dossier: Dossier) -> Iterator[Mention]:
    """Yield unlisted brands and models, and names of products in texts that mention licences, support or renewal."""
    upkeep = {mention.path for mention in dossier.mentions_of(*UPKEEP)}
    # "TML - Transportes Metropolitanos": a word or the initials of a buyer's name are not a product.
    names = [fold(party.name).text.split() for party in dossier.public_parties]
    own = {word for name in names for word in name}
    for text in dossier.texts:
        # Items and codes contain model numbers of anything.
        if text.part not in READ_PARTS:
            continue
        asks_names = text.path in upkeep
        for product in dossier.reference.products_in(text, dossier.process.language[:2], names=asks_names):
            written = text.value[product.start : product.end]
            if product.sign is Sign.NAME and (
                fold(written).text in own
                or any(_are_initials(fold(written).text, name) for name in names)
                or _abbreviates(text.value, product.start, written)
                or _is_unit(text.value, product.start, written)
            ):
                continue
            yield Mention(
                concept=f"unlisted_{product.sign}",
                term=written.casefold(),
                strength=STRONG,
                language=dossier.process.language,
                path=text.path,
                part=text.part,
                start=product.start,
                end=product.end,
                written=written,
            )


def _abbreviates(value: str, start: int, written: str) -> bool:
    """Return whether a name abbreviates words next to it: "Guarda Civil Metropolitana - GCM"."""
    if not written.isupper():
        return False
    before = fold(value[max(0, start - _ABBREVIATED_REACH) : start]).text
    behind = _IN_BRACKETS.match(fold(value[start + len(written) :]).text)
    texts = (before, behind[1] if behind else "")
    return any(_are_initials(fold(written).text, _ABBREVIATED.findall(words)) for words in texts)


def _is_unit(value: str, start: int, written: str) -> bool:
    """Return whether a short name is alone after the last dash of a text: the requesting unit, and not a product."""
    return (
        len(written) <= _MAX_UNIT_LENGTH
        and written.isalpha()
        # A name in capitals may be a product: "mantenimiento del sistema - SIGA".
        and not written.isupper()
        and bool(_UNIT.search(value, max(0, start - 2), start))
        and bool(_UNIT_ENDS.match(value, start + len(written)))
    )


def _are_initials(letters: str, words: Sequence[str]) -> bool:
    """Return whether letters are the initials of words, or of the last of them; small words are optional."""
    if len(letters) < _MIN_ABBREVIATION_LENGTH:
        return False
    rest = letters
    for word in reversed(words):
        if rest.endswith(word[0]):
            rest = rest[:-1]
        elif word not in _SMALL:
            break
        if not rest:
            return True
    return "".join(word[0] for word in words if word not in _SMALL).endswith(letters)
