"""JSON Pointers (RFC 6901): what they lead to, and names of members as their tokens."""

from typing import Any


def escape(key: str) -> str:
    """Escape a member name for a JSON Pointer."""
    return key.replace("~", "~0").replace("/", "~1") if "~" in key or "/" in key else key


def unescape(token: str) -> str:
    """Return the member name that a token of a JSON Pointer stands for."""
    return token.replace("~1", "/").replace("~0", "~")


def resolve(document: Any, pointer: str) -> Any:
    """
    Return what a JSON Pointer leads to.

    As when a record is read, a list of one object is taken for the object where a member of it is asked for.

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
