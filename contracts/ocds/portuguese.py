"""
Portuguese as it is written in Portugal.

Pages of rules, sentences and words of codes are written once in Portuguese, in that of Brazil. What Portugal spells
or calls otherwise is told by ``fixtures/wording/portugal.csv``: words of the same gender, so that what stands around
them stays right. Catalogs have entries of their own (``pt_PT``), which say the rest.
"""

import re
from functools import lru_cache

from contracts.ocds.fixture_tables import fixture_rows

# The language of readers in Portugal, beside those that texts are written in.
PORTUGAL = "pt-pt"

# Brazil → Portugal, with all forms that are in use.
WORDS = {row["brazil"]: row["portugal"] for row in fixture_rows("wording/portugal")}
# What is quoted and what programs read stay as they are.
_KEPT = re.compile(r'"[^"\n]*"|`[^`\n]*`|https?://\S+')
_WORD = re.compile(rf"\b(?:{'|'.join(WORDS)})\b", re.IGNORECASE)


@lru_cache(maxsize=4096)
def in_portugal(text: str) -> str:
    """Return a text of ours, or a template of one, with the words of Portugal; never what a record says."""
    written, here = [], 0
    for kept in _KEPT.finditer(text):
        written += [_WORD.sub(_in_portugal, text[here : kept.start()]), kept[0]]
        here = kept.end()
    return "".join([*written, _WORD.sub(_in_portugal, text[here:])])


def _in_portugal(found: re.Match[str]) -> str:
    word = WORDS[found[0].lower()]
    return word[:1].upper() + word[1:] if found[0][:1].isupper() else word
