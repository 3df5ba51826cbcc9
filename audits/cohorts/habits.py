"""
``source_habits``: how the records of a source fill their fields, its labels of procurement methods, and the months for
which it has records.

``habits``: name → the most frequent answer, the number of records with it (``same``) and with any answer (``n``);
``methods``: label → code of OCDS → records, the most frequent labels. ``months``: the months with at least a tenth of
the purchases of a usual month (others only have a few late or early ones), and the number of records of a usual month
(``records``).
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from audits.cohorts.cohort_rows import Place, cohort_row, ids
from audits.contributions.sources import OBSERVED, SOURCE
from audits.judging.figures.habits import HABITS, YES, split_answer
from audits.judging.figures.months import month_text
from audits.judging.figures.processes import SOURCE_HABITS
from audits.models import Cohort
from audits.models.monthly_spend import MONTH
from audits.statistics.coverage import months_held
from audits.statistics.habits import at_least, common_answers, seldom_open
from audits.statistics.windows import BACK_MONTHS, REACH_MONTHS
from contracts.postgres.querying import query

MAX_METHODS = 50
MAX_LABEL = 80
_TENTH = 10


def compute() -> Iterator[Cohort]:
    habits: dict[str, dict[str, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
    for source, entry, number in query(
        f"SELECT {SOURCE}, entry, count(*) FROM {OBSERVED} CROSS JOIN LATERAL unnest(o.habits) entry"  # noqa: S608
        " GROUP BY 1, 2"
    ):
        name, answer = split_answer(entry)
        if name in HABITS:
            habits[source][name][answer] = number
    methods, months = _methods(), _months()
    for source, n, first, last in query(
        f"SELECT {SOURCE}, count(*), min(p.date), max(p.date) FROM {OBSERVED}"  # noqa: S608
        " WHERE o.habits <> '{}' GROUP BY 1"
    ):
        figures = {
            "habits": {name: _describe(counts) for name, counts in sorted(habits[source].items())},
            "methods": methods.get(source, {}),
            "coverage": held_months(months.get(source, {})),
        }
        yield cohort_row(SOURCE_HABITS, source, n, (first, last), figures)


def _describe(counts: Counter[str]) -> dict[str, Any]:
    # For a habit answered yes or no, yes counts; for values, the most frequent one, the first of equals.
    answer = YES if YES in counts else min(counts, key=lambda value: (-counts[value], value))
    return {"answer": answer, "same": counts[answer], "n": counts.total()}


def _methods() -> dict[str, dict[str, dict[str, int]]]:
    """Return source → label of the procurement method → code → records, the most frequent labels."""
    found: dict[str, dict[str, dict[str, int]]] = defaultdict(dict)
    rows = query(
        f"""
        SELECT {SOURCE}, left(p.procurement_method_details, %(length)s) AS label, p.procurement_method, count(*)
        FROM {OBSERVED} WHERE p.procurement_method_details <> '' AND o.habits <> '{{}}' GROUP BY 1, 2, 3
        ORDER BY 1, sum(count(*)) OVER (PARTITION BY {SOURCE}, left(p.procurement_method_details, %(length)s)) DESC,
                 2, 3
        """,  # noqa: S608  -- expressions of ours
        {"length": MAX_LABEL},
    )
    for source, label, code, number in rows:
        labels = found[source]
        if label in labels or len(labels) < MAX_METHODS:
            labels.setdefault(label, {})[code] = number
    return dict(found)


def _months() -> dict[str, dict[int, int]]:
    """Return source → number of a month → processes with purchases in it."""
    found: dict[str, dict[int, int]] = defaultdict(dict)
    rows = query(
        f"""
        SELECT {SOURCE}, {MONTH}, count(DISTINCT q.process_id)
        FROM {OBSERVED} JOIN audits_purchase q ON q.process_id = p.id GROUP BY 1, 2
        """  # noqa: S608  -- expressions of ours
    )
    for source, month, number in rows:
        found[source][month] = number
    return found


def held_months(records: Mapping[int, int]) -> dict[str, Any]:
    """
    Return the months for which a source has records, and the number of records of a usual month, rounded down to a
    step. Pure. The usual month is the one of the median record, with months sorted by their number of records.

    :param records: number of a month → records
    """
    total, seen, usual = sum(records.values()), 0, 0
    for number in sorted(records.values()):
        seen, usual = seen + number, number
        if 2 * seen >= total:
            break
    held = sorted(month for month, number in records.items() if _TENTH * number >= usual)
    return {
        "months": [month_text(month) for month in held],
        "without_gaps": not held or held[-1] - held[0] < len(held),
        "records": at_least(usual) if usual else 0,
    }


def processes_reading(changed: Iterable[Cohort], before: Mapping[Place, Cohort], read: Collection[str]) -> set[int]:
    """
    Return the processes whose dossiers contain a changed habit or changed months.

    :param read: the habits that rules read
    """
    found: set[int] = set()
    for cohort in changed:
        known = before.get((cohort.name, cohort.key))
        found.update(_after(cohort, known, "q.process_id", REACH_MONTHS))
        entries = _entries(cohort, known, read)
        if entries:
            found.update(_doing_so(cohort.key, entries))
    return found


def _entries(cohort: Cohort, known: Cohort | None, read: Collection[str]) -> list[str]:
    """Return the answers whose figures have changed, in the form of an observation."""
    now = common_answers(cohort.figures)
    then = common_answers(known.figures) if known is not None and known is not cohort else {}
    return sorted(
        f"{name}:{answer}"
        for name in read
        if now.get(name) != then.get(name)
        for answer in {entry[0] for entry in (now.get(name), then.get(name)) if entry}
    )


def _doing_so(source: str, entries: Sequence[str]) -> Iterable[int]:
    return ids(
        f"SELECT o.process_id FROM {OBSERVED} WHERE {SOURCE} = %(source)s AND o.habits && %(entries)s",  # noqa: S608
        {"source": source, "entries": list(entries)},
    )


def organizations_reading(changed: Iterable[Cohort], before: Mapping[Place, Cohort]) -> set[int]:
    """Return the organizations whose dossiers contain changed values: months, or how seldom they buy openly."""
    found = {
        organization
        for cohort in changed
        for column in ("q.buyer_id", "q.supplier_id")
        for organization in _after(cohort, before.get((cohort.name, cohort.key)), column, BACK_MONTHS)
        if organization is not None
    }
    for cohort in changed:
        known = before.get((cohort.name, cohort.key))
        then = seldom_open(known.figures) if known is not None and known is not cohort else None
        if seldom_open(cohort.figures) != then:
            found.update(_with_methods(cohort.key))
    return found


def _with_methods(source: str) -> Iterable[int]:
    """Return the organizations with processes of a source for which it is known whether they were open."""
    return ids(
        f"""
        SELECT DISTINCT organization_id FROM {OBSERVED} JOIN audits_participation taking ON taking.process_id = p.id
        WHERE {SOURCE} = %(source)s AND taking.is_competitive IS NOT NULL
        """,  # noqa: S608  -- expressions of ours
        {"source": source},
    )


def _after(cohort: Cohort, known: Cohort | None, column: str, reach: int) -> Iterable[int]:
    """Return the values of a column of the purchases of a source, for ``reach`` months from the changed ones."""
    then = months_held(known.figures) if known is not None and known is not cohort else set()
    moved = months_held(cohort.figures) ^ then
    if not moved:
        return ()
    return ids(
        f"""
        SELECT DISTINCT {column} FROM {OBSERVED} JOIN audits_purchase q ON q.process_id = p.id
        WHERE {SOURCE} = %(source)s AND q.date >= %(first)s::timestamptz
            AND q.date < %(last)s::timestamptz + make_interval(months => %(months)s)
        """,  # noqa: S608  -- expressions of ours
        {
            "source": cohort.key,
            "first": f"{month_text(min(moved))}-01T00:00:00Z",
            "last": f"{month_text(max(moved))}-01T00:00:00Z",
            "months": reach + 1,
        },
    )
