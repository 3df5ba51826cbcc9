"""
R048 Heterogeneous supplier.

Categories = distinct first `digits` (2) characters of the classification ids of the items awarded to a supplier, over
active awards with one supplier (of several, nobody knows who supplied what). Flagged are suppliers with at least
`minimum_contracting_processes` (20) whose number of categories is at or above the upper fence of these suppliers, or
the `threshold`: who sells everything may sell only influence. The value is the number.
"""

from collections import Counter
from typing import Any

from audits.indicators.base import Indicator
from audits.indicators.process import Process
from audits.indicators.results import Results


class Supplier:
    """How many processes a supplier was seen in, and the (scheme, category) pairs awarded to it."""

    __slots__ = ("categories", "processes")

    def __init__(self) -> None:
        self.processes = 0
        self.categories: set[tuple[str, str]] = set()

    def number(self) -> float:
        """The number of categories, in the scheme that has most of them."""
        return float(max(Counter(scheme for scheme, _ in self.categories).values()))


class R048(Indicator):
    code = "R048"

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.tally: dict[str, Supplier] = {}

    def see(self, process: Process, _results: Results, /) -> None:
        seen = set()
        digits = self.settings.r048_digits
        for award in process.release.awards or ():
            if award.status != "active" or not award.items or not award.suppliers or len(award.suppliers) != 1:
                continue
            id_ = award.suppliers[0].id
            if id_ is None:
                continue
            categories = [
                self.profile.category(item.classification, digits)
                for item in award.items
                if item.classification is not None and item.classification.id is not None
            ]
            if not categories:
                continue
            supplier = self.tally.get(id_)
            if supplier is None:
                supplier = self.tally[id_] = Supplier()
            supplier.categories.update(categories)
            if id_ not in seen:
                seen.add(id_)
                supplier.processes += 1

    def merge(self, tally: dict[str, Supplier]) -> None:
        for id_, added in tally.items():
            supplier = self.tally.setdefault(id_, added)
            if supplier is not added:
                supplier.processes += added.processes
                supplier.categories |= added.categories

    def conclude(self, results: Results) -> None:
        minimum = self.settings.r048_minimum_contracting_processes
        numbers = {id_: supplier.number() for id_, supplier in self.tally.items() if supplier.processes >= minimum}
        fence, judges = self.fence(numbers.values(), "upper", self.settings.r048_threshold, results)
        results.show(self.code, {"upper_fence": float(fence)})
        for id_, number in numbers.items():
            if judges and number >= fence:
                results.flag("Tenderer", id_, self.code, number)
