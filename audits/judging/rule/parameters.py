"""Valid values of the parameters of rules."""

from math import inf, isfinite
from typing import Any

# Shares, indexes of concentration and probabilities.
_UP_TO_ONE = frozenset({"share", "hhi", "reader_threshold"})


def is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def largest(parameter: str, own: Any) -> float:
    """Return the maximum valid number for a parameter; the minimum is 0."""
    return 1 if parameter in _UP_TO_ONE and is_number(own) and own <= 1 else inf


def is_in_range(parameter: str, value: Any, own: Any) -> bool:
    """Return whether a value is valid, or not a number."""
    return not is_number(value) or 0 <= value <= largest(parameter, own)


def is_alike(value: Any, own: Any) -> bool:
    """Return whether a JSON value has the type of the default: another type would break the rule for every record."""
    if own is None:  # A number determined by others, unless one is set.
        return value is None or (is_number(value) and isfinite(value))
    if isinstance(own, bool) or isinstance(value, bool):
        return isinstance(own, bool) and isinstance(value, bool)
    if isinstance(own, int | float):
        return isinstance(value, int | float) and isfinite(value)
    if isinstance(own, list | tuple | set | frozenset):
        return isinstance(value, list)
    return isinstance(value, dict if isinstance(own, dict) else str)
