"""Find many phrases at once, at word bounds: an Aho-Corasick automaton over folded text."""

from collections.abc import Hashable, Iterable
from typing import Generic, NamedTuple, TypeVar

import ahocorasick

Value = TypeVar("Value", bound=Hashable)


class Hit(NamedTuple, Generic[Value]):
    """A phrase found at ``start`` (first character) to ``end`` (after the last) of a folded text."""

    start: int
    end: int
    values: tuple[Value, ...]


def _is_word(letter: str) -> bool:
    # Chinese, Japanese and Korean write no spaces: a name in these scripts has no word bounds to look for.
    return letter.isalnum() and letter < "\u3000"


class PhraseIndex(Generic[Value]):
    """
    Phrases → values, compiled once.

    :param phrases: pairs of a folded phrase and a value; a phrase may come with several values
    """

    def __init__(self, phrases: Iterable[tuple[str, Value]]) -> None:
        values: dict[str, dict[Value, None]] = {}
        for phrase, value in phrases:
            if phrase:
                values.setdefault(phrase, {})[value] = None
        self.size = len(values)
        self._automaton = ahocorasick.Automaton()
        for phrase, found in values.items():
            self._automaton.add_word(
                phrase, (len(phrase) - 1, _is_word(phrase[0]), _is_word(phrase[-1]), tuple(found))
            )
        if values:
            self._automaton.make_automaton()

    def find(self, folded: str) -> list[Hit[Value]]:
        """Return the phrases of ``folded`` that stand between word bounds, those that overlap too, by their end."""
        hits: list[Hit[Value]] = []
        if not self.size:
            return hits
        for last, (length, bound_left, bound_right, values) in self._automaton.iter(folded):
            start = last - length
            if bound_left and start and _is_word(folded[start - 1]):
                continue
            end = last + 1
            if bound_right and end < len(folded) and _is_word(folded[end]):
                continue
            hits.append(Hit(start, end, values))
        return hits
