"""Audit at once whatever earlier audits made due: for commands, where no worker runs."""

from time import sleep

from audits.engine import organizations, peers, processes
from audits.engine.tally import Tally
from contracts.postgres.locks import hold_if_free

LOCK = "catching_up"
_PAUSE = 0.05  # seconds
# How many a program takes at least: for fewer, to list the groups that are to be looked at would take longer. So many
# are audited at a time, too: of most no record is read, and half the work is the same for any number of them.
SHARE = 500


def catch_up(tally: Tally | None = None) -> None:
    """Audit processes whose figures changed until there are none, then organizations."""
    catch_up_processes(tally)
    organizations.audit_due(tally)


def catch_up_processes(tally: Tally | None = None) -> None:
    """
    Audit processes whose figures changed until there are none.

    Of several programs one at a time looks for its share: what it has checked no other checks again.
    """
    while due := _find_due():
        for start in range(0, len(due), SHARE):
            batch = due[start : start + SHARE]
            if tally is not None:
                tally.discount(batch)
            processes.audit_due(batch, tally)


def _find_due() -> list[int]:
    while True:
        with hold_if_free(LOCK) as is_free:
            if is_free:
                return peers.find_due(limit=SHARE)
        sleep(_PAUSE)
