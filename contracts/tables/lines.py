"""Rows that are not contracts (sums, headings, notes) in tables by people, and cells with several parties. Pure."""

import re
from collections.abc import Sequence

from contracts.ocds.fixture_tables import as_listed, words_listed
from contracts.ocds.problems import Problem

# In a smaller table, a row with a single cell may be a contract.
MIN_FACTS = 3
# A heading has fewer words than a title.
_TITLE_WORDS = 3
_NOTES = frozenset({"fuente", "fuentes", "fonte", "fontes", "source", "sources", "nota", "notas", "note", "notes", ""})
_MIN_NUMBERED = 3
MAX_PARTIES = 50
_SUM = re.compile(r"(?:(?:sub|gran|grand)[ -]?)?totale?s?\b.*|(?:suma|soma|sumatoria|somatorio)\b.*")
# Maximum length of a currency beside a sum, and of a heading without letters, which is a year.
_CURRENCY = 3
_YEAR = 4
_AROUND_NUMBERS = "()[]. "
_NAME_WORD = re.compile(r"[^\W_]+")


def why_no_contract(texts: Sequence[str], facts: int, *, is_identified: bool) -> Problem | None:
    """
    Return the problem of a row that is a sum of others, a heading or a note; ``None`` for any other.

    :param facts: how many facts the columns of the table hold
    :param is_identified: whether it has the number of a party or a day, which no sum has
    """
    filled = [text for text in texts if text]
    if not filled or facts < MIN_FACTS:
        return None
    if len(filled) == 1 and _is_heading_or_note(filled[0]):
        return _no_contract("lone", filled[0])
    is_sum = not is_identified and _SUM.fullmatch(as_listed(filled[0])[:200]) and not _ends_in_legal_form(filled[0])
    if is_sum and all(len(text) <= _CURRENCY or any(map(str.isdigit, text)) for text in filled[1:]):
        return _no_contract("sum", filled[0])
    return None


def _no_contract(variant: str, text: str) -> Problem:
    return Problem("row_incomplete", variant, {"text": text[:60]})


def _ends_in_legal_form(name: str) -> bool:
    """Return whether a text is the name of a firm: "Total S.A.", "Suma Ltda."."""
    words = _NAME_WORD.findall(as_listed(name[:200]))
    forms = words_listed("legal_form")
    return any(" ".join(words[start:]) in forms for start in range(1, len(words)))


def _is_heading_or_note(text: str) -> bool:
    words = as_listed(text).split()
    is_short = len(words) < _TITLE_WORDS and (len(text) <= _YEAR or any(map(str.isalpha, text)))
    return is_short or is_note(text)


def is_note(text: str) -> bool:
    """Return whether a text is a note on the figures, such as their source: "Fuente: …", "* No incluye …"."""
    words = as_listed(text).split()
    return bool(words) and words[0].strip("(*):.") in _NOTES


def numbers_columns(texts: Sequence[str]) -> bool:
    """Return whether a row below a header numbers its columns: 1, 2, 3, or (a), (b), (c)."""
    marks = [text.strip(_AROUND_NUMBERS).lower() for text in texts if text]
    if len(marks) < _MIN_NUMBERED:
        return False
    numbers = [str(number) for number in range(1, len(marks) + 1)]
    return marks in (numbers, [chr(ord("a") + at) for at in range(len(marks))])


def several_of(names: str, numbers: str) -> list[tuple[str, str]]:
    """
    Return the names of several parties in one cell with their numbers; empty if it holds one.

    Line breaks separate them only if there are as many numbers, because a long name has line breaks too.
    """
    for mark in filter(names.__contains__, (";", "|", "\n")):
        parts, ids = _parts(names, mark), _parts(numbers, mark)
        if 1 < len(parts) <= MAX_PARTIES:
            if len(ids) == len(parts):
                return list(zip(parts, ids, strict=True))
            if mark != "\n" and not numbers:
                return [(part, "") for part in parts]
    return []


def _parts(text: str, mark: str) -> list[str]:
    return [part.strip() for part in text.split(mark) if part.strip()]
