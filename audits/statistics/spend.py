"""
Shares of suppliers in the spend of a buyer in the time before a date.

Pure. Amounts are integers (a fixed fraction of the currency unit), so a sum does not depend on its order; shares are
truncated, not rounded, so that one just below a limit stays below it.
"""

from bisect import bisect_left, bisect_right, insort
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Generic, NamedTuple, TypeVar

from audits.contributions.contests import title_of

# Parts of a currency unit in which amounts are counted.
FRACTION = 10_000_000_000
# Decimal places of a share and of a concentration.
_PLACES = 6

_Key = TypeVar("_Key", int, str)
_Ordered = TypeVar("_Ordered", int, datetime)


class Spent(NamedTuple):
    """The payment to a supplier in a process, in one currency; ``amount`` counts parts of a unit (``FRACTION``)."""

    date: datetime
    process: int
    contest: str
    supplier: int
    amount: int
    currency: str = ""
    sectors: Sequence[str] = ()
    ocid: str = ""

    @property
    def price(self) -> Decimal:
        """The amount in units of the currency, without trailing zeros."""
        whole, rest = divmod(self.amount, FRACTION)
        return Decimal(f"{whole}.{rest:010}".rstrip("0").rstrip("."))


class Running(Generic[_Ordered]):
    """Numbers by ascending key with running sums, so that a range is summed without reading it."""

    def __init__(self, numbers: Iterable[tuple[_Ordered, int]]) -> None:
        self._keys: list[_Ordered] = []
        self._sums = [0]
        for key, number in numbers:
            self._keys.append(key)
            self._sums.append(self._sums[-1] + number)

    def total(self, after: _Ordered, until: _Ordered) -> int:
        """Return the sum of the numbers with a key above ``after`` and up to ``until``."""
        first, last = self._places(after, until)
        return self._sums[last] - self._sums[first]

    def count(self, after: _Ordered, until: _Ordered) -> int:
        """Return the number of entries with a key above ``after`` and up to ``until``."""
        first, last = self._places(after, until)
        return last - first

    def _places(self, after: _Ordered, until: _Ordered) -> tuple[int, int]:
        first = bisect_right(self._keys, after)
        return first, max(first, bisect_right(self._keys, until))


class _Ranked(Generic[_Key]):
    """Positive amounts by key, kept in order: the largest is read for each of a buyer's thousands of purchases."""

    def __init__(self) -> None:
        self._amounts: dict[_Key, int] = {}
        self._order: list[tuple[int, _Key]] = []

    def __len__(self) -> int:
        return len(self._order)

    def add(self, key: _Key, amount: int) -> None:
        before = self._amounts.pop(key, 0)
        if before:
            del self._order[bisect_left(self._order, (-before, key))]
        if before + amount:
            self._amounts[key] = before + amount
            insort(self._order, (-before - amount, key))

    @property
    def largest(self) -> int:
        """Return the largest amount, 0 if there is none."""
        return -self._order[0][0] if self._order else 0

    def first(self, limit: int) -> list[_Key]:
        """Return the keys of the largest amounts; of equal amounts the smaller key comes first."""
        return [key for _, key in self._order[:limit]]


class Spend:
    """
    Sums over the purchases of a time window; those of one contest (``audits.contributions.contests``) count once.

    ``hhi`` is the Herfindahl-Hirschman index of the suppliers' shares, from 0 (many small ones) to 1 (one alone);
    ``since`` is the date of the first purchase, because a window may begin before the first stored one.

    :param suppliers: suppliers whose processes and contests are needed; for others, only sums are kept
    """

    def __init__(self, suppliers: Collection[int]) -> None:
        self.total = 0
        self.since: datetime | None = None
        self._by_supplier: Counter[int] = Counter()
        self._by_contest: Counter[str] = Counter()
        self._processes_of: dict[int, _Ranked[int]] = {supplier: _Ranked() for supplier in suppliers}
        self._contests_of: dict[int, Counter[str]] = {supplier: Counter() for supplier in suppliers}
        self._titles_of: dict[int, _Ranked[str]] = {supplier: _Ranked() for supplier in suppliers}
        self._squares = 0

    @property
    def contests(self) -> int:
        return len(self._by_contest)

    @property
    def suppliers(self) -> int:
        return len(self._by_supplier)

    @property
    def hhi(self) -> float:
        return ratio(self._squares, self.total**2)

    def share(self, supplier: int) -> float:
        return ratio(self._by_supplier[supplier], self.total)

    def has(self, supplier: int) -> bool:
        return supplier in self._by_supplier

    def processes_of(self, supplier: int, limit: int) -> list[int]:
        """Return the processes in which a supplier was paid the most."""
        return self._processes_of[supplier].first(limit)

    def contests_of(self, supplier: int) -> int:
        """Return the number of contests in which a supplier was paid."""
        return len(self._contests_of[supplier])

    def titles_of(self, supplier: int) -> int:
        """
        Return the number of contests of a supplier if those of one title, such as orders under one contract, count
        once.
        """
        return len(self._titles_of[supplier])

    def amount_of(self, supplier: int) -> int:
        return self._by_supplier[supplier]

    def largest_of(self, supplier: int) -> float:
        """Return the share in the total spend of the title for which a supplier was paid the most."""
        return ratio(self._titles_of[supplier].largest, self.total)

    def add(self, spent: Spent, sign: int = 1) -> None:
        before = self._by_supplier[spent.supplier]
        after = before + sign * spent.amount
        self.total += sign * spent.amount
        self._squares += after * after - before * before
        _put(self._by_supplier, spent.supplier, after)
        _put(self._by_contest, spent.contest, self._by_contest[spent.contest] + sign)
        if spent.supplier in self._processes_of:
            self._processes_of[spent.supplier].add(spent.process, sign * spent.amount)
            contests = self._contests_of[spent.supplier]
            _put(contests, spent.contest, contests[spent.contest] + sign)
            self._titles_of[spent.supplier].add(title_of(spent.contest), sign * spent.amount)

    def remove(self, spent: Spent) -> None:
        self.add(spent, -1)


def spend_before(
    purchases: Sequence[Spent], moments: Iterable[datetime], window: timedelta, suppliers: Collection[int]
) -> Iterator[tuple[datetime, Spend]]:
    """
    Yield each moment, in ascending order, with the spend in the window that ends with it: the moment itself is
    included, the moment one window earlier is not. The same object is yielded every time.

    :param purchases: in ascending order of their dates, with amounts above 0
    :param suppliers: the requested suppliers, see ``Spend``
    """
    spend, first, last = Spend(suppliers), 0, 0
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


def ratio(part: int, whole: int) -> float:
    """Return a share, truncated to six digits; 0 if the total is 0."""
    return part * 10**_PLACES // whole / 10**_PLACES if whole else 0.0
