"""What may stand for a rule's own value of a parameter."""

from math import isfinite
from typing import Any


def is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def is_alike(value: Any, own: Any) -> bool:
    """Return whether a JSON value is of the kind of a rule's own: another would break the rule on every record."""
    if own is None:
        return True
    if isinstance(own, bool) or isinstance(value, bool):
        return isinstance(own, bool) and isinstance(value, bool)
    if isinstance(own, int | float):
        return isinstance(value, int | float) and isfinite(value)
    if isinstance(own, list | tuple | set | frozenset):
        return isinstance(value, list)
    return isinstance(value, dict if isinstance(own, dict) else str)
