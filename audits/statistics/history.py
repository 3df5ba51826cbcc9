"""Purchases of a buyer from the same supplier before, or at about the same time."""

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, TypeVar

from audits.contributions.recording import SPLITTING_WINDOW
from audits.judging.figures.processes import EarlierPurchase, SupplierPurchase
from audits.statistics.bought import Sold
from audits.statistics.spend import Spent
from audits.statistics.targets import Target
from audits.statistics.windows import SPEND_WINDOW
from contracts.ocds.codelists.codes import COMPETITIVE, NON_COMPETITIVE, OPEN
from contracts.postgres.querying import query

# Maximum number of purchases: if a buyer always buys from one supplier, the latest are enough.
MAX_PURCHASES = 100

_Purchase = TypeVar("_Purchase", EarlierPurchase, SupplierPurchase)

# One row for each supplier of a process, whatever the currencies.
_TARGETS = """
    WITH target AS (
        SELECT process_id, supplier_id, buyer_id, date, sectors, subjects, is_gift,
               array_agg(currency) AS currencies
        FROM audits_purchase WHERE process_id = ANY(%(process_ids)s) AND buyer_id IS NOT NULL
        GROUP BY process_id, supplier_id, buyer_id, date, sectors, subjects, is_gift
    )
"""

# Purchases by the same procedure and of the same subject, the nearest in time first.
_BESIDE = """
    audits_purchase q JOIN contracts_contractingprocess p ON p.id = q.process_id
    WHERE q.buyer_id = t.buyer_id AND q.supplier_id = t.supplier_id AND q.process_id <> t.process_id
        AND q.amount > 0 AND q.currency = ANY(t.currencies) AND q.currency <> ''
        AND q.subjects && t.subjects AND q.procurement_method = own.procurement_method
        AND lower(p.procurement_method_details) = lower(own.procurement_method_details)
        -- Of what several were awarded together no rule about one supplier asks.
        AND NOT EXISTS (
            SELECT FROM audits_purchase other WHERE other.process_id = q.process_id
                AND other.supplier_id <> q.supplier_id
        )
"""


def history_in_sector(targets: Sequence[Target]) -> dict[int, list[EarlierPurchase]]:
    """
    Return, for each process, what its buyer got before from its suppliers in its sectors as a gift or without
    competition: the latest hundred. Earlier gifts do not count if the process is a gift itself.
    """
    found = _read(
        """
        SELECT t.process_id, t.supplier_id, q.ocid, q.date, q.procurement_method, q.is_gift, q.sectors
        FROM target t CROSS JOIN LATERAL (
            SELECT p.ocid, q.date, q.procurement_method, q.is_gift, q.sectors
            FROM (
                SELECT * FROM audits_purchase q
                WHERE q.buyer_id = t.buyer_id AND q.supplier_id = t.supplier_id AND q.date < t.date
                    AND q.sectors && t.sectors
                    AND ((q.is_gift AND NOT t.is_gift) OR q.procurement_method = ANY(%(noncompetitive)s))
                    -- A process counts once, in however many currencies it was paid.
                    AND NOT EXISTS (
                        SELECT FROM audits_purchase twin WHERE twin.process_id = q.process_id
                            AND twin.supplier_id = q.supplier_id AND twin.currency < q.currency
                    )
                ORDER BY q.date DESC FETCH FIRST %(most)s ROWS WITH TIES
            ) q JOIN contracts_contractingprocess p ON p.id = q.process_id
            ORDER BY q.date DESC, p.ocid LIMIT %(most)s
        ) q
        """,
        targets,
    )
    return _by_process(
        targets,
        found,
        lambda supplier, ocid, date, method, is_gift, sectors: EarlierPurchase(
            supplier, ocid, date.date(), method, is_gift, sorted(sectors)
        ),
    )


