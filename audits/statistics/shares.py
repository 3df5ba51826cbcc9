"""Shares of suppliers in the spend of a buyer: all of it, or that on one sector of technology."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import TypeVar

from django.db import connection

from audits.judging.figures import BuyerShare, SupplierShare
from audits.statistics.contests import CONTEST
from audits.statistics.spend import Spend, Spent, spend_before
from audits.statistics.targets import Target
from audits.statistics.windows import SPEND_WINDOW, months
from contracts.models import ContractingProcess

# The sector of everything that was bought.
EVERYTHING = ""

_Share = TypeVar("_Share")
# Supplier, share, processes, currency and population.
_Values = tuple[str, float, int, str, str]
# Makes a figure of these, of all that was spent, of the sector and of the supplier.
_Make = Callable[[_Values, Spend, str, int], _Share]
# Amounts are counted in so many parts of a unit of their currency.
FRACTION = 10_000_000_000
# Processes of a supplier that a figure names.
MAX_NAMED = 20


def shares_by_sector(targets: Sequence[Target]) -> dict[int, list[SupplierShare]]:
    """Return, for each process, the share of its suppliers in what its buyer spent on each of its sectors."""
    figures = _figures(
        targets,
        _spent(targets, by_sector=True),
        lambda target: target.sectors,
        lambda share, spend, sector, supplier: (
            share,
            sector,
            spend.hhi,
            spend.amount_of(supplier) // FRACTION,
            len(spend.contests_of(supplier)),
            spend.processes_of(supplier),
        ),
    )
    named = _Named(processes for found in figures.values() for *_, processes in found)
    return {
        process_id: [
            SupplierShare(*share, sector, hhi, awards, amount, named.ocids(processes))
            for share, sector, hhi, amount, awards, processes in found
        ]
        for process_id, found in figures.items()
    }


def shares_of_all(targets: Sequence[Target]) -> dict[int, list[BuyerShare]]:
    """Return, for each process, the share of its suppliers in all that its buyer spent."""
    figures = _figures(
        targets,
        _spent(targets, by_sector=False),
        lambda _: (EVERYTHING,),
        lambda share, spend, _, supplier: (
            share,
            spend.suppliers,
            len(spend.contests_of(supplier)),
            spend.largest_of(supplier),
            spend.processes_of(supplier),
        ),
    )
    named = _Named(processes for found in figures.values() for *_, processes in found)
    return {
        process_id: [
            BuyerShare(*share, suppliers, awards, largest, named.ocids(processes))
            for share, suppliers, awards, largest, processes in found
        ]
        for process_id, found in figures.items()
    }


class _Named:
    """The processes that figures name, read at once."""

    def __init__(self, counted: Iterable[Sequence[int]]) -> None:
        wanted = {pk for processes in counted for pk in processes[:MAX_NAMED]}
        self._ocids = dict(ContractingProcess.objects.filter(pk__in=wanted).values_list("pk", "ocid"))

    def ocids(self, processes: Sequence[int]) -> list[str]:
        """Return the ocids of the first of them."""
        return [self._ocids[pk] for pk in processes[:MAX_NAMED]]


# Purchases of a buyer in one sector, by currency, in the order of their dates.
_Streams = dict[tuple[int, str], dict[str, list[Spent]]]


def _spent(targets: Sequence[Target], *, by_sector: bool) -> _Streams:
    streams: _Streams = defaultdict(lambda: defaultdict(list))
    if not targets:
        return streams
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT q.buyer_id, {"unnest(q.sectors)" if by_sector else "''"} AS sector, q.currency, q.date,
                   q.process_id, {CONTEST}, q.supplier_id, (q.amount * {FRACTION})::numeric(40, 0)
            FROM audits_purchase q
            WHERE q.buyer_id = ANY(%s) AND q.date > %s AND q.date <= %s AND q.amount > 0 AND q.currency <> ''
            ORDER BY q.date
            """,  # noqa: S608  -- words and a number of ours
            [
                sorted({target.buyer_id for target in targets if target.buyer_id is not None}),
                min(target.date for target in targets) - SPEND_WINDOW,
                max(target.date for target in targets),
            ],
        )
        for buyer, sector, currency, date, process_id, contest, supplier, amount in cursor:
            streams[buyer, sector][currency].append(Spent(date, process_id, contest, supplier, int(amount)))
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
    figures: dict[int, list[_Share]] = {target.process_id: [] for target in targets}
    for (buyer, sector), by_date in wanted.items():
        if buyer is None:
            continue
        for process_id, found in _in_main_currency(streams[buyer, sector], by_date, sector, make).items():
            figures[process_id].extend(found)
    return figures


def _in_main_currency(
    streams: dict[str, list[Spent]],
    by_date: dict[datetime, list[Target]],
    sector: str,
    make: _Make[_Share],
) -> dict[int, list[_Share]]:
    """
    Return the figures in the currency in which most processes of the window were paid.

    Currencies are never added up, and who has all of the little that was paid in another one dominates nothing.
    """
    best: dict[int, tuple[int, list[_Share]]] = {}
    for currency, spent in sorted(streams.items()):
        for moment, spend in spend_before(spent, by_date, SPEND_WINDOW):
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
