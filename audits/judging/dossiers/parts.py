"""The parts of a record to which texts belong, and the groups of parts that rules read."""

from collections.abc import Iterable
from typing import Protocol

from audits.matching.purchases.scope import OBJECT_PARTS

# Parts that the classifier reads, and parts with the head of the object.
READ_PARTS = frozenset({"title", "description", "lot"})
HEAD_PARTS = ("title", "description")
# The part of a text that is a page of a document.
PAGE = "page"
# Parts whose texts may show a security body or a network; classes of goods do not.
PROSE_PARTS = OBJECT_PARTS - {"classification"}
GROUND_PARTS = frozenset({"method", "rationale"})
MONEY_PARTS = frozenset({"budget"})
PAPER_PARTS = frozenset({"document", "amendment", "criteria", PAGE})
WORDS_OF_RECORD = OBJECT_PARTS | GROUND_PARTS | MONEY_PARTS | PAPER_PARTS


class _OfLot(Protocol):
    @property
    def lot(self) -> str: ...


def in_lots(one: _OfLot, others: Iterable[_OfLot]) -> bool:
    """Return whether any of ``others`` concerns the lot of ``one``; content without a lot concerns all lots."""
    return any(not one.lot or not other.lot or one.lot == other.lot for other in others)
