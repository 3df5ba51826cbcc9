"""Problems of input, and the limits of the input gate before every parser."""

from typing import Any

from msgspec import Struct

from contracts.ocds.messages import WARNINGS

# Variant of a problem stored as a sentence by an earlier version, in the value ``text``.
AS_STORED = "as_stored"


class Problem(Struct, frozen=True, omit_defaults=True):
    """
    Something in the input that was not accepted, or accepted with a warning: a code and values, for a text in any
    language.

    ``variant`` selects the text among those of the code (``messages.DETAILS``); ``values`` are plain JSON. ``pointer``
    is a JSON Pointer within the ``line``-th JSON value of the input (counted from 1; a plain JSON file has one),
    ``offset`` a byte offset in the unpacked input.
    """

    code: str
    variant: str = ""
    values: dict[str, Any] = {}
    pointer: str = ""
    line: int = 1
    offset: int | None = None

    @property
    def is_warning(self) -> bool:
        return self.code in WARNINGS


class RefusedError(Exception):
    """Raised if input is refused. ``problems`` are the reasons and places, the decisive one first."""

    def __init__(self, problem: Problem, *others: Problem) -> None:
        super().__init__(f"{problem.code} {problem.variant} {problem.values}")
        self.problems = (problem, *others)

    @property
    def problem(self) -> Problem:
        return self.problems[0]


class Limits(Struct, frozen=True):
    """
    The limits of the input gate, in bytes, levels, digits and values.

    Each prevents a measured attack: deep nesting and long digit runs crash parsers, and a value of two bytes (``{}``)
    takes hundreds once it is parsed.
    """

    item_bytes: int = 4 * 1024**2
    item_values: int = 200_000
    depth: int = 64
    digits: int = 40
