"""Answers kept of what recurs: the same names, titles and types stand in thousands of records, and often in one."""

from collections.abc import Callable, Hashable
from functools import lru_cache, wraps
from typing import Any, TypeVar, cast

_Function = TypeVar("_Function", bound=Callable[..., Any])

# So that what is kept stays small whatever is sent: some ten megabytes for each function.
_LONGEST = 200
_KEPT = 32_768


def remembered(function: _Function, *, kept: int = _KEPT) -> _Function:
    """Let a pure function of a text, and of what can be hashed, keep so many of its answers about short texts."""
    remembering = lru_cache(maxsize=kept)(function)

    @wraps(function)
    def answer(text: str, *rest: Hashable) -> Any:
        return remembering(text, *rest) if len(text) <= _LONGEST else function(text, *rest)

    return cast(_Function, answer)
