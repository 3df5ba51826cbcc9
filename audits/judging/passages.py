"""Passages around what was found in a text, and what finds a name in one."""

import re
from functools import lru_cache

from audits.matching.normalize import fold

# How far a passage reaches on either side of a match, in characters.
PASSAGE_REACH = 120
# How many spaces a name holds at least to be found in other texts.
MIN_NAME_SPACES = 2
# Short words that end a name are its legal form, which texts write otherwise.
LETTERS_OF_FORMS = 2
_WORD = re.compile(r"[^\W_]+")


@lru_cache(maxsize=4096)
def name_pattern(name: str) -> tuple[str, re.Pattern[str]]:
    """Return the first word of a name, and what finds it in folded texts, without "I. P." and the like at its end."""
    words = _WORD.findall(fold(name).text)
    while len(words) > MIN_NAME_SPACES + 1 and len(words[-1]) <= LETTERS_OF_FORMS:
        words.pop()
    return words[0] if words else name, re.compile(r"\b" + r"\W{1,3}".join(map(re.escape, words)) + r"\b")


def passage(text: str, start: int, end: int) -> str:
    """Return the text around a match, cut at spaces, with ``…`` where it goes on."""
    first, last = max(0, start - PASSAGE_REACH), min(len(text), end + PASSAGE_REACH)
    if first:
        space = text.find(" ", first, start)
        first = space + 1 if space >= 0 else first
    if last < len(text):
        space = text.rfind(" ", end, last)
        last = space if space >= 0 else last
    return ("…" if first else "") + text[first:last] + ("…" if last < len(text) else "")
