"""``price_gaps``: the fences of the price gaps of processes."""

from collections.abc import Iterable, Iterator

from audits.cohorts.cohort_rows import cohort_row, fence_figures, ids
from audits.models import Cohort
from audits.statistics.populations import PRICE_GAPS, cohort_key
from contracts.postgres.querying import query


def compute() -> Iterator[Cohort]:
    rows = query(
        """
        SELECT grouping(p.country), p.country, p.procurement_method, p.category,
               min(p.date), max(p.date), array_agg(ratio)
        FROM audits_observation o
        JOIN contracts_contractingprocess p ON p.id = o.process_id
        CROSS JOIN LATERAL unnest(o.price_gaps) AS ratio
        GROUP BY GROUPING SETS ((p.country, p.procurement_method, p.category), ())
        """
    )
    for is_all, country, method, category, start, end, ratios in rows:
        if not ratios:
            continue
        n, figures = fence_figures(ratios)
        key = "" if is_all else cohort_key(country, method, category)
        yield cohort_row(PRICE_GAPS, key, n, (start, end), figures)


def processes_reading(changed: Iterable[Cohort]) -> Iterable[int]:
    """Return the processes whose dossiers contain one of these fences."""
    keys = {cohort.key for cohort in changed}
    if not keys:
        return ()
    return ids(
        """
        SELECT o.process_id FROM audits_observation o
        JOIN contracts_contractingprocess p ON p.id = o.process_id
        WHERE o.price_gaps <> '{}' AND (
            %(is_all)s OR p.country || '|' || p.procurement_method || '|' || p.category = ANY(%(keys)s)
        )
        """,
        {"keys": sorted(keys), "is_all": "" in keys},
    )
