"""Habits of its source that a record shares, from the rows of ``audits.cohorts.habits``."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from audits.contributions.sources import OBSERVED, SOURCE
from audits.judging.figures.habits import NO, NO_OPEN_PROCEDURE, YES, is_habit, split_answer
from audits.judging.figures.processes import SOURCE_HABITS, SourceHabit
from audits.models import Cohort
from contracts.postgres.querying import query

# Shares and numbers of records are rounded down to these steps, so that a few more records do not change a figure.
_SHARE_STEP = 20
_NUMBERS = (*range(1, 10), *(factor * 10**power for power in range(1, 8) for factor in (1, 2, 5)))
_MANY = 1_000


def common_answers(figures: Mapping[str, Any]) -> dict[str, tuple[str, SourceHabit]]:
    """Return habit → answer of most records of a source, with their number; ``no`` is not a habit."""
    return {
        name: (counts["answer"], SourceHabit(_step(counts["same"], counts["n"]), sample_size(counts["n"])))
        for name, counts in figures["habits"].items()
        if counts["answer"] != NO and is_habit(counts["same"], counts["n"])
    }


def seldom_open(figures: Mapping[str, Any]) -> int | None:
    """
    Return the number of records of a source, if most of them are of direct or limited procedures. ``None`` if at most
    half are, or if there are few records.

    :param figures: those of a ``Cohort``, see ``audits.cohorts.habits``
    """
    counts = figures.get("habits", {}).get(NO_OPEN_PROCEDURE, {"answer": NO})
    if counts["answer"] != YES or not is_habit(counts["same"], counts["n"]):
        return None
    return sample_size(counts["n"])


def sources_seldom_open(organization_ids: Sequence[int]) -> dict[tuple[int, str], int]:
    """Return (organization, role) → ``seldom_open`` of the source of most of its processes, if it is seldom open."""
    rows = query(
        f"""
        SELECT DISTINCT ON (taking.organization_id, taking.role) taking.organization_id, taking.role, {SOURCE}
        FROM {OBSERVED} JOIN audits_participation taking ON taking.process_id = p.id
        WHERE taking.organization_id = ANY(%s) AND taking.is_competitive IS NOT NULL
        GROUP BY 1, 2, 3 ORDER BY 1, 2, count(*) DESC, 3
        """,  # noqa: S608  -- an expression of ours
        [list(organization_ids)],
    )
    cohorts = Cohort.objects.filter(name=SOURCE_HABITS, key__in={source for *_, source in rows})
    known = {cohort.key: number for cohort in cohorts if (number := seldom_open(cohort.figures))}
    return {(organization, role): known[source] for organization, role, source in rows if source in known}


def _step(same: int, n: int) -> float:
    return same * _SHARE_STEP // n / _SHARE_STEP


def at_least(n: int) -> int:
    """Return the largest step (1, 2, …, 9, 10, 20, 50, 100, …) that is not above a number."""
    return max(number for number in _NUMBERS if number <= n)


def sample_size(n: int) -> int:
    """
    Return the number of records as rules read it: in the steps of ``at_least``, from 1,000 on in powers of ten.

    Each step causes new audits of all records of the source whose outcomes contain the number, so there are few.
    """
    known = at_least(n)
    return known if known < _MANY else 10 ** (len(str(known)) - 1)


def source_habits(process_ids: Sequence[int], names: Collection[str]) -> dict[int, dict[str, SourceHabit]]:
    """Return, for each process, which of the named habits of its source it shares."""
    rows = query(
        f"SELECT o.process_id, {SOURCE}, o.habits FROM {OBSERVED} WHERE o.process_id = ANY(%s)",  # noqa: S608
        [list(process_ids)],
    )
    cohorts = Cohort.objects.filter(name=SOURCE_HABITS, key__in={source for _, source, _ in rows})
    common = {cohort.key: common_answers(cohort.figures) for cohort in cohorts}
    found: dict[int, dict[str, SourceHabit]] = {}
    for process_id, source, entries in rows:
        of_source = common.get(source, {})
        for name, answer in map(split_answer, entries):
            if name in names and name in of_source and of_source[name][0] == answer:
                found.setdefault(process_id, {})[name] = of_source[name][1]
    return found
