"""
Amounts in words → exact decimals: ``quatro milhões e quinhentos mil reais``, ``mil soles con diez céntimos``.

Contracts repeat amounts in words after the digits. Impossible sequences, such as "dois três", are not amounts.
"""

import re
from decimal import Decimal
from functools import cache

from msgspec import Struct

from contracts.ocds.fixture_tables import as_listed, fixture_rows

_WORDS = re.compile(r"\A[a-z ,-]+[.;]?\Z")
_WORD = re.compile("[a-z]+")
_LINKING = frozenset({"e", "y", "and", "de", "of", "con", "com", "with"})
_CENTS = frozenset({"centavo", "centavos", "centimo", "centimos", "cent", "cents"})
_CENTS_OF_ONE = Decimal(100)
_THOUSAND = 1000


class Spelled(Struct, frozen=True):
    """An amount, and the other words next to it: its currency."""

    number: Decimal
    currency: str


@cache
def _values() -> tuple[dict[str, int], dict[str, int]]:
    """Return the words that add, and those that multiply what precedes them."""
    rows = [(as_listed(row["word"]), int(row["value"]), row["kind"]) for row in fixture_rows("reading/number_words")]
    added, multiplies = ({word: value for word, value, kind in rows if kind == of} for of in ("added", "multiplies"))
    return added, multiplies


def read_spelled(text: str) -> Spelled | None:
    """Return the amount in words; ``None`` if there is none, or anything else."""
    folded = as_listed(text)
    if not _WORDS.match(folded):
        return None
    number, words = _number(_WORD.findall(folded))
    if number is None:
        return None
    added, multiplies = _values()
    cents: Decimal | None = None
    # Numbers occur nowhere else: "dos Estados Unidos" does not mean two.
    if words and words[-1] in _CENTS:
        start = len(words) - 1
        while start and (words[start - 1] in added or words[start - 1] in multiplies or words[start - 1] in _LINKING):
            start -= 1
        cents, _unit = _number(words[start:])
        if cents is None or cents >= _CENTS_OF_ONE:
            return None
        words = words[:start]
    return Spelled(number + (cents or 0) / _CENTS_OF_ONE, " ".join(words))


def _number(words: list[str]) -> tuple[Decimal | None, list[str]]:
    """Return the number at the beginning of words, and the remaining words; ``None`` if it is not a possible one."""
    added, multiplies = _values()
    total = thousands = group = 0
    least, has_number = 0, False
    for place, word in enumerate(words):
        if word in added:
            if not _fits(group, added[word]):
                return None, words
            group += added[word]
        elif word in multiplies:
            by = multiplies[word]
            if by < _THOUSAND:
                if group >= by:
                    return None, words
                group = max(group, 1) * by
            elif by == _THOUSAND:
                if thousands:
                    return None, words
                thousands, group = max(group, 1) * by, 0
            else:
                if least and by >= least:
                    return None, words
                total, thousands, group, least = total + max(thousands + group, 1) * by, 0, 0, by
        elif word in _LINKING:
            continue
        else:
            return (Decimal(total + thousands + group) if has_number else None), words[place:]
        has_number = True
    return (Decimal(total + thousands + group) if has_number else None), []


def _fits(group: int, value: int) -> bool:
    """Return whether a word may follow within a group of three digits: after "cento e vinte" only one digit."""
    if not group:
        return True
    return value < 10 if group % 100 >= 20 and group % 10 == 0 else group % 100 == 0 and value < 100
