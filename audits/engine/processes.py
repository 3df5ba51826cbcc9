"""Records → dossiers → outcomes → audits and flags, in batches: one read, pure rules, one transaction."""

import logging
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from msgspec import Struct, field

from audits.contributions.contribution import read_contribution
from audits.contributions.recording import record_contributions
from audits.engine import attempts, organizations, peers
from audits.engine.cohorts import cohorts_version
from audits.engine.writing import Judged, write_audits
from audits.judging.dossier import Dossier, build_dossier, dossier_digest
from audits.judging.vocabulary import OutcomeKind
from audits.models import Audit, Flag
from audits.reference.rule_sets import RuleSets, rule_sets_in_force
from audits.statistics import statistics_for
from audits.statistics.plans import release_counts
from contracts.ocds.document import decode_stored
from contracts.postgres.copying import is_transient

logger = logging.getLogger(__name__)

# One message and one transaction for so many processes: large enough to share their cost.
BATCH_PROCESSES = 200


class Tally(Struct):
    """
    What auditing gave: subjects judged, audits written, flags by rule, outcomes by rule and kind.

    A process that is judged again in the same run, because its figures changed, counts with its last outcomes;
    organizations are judged once, in the end.
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

    def discount(self, process_ids: Sequence[int]) -> None:
        """Take back what was counted of processes that are about to be judged again."""
        again = self._seen.intersection(process_ids)
        self._seen -= again
        self.processes -= len(again)
        for outcomes in Audit.objects.filter(process__in=again, is_current=True).values_list("outcomes", flat=True):
            for code, outcome in outcomes.items():
                self.outcomes[code][outcome["kind"]] -= 1
        for code in Flag.objects.standing().filter(process__in=again).values_list("rule", flat=True):
            self.flags[code] -= 1


def audit_due(process_ids: Sequence[int], tally: Tally | None = None) -> int:
    """
    Audit those of the processes that are due for an audit and that nobody else is at.

    :returns: how many audits were written
    """
    rule_sets = rule_sets_in_force()
    keys = {
        process_id: attempts.attempt_key(bytes(digest), rule_sets.for_country(country).digest)
        for process_id, digest, country in _due_among(process_ids, rule_sets)
    }
    claimed = sorted(attempts.claim(keys)) if keys else []
    try:
        return _audit(claimed, rule_sets, tally)
    except Exception as error:
        if is_transient(error):
            raise  # the sweep comes back to all of them
        logger.exception("a batch of %d audits", len(claimed))
    return sum(_audit_alone(process_id, rule_sets, tally) for process_id in claimed)


def _audit_alone(process_id: int, rule_sets: RuleSets, tally: Tally | None) -> int:
    """Audit one process of a batch that failed; note the error of the one that made it fail."""
    try:
        return _audit([process_id], rule_sets, tally)
    except Exception as error:
        logger.exception("the audit of process %d", process_id)
        attempts.note_error(process_id, f"{type(error).__name__}: {error}")
        return 0


def audit_again(process_ids: Sequence[int], tally: Tally | None = None) -> int:
    """Audit processes whether they are due or not; what is unchanged writes nothing."""
    return _audit(process_ids, rule_sets_in_force(), tally)


def settle(tally: Tally | None = None) -> None:
    """Audit, here and now, what was made stale: processes by other processes until nothing is, then organizations."""
    while stale := find_due_peers():
        for start in range(0, len(stale), BATCH_PROCESSES):
            batch = stale[start : start + BATCH_PROCESSES]
            if tally is not None:
                tally.discount(batch)
            audit_due(batch, tally)
    audit_organizations(tally)


def audit_organizations(
    tally: Tally | None = None,
    *,
    selection: organizations.Selection = organizations.EVERYTHING,
    batches: int | None = None,
) -> int:
    """
    Audit the organizations that are due; return how many audits were written.

    :param batches: at most so many; without it until none is left
    """
    rule_sets = rule_sets_in_force()
    total = done = 0
    while (batches is None or done < batches) and (batch := organizations.audit_batch(rule_sets, selection)):
        total, done = total + batch.written, done + 1
        if tally is not None:
            tally.count_organizations(batch.judged, batch.written)
    return total


def find_due_peers(*, only: Sequence[int] | None = None, quiet: timedelta = timedelta(0)) -> list[int]:
    """
    Find audits whose figures are not those of today, and let them be due again.

    :param only: look only at the peers of these processes
    :param quiet: leave alone what changed within this time: while much is being loaded, one look is enough
    """
    return peers.find_due(rules=rule_sets_in_force().codes(), only=only, quiet=quiet)


def count_due_processes() -> int:
    """Return how many processes are due for an audit."""
    return attempts.count_due(rule_sets_in_force().digests())


def count_due_organizations() -> int:
    """Return how many organizations are due for an audit."""
    return organizations.count_due(rule_sets_in_force())


def due_batches(*, limit: int | None = None) -> Iterator[list[int]]:
    """
    Yield batches of processes that are due for an audit.

    What failed before goes alone: the record that kills its worker must not take its neighbours along.
    """
    batch: list[int] = []
    for process_id, made in attempts.due_processes(rule_sets_in_force().digests(), limit=limit):
        if made:
            yield [process_id]
            continue
        batch.append(process_id)
        if len(batch) == BATCH_PROCESSES:
            yield batch
            batch = []
    if batch:
        yield batch


class _Read(NamedTuple):
    process_id: int
    ocid: str
    digest: Any
    country: str
    text: str
    publisher_country: str
    time_zone: str


def _due_among(process_ids: Sequence[int], rule_sets: RuleSets) -> list[tuple[int, Any, str]]:
    audited = Audit.objects.filter(process__any_of=process_ids).under(rule_sets.digests()).values_list("process")
    done = {process_id for (process_id,) in audited}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, digest, country FROM contracts_contractingprocess WHERE id = ANY(%s)",
            [[process_id for process_id in process_ids if process_id not in done]],
        )
        return cursor.fetchall()


def _audit(process_ids: Sequence[int], rule_sets: RuleSets, tally: Tally | None) -> int:
    """
    Judge processes and write their audits.

    What the batch adds to the figures of others is written first, so that the processes of a batch see each other; its
    sectors come from the records alone, so a first audit has figures already. Processes outside the batch that its
    purchases concern are found by ``audits.engine.peers``.
    """
    if not process_ids:
        return 0
    read = [_Read(*row) for row in _read(process_ids)]
    dossiers = {entry.process_id: _dossier(entry, rule_sets) for entry in read}
    record_contributions(
        {
            entry.process_id: read_contribution(
                dossiers[entry.process_id], rule_sets.for_country(entry.country), entry.text
            )
            for entry in read
        },
        {entry.process_id: bytes(entry.digest) for entry in read},
    )
    versions, cohorts_read = peers.versions_of(process_ids), cohorts_version()
    releases_read = release_counts(process_ids)
    figures = statistics_for(process_ids, rules=rule_sets.codes())
    judged = [
        _judge(entry, dossiers.pop(entry.process_id), figures.get(entry.process_id, {}), rule_sets) for entry in read
    ]
    with transaction.atomic():
        written = write_audits(judged)
        peers.recheck_if_changed(versions)
        if cohorts_version() != cohorts_read:
            attempts.mark_due(process_ids)
        elif (now := release_counts(process_ids)) != releases_read:
            attempts.mark_due([process_id for process_id in now if now[process_id] != releases_read.get(process_id)])
    if tally is not None:
        tally.count(judged, written)
    return written


def _read(process_ids: Sequence[int]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT p.id, p.ocid, p.digest, p.country, p.compiled_release::text,
                   coalesce(publisher.country, ''), coalesce(publisher.time_zone, 'UTC')
            FROM contracts_contractingprocess p
            LEFT JOIN contracts_publisher publisher ON publisher.id = p.publisher_id
            WHERE p.id = ANY(%s) ORDER BY p.id
            """,
            [list(process_ids)],
        )
        return cursor.fetchall()


def _dossier(read: _Read, rule_sets: RuleSets) -> Dossier:
    return build_dossier(
        decode_stored(read.text),
        reference=rule_sets.reference,
        country=read.publisher_country,
        zone=ZoneInfo(read.time_zone),
        release_digest=bytes(read.digest),
    )


def _judge(read: _Read, dossier: Dossier, figures: dict[str, Any], rule_sets: RuleSets) -> Judged:
    digest = dossier_digest(bytes(read.digest), read.publisher_country, ZoneInfo(read.time_zone), figures)
    rule_set = rule_sets.for_country(read.country)
    return Judged(
        subject_id=read.process_id,
        identity=read.ocid,
        country=read.country,
        process_digest=bytes(read.digest),
        dossier_digest=bytes.fromhex(digest),
        rule_set=rule_set,
        outcomes=rule_set.judge(dossier.with_statistics(figures, digest=digest)),
        sectors=dossier.scope.sectors,
    )
