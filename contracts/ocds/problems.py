"""What can be wrong with input, and the limits of the gate that every parser sits behind."""

from typing import Any

from msgspec import Struct

from contracts.ocds.messages import WARNINGS

# The variant of a problem whose text alone is known, as the value ``text``: an earlier version stored sentences.
AS_STORED = "as_stored"


class Problem(Struct, frozen=True, omit_defaults=True):
    """
    Something in the input that was not taken, or taken with a warning: a code and values, for a text in any language.

    ``variant`` names the text among those of the code (``messages.DETAILS``); ``values`` are its values, plain JSON.
    ``pointer`` is a JSON Pointer inside the ``line``-th JSON value of the input (counted from 1; a plain JSON file has
    one), ``offset`` a byte offset in the unpacked input.
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
    """Raised if input cannot be taken. ``problems`` says where and why, the decisive one first."""

    def __init__(self, problem: Problem, *others: Problem) -> None:
        super().__init__(f"{problem.code} {problem.variant} {problem.values}")
        self.problems = (problem, *others)

    @property
    def problem(self) -> Problem:
        return self.problems[0]


class Limits(Struct, frozen=True):
    """
    The limits of the input gate, in bytes, levels, digits and values.

    Each one closes a hole that was measured: deep nesting and long digit runs crash parsers, and a value of two bytes
    (``{}``) takes hundreds once it is read.
    """

    item_bytes: int = 4 * 1024**2
    item_values: int = 200_000
    depth: int = 64
    digits: int = 40
