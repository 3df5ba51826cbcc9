"""Which words notices write in small letters: no name of a product is one of them."""

import re
from collections.abc import Container, Iterable, Mapping

from audits.matching.texts.normalize import fold

# Systems have names with fewer letters as often: "SIGA", "SICA".
_WORD = re.compile(r"[^\W\d_]{5,}")
_LANGUAGES = ("es", "pt")
# A word that is part of a listed name ("Check Point") must be written small so many times as often.
_NAMED = 10


def ordinary_words(
    rows: Iterable[Mapping[str, str]], *, buyers: int, named: Container[str] = frozenset()
) -> list[str]:
    """
    Return the words that at least ``buyers`` buyers write in lower case, folded and in order.

    :param rows: notices in Spanish and Portuguese; others are left out, and so are texts of capitals. The buyers of
        a source that names none count as one
    :param buyers: how many must write a word so
    :param named: words of listed names of products, folded: ten times as many buyers must write these so
    """
    written_by: dict[str, set[str]] = {}
    for row in rows:
        if row.get("language", "").lower()[:2] not in _LANGUAGES:
            continue
        buyer = row.get("buyer") or row.get("source_file") or ""
        for column in ("title", "description"):
            words = set(_WORD.findall(row.get(column) or ""))
            if sum(word.isupper() for word in words) * 2 > len(words):
                continue
            for word in words:
                if word.islower():
                    written_by.setdefault(fold(word).text, set()).add(buyer)
    return sorted(word for word, by in written_by.items() if len(by) >= buyers * (_NAMED if word in named else 1))
