"""
Statistics of whole populations, computed set-wise.

Each module computes the statistics of one kind and finds the dossiers that contain them. The same records give the
same rows, in any order and on any day. ``audits.engine.cohorts`` stores them.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from audits.cohorts import habits, organizations, practices, price_gaps, shares
from audits.cohorts.cohort_rows import Place
from audits.judging.figures.processes import SOURCE_HABITS
from audits.models import Cohort
from audits.reference.rule_sets import rule_sets_in_force
from audits.statistics.markets import MARKET_SHARES
from audits.statistics.populations import COUNTRY_SPEND, PRICE_GAPS, PUBLISHER_PRACTICE


def compute_cohorts() -> Iterator[Cohort]:
    yield from price_gaps.compute()
    yield from shares.compute_country_spend()
    yield from practices.compute()
    yield from habits.compute()
    yield from organizations.compute()
    yield from shares.compute_market_shares()


def processes_reading(changed: Sequence[Cohort], before: Mapping[Place, Cohort]) -> set[int]:
    """Return the processes whose dossiers contain figures of one of these cohorts, before or after its change."""
    named = _by_name(changed)
    return {
        *price_gaps.processes_reading(named[PRICE_GAPS]),
        *shares.processes_reading(named[COUNTRY_SPEND], before),
        *practices.processes_reading(named[PUBLISHER_PRACTICE], before),
        *habits.processes_reading(named[SOURCE_HABITS], before, _habits_read()),
    }


def organizations_reading(changed: Sequence[Cohort], before: Mapping[Place, Cohort]) -> set[int]:
    """Return the organizations whose dossiers contain figures of one of these cohorts, before or after its change."""
    named = _by_name(changed)
    return {
        *organizations.organizations_reading(changed),
        *shares.organizations_reading(named[MARKET_SHARES], before),
        *habits.organizations_reading(named[SOURCE_HABITS], before),
    }


def _by_name(changed: Sequence[Cohort]) -> Mapping[str, list[Cohort]]:
    named = defaultdict(list)
    for cohort in changed:
        named[cohort.name].append(cohort)
    return named


def _habits_read() -> set[str]:
    named = (name.partition(".") for name in rule_sets_in_force().reads())
    return {part for figure, _dot, part in named if figure == SOURCE_HABITS}
