"""Settled figures: those that later purchases of the buyer cannot change, as far as rules can tell."""

import sys
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct, structs

from audits.judging.figures.bounds import Asked
from audits.judging.figures.processes import BuyerShare, ProcessFigures, SupplierShare
from audits.judging.rule_set import RuleSet

_Share = BuyerShare | SupplierShare

# More than there is of anything.
_MANY = sys.maxsize
# The sector of all that was bought.
_EVERYTHING = ""
_SHARES = ("buyer_shares", "supplier_shares")


class Settled(Struct, frozen=True, omit_defaults=True, gc=False):
    """
    What other suppliers may sell the buyer of a process, and no rule is told anything else.

    That is whatever is paid in ``currency``, ``""`` if there is no such currency, while those of its purchases that
    count for the process are fewer than ``below``: by sector, ``""`` for all of them; any number of those of others.
    It is also what is paid in another currency, while that is less than ``contests`` purchases in the window of the
    process, or as many where ``currency`` comes first in the alphabet.
    """

    currency: str = ""
    contests: int = 0
    below: Mapping[str, int] = {}


UNSETTLED = Settled()


def settled(figures: ProcessFigures, sectors: Collection[str], rule_set: RuleSet) -> Settled:
    """
    Return what other suppliers may sell the buyer of a process, so that no rule is told anything else.

    With each such purchase the shares of the suppliers of the process fall, purchases and suppliers get more, and the
    buyer may be on record for longer. What rules are told of all that moves with it one way only (``bounds``), so that
    they are told the same of whatever lies between two ends of which they are told the same. Where they are not as
    soon as there are many purchases, they may be while there are fewer than a rule asks for. Shares are those in the
    main currency, which what is bought in it leaves as it is.

    :param figures: as they were computed
    :param sectors: those of the process
    """
    of_buyer = [share for share in figures.supplier_shares or () if share.awards is not None]
    shares: Sequence[_Share] = [*(figures.buyer_shares or ()), *of_buyer]
    currencies = {share.currency for share in shares}
    if len(currencies) != 1 or not figures.buyer_shares or {share.sector for share in of_buyer} != set(sectors):
        return UNSETTLED
    now = rule_set.asked(figures)
    if rule_set.asked(_with(figures, lambda _: {"share": 0.0})) != now:
        return UNSETTLED
    below: dict[str, int] = {}
    most = rule_set.asked(_at_most(figures, below))
    if most != now:
        moved = {name for name in _SHARES if getattr(most, name) != getattr(now, name)}
        below = _next_bounds({name: [*(getattr(figures, name) or ())] for name in moved}, rule_set)
        if rule_set.asked(_at_most(figures, below)) != now:
            return UNSETTLED
    return Settled(currencies.pop(), min(share.processes for share in shares), below)


def _next_bounds(moved: Mapping[str, Sequence[_Share]], rule_set: RuleSet) -> dict[str, int]:
    """Return from how many purchases on a rule asks more of shares than of those that there are, by sector."""
    bounds: dict[str, int] = {}
    for name, shares in moved.items():
        asked = {bound for one in rule_set.bounds.get(name, ()) for bound in _least(one)}
        for share in shares:
            for bound in asked:
                if bound > share.processes:
                    bounds[_sector(share)] = min(bound, bounds.get(_sector(share), bound))
    return bounds


def _least(asked: Asked) -> Iterator[int]:
    yield from (members["processes"] for members in (asked.least, asked.needs) if "processes" in members)


def _sector(share: _Share) -> str:
    return share.sector if isinstance(share, SupplierShare) else _EVERYTHING


def _at_most(figures: ProcessFigures, below: Mapping[str, int]) -> ProcessFigures:
    """Return figures of a buyer that bought so much more from others: any number, or fewer than ``below``."""
    return _with(
        figures,
        lambda share: {
            "processes": below.get(_sector(share), _MANY) - 1,
            **({"suppliers": _MANY} if isinstance(share, BuyerShare) else {}),
        },
    )


def _with(figures: ProcessFigures, values: Callable[[_Share], Mapping[str, Any]]) -> ProcessFigures:
    """Return figures of a buyer that is on record for longer, with other values of the shares in what it spent."""
    coverage = figures.source_coverage
    return structs.replace(
        figures,
        buyer_shares=[structs.replace(share, **values(share)) for share in figures.buyer_shares or ()],
        supplier_shares=figures.supplier_shares
        and [
            share if share.awards is None else structs.replace(share, **values(share))
            for share in figures.supplier_shares
        ],
        source_coverage=coverage and structs.replace(coverage, own_since="", own_months=_MANY),
    )
