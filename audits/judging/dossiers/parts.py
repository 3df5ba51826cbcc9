"""The parts of a record that texts belong to, and the groups of them that rules read."""

from collections.abc import Iterable
from typing import Protocol

from audits.matching.scope import OBJECT_PARTS

# What the reader reads, and where the head of the object stands.
READ_PARTS = frozenset({"title", "description", "lot"})
HEAD_PARTS = ("title", "description")
# The part of a text that is a page of a document.
PAGE = "page"
# Where a text tells of a security body or a network; a class of goods does not.
PROSE_PARTS = OBJECT_PARTS - {"classification"}
GROUND_PARTS = frozenset({"method", "rationale"})
MONEY_PARTS = frozenset({"budget"})
PAPER_PARTS = frozenset({"document", "amendment", "criteria", PAGE})
WORDS_OF_RECORD = OBJECT_PARTS | GROUND_PARTS | MONEY_PARTS | PAPER_PARTS


class _OfLot(Protocol):
    @property
    def lot(self) -> str: ...


def in_lots(one: _OfLot, others: Iterable[_OfLot]) -> bool:
    """Tell whether one of ``others`` is about the lot of ``one``; what is about no lot is about all of them."""
    return any(not one.lot or not other.lot or one.lot == other.lot for other in others)
