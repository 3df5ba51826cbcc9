"""``T08``: what suppliers take of the spend of a country on one sector in one currency, in three calendar years."""

import json
from collections.abc import Iterable, Iterator, Mapping

from audits.cohorts.rows import FEWEST_BUYERS, SMALLEST_POPULATION, SMALLEST_SHARE, Place, cohort_row, ids, query
from audits.models import Cohort
from audits.statistics.populations import COUNTRY_SPEND, COUNTRY_YEARS, spend_key


def compute() -> Iterator[Cohort]:
    rows = query(
        """
        WITH spent AS (
            SELECT q.country, sector, q.currency, extract(year FROM q.date AT TIME ZONE 'UTC')::int AS year, q.date,
                   q.process_id, q.buyer_id, q.supplier_id, q.amount
            FROM audits_purchase q CROSS JOIN LATERAL unnest(q.sectors) AS sector
            WHERE q.country <> '' AND q.sectors <> '{}' AND q.amount > 0 AND q.currency <> ''
        ), population AS (
            SELECT asked.country, asked.sector, asked.currency, asked.year, sum(spent.amount) AS total,
                   count(DISTINCT spent.process_id) AS processes, min(spent.date) AS first, max(spent.date) AS last
            FROM (SELECT DISTINCT country, sector, currency, year FROM spent) asked
            JOIN spent ON spent.country = asked.country AND spent.sector = asked.sector
                AND spent.currency = asked.currency AND spent.year BETWEEN asked.year - %(before)s AND asked.year
            GROUP BY asked.country, asked.sector, asked.currency, asked.year
            HAVING count(DISTINCT spent.process_id) >= %(processes)s AND count(DISTINCT spent.buyer_id) >= %(buyers)s
        ), share AS (
            SELECT population.country, population.sector, population.currency, population.year, spent.supplier_id,
                   sum(spent.amount) / population.total AS share
            FROM population
            JOIN spent ON spent.country = population.country AND spent.sector = population.sector
                AND spent.currency = population.currency
                AND spent.year BETWEEN population.year - %(before)s AND population.year
            GROUP BY population.country, population.sector, population.currency, population.year, population.total,
                     spent.supplier_id
        )
        SELECT population.country, population.sector, population.currency, population.year, population.processes,
               population.first, population.last, trunc(sum(share.share ^ 2), 6)::float8,
               jsonb_object_agg(supplier.key, trunc(share.share, 6)) FILTER (WHERE share.share >= %(smallest)s)::text
        FROM population
        JOIN share USING (country, sector, currency, year)
        JOIN contracts_organization supplier ON supplier.id = share.supplier_id
        GROUP BY population.country, population.sector, population.currency, population.year, population.processes,
                 population.first, population.last
        """,
        {
            "before": COUNTRY_YEARS - 1,
            "processes": SMALLEST_POPULATION,
            "buyers": FEWEST_BUYERS,
            "smallest": SMALLEST_SHARE,
        },
    )
    for country, sector, currency, year, processes, first, last, hhi, suppliers in rows:
        yield cohort_row(
            COUNTRY_SPEND,
            spend_key(country, sector, currency, year),
            processes,
            (first, last),
            {"hhi": hhi, "suppliers": json.loads(suppliers or "{}")},
        )


def readers(changed: Iterable[Cohort], before: Mapping[Place, Cohort]) -> Iterable[int]:
    """Return the processes whose dossiers hold a share of these cohorts, as they were or as they are."""
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
