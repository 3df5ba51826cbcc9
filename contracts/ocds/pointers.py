"""JSON Pointers (RFC 6901): their targets, and their escaping."""

from typing import Any


def escape(key: str) -> str:
    """Escape a member name for a JSON Pointer."""
    return key.replace("~", "~0").replace("/", "~1") if "~" in key or "/" in key else key


def unescape(token: str) -> str:
    """Return the member name for a token of a JSON Pointer."""
    return token.replace("~1", "/").replace("~0", "~")


def resolve(document: Any, pointer: str) -> Any:
    """
    Return the target of a JSON Pointer.

    As in parsing, a list with one object is taken for the object.

    :raises LookupError: if there is no such place
    """
    here = document
    for name in map(unescape, pointer.split("/")[1:]):
        if isinstance(here, list) and len(here) == 1 and not name.isdecimal():
            here = here[0]
        if isinstance(here, dict):
            here = here[name]
        elif isinstance(here, list) and name.isdecimal():
            here = here[int(name)]
        else:
            raise LookupError(pointer)
    return here
