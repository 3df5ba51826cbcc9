"""Answers kept of what recurs: the same names, titles and types stand in thousands of records, and often in one."""

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Concatenate, ParamSpec, TypeVar

_Rest = ParamSpec("_Rest")
_Answer = TypeVar("_Answer")

# So that what is kept stays small whatever is sent: some ten megabytes for each function.
_LONGEST = 200
_KEPT = 32_768


def remembered(
    function: Callable[Concatenate[str, _Rest], _Answer],
) -> Callable[Concatenate[str, _Rest], _Answer]:
    """Let a pure function of a text keep its answers about short ones; other arguments must be hashable."""
    kept = lru_cache(maxsize=_KEPT)(function)

    @wraps(function)
    def answer(text: str, *args: _Rest.args, **kwargs: _Rest.kwargs) -> _Answer:
        return (kept if len(text) <= _LONGEST else function)(text, *args, **kwargs)

    return answer
