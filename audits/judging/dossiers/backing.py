"""
How clearly a notice must read like technology, where only ambiguous words point to it.

It depends on what stands beside them: the trade of a supplier, a program that has a name, and what is bought by its
first words.
"""

from collections.abc import Collection, Iterable, Sequence

from audits.matching.lexicon import Mention
from audits.matching.names_in_texts import name_words, places_of_name
from audits.matching.products import Sign, may_be_product
from audits.matching.reference import Reference
from audits.matching.scope import CONCEPT_SECTORS
from contracts.ocds.views import Text

# From which probability on weak words count: where no supplier is known, where a supplier's name tells a trade of
# technology ("… Sistemas de Informação, Lda"), and where none does. Chosen together, by cross-validation over buyers,
# among .45 to .6, .2 to .3 and .55 to .7.
BACKING = 0.5
BACKING_OF_TRADE = 0.2
BACKING_OF_OTHER_TRADES = 0.6
# Where a program has a name that no list holds, and where what is bought begins with such words.
BACKING_OF_NAME = 0.4

# What the name of a supplier tells of its trade. Operators sell telephones of staff above all: theirs tells nothing.
TRADES = frozenset(concept for concept, sector in CONCEPT_SECTORS.items() if sector != "telecoms")
# What has a name of its own, and what is a thing that a text may begin with: "sistema" begins anything.
_PROGRAMS = frozenset({"cloud", "software_platform"})
_THINGS = frozenset({"cloud", "command_centre", "surveillance", "telecoms"})


def backing(
    weak: Collection[Mention],
    heads: Sequence[Text],
    suppliers: Sequence[str],
    buyers: Iterable[str],
    language: str,
    reference: Reference,
) -> float:
    """
    Return from which probability (0 to 1) on weak mentions count.

    :param heads: the titles and descriptions
    :param suppliers: the names of suppliers
    :param buyers: the names of those who buy: a supplier that shares a word with one is not named by it
    :param language: the two letters of the language of the record, ``""`` if it is unknown
    """
    sectors = {CONCEPT_SECTORS[found.concept] for found in weak}
    has_programs = not _PROGRAMS.isdisjoint(sectors)
    if any(_tells_trade(name, reference) for name in suppliers) or (
        has_programs and _sells_own(heads, suppliers, buyers, reference)
    ):
        return BACKING_OF_TRADE
    if (has_programs and _names_product(heads, language, reference)) or _begins_with(weak, heads, reference):
        return BACKING_OF_NAME
    return BACKING_OF_OTHER_TRADES if suppliers else BACKING


def _tells_trade(name: str, reference: Reference) -> bool:
    return not TRADES.isdisjoint(mention.concept for mention in reference.scan(Text("", name, "party"))[0])


def _sells_own(heads: Sequence[Text], suppliers: Iterable[str], buyers: Iterable[str], reference: Reference) -> bool:
    """Tell whether what is bought bears the name of its supplier: "sistema SISQUAL" of "SISQUAL Workforce, SA"."""
    firsts = [words[0] for words in map(name_words, suppliers) if words]
    of_buyers = {word for name in buyers for word in name_words(name)}
    return any(
        word not in of_buyers
        and may_be_product(word, reference.words)
        and any(True for text in heads for _ in places_of_name((word,), reference.fold(text).text))
        for word in firsts
    )


def _names_product(heads: Iterable[Text], language: str, reference: Reference) -> bool:
    """Tell whether a program is called by a name that no list holds: "plataforma Schoolgest"."""
    return any(product.sign is Sign.NAME for text in heads for product in reference.products_in(text, language))


def _begins_with(weak: Iterable[Mention], heads: Iterable[Text], reference: Reference) -> bool:
    """Tell whether what is bought begins with a thing: "compra de storage", "servicio de red gubernamental"."""
    begins = {text.path: reference.begins(text) for text in heads}
    return any(
        found.start <= begins.get(found.path, -1) and CONCEPT_SECTORS[found.concept] in _THINGS for found in weak
    )
