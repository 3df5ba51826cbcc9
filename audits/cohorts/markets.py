"""``R050``: what suppliers take of a market, by calendar year."""

import json
from collections.abc import Iterable, Iterator, Mapping

from audits.cohorts.rows import FEWEST_BUYERS, SMALLEST_POPULATION, SMALLEST_SHARE, Place, cohort_row, ids, query
from audits.models import Cohort
from audits.statistics.markets import IN_MARKET, MARKET, MARKET_YEARS, market_key


def compute() -> Iterator[Cohort]:
    rows = query(
        f"""
        WITH spent AS (
            SELECT q.country, q.subjects[1] AS subject, q.currency, q.date, q.process_id, q.buyer_id, q.supplier_id,
                   q.amount, extract(year FROM q.date AT TIME ZONE 'UTC')::int AS year
            FROM audits_purchase q WHERE {IN_MARKET}
        ), market AS (
            SELECT asked.country, asked.subject, asked.currency, asked.year, sum(spent.amount) AS total,
                   count(DISTINCT spent.process_id) AS processes, min(spent.date) AS first, max(spent.date) AS last
            FROM (SELECT DISTINCT country, subject, currency, year FROM spent) asked
            JOIN spent ON spent.country = asked.country AND spent.subject = asked.subject
                AND spent.currency = asked.currency AND spent.year BETWEEN asked.year - %(before)s AND asked.year
            GROUP BY asked.country, asked.subject, asked.currency, asked.year
            HAVING count(DISTINCT spent.process_id) >= %(processes)s AND count(DISTINCT spent.buyer_id) >= %(buyers)s
        ), share AS (
            SELECT market.country, market.subject, market.currency, market.year, spent.supplier_id,
                   sum(spent.amount) / market.total AS share
            FROM market
            JOIN spent ON spent.country = market.country AND spent.subject = market.subject
                AND spent.currency = market.currency AND spent.year BETWEEN market.year - %(before)s AND market.year
            GROUP BY market.country, market.subject, market.currency, market.year, market.total, spent.supplier_id
        )
        SELECT market.country, market.subject, market.currency, market.year, market.processes, market.first,
               market.last, trunc(sum(share.share ^ 2), 6)::float8,
               jsonb_object_agg(supplier.key, trunc(share.share, 6)) FILTER (WHERE share.share >= %(smallest)s)::text
        FROM market JOIN share USING (country, subject, currency, year)
        JOIN contracts_organization supplier ON supplier.id = share.supplier_id
        GROUP BY market.country, market.subject, market.currency, market.year, market.processes, market.first,
                 market.last
        """,  # noqa: S608  -- a condition of ours
        {
            "before": MARKET_YEARS - 1,
            "processes": SMALLEST_POPULATION,
            "buyers": FEWEST_BUYERS,
            "smallest": SMALLEST_SHARE,
        },
    )
    for country, subject, currency, year, processes, first, last, hhi, suppliers in rows:
        figures = {"hhi": hhi, "suppliers": json.loads(suppliers or "{}")}
        yield cohort_row(MARKET, market_key(country, subject, currency, year), processes, (first, last), figures)


def readers(changed: Iterable[Cohort], before: Mapping[Place, Cohort]) -> Iterable[int]:
    """Return the suppliers whose dossiers hold a share of these markets, as they were or as they are."""
    suppliers: set[str] = set()
    for cohort in changed:
        if cohort.name == MARKET:
            was = before.get((cohort.name, cohort.key))
            suppliers.update(cohort.figures["suppliers"], was.figures["suppliers"] if was else ())
    if not suppliers:
        return ()
    return ids("SELECT id FROM contracts_organization WHERE key = ANY(%(keys)s)", {"keys": sorted(suppliers)})
