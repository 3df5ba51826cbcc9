"""Find many phrases at once, at word boundaries: an Aho-Corasick automaton over folded text."""

from collections.abc import Collection, Mapping
from typing import Generic, TypeVar

import ahocorasick

Value = TypeVar("Value")

# Chinese, Japanese and Korean have no spaces: letters from this code point on have no word boundaries.
_NO_BOUNDS = 0x3000
# Set lookup beats `str.isalnum()`; this runs for every phrase found.
_IN_WORDS = frozenset(letter for letter in map(chr, range(_NO_BOUNDS)) if letter.isalnum())


class PhraseIndex(Generic[Value]):
    """
    Phrases → values, compiled once.

    :param phrases: folded phrase → value
    :param traces: letter sequences whose presence anywhere is reported; a space in them also matches the start or end
        of the text
    """

    def __init__(self, phrases: Mapping[str, Value], traces: Collection[str] = ()) -> None:
        self.size = len(phrases)
        self._automaton = ahocorasick.Automaton()
        for trace in traces:
            self._automaton.add_word(trace, (0, False, False, True, None))
        for phrase, value in phrases.items():
            bounds = (_is_word(phrase[0]), _is_word(phrase[-1]))
            self._automaton.add_word(phrase, (len(phrase), *bounds, phrase in traces, value))
        if self._automaton:
            self._automaton.make_automaton()

    def find(self, folded: str) -> tuple[list[tuple[int, int, Value]], bool]:
        """
        Return the phrases of ``folded`` at word boundaries, including overlapping ones.

        :returns: ``(start, end, value)`` of each, ordered by end, where ``end`` is the offset after the last letter;
            and whether the text contains any trace
        """
        hits: list[tuple[int, int, Value]] = []
        traced = False
        if not self._automaton:
            return hits, traced
        # The innermost loop of all matching: boundaries are checked inline. In the padded text each letter has a
        # neighbour on either side, and the last letter of a phrase has the offset of its end in the text.
        padded = f" {folded} "
        for end, (length, bound_left, bound_right, is_trace, value) in self._automaton.iter(padded):
            if is_trace:
                traced = True
                if value is None:
                    continue
            start = end - length
            if bound_left and padded[start] in _IN_WORDS:
                continue
            if bound_right and padded[end + 1] in _IN_WORDS:
                continue
            hits.append((start, end, value))
        return hits, traced


def _is_word(letter: str) -> bool:
    return letter in _IN_WORDS
