"""``bids_won``, ``bids_disqualified``, ``supplied_categories``: the fences of organizations in the same role."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime

from audits.cohorts.cohort_rows import cohort_row, fence_figures, ids
from audits.contributions.participation import SUPPLIER, TENDERER
from audits.indicators.settings import Settings
from audits.indicators.statistics import quantile
from audits.models import Cohort
from audits.statistics.counted_processes import is_counted
from audits.statistics.organizations import FENCED
from contracts.postgres.querying import query

# Minimum counts of an organization in a population: those of ``manage.py indicators``, regardless of a country's
# parameters.
_SETTINGS = Settings()

Window = tuple[datetime | None, datetime | None]


def compute() -> Iterator[Cohort]:
    yield from _disqualified()
    yield from _won()
    yield from _categories()


def _disqualified() -> Iterator[Cohort]:
    rows = query(
        """
        SELECT role, array_agg(disqualified::float8 / submitted), min(first), max(last)
        FROM (
            SELECT q.role, q.organization_id, sum(q.disqualified) AS disqualified, sum(q.submitted) AS submitted,
                   count(*) AS processes, min(p.date) AS first, max(p.date) AS last
            FROM audits_participation q JOIN contracts_contractingprocess p ON p.id = q.process_id
            WHERE q.submitted > 0 GROUP BY q.role, q.organization_id
        ) counted
        WHERE CASE WHEN role = %(tenderer)s THEN submitted >= %(bids)s ELSE processes >= %(processes)s END
        GROUP BY role
        """,
        {
            "tenderer": TENDERER,
            "bids": _SETTINGS.r038_minimum_submitted_bids,
            "processes": _SETTINGS.r038_minimum_contracting_processes,
        },
    )
    for role, ratios, first, last in rows:
        yield _fenced("bids_disqualified", role, ratios, (first, last))


def _won() -> Iterator[Cohort]:
    rows = query(
        """
        SELECT array_agg(won::float8 / competed), array_agg(competed::float8), min(first), max(last)
        FROM (
            SELECT count(*) FILTER (WHERE q.won) AS won, count(*) AS competed,
                   min(p.date) AS first, max(p.date) AS last
            FROM audits_participation q JOIN contracts_contractingprocess p ON p.id = q.process_id
            WHERE q.competed GROUP BY q.organization_id
        ) counted
        """
    )
    for ratios, numbers, first, last in rows:
        if ratios:
            many = quantile(sorted(numbers), _SETTINGS.r025_percentile / 100)
            yield _fenced("bids_won", TENDERER, ratios, (first, last), many=many)


def _categories() -> Iterator[Cohort]:
    rows = query(
        """
        SELECT array_agg(largest::float8), min(first), max(last)
        FROM (
            SELECT organization_id, max(categories) AS largest
            FROM (
                SELECT q.organization_id, regexp_replace(category, ':[^:]*$', '') AS scheme,
                       count(DISTINCT category) AS categories
                FROM audits_participation q CROSS JOIN LATERAL unnest(q.categories) AS category
                WHERE q.role = %(supplier)s GROUP BY 1, 2
            ) by_scheme GROUP BY organization_id
        ) counted
        JOIN (
            SELECT q.organization_id, count(*) AS processes, min(p.date) AS first, max(p.date) AS last
            FROM audits_participation q JOIN contracts_contractingprocess p ON p.id = q.process_id
            WHERE q.role = %(supplier)s AND q.categories <> '{}' GROUP BY q.organization_id
        ) supplied USING (organization_id)
        WHERE processes >= %(processes)s
        """,
        {"supplier": SUPPLIER, "processes": _SETTINGS.r048_minimum_contracting_processes},
    )
    for numbers, first, last in rows:
        if numbers:
            yield _fenced("supplied_categories", SUPPLIER, numbers, (first, last))


def _fenced(name: str, role: str, sample: Iterable[float], window: Window, **more: float) -> Cohort:
    n, figures = fence_figures(sample)
    return cohort_row(name, role, n, window, {**figures, **more})


def organizations_reading(changed: Iterable[Cohort]) -> set[int]:
    """Return the organizations whose dossiers contain one of these fences."""
    roles: dict[str, list[str]] = defaultdict(list)
    for cohort in changed:
        if cohort.name in FENCED:
            roles[cohort.name].append(cohort.key)
    found: set[int] = set()
    for name, changed_roles in roles.items():
        found.update(
            ids(
                f"SELECT DISTINCT q.organization_id FROM audits_participation q"  # noqa: S608  -- a condition of ours
                f" WHERE q.role = ANY(%(roles)s) AND {is_counted(name)}",
                {"roles": changed_roles},
            )
        )
    return found
