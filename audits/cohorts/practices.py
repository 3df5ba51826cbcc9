"""``R001``, ``R010`` and ``R063``: how often a publisher gives a field."""

from collections.abc import Iterable, Iterator, Sequence

from audits.cohorts.rows import cohort_row, ids, query
from audits.contributions.contribution import PRACTICES
from audits.models import Cohort


def compute() -> Iterator[Cohort]:
    rows = query(
        """
        SELECT code, publisher.slug, min(p.date), max(p.date), count(*), count(*) FILTER (WHERE code = ANY(o.gives))
        FROM audits_observation o
        JOIN contracts_contractingprocess p ON p.id = o.process_id
        JOIN contracts_publisher publisher ON publisher.id = p.publisher_id
        CROSS JOIN LATERAL unnest(o.gives || o.lacks) AS code
        WHERE code = ANY(%(codes)s)
        GROUP BY code, publisher.slug
        """,
        {"codes": list(PRACTICES)},
    )
    for code, slug, first, last, n, given in rows:
        yield cohort_row(code, slug, n, (first, last), {"share": given * 100 // n / 100})


def readers(changed: Sequence[Cohort]) -> Iterable[int]:
    """Return the processes that lack a field of whose practice these cohorts tell."""
    if not changed:
        return ()
    return ids(
        """
        SELECT o.process_id FROM audits_observation o
        JOIN contracts_contractingprocess p ON p.id = o.process_id
        JOIN contracts_publisher publisher ON publisher.id = p.publisher_id
        JOIN unnest(%(codes)s::text[], %(slugs)s::text[]) AS given (code, slug) ON given.slug = publisher.slug
            AND given.code = ANY(o.lacks)
        """,
        {"codes": [cohort.name for cohort in changed], "slugs": [cohort.key for cohort in changed]},
    )
