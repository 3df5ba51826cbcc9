"""
The figures that an audit reads beside the records, and whether they changed since.

Other workers write while rules judge. Their changes are noticed by the versions of the inputs of figures: groups of
peers, cohorts, and the number of releases of each process.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from audits.engine import attempts, peers
from audits.engine.cohorts import cohorts_version
from audits.engine.peers import Versions
from audits.judging.figures.processes import ProcessFigures
from audits.reference.rule_sets import RuleSets
from audits.statistics import statistics_for
from audits.statistics.plans import release_counts


class Snapshot(NamedTuple):
    """The figures of processes, by primary key, and the versions of their inputs."""

    figures: Mapping[int, ProcessFigures]
    peers: Versions
    cohorts: tuple[Any, ...]
    releases: Mapping[int, int]

    @classmethod
    def read(cls, process_ids: Sequence[int], rule_sets: RuleSets) -> "Snapshot":
        """Compute the figures of processes, reduced to what the rules in force can distinguish."""
        # Versions are read first: changes during the computation must not count as known.
        versions = peers.versions_of(process_ids), cohorts_version(), release_counts(process_ids)
        return cls(statistics_for(process_ids, reads=rule_sets.reads(), bounds=rule_sets.bounds()), *versions)

    def mark_outdated_due(self) -> None:
        """
        Mark audits as due whose figures changed since; runs in the transaction that writes these audits.

        A later change of a group of peers waits for this transaction, and its check then finds these audits.
        """
        peers.recheck_if_changed(self.peers)
        process_ids = list(self.releases)
        if cohorts_version() != self.cohorts:
            attempts.mark_due(process_ids)
            return
        now = release_counts(process_ids)
        attempts.mark_due([process_id for process_id in now if now[process_id] != self.releases[process_id]])
