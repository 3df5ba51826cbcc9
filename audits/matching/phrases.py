"""Find many phrases at once, at word bounds: an Aho-Corasick automaton over folded text."""

from collections.abc import Mapping
from typing import Generic, TypeVar

import ahocorasick

Value = TypeVar("Value")

# Chinese, Japanese and Korean write no spaces: from here on letters have no word bounds to look for.
_NO_BOUNDS = "\u3000"


class PhraseIndex(Generic[Value]):
    """
    Phrases → values, compiled once.

    :param phrases: folded phrase → value
    """

    def __init__(self, phrases: Mapping[str, Value]) -> None:
        self.size = len(phrases)
        self._automaton = ahocorasick.Automaton()
        for phrase, value in phrases.items():
            self._automaton.add_word(phrase, (len(phrase) - 1, _is_word(phrase[0]), _is_word(phrase[-1]), value))
        if phrases:
            self._automaton.make_automaton()

    def find(self, folded: str) -> list[tuple[int, int, Value]]:
        """
        Return the phrases of ``folded`` that stand between word bounds, those that overlap too.

        :returns: ``(start, end, value)`` of each, by their end; ``end`` is the offset after the last letter
        """
        hits: list[tuple[int, int, Value]] = []
        if not self.size:
            return hits
        size = len(folded)
        # The innermost loop of all matching: bounds are looked at in place.
        for last, (length, bound_left, bound_right, value) in self._automaton.iter(folded):
            start = last - length
            end = last + 1
            if bound_left and start and (before := folded[start - 1]).isalnum() and before < _NO_BOUNDS:
                continue
            if bound_right and end < size and (after := folded[end]).isalnum() and after < _NO_BOUNDS:
                continue
            hits.append((start, end, value))
        return hits


def _is_word(letter: str) -> bool:
    return letter.isalnum() and letter < _NO_BOUNDS
