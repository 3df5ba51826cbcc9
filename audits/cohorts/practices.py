"""``publisher_practice``: how often a source has the field that a rule needs."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from audits.cohorts.cohort_rows import Place, cohort_row, ids
from audits.contributions.sources import OBSERVED, SOURCE
from audits.models import Cohort
from audits.statistics.populations import PUBLISHER_PRACTICE, practice, practice_key
from contracts.postgres.querying import query


def compute() -> Iterator[Cohort]:
    rows = query(
        f"""
        SELECT code, {SOURCE}, min(p.date), max(p.date), count(*), count(*) FILTER (WHERE code = ANY(o.gives))
        FROM {OBSERVED} CROSS JOIN LATERAL unnest(o.gives || o.lacks) AS code
        GROUP BY 1, 2
        """  # noqa: S608  -- an expression of ours
    )
    for code, source, first, last, n, given in rows:
        key = practice_key(code, source)
        yield cohort_row(PUBLISHER_PRACTICE, key, n, (first, last), {"share": given * 100 // n / 100})


def processes_reading(changed: Sequence[Cohort], before: Mapping[Place, Cohort]) -> Iterable[int]:
    """Return the processes that lack a field of these cohorts, if rules now read another figure."""
    # A deleted cohort has no readers: no process has or lacks its field.
    keys = [
        cohort.key
        for cohort in changed
        if (known := before.get((cohort.name, cohort.key))) is None or practice(known) != practice(cohort)
    ]
    if not keys:
        return ()
    return ids(
        f"""
        SELECT o.process_id FROM {OBSERVED}
        WHERE EXISTS (SELECT FROM unnest(o.lacks) AS code WHERE code || '|' || {SOURCE} = ANY(%(keys)s))
        """,  # noqa: S608  -- an expression of ours
        {"keys": keys},
    )
