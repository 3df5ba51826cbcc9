"""Records → dossiers → outcomes → audits and flags, in batches: one read, pure rules, one transaction."""

import logging
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from django.db import InterfaceError, OperationalError, connection
from msgspec import Struct, field

from audits import attempts
from audits.dossier import build_dossier
from audits.models import Audit
from audits.rules.base import OutcomeKind
from audits.rulesets import RuleSets, rule_sets_in_force
from audits.writing import Judged, write_audits
from contracts.ocds.document import decode_stored

logger = logging.getLogger(__name__)

# One message and one transaction for so many processes: large enough to share their cost.
BATCH_PROCESSES = 200


class Tally(Struct):
    """What auditing gave: processes judged, audits written, flags by rule, outcomes by rule and kind."""

    processes: int = 0
    audits_written: int = 0
    flags: Counter[str] = field(default_factory=Counter)
    outcomes: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    def count(self, judged: Sequence[Judged], written: int) -> None:
        self.processes += len(judged)
        self.audits_written += written
        for entry in judged:
            for outcome in entry.outcomes:
                self.outcomes[outcome.code][outcome.kind.value] += 1
                if outcome.kind is OutcomeKind.FLAGGED:
                    self.flags[outcome.code] += len(outcome.findings)


def audit_owed(process_ids: Sequence[int], tally: Tally | None = None) -> int:
    """
    Audit those of the processes that are owed an audit and that nobody else is at.

    :returns: how many audits were written
    """
    rule_sets = rule_sets_in_force()
    keys = {
        process_id: attempts.attempt_key(bytes(digest), rule_sets.of(country).digest)
        for process_id, digest, country in _unaudited(process_ids, rule_sets)
    }
    claimed = sorted(attempts.claim(keys)) if keys else []
    try:
        return _audit(claimed, rule_sets, tally)
    except (OperationalError, InterfaceError):
        raise  # the database is away: the sweep comes back to all of them
    except Exception:
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
    """Audit processes whether they are owed it or not; what is unchanged writes nothing."""
    return _audit(process_ids, rule_sets_in_force(), tally)


def count_stale() -> int:
    """Return how many processes are owed an audit."""
    return attempts.count_owed(rule_sets_in_force().digests())


def owed_batches(*, limit: int | None = None) -> Iterator[list[int]]:
    """
    Yield batches of processes that are owed an audit.

    What failed before goes alone: the record that kills its worker must not take its neighbours along.
    """
    batch: list[int] = []
    for process_id, made in attempts.owed_processes(rule_sets_in_force().digests(), limit=limit):
        if made:
            yield [process_id]
            continue
        batch.append(process_id)
        if len(batch) == BATCH_PROCESSES:
            yield batch
            batch = []
    if batch:
        yield batch


def _unaudited(process_ids: Sequence[int], rule_sets: RuleSets) -> list[tuple[int, Any, str]]:
    audited = Audit.objects.filter(process__in=list(process_ids)).under(rule_sets.digests()).values_list("process")
    done = {process_id for (process_id,) in audited}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, digest, country FROM contracts_contractingprocess WHERE id = ANY(%s)",
            [[process_id for process_id in process_ids if process_id not in done]],
        )
        return cursor.fetchall()


def _audit(process_ids: Sequence[int], rule_sets: RuleSets, tally: Tally | None) -> int:
    if not process_ids:
        return 0
    judged = [_judge(row, rule_sets) for row in _read(process_ids)]
    written = write_audits(judged)
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


def _judge(row: tuple[Any, ...], rule_sets: RuleSets) -> Judged:
    process_id, ocid, digest, country, text, publisher_country, time_zone = row
    rule_set = rule_sets.of(country)
    dossier = build_dossier(
        decode_stored(text),
        reference=rule_sets.reference,
        country=publisher_country,
        zone=ZoneInfo(time_zone),
        release_digest=bytes(digest),
    )
    return Judged(
        process_id=process_id,
        ocid=ocid,
        process_digest=bytes(digest),
        dossier_digest=bytes.fromhex(dossier.digest),
        rule_set=rule_set,
        outcomes=rule_set.judge(dossier),
        sectors=dossier.scope.sectors,
    )
