"""Whether records reach back far enough for questions about earlier purchases."""

from datetime import date

from audits.judging.figures.months import month_of, read_month
from audits.judging.figures.processes import SourceCoverage
from audits.judging.rule.vocabulary import InsufficientDataError

_FIELD = "statistics/source_coverage"


def require_coverage(coverage: SourceCoverage, *, months: int, own_months: int = 0) -> None:
    """Raise InsufficientDataError unless source and body are on record, without gap, for this many months."""
    if coverage.months < months:
        raise InsufficientDataError(_FIELD, "source_short", number=coverage.months, needed=months)
    if coverage.own_months < own_months:
        raise InsufficientDataError(_FIELD, "body_short", number=coverage.own_months, needed=own_months)


def require_months_before(coverage: SourceCoverage, on: date, needed: int) -> None:
    """Raise InsufficientDataError unless source and buyer are on record long before a seemingly first purchase."""
    since = read_month(max(coverage.since, coverage.own_since))
    known = max(0, month_of(on) - since)
    if known < needed:
        raise InsufficientDataError(_FIELD, "little_before", number=known, needed=needed)
