"""Patterns that find names of organizations in texts, with any punctuation between words."""

import re
from collections.abc import Iterator
from functools import partial

from audits.matching.texts.normalize import fold
from contracts.ocds.caching import remembered

# Minimum number of spaces in a name that is searched for in other texts.
MIN_NAME_SPACES = 2
# Short words at the end of a name are its legal form, which texts write differently.
LETTERS_OF_FORMS = 2
_WORD = re.compile(r"[^\W_]+")
_LEGAL_FORM = re.compile(r"inc|limitada|limited|llc|ltda?|plc|pty|pvt")


@remembered
def name_words(name: str) -> tuple[str, ...]:
    """Return the words of a name, folded, without a trailing "I. P.", "Ltd." and the like."""
    words = _WORD.findall(fold(name).text)
    while len(words) > MIN_NAME_SPACES + 1 and (
        len(words[-1]) <= LETTERS_OF_FORMS or _LEGAL_FORM.fullmatch(words[-1])
    ):
        words.pop()
    return tuple(words)


def places_of_name(words: tuple[str, ...], text: str) -> Iterator[re.Match[str]]:
    """Yield the positions of a name in a folded text, with any punctuation between words."""
    # Few texts contain all of its words, and checking that costs a hundredth of compiling the expression.
    if words and all(word in text for word in words):
        yield from _name_pattern(" ".join(words)).finditer(text)


@partial(remembered, kept=4096)
def _name_pattern(words: str) -> re.Pattern[str]:
    return re.compile(r"\b" + r"\W{1,3}".join(map(re.escape, words.split(" "))) + r"\b")
