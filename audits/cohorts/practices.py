"""``publisher_practice``: how often a publisher gives the field that a rule asks for."""

from collections.abc import Iterable, Iterator, Sequence

from audits.cohorts.rows import cohort_row, ids, query
from audits.models import Cohort
from audits.statistics.populations import PUBLISHER_PRACTICE, practice_key


def compute() -> Iterator[Cohort]:
    rows = query(
        """
        SELECT code, publisher.slug, min(p.date), max(p.date), count(*), count(*) FILTER (WHERE code = ANY(o.gives))
        FROM audits_observation o
        JOIN contracts_contractingprocess p ON p.id = o.process_id
        JOIN contracts_publisher publisher ON publisher.id = p.publisher_id
        CROSS JOIN LATERAL unnest(o.gives || o.lacks) AS code
        GROUP BY code, publisher.slug
        """
    )
    for code, slug, first, last, n, given in rows:
        key = practice_key(code, slug)
        yield cohort_row(PUBLISHER_PRACTICE, key, n, (first, last), {"share": given * 100 // n / 100})


def readers(changed: Sequence[Cohort]) -> Iterable[int]:
    """Return the processes that lack a field that these cohorts are about."""
    if not changed:
        return ()
    return ids(
        """
        SELECT o.process_id FROM audits_observation o
        JOIN contracts_contractingprocess p ON p.id = o.process_id
        JOIN contracts_publisher publisher ON publisher.id = p.publisher_id
        WHERE EXISTS (SELECT FROM unnest(o.lacks) AS code WHERE code || '|' || publisher.slug = ANY(%(keys)s))
        """,
        {"keys": [cohort.key for cohort in changed]},
    )
