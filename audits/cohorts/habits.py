"""
``source_habits``: how the records of a source fill their fields, and what it calls its procurement methods.

``habits``: name → the most frequent answer, how many records give it (``same``) and how many give one (``n``);
``methods``: label → code of OCDS → records, the most frequent labels.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from audits.cohorts.rows import Place, cohort_row, ids, query
from audits.contributions.sources import SOURCE
from audits.judging.figures import SOURCE_HABITS
from audits.judging.habits import HABITS, YES, split_answer
from audits.models import Cohort
from audits.statistics.habits import common_answers

MAX_METHODS = 50
MAX_LABEL = 80

_PROCESSES = """
    audits_observation o
    JOIN contracts_contractingprocess p ON p.id = o.process_id
    LEFT JOIN contracts_publisher publisher ON publisher.id = p.publisher_id
"""


def compute() -> Iterator[Cohort]:
    habits: dict[str, dict[str, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
    for source, entry, number in query(
        f"SELECT {SOURCE}, entry, count(*) FROM {_PROCESSES} CROSS JOIN LATERAL unnest(o.habits) entry"  # noqa: S608
        " GROUP BY 1, 2"
    ):
        name, answer = split_answer(entry)
        if name in HABITS:
            habits[source][name][answer] = number
    methods = _methods()
    for source, n, first, last in query(
        f"SELECT {SOURCE}, count(*), min(p.date), max(p.date) FROM {_PROCESSES}"  # noqa: S608
        " WHERE o.habits <> '{}' GROUP BY 1"
    ):
        figures = {
            "habits": {name: _describe(counts) for name, counts in sorted(habits[source].items())},
            "methods": methods.get(source, {}),
        }
        yield cohort_row(SOURCE_HABITS, source, n, (first, last), figures)


def _describe(counts: Counter[str]) -> dict[str, Any]:
    # Of a question that is answered with yes or no the yes counts; of values the most frequent, the first of equals.
    answer = YES if YES in counts else min(counts, key=lambda value: (-counts[value], value))
    return {"answer": answer, "same": counts[answer], "n": counts.total()}


def _methods() -> dict[str, dict[str, dict[str, int]]]:
    """Return source → label of the procurement method → code → records, the most frequent labels."""
    found: dict[str, dict[str, dict[str, int]]] = defaultdict(dict)
    rows = query(
        f"""
        SELECT {SOURCE}, left(p.procurement_method_details, %(length)s) AS label, p.procurement_method, count(*)
        FROM {_PROCESSES} WHERE p.procurement_method_details <> '' AND o.habits <> '{{}}' GROUP BY 1, 2, 3
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


def readers(changed: Iterable[Cohort], before: Mapping[Place, Cohort], read: Collection[str]) -> set[int]:
    """
    Return the processes whose dossiers hold a habit that is another one now.

    :param read: the habits that rules read
    """
    found: set[int] = set()
    for cohort in changed:
        known = before.get((cohort.name, cohort.key))
        entries = _entries(cohort, known, read)
        if entries:
            found.update(_doing_so(cohort.key, entries))
    return found


def _entries(cohort: Cohort, known: Cohort | None, read: Collection[str]) -> list[str]:
    """Return the answers that are figures of another value now, as an observation holds them."""
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
        f"SELECT o.process_id FROM {_PROCESSES} WHERE {SOURCE} = %(source)s AND o.habits && %(entries)s",  # noqa: S608
        {"source": source, "entries": list(entries)},
    )
