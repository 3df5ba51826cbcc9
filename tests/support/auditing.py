"""Audits at once, as workers make them one after the other."""

from audits.engine import processes
from audits.engine.catching_up import catch_up
from audits.engine.cohorts import refresh_cohorts
from audits.engine.tally import Tally


def audit_due() -> Tally:
    """Audit the processes that are due."""
    tally = Tally()
    for batch in processes.due_batches():
        processes.audit_due(batch, tally)
    return tally


def settle() -> Tally:
    """Audit the processes that are due, then what these make due: other processes, and organizations."""
    tally = audit_due()
    catch_up(tally)
    return tally


def settle_cohorts():
    """Settle before and after the cohorts are brought up to date; return what that refreshed."""
    settle()
    refreshed = refresh_cohorts()
    settle()
    return refreshed
