"""
Bounds for shares, from sums by month: if they suffice for every rule, single purchases are not read.

Hardly any share reaches the minimum of a rule (``audits.judging.figures.bounds``). The spend of a buyer in months
entirely inside the window of a process is a lower bound, in all months that overlap the window an upper bound; the
spend on one supplier is summed exactly. If every rule reads the lower and the upper bound of a share alike, the figure
is the largest share of the fewest purchases, which further purchases can only lower. For the other processes,
``audits.statistics.shares`` reads all purchases of the buyer.
"""

import sys
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple

from audits.judging.figures.bounds import BoundsInForce, reduced_figure
from audits.judging.figures.months import month_of
from audits.judging.figures.processes import BuyerShare, SupplierShare
from audits.models.monthly_spend import EVERYTHING
from audits.statistics.bought import Months, Sold, Spending
from audits.statistics.spend import Running, ratio
from audits.statistics.targets import Target
from audits.statistics.windows import SPEND_WINDOW

# Larger than any sum.
_MANY = sys.maxsize
# What a supplier took, by date: buyer and supplier, sector and currency → amounts.
_Takings = Mapping[tuple[int | None, int, str, str], Running[datetime]]


class _End(NamedTuple):
    """The lower or upper bound of a share; ``rest`` replaces each number that sums do not provide."""

    currency: str
    share: float
    processes: int
    suppliers: int
    awards: int
    rest: int


# Figure → the parts of the spend (sectors, or all) that it is about, by process; and what builds it from a bound.
_FIGURES: dict[str, tuple[Callable[[Target], Sequence[str]], Callable[[str, str, _End], Any]]] = {
    "supplier_shares": (
        lambda target: target.sectors,
        lambda party_id, sector, end: SupplierShare(
            party_id, end.share, end.processes, end.currency, "", sector, end.rest, end.awards, end.rest
        ),
    ),
    "buyer_shares": (
        lambda _: (EVERYTHING,),
        lambda party_id, _, end: BuyerShare(
            party_id, end.share, end.processes, end.currency, "", end.suppliers, end.awards, end.rest, end.rest, ()
        ),
    ),
}
BOUNDED = frozenset(_FIGURES)


def bounded_shares(
    name: str, targets: Sequence[Target], sold: Sold, spending: Spending, bounds: Sequence[BoundsInForce]
) -> dict[int, list[Any]]:
    """Return a figure of ``BOUNDED``, as rules read it, for the processes for which sums are enough."""
    sectors, make_share = _FIGURES[name]
    takings = _takings(sold, {sector for target in targets for sector in sectors(target)})
    found = {}
    for target in targets:
        ends = [
            (make, least, most)
            for sector in sectors(target)
            for supplier, least, most in _ends(target, spending.get((target.buyer_id, sector), {}), takings, sector)
            for make in (partial(make_share, party_id, sector) for party_id in target.suppliers[supplier])
        ]
        if all(
            reduced_figure([make(least)] if least else [], [one]) == reduced_figure([make(most)], [one])
            for make, least, most in ends
            for one in bounds
        ):
            found[target.process_id] = [make(least._replace(share=most.share)) for make, least, most in ends if least]
    return found


def _ends(
    target: Target, spent: Mapping[str, Months], takings: _Takings, sector: str
) -> Iterator[tuple[int, _End | None, _End]]:
    """Yield suppliers with the lower and upper bound of their share: ``None`` if there may be none."""
    start, end = target.date - SPEND_WINDOW, target.date
    first, last = month_of(start), month_of(end)
    contests = {
        currency: (months.contests.total(first, last - 1), months.contests.total(first - 1, last))
        for currency, months in spent.items()
    }
    leading = max((least for least, _ in contests.values()), default=0)
    # A currency in which there are certainly fewer contests than in another is not that of the figure.
    main = [currency for currency, (_, most) in contests.items() if most >= max(leading, 1)]
    for supplier in target.suppliers:
        for currency in main:
            took = takings.get((target.buyer_id, supplier, sector, currency))
            if not took or not took.count(start, end):
                continue
            own, amounts = took.total(start, end), spent[currency].amounts
            others = max(amounts.total(first, last - 1) - own, 0)
            fewest, most = contests[currency]
            yield (
                supplier,
                _End(currency, 0.0, fewest, 2 if others else 1, 1, 0) if len(main) == 1 else None,
                _End(
                    currency,
                    ratio(own, own + others),
                    most,
                    _MANY if amounts.total(first - 1, last) > own else 1,
                    took.count(start, end),
                    _MANY,
                ),
            )


def _takings(sold: Sold, sectors: Collection[str]) -> _Takings:
    found: dict[tuple[int | None, int, str, str], list[tuple[datetime, int]]] = defaultdict(list)
    for (buyer, supplier), purchases in sold.items():
        for entry in purchases:
            for sector in sectors:
                if sector == EVERYTHING or sector in entry.sectors:
                    found[buyer, supplier, sector, entry.currency].append((entry.date, entry.amount))
    return {place: Running(numbers) for place, numbers in found.items()}
