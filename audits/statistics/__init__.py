"""
Figures about other processes, under the names that rules declare: ``@rule(reads=("supplier_shares",))``.

They are computed for a whole batch at once, from narrow rows, and never by a rule. Each looks back (or around) from
the date of the process itself, so the same records give the same figures on any day and in any order of arrival. Their
types are in ``audits.judging.figures``.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cached_property
from types import MappingProxyType
from typing import Any

from audits.judging.figures.bounds import BoundsInForce
from audits.judging.figures.processes import SOURCE_HABITS, BuyerShare, ProcessFigures, SupplierShare
from audits.models.monthly_spend import EVERYTHING
from audits.statistics.bought import Purchases, Sold, Spending, read_bought, read_months, read_sold
from audits.statistics.bounding import BOUNDED, bounded_shares
from audits.statistics.coverage import source_coverage
from audits.statistics.habits import source_habits
from audits.statistics.history import history_in_sector, purchases_before, purchases_beside
from audits.statistics.plans import planned_methods
from audits.statistics.populations import fences, practices, shares_in_country
from audits.statistics.shares import shares_by_sector, shares_of_all
from audits.statistics.shares_before import earlier_purchases, with_shares_before
from audits.statistics.targets import Target, in_scope, read_targets
from audits.statistics.tenders import failed_tenders, first_records


class _Batch:
    """``parts``: figure → names of the parts that rules read of it; ``bounds`` as in ``statistics_for``."""

    def __init__(
        self,
        process_ids: Sequence[int],
        parts: Mapping[str, Collection[str]],
        bounds: Mapping[str, Sequence[BoundsInForce]],
    ) -> None:
        self.process_ids = process_ids
        self.parts = parts
        self.bounds = {name: of_rules for name, of_rules in bounds.items() if name in parts}

    @cached_property
    def targets(self) -> list[Target]:
        """Return the processes with a purchase by a known buyer."""
        return [target for target in read_targets(self.process_ids) if target.buyer_id is not None]

    @cached_property
    def technology(self) -> list[Target]:
        """Return the processes that bought technology."""
        return in_scope(self.targets)

    @cached_property
    def sold(self) -> Sold:
        """Return earlier purchases of the buyers from the suppliers of the processes."""
        return read_sold(self.targets)

    @cached_property
    def spending(self) -> Spending:
        """Return the spend of the buyers by month, in total and by sector of technology."""
        return read_months(
            self.targets, {EVERYTHING, *(sector for target in self.technology for sector in target.sectors)}
        )

    @cached_property
    def bounded(self) -> dict[str, Mapping[int, list[Any]]]:
        """Return, by name of a figure, the shares of processes for which sums by month are enough."""
        return {
            name: bounded_shares(name, self.sharing(name), self.sold, self.spending, of_rules)
            for name, of_rules in self.bounds.items()
            if name in BOUNDED
        }

    @cached_property
    def bought(self) -> Purchases:
        """Return earlier purchases of the buyers of the other processes."""
        others = {target.process_id for name in BOUNDED & self.parts.keys() for target in self.unbounded(name)}
        return read_bought(
            [*(target for target in self.targets if target.process_id in others), *self.earlier_targets]
        )

    @cached_property
    def earlier(self) -> Mapping[tuple[int, int], Sequence[Target]]:
        """Return the purchases before those whose shares in the total spend have to be computed."""
        return earlier_purchases(self.unbounded("buyer_shares")) if "buyer_shares" in self.parts else {}

    @property
    def earlier_targets(self) -> list[Target]:
        """Return these purchases, each once."""
        return list({target.process_id: target for found in self.earlier.values() for target in found}.values())

    def sharing(self, name: str) -> list[Target]:
        """Return the processes that have a figure of shares."""
        return self.technology if name == "supplier_shares" else self.targets

    def unbounded(self, name: str) -> list[Target]:
        """Return the ones whose shares have to be computed from all purchases."""
        bounded = self.bounded.get(name, {})
        return [target for target in self.sharing(name) if target.process_id not in bounded]


def _supplier_shares(batch: _Batch) -> dict[int, list[SupplierShare]]:
    """Return the shares in the spend of the buyer, then in the spend of its country."""
    shares = {
        **batch.bounded.get("supplier_shares", {}),
        **shares_by_sector(batch.unbounded("supplier_shares"), batch.bought),
    }
    for process_id, in_country in shares_in_country(batch.technology).items():
        shares[process_id].extend(in_country)
    return shares


def _buyer_shares(batch: _Batch) -> dict[int, list[BuyerShare]]:
    targets = batch.unbounded("buyer_shares")
    shares = shares_of_all([*targets, *batch.earlier_targets], batch.bought)
    return {
        **batch.bounded.get("buyer_shares", {}),
        **with_shares_before(shares, targets, batch.earlier, batch.bounds.get("buyer_shares", ())),
    }


_COMPUTE: dict[str, Callable[[_Batch], Mapping[int, Any]]] = {
    "supplier_shares": _supplier_shares,
    "supplier_history": lambda batch: history_in_sector(batch.technology),
    "buyer_shares": _buyer_shares,
    "purchases_beside": lambda batch: purchases_beside(batch.targets),
    "purchases_before": lambda batch: purchases_before(batch.targets, batch.sold),
    "first_record": lambda batch: first_records(batch.process_ids),
    "failed_tenders": lambda batch: failed_tenders(batch.process_ids),
    "planned_method": lambda batch: planned_methods(batch.process_ids),
    "price_gap_fence": lambda batch: fences(batch.process_ids),
    "publisher_practice": lambda batch: practices(batch.process_ids),
    "source_coverage": lambda batch: source_coverage(batch.process_ids),
    SOURCE_HABITS: lambda batch: source_habits(batch.process_ids, batch.parts[SOURCE_HABITS]),
}


# Figures that change with other purchases of the same buyer, or other records of the same tender or object.
OF_PURCHASES = frozenset(
    {
        *("supplier_shares", "supplier_history", "buyer_shares", "purchases_beside", "purchases_before"),
        *("source_coverage", "first_record", "failed_tenders"),
    }
)


def statistics_for(
    process_ids: Sequence[int],
    *,
    reads: frozenset[str],
    bounds: Mapping[str, Sequence[BoundsInForce]] = MappingProxyType({}),
) -> dict[int, ProcessFigures]:
    """
    Return the figures of processes, by primary key.

    :param reads: the names of the figures that the rules in force read; no others are computed
    :param bounds: name of a figure → its bounds in the rules that read it; the figure may be any that these rules
        cannot distinguish from the actual one, see ``RuleSet.reduced``
    """
    parts: dict[str, set[str]] = defaultdict(set)
    for name, _dot, part in (entry.partition(".") for entry in reads):
        parts[name].add(part)
    batch = _Batch(process_ids, parts, bounds)
    found: dict[int, dict[str, Any]] = {process_id: {} for process_id in process_ids}
    for name in sorted(parts):
        for process_id, figure in _COMPUTE[name](batch).items():
            found[process_id][name] = figure
    return {process_id: ProcessFigures(**figures) for process_id, figures in found.items()}