def purchases_before(targets: Sequence[Target], sold: Sold) -> dict[int, list[SupplierPurchase]]:
    """
    Return, for each process with one supplier that was not open to all, the first and the largest purchase of its
    buyer from the supplier in the three years before, in each currency of the process.
    """
    alike: dict[tuple[int | None, int, str], list[Target]] = defaultdict(list)
    for target in targets:
        if len(target.suppliers) == 1 and target.method != OPEN:
            (supplier,) = target.suppliers
            for currency in target.currencies:
                alike[target.buyer_id, supplier, currency].append(target)
    return _by_process(
        targets,
        (
            (target.process_id, supplier, entry.ocid, entry.date, entry.price, entry.currency)
            for (buyer, supplier, currency), of_one in alike.items()
            for target, found in _first_and_largest(
                [entry for entry in sold.get((buyer, supplier), ()) if entry.currency == currency], of_one
            )
            for entry in found
        ),
        _priced,
    )


def _first_and_largest(purchases: Sequence[Spent], targets: Iterable[Target]) -> Iterator[tuple[Target, list[Spent]]]:
    """Yield each process with earlier purchases in the window, with the first and the largest of them."""
    by_amount: list[tuple[int, int]] = []
    first = last = 0
    for target in sorted(targets, key=lambda target: target.date):
        while last < len(purchases) and purchases[last].date < target.date:
            insort(by_amount, (-purchases[last].amount, last))
            last += 1
        while first < last and purchases[first].date <= target.date - SPEND_WINDOW:
            del by_amount[bisect_left(by_amount, (-purchases[first].amount, first))]
            first += 1
        if by_amount:
            _, largest = by_amount[0]
            yield target, [purchases[place] for place in sorted({first, largest})]


def purchases_beside(targets: Sequence[Target]) -> dict[int, list[SupplierPurchase]]:
    """
    Return, for each process with one supplier and without open competition, the purchases of its buyer from this
    supplier alone, by the same procedure and of the same subject, within a year before or after: the nearest hundred.
    """
    found = _read(
        f"""
        SELECT t.process_id, t.supplier_id, q.ocid, q.date, trim_scale(q.amount), q.currency
        FROM target t JOIN contracts_contractingprocess own ON own.id = t.process_id CROSS JOIN LATERAL (
            SELECT * FROM (
                (SELECT p.ocid, q.date, q.amount, q.currency
                FROM {_BESIDE} AND q.date >= t.date AND q.date <= t.date + make_interval(days => %(splitting_days)s)
                ORDER BY q.date FETCH FIRST %(most)s ROWS WITH TIES)
                UNION ALL
                (SELECT p.ocid, q.date, q.amount, q.currency
                FROM {_BESIDE} AND q.date < t.date AND q.date >= t.date - make_interval(days => %(splitting_days)s)
                ORDER BY q.date DESC FETCH FIRST %(most)s ROWS WITH TIES)
            ) near
            ORDER BY abs(extract(epoch FROM near.date - t.date)), near.ocid LIMIT %(most)s
        ) q
        """,  # noqa: S608  -- conditions of ours
        [target for target in targets if len(target.suppliers) == 1 and target.method not in COMPETITIVE],
    )
    return _by_process(targets, found, _priced)


def _read(text: str, targets: Iterable[Target]) -> list[tuple[Any, ...]]:
    """Run a query for the purchases of processes, which it reads as ``target``."""
    process_ids = [target.process_id for target in targets]
    if not process_ids:
        return []
    return query(
        _TARGETS + text,
        {
            "process_ids": process_ids,
            "most": MAX_PURCHASES,
            "splitting_days": SPLITTING_WINDOW.days,
            "noncompetitive": list(NON_COMPETITIVE),
        },
    )


def _priced(supplier: str, ocid: str, date: Any, amount: Any, currency: str) -> SupplierPurchase:
    return SupplierPurchase(supplier, ocid, date.date(), amount, currency)


def _by_process(
    targets: Sequence[Target], found: Iterable[tuple[Any, ...]], make: Callable[..., _Purchase]
) -> dict[int, list[_Purchase]]:
    """
    Return the purchases by process, in order of date.

    :param found: rows of process, supplier and the arguments of ``make`` after the id of the supplier in the record
    """
    by_id = {target.process_id: target for target in targets}
    figures: dict[int, list[_Purchase]] = {process_id: [] for process_id in by_id}
    for process_id, supplier, *values in found:
        for party_id in by_id[process_id].suppliers[supplier]:
            figures[process_id].append(make(party_id, *values))
    for entries in figures.values():
        entries.sort(key=lambda entry: (entry.date, entry.ocid, entry.supplier, getattr(entry, "currency", "")))
    return figures
