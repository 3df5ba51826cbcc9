"""
Shares of suppliers, by currency and calendar year: ``country_spend`` and ``market_shares``.

The first are shares in the spend of a country on one sector of technology, the second shares in a market.
"""

import json
from collections.abc import Iterable, Iterator, Mapping

from audits.cohorts.cohort_rows import Place, cohort_row, ids
from audits.models import Cohort
from audits.models.monthly_spend import CONTEST
from audits.statistics.markets import IN_MARKET, MARKET_SHARES, MARKET_YEARS
from audits.statistics.populations import COUNTRY_SPEND, COUNTRY_YEARS, spend_key
from contracts.postgres.querying import query

# Minimum numbers of processes and buyers for the spend of a country; shares below the last number are left out,
# because they show no dependence.
MIN_PROCESSES = 20
MIN_BUYERS = 3
MIN_SHARE = 0.05


def compute_country_spend() -> Iterator[Cohort]:
    yield from _compute_shares(
        COUNTRY_SPEND,
        f"""
        SELECT q.country, sector AS part, q.currency, q.date, {CONTEST} AS contest, q.buyer_id, q.supplier_id, q.amount
        FROM audits_purchase q JOIN contracts_contractingprocess p ON p.id = q.process_id
        CROSS JOIN LATERAL unnest(q.sectors) AS sector
        WHERE q.country <> '' AND q.sectors <> '{{}}' AND q.amount > 0 AND q.currency <> ''
        """,  # noqa: S608  -- an expression of ours
        years=COUNTRY_YEARS,
    )


def processes_reading(changed: Iterable[Cohort], before: Mapping[Place, Cohort]) -> Iterable[int]:
    """Return the processes whose dossiers contain a share of these cohorts, before or after their change."""
    concerned: list[tuple[str, str]] = []
    for cohort in changed:
        was = before.get((cohort.name, cohort.key))
        suppliers = {*cohort.figures["suppliers"], *(was.figures["suppliers"] if was else ())}
        concerned.extend((cohort.key, supplier) for supplier in sorted(suppliers))
    if not concerned:
        return ()
    return ids(
        """
        SELECT q.process_id FROM audits_purchase q CROSS JOIN LATERAL unnest(q.sectors) AS sector
        JOIN contracts_organization supplier ON supplier.id = q.supplier_id
        JOIN unnest(%(keys)s::text[], %(suppliers)s::text[]) AS given (key, supplier) ON given.supplier = supplier.key
            AND given.key = q.country || '|' || sector || '|' || q.currency || '|'
                || extract(year FROM q.date AT TIME ZONE 'UTC')::int
        """,
        {"keys": [key for key, _ in concerned], "suppliers": [supplier for _, supplier in concerned]},
    )


def compute_market_shares() -> Iterator[Cohort]:
    yield from _compute_shares(
        MARKET_SHARES,
        f"""
        SELECT q.country, q.subjects[1] AS part, q.currency, q.date, {CONTEST} AS contest, q.buyer_id, q.supplier_id,
               q.amount
        FROM audits_purchase q JOIN contracts_contractingprocess p ON p.id = q.process_id WHERE {IN_MARKET}
        """,  # noqa: S608  -- conditions of ours
        years=MARKET_YEARS,
    )


def organizations_reading(changed: Iterable[Cohort], before: Mapping[Place, Cohort]) -> Iterable[int]:
    """Return the suppliers whose dossiers contain a share of these markets, before or after their change."""
    suppliers: set[str] = set()
    for cohort in changed:
        was = before.get((cohort.name, cohort.key))
        suppliers.update(cohort.figures["suppliers"], was.figures["suppliers"] if was else ())
    if not suppliers:
        return ()
    return ids("SELECT id FROM contracts_organization WHERE key = ANY(%(keys)s)", {"keys": sorted(suppliers)})


def _compute_shares(name: str, spent: str, *, years: int) -> Iterator[Cohort]:
    """
    Yield a cohort for each country, part, currency and calendar year with enough purchases.

    A purchase counts in its year and the following ones, ``years`` in all. This avoids a self-join, which PostgreSQL
    would run row by row, because it cannot estimate the rows of an expression.

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
