"""Purchases of buyers in order of date, with running sums, read once for all figures."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from audits.judging.figures.months import month_of
from audits.models.monthly_spend import CONTEST, PRICED
from audits.statistics.spend import FRACTION, Running, Spent
from audits.statistics.targets import Target
from audits.statistics.windows import SPEND_WINDOW
from contracts.postgres.querying import query

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

# Buyer → its purchases in order of date.
Purchases = Mapping[int, Sequence[Spent]]
# Buyer and supplier → purchases in order of date.
Sold = Mapping[tuple[int | None, int], Sequence[Spent]]


class Months(NamedTuple):
    """The spend in one currency by month: amounts, and contests, each of which is in a single month."""

    amounts: Running[int]
    contests: Running[int]


# Buyer and sector → currency → spend.
Spending = Mapping[tuple[int | None, str], Mapping[str, Months]]


def read_bought(targets: Sequence[Target]) -> dict[int, list[Spent]]:
    """Return the purchases of buyers in the window before processes: buyer → purchases by date, then ocid."""
    found: dict[int, list[Spent]] = defaultdict(list)
    if targets:
        buyers = sorted({target.buyer_id for target in targets if target.buyer_id is not None})
        since = min(target.date for target in targets) - SPEND_WINDOW
        until = max(target.date for target in targets)
        # One window for all buyers: with one for each, PostgreSQL's estimate of rows would be far too low.
        of_buyers = "audits_purchase q", "q.buyer_id = ANY(%s) AND q.date > %s AND q.date <= %s"
        for buyer, entry in _spent(*of_buyers, [buyers, since, until]):
            found[buyer].append(entry)
    return found


def read_sold(targets: Sequence[Target]) -> dict[tuple[int | None, int], list[Spent]]:
    """Return the purchases of buyers from each supplier of the processes, in the window before these."""
    found: dict[tuple[int | None, int], list[Spent]] = defaultdict(list)
    if targets:
        pairs = (((target.buyer_id, supplier), target.date) for target in targets for supplier in target.suppliers)
        for buyer, entry in _spent(*_in_windows(("buyer_id", "supplier_id"), pairs)):
            found[buyer, entry.supplier].append(entry)
    return found


def read_months(targets: Sequence[Target], sectors: Collection[str]) -> Spending:
    """Return the spend of buyers by month on ``sectors`` (``EVERYTHING``: all) in the window before processes."""
    if not targets or not sectors:
        return {}
    dates: dict[int | None, list[datetime]] = defaultdict(list)
    for target in targets:
        dates[target.buyer_id].append(target.date)
    rows = query(
        f"""
        SELECT spent.buyer_id, sector, currency, month, (amount * {FRACTION})::numeric(40, 0), contests
        FROM unnest(%(buyers)s::bigint[], %(since)s::int[], %(until)s::int[]) AS own (buyer_id, since, until)
        JOIN audits_monthlyspend spent ON spent.buyer_id = own.buyer_id AND month BETWEEN own.since AND own.until
        WHERE contests > 0 AND sector = ANY(%(sectors)s)
        ORDER BY month
        """,  # noqa: S608  -- a number of ours
        {
            "buyers": list(dates),
            "since": [month_of(min(found) - SPEND_WINDOW) for found in dates.values()],
            "until": [month_of(max(found)) for found in dates.values()],
            "sectors": list(sectors),
        },
    )
    found: dict[tuple[int | None, str], dict[str, list[tuple[int, int, int]]]] = defaultdict(lambda: defaultdict(list))
    for buyer, sector, currency, month, amount, contests in rows:
        found[buyer, sector][currency].append((month, int(amount), contests))
    return {
        place: {
            currency: Months(
                Running((month, amount) for month, amount, _ in months),
                Running((month, contests) for month, _, contests in months),
            )
            for currency, months in by_currency.items()
        }
        for place, by_currency in found.items()
    }


def _spent(source: str, condition: str, values: Any) -> Iterator[tuple[int, Spent]]:
    """Yield purchases ``q`` of a source with their buyers, by date, then ocid."""
    for buyer, microseconds, process_id, contest, supplier, amount, currency, sectors, ocid in query(
        f"""
        SELECT q.buyer_id, (extract(epoch FROM q.date) * 1000000)::bigint, q.process_id, {CONTEST}, q.supplier_id,
               (q.amount * {FRACTION})::numeric(40, 0), q.currency, nullif(q.sectors, '{{}}'), p.ocid
        FROM {source} JOIN contracts_contractingprocess p ON p.id = q.process_id
        WHERE {condition} AND {PRICED}
        ORDER BY q.date, p.ocid, q.currency
        """,  # noqa: S608  -- sources, conditions, words and a number of ours
        values,
    ):
        # Parsing a date from text takes ten times as long as building it from a number.
        date = _EPOCH + timedelta(microseconds=microseconds)
        yield buyer, Spent(date, process_id, contest, supplier, int(amount), currency, sectors or (), ocid)


def _in_windows(
    columns: Sequence[str], processes: Iterable[tuple[tuple[int | None, ...], datetime]]
) -> tuple[str, str, dict[str, list[Any]]]:
    """
    Return SQL for the purchases ``q`` in the window before processes: source, condition and values.

    The windows are passed as values: for windows computed in SQL, PostgreSQL expects so many purchases that it reads
    the whole table.

    :param columns: columns in which purchases equal the processes
    :param processes: the values of each in these columns, and its date
    """
    dates: dict[tuple[int | None, ...], list[datetime]] = defaultdict(list)
    for place, date in processes:
        dates[place].append(date)
    names, arrays = ", ".join(columns), ", ".join(f"%({column})s::bigint[]" for column in columns)
    source = f"""
        unnest({arrays}, %(since)s::timestamptz[], %(until)s::timestamptz[]) AS own ({names}, since, until)
        JOIN audits_purchase q USING ({names})
    """
    values: dict[str, list[Any]] = {
        "since": [min(found) - SPEND_WINDOW for found in dates.values()],
        "until": [max(found) for found in dates.values()],
        **{column: list(keys) for column, keys in zip(columns, zip(*dates, strict=True), strict=True)},
    }
    return source, "q.date > own.since AND q.date <= own.until", values
