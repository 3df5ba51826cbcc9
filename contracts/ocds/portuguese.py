"""
Portuguese as written in Portugal.

Pages of rules, sentences and words of codes are written once, in Brazilian Portuguese.
``fixtures/wording/portugal.csv`` has the words that Portugal spells or names differently, with the same gender, so
that the surrounding text stays right. Catalogs have separate entries for the rest (``pt_PT``).
"""

import re
from functools import lru_cache

from contracts.ocds.fixture_tables import fixture_rows

# The language of readers in Portugal, in addition to those of texts.
PORTUGAL = "pt-pt"

# Brazil → Portugal, with all forms in use.
WORDS = {row["brazil"]: row["portugal"] for row in fixture_rows("wording/portugal")}
# Quotations and code stay unchanged.
_KEPT = re.compile(r'"[^"\n]*"|`[^`\n]*`|https?://\S+')
_WORD = re.compile(rf"\b(?:{'|'.join(WORDS)})\b", re.IGNORECASE)


@lru_cache(maxsize=4096)
def in_portugal(text: str) -> str:
    """Return one of our texts, or a template, with the words of Portugal; never use it for texts of records."""
    written, here = [], 0
    for kept in _KEPT.finditer(text):
        written += [_WORD.sub(_in_portugal, text[here : kept.start()]), kept[0]]
        here = kept.end()
    return "".join([*written, _WORD.sub(_in_portugal, text[here:])])


def _in_portugal(found: re.Match[str]) -> str:
    word = WORDS[found[0].lower()]
    return word[:1].upper() + word[1:] if found[0][:1].isupper() else word
