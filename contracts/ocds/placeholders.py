"""
What people and programs write where nothing is known: ``N/A``, ``sin dato``, ``0000``, the words of a template.

``fixtures/reading/placeholders.csv`` lists them as ``fold_placeholder`` folds them: ``text`` stands in any text,
``number`` in an id or a number of an organization, ``name`` in its name. ``nobody`` in a name says something, such as
the kind of supplier, and is kept; but it is no name by which two records mean the same one.
"""

import csv
import re
from functools import cache, lru_cache
from pathlib import Path

from contracts.ocds.folding import without_marks
from contracts.ocds.remembering import remembered

TEXT, NUMBER, NAME, NOBODY = "text", "number", "name", "nobody"

_FILE = Path(__file__).parents[2] / "fixtures" / "reading" / "placeholders.csv"
# The longest of them, with the signs around it; a longer text is none.
LONGEST = 24
LONGEST_NOBODY = 32
_REPEATED = re.compile(r"(.)\1+")
# Nothing on the lists has one of these, and to look for them costs a tenth of folding.
_COUNTING = re.compile(r"[1-9]")
_LAST_NUMBER = re.compile(r" \d{1,3}$")


def fold_placeholder(text: str) -> str:
    """Return a text in lower case without marks, with one space for any signs: ``S/N`` is ``s n``."""
    letters = without_marks(text.casefold())
    return " ".join("".join(letter if letter.isalnum() else " " for letter in letters).split())


@lru_cache(maxsize=16_384)
def is_placeholder(text: str, kind: str) -> bool:
    """
    Return whether a text stands where nothing is known; one without letters and digits (``-``) always does.

    :param text: not empty, no longer than ``LONGEST``
    """
    if kind != NAME and _COUNTING.search(text):
        return False
    folded, listed = fold_placeholder(text), _listed()
    if not folded or folded in listed[TEXT]:
        return True
    if kind == NUMBER:
        # A row of one sign is as many of them: 0000, XXX.
        return folded.replace(" ", "") in listed[NUMBER] or _of_one_sign(folded) in listed[NUMBER]
    if kind == NAME:
        # Templates number what they repeat.
        return _LAST_NUMBER.sub("", folded) in listed[NAME] or _of_one_sign(folded) in listed[NAME]
    return False


@remembered
def names_nobody(name: str) -> bool:
    """Return whether a name of an organization names none: it has no letters, or says what kind of supplier it was."""
    if len(name) > LONGEST_NOBODY:
        return not any(map(str.isalnum, name))
    folded = fold_placeholder(name)
    return not folded or _LAST_NUMBER.sub("", folded) in _listed()[NOBODY]


def _of_one_sign(folded: str) -> str:
    return folded[0] if _REPEATED.fullmatch(folded.replace(" ", "")) else ""


@cache
def _listed() -> dict[str, frozenset[str]]:
    with _FILE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {
        kind: frozenset(row["value"] for row in rows if row["list"] == kind) for kind in (TEXT, NUMBER, NAME, NOBODY)
    }
