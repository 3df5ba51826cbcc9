"""What PostgreSQL's jsonb can hold."""

import re
from typing import Any

_NUL_OR_HALF = re.compile("[\x00\ud800-\udfff]")
_SIGNS = {"\x00": "\N{SYMBOL FOR NULL}"}


def storable(value: Any) -> Any:
    """Return a JSON value with signs in place of what jsonb refuses: NUL, and half characters (lone surrogates)."""
    if isinstance(value, str):
        return _NUL_OR_HALF.sub(lambda match: _SIGNS.get(match[0], "\N{REPLACEMENT CHARACTER}"), value)
    if isinstance(value, list):
        return [storable(entry) for entry in value]
    if isinstance(value, dict):
        return {storable(name): storable(member) for name, member in value.items()}
    return value
