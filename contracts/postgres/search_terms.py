"""What people write into a search: words, "phrases in quotes", -words to leave out, one OR another."""

import re
from collections.abc import Iterator

from msgspec import Struct

# Words of one search.
MAX_WORDS = 12
_TERM = re.compile(r'(?P<minus>-?)(?:"(?P<phrase>[^"]*)"?|(?P<word>[^\s"]+))')


class Term(Struct, frozen=True):
    """A word, or a phrase: words that follow each other."""

    text: str
    is_phrase: bool = False


class Terms(Struct, frozen=True):
    """``wanted`` are alternatives, each by one of its terms; no term of ``unwanted`` is in what is found."""

    wanted: tuple[tuple[Term, ...], ...] = ()
    unwanted: tuple[Term, ...] = ()

    @property
    def words(self) -> str:
        """All that is looked for, as words."""
        return " ".join(term.text for alternatives in self.wanted for term in alternatives)


def read_terms(text: str) -> Terms:
    """Return the terms of a search; a quote that is not closed lasts to the end."""
    wanted: list[list[Term]] = []
    unwanted: list[Term] = []
    is_alternative = False
    for term, is_unwanted in _terms(text.replace("\0", " ")):
        if term == Term("OR") and wanted:
            is_alternative = True
            continue
        if is_unwanted:
            unwanted.append(term)
        elif is_alternative:
            wanted[-1].append(term)
        else:
            wanted.append([term])
        is_alternative = False
    return Terms(tuple(map(tuple, wanted)), tuple(unwanted))


def _terms(text: str) -> Iterator[tuple[Term, bool]]:
    left = MAX_WORDS
    for found in _TERM.finditer(text):
        phrase, word = found["phrase"], found["word"]
        words = (word if phrase is None else phrase).split()[:left]
        # What has no letter and no digit is no word.
        if not any(map(str.isalnum, "".join(words))):
            continue
        left -= len(words)
        yield Term(" ".join(words), is_phrase=len(words) > 1), bool(found["minus"])
