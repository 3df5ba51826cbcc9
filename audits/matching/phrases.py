"""Find many phrases at once, at word bounds: an Aho-Corasick automaton over folded text."""

from collections.abc import Collection, Mapping
from typing import Generic, TypeVar

import ahocorasick

Value = TypeVar("Value")

# Chinese, Japanese and Korean write no spaces: from here on letters have no word bounds to look for.
_NO_BOUNDS = 0x3000
# A lookup in a set is faster than `str.isalnum`, and this runs for every phrase that is met.
_IN_WORDS = frozenset(letter for letter in map(chr, range(_NO_BOUNDS)) if letter.isalnum())


class PhraseIndex(Generic[Value]):
    """
    Phrases → values, compiled once.

    :param phrases: folded phrase → value
    :param traces: letters that are only told of, wherever they stand; a space among them is also a text's end
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
        Return the phrases of ``folded`` that stand between word bounds, those that overlap too.

        :returns: ``(start, end, value)`` of each, by their end; ``end`` is the offset after the last letter; and
            whether the text holds any of the traces
        """
        hits: list[tuple[int, int, Value]] = []
        traced = False
        if not self._automaton:
            return hits, traced
        # The innermost loop of all matching: bounds are looked at in place. In the padded text, each letter has
        # another on either side, and the last letter of a phrase has the offset of its end in the text.
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
