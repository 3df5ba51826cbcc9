"""Settled figures: those that later purchases of the buyer cannot change, as far as rules can distinguish."""

import sys
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct, structs

from audits.judging.figures.bounds import BoundsInForce
from audits.judging.figures.processes import BuyerShare, ProcessFigures, SupplierShare
from audits.judging.rule_set import RuleSet

_Share = BuyerShare | SupplierShare

# Larger than any count.
_MANY = sys.maxsize
# The sector of all purchases.
_EVERYTHING = ""
_SHARES = ("buyer_shares", "supplier_shares")


class Settled(Struct, frozen=True, omit_defaults=True, gc=False):
    """
    Later purchases from other suppliers that do not change what rules see of a process.

    These are purchases in ``currency`` (``""`` if there is no such currency) while the buyer's purchases that count
    for the process are fewer than ``below``, by sector, ``""`` for all sectors; and any number in others. Purchases in
    another currency are included while they are fewer than ``contests`` in the window of the process, or as many if
    ``currency`` comes first in the alphabet.
    """

    currency: str = ""
    contests: int = 0
    below: Mapping[str, int] = {}


UNSETTLED = Settled()


def settled(figures: ProcessFigures, sectors: Collection[str], rule_set: RuleSet) -> Settled:
    """
    Return the later purchases from other suppliers that do not change what rules see of a process.

    Each such purchase lowers the shares of the process's suppliers, raises the numbers of purchases and suppliers, and
    may extend the time for which the buyer is on record. What rules see of these changes in one direction only
    (``bounds``), so it is the same between two ends if it is the same at both. If it is not for many purchases, it may
    be while there are fewer than a rule requires. Shares are in the main currency, which purchases in it do not
    change.

    :param figures: the computed figures
    :param sectors: sectors of the process
    """
    of_buyer = [share for share in figures.supplier_shares or () if share.awards is not None]
    shares: Sequence[_Share] = [*(figures.buyer_shares or ()), *of_buyer]
    currencies = {share.currency for share in shares}
    if len(currencies) != 1 or not figures.buyer_shares or {share.sector for share in of_buyer} != set(sectors):
        return UNSETTLED
    now = rule_set.reduced(figures)
    if rule_set.reduced(_with(figures, lambda _: {"share": 0.0})) != now:
        return UNSETTLED
    below: dict[str, int] = {}
    most = rule_set.reduced(_at_most(figures, below))
    if most != now:
        moved = {name for name in _SHARES if getattr(most, name) != getattr(now, name)}
        below = _next_bounds({name: [*(getattr(figures, name) or ())] for name in moved}, rule_set)
        if rule_set.reduced(_at_most(figures, below)) != now:
            return UNSETTLED
    return Settled(currencies.pop(), min(share.processes for share in shares), below)


def _next_bounds(moved: Mapping[str, Sequence[_Share]], rule_set: RuleSet) -> dict[str, int]:
    """Return from how many purchases on a rule requires more than the current shares, by sector."""
    bounds: dict[str, int] = {}
    for name, shares in moved.items():
        minimums = {least for one in rule_set.bounds.get(name, ()) for least in _min_purchases(one)}
        for share in shares:
            sector, higher = _sector(share), [least for least in minimums if least > share.processes]
            if higher:
                bounds[sector] = min([*higher, bounds.get(sector, _MANY)])
    return bounds


def _min_purchases(bounds: BoundsInForce) -> Iterator[int]:
    yield from (members["processes"] for members in (bounds.least, bounds.needs) if "processes" in members)


def _sector(share: _Share) -> str:
    return share.sector if isinstance(share, SupplierShare) else _EVERYTHING


def _at_most(figures: ProcessFigures, below: Mapping[str, int]) -> ProcessFigures:
    """Return figures of a buyer with that many more purchases from others: any number, or fewer than ``below``."""
    return _with(
        figures,
        lambda share: {
            "processes": below.get(_sector(share), _MANY) - 1,
            **({"suppliers": _MANY} if isinstance(share, BuyerShare) else {}),
        },
    )


def _with(figures: ProcessFigures, values: Callable[[_Share], Mapping[str, Any]]) -> ProcessFigures:
    """Return figures of a buyer that is on record for longer, with other shares of its spending."""
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
