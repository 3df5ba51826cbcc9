"""
Statistics of whole populations, computed set-wise.

One module computes those of one kind and finds the dossiers that hold them. The same records give the same rows,
whatever the order and the day. ``audits.engine.cohorts`` stores them.
"""

from collections.abc import Iterator, Mapping, Sequence

from audits.cohorts import habits, organizations, practices, price_gaps, shares
from audits.cohorts.cohort_rows import Place
from audits.judging.figures.processes import SOURCE_HABITS
from audits.models import Cohort
from audits.reference.rule_sets import rule_sets_in_force
from audits.statistics.populations import COUNTRY_SPEND, PRICE_GAPS, PUBLISHER_PRACTICE


def compute_cohorts() -> Iterator[Cohort]:
    yield from price_gaps.compute()
    yield from shares.compute_country_spend()
    yield from practices.compute()
    yield from habits.compute()
    yield from organizations.compute()
    yield from shares.compute_market_shares()


def processes_reading(changed: Sequence[Cohort], before: Mapping[Place, Cohort]) -> set[int]:
    """Return the processes whose dossiers hold figures of one of these cohorts, as it was or as it is."""
    return {
        *price_gaps.readers([cohort for cohort in changed if cohort.name == PRICE_GAPS]),
        *shares.country_spend_readers([cohort for cohort in changed if cohort.name == COUNTRY_SPEND], before),
        *practices.readers([cohort for cohort in changed if cohort.name == PUBLISHER_PRACTICE], before),
        *habits.readers([cohort for cohort in changed if cohort.name == SOURCE_HABITS], before, _habits_read()),
    }


def _habits_read() -> set[str]:
    named = (name.partition(".") for name in rule_sets_in_force().reads())
    return {part for figure, _dot, part in named if figure == SOURCE_HABITS}


def organizations_reading(changed: Sequence[Cohort], before: Mapping[Place, Cohort]) -> set[int]:
    """Return the organizations whose dossiers hold figures of one of these cohorts, as it was or as it is."""
    return {
        *organizations.readers(changed),
        *shares.market_readers(changed, before),
        *habits.organizations_reading([cohort for cohort in changed if cohort.name == SOURCE_HABITS], before),
    }
