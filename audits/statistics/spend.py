"""
Shares of suppliers in what a buyer spent in the time before a date.

Pure. Amounts are whole numbers (of a fixed fraction of the currency unit), so a sum does not depend on the order in
which it is made; shares are cut, not rounded, so that one just below a limit stays below it.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple, TypeVar

# Digits after the point of a share and of a concentration.
_PLACES = 6

_Key = TypeVar("_Key", int, str)


class Spent(NamedTuple):
    date: datetime
    process: int
    contest: str
    supplier: int
    amount: int


class Spend:
    """
    Sums over the purchases of a window of time; processes of one contest (``audits.statistics.contests``) count once.

    ``hhi`` is the Herfindahl-Hirschman index of the suppliers' shares, from 0 (many small ones) to 1 (one alone);
    ``since`` is the date of the first purchase, for a window may reach back beyond what is stored.
    """

    def __init__(self) -> None:
        self.total = 0
        self.since: datetime | None = None
        self._by_supplier: Counter[int] = Counter()
        self._by_contest: Counter[str] = Counter()
        self._of_supplier: dict[int, Counter[int]] = defaultdict(Counter)
        self._contests_of: dict[int, Counter[str]] = defaultdict(Counter)
        self._squares = 0

    @property
    def contests(self) -> int:
        return len(self._by_contest)

    @property
    def suppliers(self) -> int:
        return len(self._by_supplier)

    @property
    def hhi(self) -> float:
        return _ratio(self._squares, self.total**2)

    def share(self, supplier: int) -> float:
        return _ratio(self._by_supplier[supplier], self.total)

    def has(self, supplier: int) -> bool:
        return supplier in self._by_supplier

    def processes_of(self, supplier: int) -> list[int]:
        """Return the processes in which a supplier was paid, those of the largest amounts first."""
        of_supplier = self._of_supplier[supplier]
        return sorted(of_supplier, key=lambda process: (-of_supplier[process], process))

    def amount_of(self, supplier: int) -> int:
        return self._by_supplier[supplier]

    def contests_of(self, supplier: int) -> Mapping[str, int]:
        """Return what a supplier was paid in each contest, as it is until the next moment."""
        return self._contests_of[supplier]

    def largest_of(self, supplier: int) -> float:
        """Return the share of the largest contest of a supplier in all that was spent."""
        return _ratio(max(self.contests_of(supplier).values(), default=0), self.total)

    def add(self, spent: Spent, sign: int = 1) -> None:
        before = self._by_supplier[spent.supplier]
        after = before + sign * spent.amount
        self.total += sign * spent.amount
        self._squares += after * after - before * before
        _put(self._by_supplier, spent.supplier, after)
        _put(self._by_contest, spent.contest, self._by_contest[spent.contest] + sign)
        own, contests = self._of_supplier[spent.supplier], self._contests_of[spent.supplier]
        _put(own, spent.process, own[spent.process] + sign * spent.amount)
        _put(contests, spent.contest, contests[spent.contest] + sign * spent.amount)

    def remove(self, spent: Spent) -> None:
        self.add(spent, -1)


def spend_before(
    purchases: Sequence[Spent], moments: Iterable[datetime], window: timedelta
) -> Iterator[tuple[datetime, Spend]]:
    """
    Yield each moment, in ascending order, with what was spent in the window that ends with it: the moment itself
    counts, the moment one window earlier does not. The same object is yielded every time.

    :param purchases: in ascending order of their dates, with amounts above 0
    """
    spend, first, last = Spend(), 0, 0
    for moment in sorted(set(moments)):
        while last < len(purchases) and purchases[last].date <= moment:
            spend.add(purchases[last])
            last += 1
        while first < last and purchases[first].date <= moment - window:
            spend.remove(purchases[first])
            first += 1
        spend.since = purchases[first].date if first < last else None
        yield moment, spend


def _put(counter: Counter[_Key], key: _Key, value: int) -> None:
    if value:
        counter[key] = value
    else:
        counter.pop(key, None)


def _ratio(part: int, whole: int) -> float:
    return part * 10**_PLACES // whole / 10**_PLACES if whole else 0.0
