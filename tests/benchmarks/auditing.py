"""One of the programs that audit at the same time, see `tests.benchmarks.bench`."""

from collections.abc import Callable

from audits.engine import processes
from audits.engine.catching_up import catch_up_processes
from audits.reference.rule_sets import rule_sets_in_force
from contracts.runtime.garbage_collection import keep_for_good


def get_ready() -> Callable[[], None]:
    """Compile the lexicon, which a worker does once, and keep it as a worker does; return the work."""
    rule_sets_in_force().reference.compile()
    keep_for_good()
    return work


def work() -> None:
    """Audit what is due, then what has other figures since, until nothing is left; another program does the same."""
    for batch in processes.due_batches():
        processes.audit_due(batch)
    catch_up_processes()
