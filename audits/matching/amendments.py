"""
What the words of an amendment say: that more or something else is bought, that it costs nothing, or no more than that
there is an amendment.

The words are lists of ``audits.matching.words``; the methods take folded text.
"""

import re
from functools import lru_cache

from audits.matching.words import Words

# What buys more, or something else, or gives works more time. A term renewed, an index, wages, less, a slip, other
# clauses, an option, money set aside are none of them.
AMENDMENT_MORE = "amendment_more"
# What begins so, and buys nothing: a supplement to wages, a unit price that is raised.
AMENDMENT_NOT_MORE = "amendment_not_more"
# What puts in a clause, and the parts of a contract so called: "incluir a alínea “o” na cláusula quarta".
AMENDMENT_PUTS_IN = "amendment_puts_in"
CONTRACT_CLAUSE = "contract_clause"
# What says that the money stays as it was.
AMENDMENT_NO_COST = "amendment_no_cost"
# What a law calls no change of a contract, but a note to it: indices, wages, names, money set aside for a year.
AMENDMENT_NOTE = "amendment_note"
# What an amendment is called by itself.
AMENDMENT_NAME = "amendment_name"
# Who insures is told of what is to be insured as it comes: premiums follow.
INSURER = "insurer"

_ARTICLE = r"(?:(?:a|o|as|os|el|la|los|las|un|una|uma|um) )?"
_WORD = re.compile(r"[a-z]{3}")


class AmendmentWords:
    """The words of amendments, compiled once for the words of a reference."""

    def __init__(self, words: Words) -> None:
        clause = rf"{words.any_of(AMENDMENT_PUTS_IN)} {_ARTICLE}{words.any_of(CONTRACT_CLAUSE)}"
        self._more = re.compile(
            rf"\b(?!{clause}\b)(?!{words.any_of(AMENDMENT_NOT_MORE)}\b){words.any_of(AMENDMENT_MORE)}\b"
        )
        self._no_cost = re.compile(rf"\b{words.any_of(AMENDMENT_NO_COST)}\b")
        self._note = re.compile(rf"\A(?:\w+ )?{words.any_of(AMENDMENT_NOTE)}\b")
        self._name = re.compile(rf"\b{words.any_of(AMENDMENT_NAME)}\b")
        self._insurer = re.compile(rf"\b{words.any_of(INSURER)}\b")

    def is_note(self, text: str) -> bool:
        """Tell whether a text begins as a note to a contract does."""
        return bool(self._note.match(text))

    def buys_more(self, text: str) -> bool:
        """Tell whether a text says that more, or something else, is bought."""
        return bool(self._more.search(text))

    def costs_nothing(self, text: str) -> bool:
        """Tell whether a text says that the money stays as it was."""
        return bool(self._no_cost.search(text))

    def says_more_than_its_name(self, text: str) -> bool:
        """Tell whether a text says more than that there is an amendment."""
        return bool(_WORD.search(self._name.sub("", text)))

    def is_insurer(self, name: str) -> bool:
        """Tell whether the name of a supplier is that of an insurer."""
        return bool(self._insurer.search(name))


@lru_cache(maxsize=4)
def amendment_words(words: Words) -> AmendmentWords:
    """Return the words of amendments of a reference."""
    return AmendmentWords(words)
