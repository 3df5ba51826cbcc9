"""Shares of suppliers in what a country spends on a technology, or on a class of items, in one currency."""

import json
from collections.abc import Iterator

from audits.cohorts.cohort_rows import cohort_row
from audits.models import Cohort
from audits.statistics.populations import spend_key
from contracts.postgres.querying import query

# What is spent in a country says something about a supplier if so many processes and buyers stand behind it; a share
# below the last number says nothing of dependence and is left out.
MIN_PROCESSES = 20
MIN_BUYERS = 3
MIN_SHARE = 0.05


def compute_shares(name: str, spent: str, *, years: int) -> Iterator[Cohort]:
    """
    Yield a cohort for each country, part, currency and calendar year of which enough is known.

    A purchase counts in its year and those after it, ``years`` in all; so nothing is joined with itself, which
    PostgreSQL, knowing little of how many rows an expression leaves, does row by row.

    :param spent: SQL of the purchases: ``country``, ``part``, ``currency``, ``date``, ``contest``, ``buyer_id``,
        ``supplier_id``, ``amount``; those of one contest count once
    """
    rows = query(
        f"""
        WITH counted AS (
            SELECT country, part, currency, year, supplier_id, grouping(supplier_id) = 1 AS is_all,
                   sum(amount) AS amount, bool_or(later = 0) AS is_recorded, count(DISTINCT contest) AS processes,
                   count(DISTINCT buyer_id) AS buyers, min(date) AS first, max(date) AS last
            FROM ({spent}) spent
            CROSS JOIN generate_series(0, %(years)s - 1) later
            CROSS JOIN LATERAL (SELECT extract(year FROM date AT TIME ZONE 'UTC')::int + later AS year) counts_in
            GROUP BY GROUPING SETS ((country, part, currency, year), (country, part, currency, year, supplier_id))
        ), share AS (
            SELECT country, part, currency, year, supplier_id, is_all, processes, first, last,
                   amount / max(amount) FILTER (WHERE is_all) OVER population AS share,
                   bool_or(is_all AND is_recorded AND processes >= %(processes)s AND buyers >= %(buyers)s)
                       OVER population AS is_large_enough
            FROM counted WINDOW population AS (PARTITION BY country, part, currency, year)
        )
        SELECT country, part, currency, year, max(processes) FILTER (WHERE is_all), min(first), max(last),
               trunc(sum(share ^ 2) FILTER (WHERE NOT is_all), 6)::float8,
               jsonb_object_agg(supplier.key, trunc(share, 6))
                   FILTER (WHERE NOT is_all AND share >= %(smallest)s)::text
        FROM share LEFT JOIN (SELECT id AS supplier_id, key FROM contracts_organization) supplier USING (supplier_id)
        WHERE is_large_enough GROUP BY country, part, currency, year
        """,  # noqa: S608  -- queries of ours
        {
            "years": years,
            "processes": MIN_PROCESSES,
            "buyers": MIN_BUYERS,
            "smallest": MIN_SHARE,
        },
    )
    for country, part, currency, year, processes, first, last, hhi, suppliers in rows:
        figures = {"hhi": hhi, "suppliers": json.loads(suppliers or "{}")}
        yield cohort_row(name, spend_key(country, part, currency, year), processes, (first, last), figures)
