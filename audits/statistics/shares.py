"""Shares of suppliers in the spend of a buyer: the total, or that on one sector of technology."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import TypeVar

from audits.judging.figures.processes import BuyerShare, SupplierShare
from audits.models.monthly_spend import EVERYTHING
from audits.statistics.bought import Purchases
from audits.statistics.spend import FRACTION, Spend, Spent, spend_before
from audits.statistics.targets import Target
from audits.statistics.windows import SPEND_WINDOW, months

_Share = TypeVar("_Share")
# Supplier, share, processes, currency and population.
_Values = tuple[str, float, int, str, str]
# Builds a figure from such a row, the total spend, the sector and the supplier.
_Make = Callable[[_Values, Spend, str, int], _Share]
# Maximum number of processes of a supplier that a figure names.
MAX_NAMED = 20


def shares_by_sector(targets: Sequence[Target], bought: Purchases) -> dict[int, list[SupplierShare]]:
    """Return, for each process, the share of its suppliers in its buyer's spend on each of its sectors."""
    ocids = _ocids(bought)
    return _figures(
        targets,
        _streams(bought, lambda entry: entry.sectors),
        lambda target: target.sectors,
        lambda share, spend, sector, supplier: SupplierShare(
            *share,
            sector,
            spend.hhi,
            spend.contests_of(supplier),
            spend.amount_of(supplier) // FRACTION,
            [ocids[pk] for pk in spend.processes_of(supplier, MAX_NAMED)],
        ),
    )


def shares_of_all(targets: Sequence[Target], bought: Purchases) -> dict[int, list[BuyerShare]]:
    """Return, for each process, the share of its suppliers in its buyer's total spend."""
    ocids = _ocids(bought)
    return _figures(
        targets,
        _streams(bought, lambda _: (EVERYTHING,)),
        lambda _: (EVERYTHING,),
        lambda share, spend, _, supplier: BuyerShare(
            *share,
            spend.suppliers,
            spend.titles_of(supplier),
            spend.largest_of(supplier),
            spend.amount_of(supplier) // FRACTION,
            [ocids[pk] for pk in spend.processes_of(supplier, MAX_NAMED)],
        ),
    )


def _ocids(bought: Purchases) -> dict[int, str]:
    return {entry.process: entry.ocid for purchases in bought.values() for entry in purchases}


# Currency → purchases of a buyer in one sector, in order of date.
_Streams = dict[tuple[int, str], dict[str, list[Spent]]]


def _streams(bought: Purchases, sectors: Callable[[Spent], Iterable[str]]) -> _Streams:
    streams: _Streams = defaultdict(lambda: defaultdict(list))
    for buyer, purchases in bought.items():
        for entry in purchases:
            for sector in sectors(entry):
                streams[buyer, sector][entry.currency].append(entry)
    return streams


def _figures(
    targets: Sequence[Target],
    streams: _Streams,
    sectors: Callable[[Target], Iterable[str]],
    make: _Make[_Share],
) -> dict[int, list[_Share]]:
    wanted: dict[tuple[int | None, str], dict[datetime, list[Target]]] = defaultdict(lambda: defaultdict(list))
    for target in targets:
        for sector in sectors(target):
            wanted[target.buyer_id, sector][target.date].append(target)
    figures: dict[int, dict[str, list[_Share]]] = {
        target.process_id: {sector: [] for sector in sectors(target)} for target in targets
    }
    for (buyer, sector), by_date in wanted.items():
        if buyer is None:
            continue
        for process_id, found in _in_main_currency(streams[buyer, sector], by_date, sector, make).items():
            figures[process_id][sector] = found
    return {
        process_id: [share for found in by_sector.values() for share in found]
        for process_id, by_sector in figures.items()
    }


def _in_main_currency(
    streams: dict[str, list[Spent]],
    by_date: dict[datetime, list[Target]],
    sector: str,
    make: _Make[_Share],
) -> dict[int, list[_Share]]:
    """
    Return the figures in the currency in which most processes of the window were paid.

    Currencies are never added up, and a supplier with all of the little that was paid in a minor one dominates
    nothing.
    """
    suppliers = {supplier for targets in by_date.values() for target in targets for supplier in target.suppliers}
    best: dict[int, tuple[int, list[_Share]]] = {}
    for currency, spent in sorted(streams.items()):
        for moment, spend in spend_before(spent, by_date, SPEND_WINDOW, suppliers):
            for target in by_date[moment]:
                if spend.contests > best.get(target.process_id, (0, []))[0]:
                    found = [make(share, spend, sector, pk) for pk, share in _shares(target, currency, spend)]
                    best[target.process_id] = spend.contests, found
    return {process_id: found for process_id, (_, found) in best.items()}


def _shares(target: Target, currency: str, spend: Spend) -> Iterator[tuple[int, _Values]]:
    population = ", ".join((target.buyer_name, currency, months(spend.since or target.date, target.date)))
    for supplier, party_ids in target.suppliers.items():
        if spend.has(supplier):
            for party_id in party_ids:
                yield supplier, (party_id, spend.share(supplier), spend.contests, currency, population)
