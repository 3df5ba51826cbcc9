"""Audit at once whatever earlier audits made due: for commands, where no worker runs."""

from audits.engine import organizations, peers, processes
from audits.engine.tally import Tally


def settle(tally: Tally | None = None) -> None:
    """Audit processes whose figures changed until there are none, then organizations."""
    settle_processes(tally)
    organizations.audit_due(tally)


def settle_processes(tally: Tally | None = None) -> None:
    """Audit processes whose figures changed until there are none."""
    while due := peers.find_due():
        for start in range(0, len(due), processes.BATCH_PROCESSES):
            batch = due[start : start + processes.BATCH_PROCESSES]
            if tally is not None:
                tally.discount(batch)
            processes.audit_due(batch, tally)
