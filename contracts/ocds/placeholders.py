"""
Placeholders for unknown values: ``N/A``, ``sin dato``, ``0000``, words of templates.

``fixtures/reading/placeholders.csv`` lists them in the form of ``folded``: ``text`` for any text, ``number`` for an id
or number of an organization, ``name`` for its name. ``nobody`` is information, such as a kind of supplier, and is
kept; but as a name it identifies nobody. Nor does a number of a few digits, which is the rank of a bidder or the row
of a table. ``anybody`` is a number that a tax office uses for everybody without one, also after the name of its
register.
"""

import re
from functools import cache, lru_cache

from contracts.ocds.caching import remembered
from contracts.ocds.fixture_tables import fixture_rows
from contracts.ocds.folding import folded, letters_and_digits

TEXT, NUMBER, NAME, NOBODY, ANYBODY = "text", "number", "name", "nobody", "anybody"

# Maximum length, with surrounding punctuation; a longer text is not a placeholder.
MAX_LENGTH = 24
MAX_NOBODY_LENGTH = 32
_REPEATED = re.compile(r"(.)\1+")
# No placeholder contains one of these, and checking for them costs a tenth of folding.
_COUNTING = re.compile(r"[1-9]")
_LAST_NUMBER = re.compile(r" \d{1,3}$")
_SHORT_NUMBER = re.compile(r"\d{1,3}")
# Digits typed where a number is required: in the order of the keys, or one repeated.
_TYPED = re.compile(r"12345678|([1-9])\1{7}|\A0*\Z")
# Placeholders after the code of a register, as org-id.guide writes it: "IT-CF-NAN".
_BEHIND_REGISTER = re.compile(r"[A-Za-z]{2}-[A-Za-z_]{1,10}-(\S{1,16})")


@lru_cache(maxsize=16_384)
def is_placeholder(text: str, kind: str) -> bool:
    """
    Return whether a text is a placeholder; one without letters and digits (``-``) always is.

    :param text: not empty, no longer than ``MAX_LENGTH``
    """
    if kind != NAME and _COUNTING.search(text):
        return False
    words, listed = folded(text), _listed()
    if not words or words in listed[TEXT]:
        return True
    if kind == NUMBER:
        # One sign repeated: 0000, XXX.
        if words.replace(" ", "") in listed[NUMBER] or _of_one_sign(words) in listed[NUMBER]:
            return True
        behind = _BEHIND_REGISTER.fullmatch(text.strip())
        return behind is not None and folded(behind[1]) in listed[TEXT]
    if kind == NAME:
        # Templates number their repetitions.
        return _LAST_NUMBER.sub("", words) in listed[NAME] or _of_one_sign(words) in listed[NAME]
    return False


@remembered
def names_nobody(name: str) -> bool:
    """Return whether the name of an organization identifies none: it has no letters, or is a kind of supplier."""
    if len(name) > MAX_NOBODY_LENGTH:
        return not any(map(str.isalnum, name))
    words = folded(name)
    if not words or is_row_number(words):
        return True
    return _LAST_NUMBER.sub("", words) in _listed()[NOBODY] or is_of_anybody(words)


@remembered  # asked of each reference to an organization
def is_of_anybody(number: str) -> bool:
    """Return whether a register number is the one for everybody without one: ``XAXX010101000``."""
    return len(number) <= MAX_LENGTH and letters_and_digits(number) in numbers_of_anybody()


def registers_nobody(number: str) -> bool:
    """Return whether a number without punctuation identifies nobody: the one for everybody, or arbitrary digits."""
    return is_of_anybody(number) or _TYPED.search(number) is not None


@cache
def numbers_of_anybody() -> frozenset[str]:
    """Return the register numbers for everybody without one, as letters and digits."""
    return frozenset(map(letters_and_digits, _listed()[ANYBODY]))


def is_row_number(text: str) -> bool:
    """Return whether a text is a number of a few digits: a rank, or a row of a table."""
    return bool(_SHORT_NUMBER.fullmatch(folded(text)))


@remembered  # Several rules call it for one record.
def names_no_process(ocid: str) -> bool:
    """Return whether only a placeholder follows the prefix (``ocds-xxxxxx-null``)."""
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
