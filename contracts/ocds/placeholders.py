"""
What people and programs write where nothing is known: ``N/A``, ``sin dato``, ``0000``, the words of a template.

``fixtures/reading/placeholders.csv`` lists them as ``folded`` writes them: ``text`` stands in any text,
``number`` in an id or a number of an organization, ``name`` in its name. ``nobody`` in a name says something, such as
the kind of supplier, and is kept; but it is no name by which two records mean the same one. Neither is a number of a
few digits that stands alone: that is the rank of a bidder, or a row of a table. ``anybody`` has a number that a tax
office has whoever has none written with, also after the name of its register.
"""

import re
from functools import cache, lru_cache

from contracts.ocds.caching import remembered
from contracts.ocds.fixture_tables import fixture_rows
from contracts.ocds.folding import folded, letters_and_digits

TEXT, NUMBER, NAME, NOBODY, ANYBODY = "text", "number", "name", "nobody", "anybody"

# The longest of them, with the signs around it; a longer text is none.
MAX_LENGTH = 24
MAX_NOBODY_LENGTH = 32
_REPEATED = re.compile(r"(.)\1+")
# Nothing on the lists has one of these, and to look for them costs a tenth of folding.
_COUNTING = re.compile(r"[1-9]")
_LAST_NUMBER = re.compile(r" \d{1,3}$")
_SHORT_NUMBER = re.compile(r"\d{1,3}")
# What people type where a number must stand: digits in the order of the keys, or one again and again.
_TYPED = re.compile(r"12345678|([1-9])\1{7}|\A0*\Z")
# What stands behind the code of a register, as org-id.guide writes them: "IT-CF-NAN".
_BEHIND_REGISTER = re.compile(r"[A-Za-z]{2}-[A-Za-z_]{1,10}-(\S{1,16})")


@lru_cache(maxsize=16_384)
def is_placeholder(text: str, kind: str) -> bool:
    """
    Return whether a text stands where nothing is known; one without letters and digits (``-``) always does.

    :param text: not empty, no longer than ``MAX_LENGTH``
    """
    if kind != NAME and _COUNTING.search(text):
        return False
    words, listed = folded(text), _listed()
    if not words or words in listed[TEXT]:
        return True
    if kind == NUMBER:
        # A row of one sign is as many of them: 0000, XXX.
        if words.replace(" ", "") in listed[NUMBER] or _of_one_sign(words) in listed[NUMBER]:
            return True
        behind = _BEHIND_REGISTER.fullmatch(text.strip())
        return behind is not None and folded(behind[1]) in listed[TEXT]
    if kind == NAME:
        # Templates number what they repeat.
        return _LAST_NUMBER.sub("", words) in listed[NAME] or _of_one_sign(words) in listed[NAME]
    return False


@remembered
def names_nobody(name: str) -> bool:
    """Return whether a name of an organization names none: it has no letters, or says what kind of supplier it was."""
    if len(name) > MAX_NOBODY_LENGTH:
        return not any(map(str.isalnum, name))
    words = folded(name)
    if not words or is_row_number(words):
        return True
    return _LAST_NUMBER.sub("", words) in _listed()[NOBODY] or is_of_anybody(words)


def is_of_anybody(number: str) -> bool:
    """Return whether a number of a register is one for whoever has none: ``XAXX010101000``."""
    return len(number) <= MAX_LENGTH and letters_and_digits(number) in numbers_of_anybody()


def registers_nobody(number: str) -> bool:
    """Return whether a number without punctuation identifies nobody in a register: one of anybody, or one typed so."""
    return is_of_anybody(number) or _TYPED.search(number) is not None


@cache
def numbers_of_anybody() -> frozenset[str]:
    """Return the numbers of registers for whoever has none, letters and digits alone."""
    return frozenset(map(letters_and_digits, _listed()[ANYBODY]))


def is_row_number(text: str) -> bool:
    """Return whether a text is a number of a few digits: a rank, or a row of a table."""
    return bool(_SHORT_NUMBER.fullmatch(folded(text)))


@remembered  # rule after rule asks it of one record
def names_no_process(ocid: str) -> bool:
    """Return whether what stands where nothing is known is all that follows the prefix (``ocds-xxxxxx-null``)."""
    start, _, end = ocid.rpartition("-")
    return start.count("-") == 1 and 0 < len(end) <= MAX_LENGTH and is_placeholder(end, TEXT)


def _of_one_sign(words: str) -> str:
    return words[0] if _REPEATED.fullmatch(words.replace(" ", "")) else ""


@cache
def _listed() -> dict[str, frozenset[str]]:
    rows = fixture_rows("reading/placeholders")
    return {
        kind: frozenset(row["value"] for row in rows if row["list"] == kind)
        for kind in (TEXT, NUMBER, NAME, NOBODY, ANYBODY)
    }
