"""A cache for functions of texts: the same names, titles and types occur in thousands of records."""

from collections.abc import Callable, Hashable
from functools import lru_cache, wraps
from inspect import signature
from typing import Any, TypeVar, cast

_Function = TypeVar("_Function", bound=Callable[..., Any])

# Limits the cache to some ten megabytes per function, whatever is sent.
_MAX_LENGTH = 200
_KEPT = 32_768


def remembered(function: _Function, *, kept: int = _KEPT) -> _Function:
    """Cache the results of a pure function of a text and hashable arguments, for short texts, up to a number."""
    if len(signature(function).parameters) == 1:
        # Called some two hundred times per record; a dictionary lookup takes a tenth of a call.
        return cast(_Function, _Answers(function, kept).__getitem__)
    remembering = lru_cache(maxsize=kept)(function)

    @wraps(function)
    def answer(text: str, *rest: Hashable) -> Any:
        return remembering(text, *rest) if len(text) <= _MAX_LENGTH else function(text, *rest)

    return cast(_Function, answer)


class _Answers(dict[str, Any]):
    """The cached results of a function of one text; cleared when there are too many."""

    def __init__(self, function: Callable[[str], Any], kept: int) -> None:
        self._function = function
        self._kept = kept

    def __missing__(self, text: str) -> Any:
        answer = self._function(text)
        if len(text) <= _MAX_LENGTH:
            if len(self) >= self._kept:
                self.clear()
            self[text] = answer
        return answer
