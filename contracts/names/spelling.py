"""Names and numbers of organizations in one normal spelling."""

import re

from contracts.ocds.caching import remembered
from contracts.ocds.written.tax_numbers import own_number

_SINGLE_LETTERS = re.compile(r"\b(?:\w )+\w\b")


def compact(name: str) -> str:
    """Return a folded name in which spelled-out letters are one word: ``acme s a de c v`` is ``acme sa de cv``."""
    return _SINGLE_LETTERS.sub(lambda found: found[0].replace(" ", ""), name)


def telling_words(name: str) -> str:
    """Return the words of a compact name that are not short, to search for it; all of them if none is longer."""
    return " ".join(word for word in name.split() if len(word) > 3) or name


@remembered
def normal_number(number: str) -> str:
    """Return an identifier without its punctuation, in capitals."""
    return re.sub(r"[\s.\-/]", "", number).upper()


def numbers_in_keys(number: str) -> tuple[str, str]:
    """Return an identifier as keys may have it: without punctuation, and a NIT of Colombia without its last digit."""
    whole = normal_number(number)
    return whole, own_number(whole, "CO") or whole
