"""Audits what earlier audits made due, immediately, for commands without a worker."""

from time import sleep

from audits.engine import organizations, peers, processes
from audits.engine.tally import Tally
from contracts.postgres.locks import hold_if_free

LOCK = "catching_up"
_PAUSE = 0.05  # seconds
# Minimum number of processes per share: for fewer, listing their groups takes longer than auditing them. It is also
# the batch size: most records need not be read, and half of the work is per batch.
SHARE = 500


def catch_up(tally: Tally | None = None) -> None:
    """Audit processes with changed figures until there are none, then organizations."""
    catch_up_processes(tally)
    organizations.audit_due(tally)


def catch_up_processes(tally: Tally | None = None) -> None:
    """
    Audit processes with changed figures until there are none.

    Concurrent programs select their shares one at a time, so that no group is checked twice.
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
