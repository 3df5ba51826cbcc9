"""Counts audits: per run, for commands and benchmarks, and per day, with their duration."""

import time
from collections import Counter, defaultdict
from collections.abc import Sequence

from msgspec import Struct, field

from audits.engine.judged import Judged
from audits.judging.rule.vocabulary import OutcomeKind
from audits.models import Audit, AuditWork, Flag
from contracts.postgres.querying import execute

_ADD = """
    INSERT INTO audits_auditwork AS work (day, subject, audited, failed, seconds)
    VALUES (CURRENT_DATE, %(subject)s, %(audited)s, %(failed)s, %(seconds)s)
    ON CONFLICT (day, subject) DO UPDATE SET
        audited = work.audited + EXCLUDED.audited,
        failed = work.failed + EXCLUDED.failed,
        seconds = work.seconds + EXCLUDED.seconds
"""


class Tally(Struct):
    """
    Result of a run: subjects judged, audits written, flags by rule, outcomes by rule and kind.

    A process that is judged again in the same run because its figures changed counts with its last outcomes;
    organizations are judged once, at the end.
    """

    processes: int = 0
    organizations: int = 0
    audits_written: int = 0
    flags: Counter[str] = field(default_factory=Counter)
    outcomes: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    _seen: set[int] = field(default_factory=set)

    def count(self, judged: Sequence[Judged], written: int) -> None:
        self.processes += len(judged)
        self._seen.update(entry.subject_id for entry in judged)
        self._add(judged, written)

    def count_organizations(self, judged: Sequence[Judged], written: int) -> None:
        self.organizations += len(judged)
        self._add(judged, written)

    def _add(self, judged: Sequence[Judged], written: int) -> None:
        self.audits_written += written
        for entry in judged:
            for outcome in entry.outcomes:
                self.outcomes[outcome.code][outcome.kind] += 1
                if outcome.kind is OutcomeKind.FLAGGED:
                    self.flags[outcome.code] += len(outcome.findings)
            for code, answer in entry.kept.items():
                self.outcomes[code][answer["kind"]] += 1
        kept = {entry.subject_id: entry.kept for entry in judged if entry.kept}
        for process_id, code in (
            Flag.objects.standing().filter(process__any_of=list(kept)).values_list("process", "rule")
        ):
            self.flags[code] += code in kept[process_id]

    def discount(self, process_ids: Sequence[int]) -> None:
        """Subtract the counts of processes that are about to be judged again."""
        again = self._seen.intersection(process_ids)
        self._seen -= again
        self.processes -= len(again)
        for outcomes in Audit.objects.filter(process__in=again, is_current=True).values_list("outcomes", flat=True):
            for code, outcome in outcomes.items():
                self.outcomes[code][outcome["kind"]] -= 1
        for code in Flag.objects.standing().filter(process__in=again).values_list("rule", flat=True):
            self.flags[code] -= 1


def note_work(judged: Sequence[Judged], *, since: float) -> None:
    """
    Add a batch to the sums of the day, as the last statement of its transaction, because others wait for the row.

    :param since: start of the batch, in seconds of ``time.monotonic``
    """
    if judged:
        work: dict[str, str | float] = {
            "subject": AuditWork.Subject(judged[0].subject.value),
            "audited": len(judged),
            "failed": sum(bool(entry.failed) for entry in judged),
            "seconds": time.monotonic() - since,
        }
        execute(_ADD, work)
