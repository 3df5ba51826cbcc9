"""Report on a submission: releases, problems, corrections. Lists are limited, counts are not."""

from collections.abc import Iterable
from datetime import UTC
from typing import Any

from msgspec import Struct, field

from contracts.intake.duplicates.same_contracts import MAX_DEALS, Deal, deals_of
from contracts.models import Publisher
from contracts.ocds.corrections import Correction
from contracts.ocds.gate.reading import Package, Received
from contracts.ocds.parsing.parse import parse_process
from contracts.ocds.problems import Problem
from contracts.ocds.written.written_values import Understood

# More than a person reads.
MAX_PROBLEMS = 1000
MAX_OCIDS = 100
MAX_CORRECTIONS = 100
MAX_UNDERSTOOD = 100

Entry = Received | Package | Problem | Understood


class FoundCorrection(Struct, frozen=True):
    """A correction of a release; ``pointer`` refers to the ``line``-th JSON value of the submission."""

    ocid: str
    pointer: str
    line: int
    correction: Correction


class Report(Struct):
    """
    The result of reading a submission, with full counts and limited lists.

    ``package`` is the metadata of the first package; ``is_whole`` is false if reading stopped early.
    """

    releases: int = 0
    ocids: dict[str, None] = field(default_factory=dict)
    package: dict[str, Any] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    problem_count: int = 0
    is_whole: bool = True
    correction_count: int = 0
    unused: list[FoundCorrection] = field(default_factory=list)
    others: list[FoundCorrection] = field(default_factory=list)
    understood: list[Understood] = field(default_factory=list)
    deals: list[Deal] = field(default_factory=list)

    def add(self, entry: Entry) -> None:
        match entry:
            case Received():
                self.releases += 1
                if len(self.ocids) < MAX_OCIDS:
                    self.ocids[entry.ocid] = None
            case Package():
                self.package = self.package or entry.metadata
            case Problem():
                self.problem_count += 1
                if len(self.problems) < MAX_PROBLEMS:
                    self.problems.append(entry)
                if entry.code == "reading_ended" and entry.variant == "time":
                    self.is_whole = False
            case Understood():
                if len(self.understood) < MAX_UNDERSTOOD:
                    self.understood.append(entry)

    def add_all(self, entries: Iterable[Entry]) -> None:
        for entry in entries:
            self.add(entry)

    def add_parsed(self, received: Received, publisher: Publisher | None) -> None:
        """Parse a release as a worker will; add its contracts, and its corrections, unused values first."""
        country, zone = (publisher.country, publisher.zone) if publisher else ("", UTC)
        process, parsed = parse_process(received.document.value, country=country, zone=zone)
        if len(self.deals) < MAX_DEALS:
            self.deals.extend(deals_of(received.ocid, process, zone))
        corrections = (*received.document.corrections, *parsed)
        self.correction_count += len(corrections)
        for correction in corrections:
            kept = self.unused if correction.used is None else self.others
            if len(kept) < MAX_CORRECTIONS:
                pointer = received.pointer + correction.path
                kept.append(FoundCorrection(received.ocid, pointer, received.line, correction))

    @property
    def corrections(self) -> list[FoundCorrection]:
        return [*self.unused, *self.others][:MAX_CORRECTIONS]

    def stop(self, problem: Problem) -> None:
        """Add the problem that reading stopped; it follows the first thousand."""
        self.is_whole = False
        self.problem_count += 1
        self.problems.append(problem)

    @property
    def is_unreadable(self) -> bool:
        """Whether there is nothing to store: problems, but no release and no link."""
        linked = any(problem.code == "linked_release" for problem in self.problems)
        fatal = any(not problem.is_warning for problem in self.problems)
        return fatal and not self.releases and not linked and self.is_whole

    @property
    def lacks_mapping(self) -> bool:
        """Whether only the meaning of its columns is missing."""
        fatal = {problem.code for problem in self.problems if not problem.is_warning}
        return not self.releases and fatal == {"table_not_recognised"}
