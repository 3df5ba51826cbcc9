"""Records → dossiers → outcomes → audits and flags of contracting processes, in batches."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.db import connection, transaction

from audits.contributions.contribution import read_contribution
from audits.contributions.recording import record_contributions
from audits.engine import attempts
from audits.engine.judged import Judged
from audits.engine.snapshot import Snapshot
from audits.engine.tally import Tally
from audits.engine.writing import write_audits
from audits.judging.dossier import Dossier, build_dossier, dossier_digest
from audits.judging.figures import ProcessFigures
from audits.models import Audit
from audits.reference.rule_sets import RuleSets, rule_sets_in_force
from contracts.ocds.document import decode_stored
from contracts.postgres.isolating import INTERRUPTIONS, is_transient, work_isolated

# One message and one transaction for so many processes: large enough to share their cost.
BATCH_PROCESSES = 200


class _Record(NamedTuple):
    process_id: int
    ocid: str
    digest: Any
    country: str
    text: str
    publisher_country: str
    time_zone: str


def audit_due(process_ids: Sequence[int], tally: Tally | None = None) -> int:
    """
    Audit those of the processes that are due and that no other worker holds.

    :returns: how many audits were written
    """
    rule_sets = rule_sets_in_force()
    keys = {
        process_id: attempts.attempt_key(bytes(digest), rule_sets.for_country(country).digest)
        for process_id, digest, country in _due_among(process_ids, rule_sets)
    }
    claimed = sorted(attempts.claim(keys)) if keys else []
    try:
        written = work_isolated(claimed, lambda batch: _audit(batch, rule_sets, tally), on_error=attempts.note_error)
    except Exception as error:
        if is_transient(error):
            attempts.release(claimed)
        raise
    return sum(written)


def audit_again(process_ids: Sequence[int], tally: Tally | None = None) -> int:
    """Audit processes whether they are due or not; what is unchanged writes nothing."""
    return _audit(process_ids, rule_sets_in_force(), tally)


def count_due() -> int:
    """Return how many processes are due for an audit."""
    return attempts.count_due(rule_sets_in_force().digests())


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


def _due_among(process_ids: Sequence[int], rule_sets: RuleSets) -> list[tuple[int, Any, str]]:
    audited = Audit.objects.filter(process__any_of=process_ids).under(rule_sets.digests()).values_list("process")
    done = {process_id for (process_id,) in audited}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, digest, country FROM contracts_contractingprocess"
            " WHERE id = ANY(%s) AND verification <> 'retired'",
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
    records = _read(process_ids)
    dossiers = {record.process_id: _dossier(record, rule_sets) for record in records}
    record_contributions(
        {
            record.process_id: read_contribution(
                dossiers[record.process_id], rule_sets.for_country(record.country), record.text
            )
            for record in records
        },
        {record.process_id: bytes(record.digest) for record in records},
    )
    snapshot = Snapshot.read(process_ids, reads=rule_sets.reads())
    judged = [
        _judge(record, dossiers.pop(record.process_id), snapshot.figures[record.process_id], rule_sets)
        for record in records
    ]
    with transaction.atomic():
        written = write_audits(judged)
        snapshot.mark_overtaken_due()
    if tally is not None:
        tally.count(judged, written)
    return written


def _read(process_ids: Sequence[int]) -> list[_Record]:
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
        return [_Record(*row) for row in cursor.fetchall()]


def _dossier(record: _Record, rule_sets: RuleSets) -> Dossier:
    return build_dossier(
        decode_stored(record.text),
        reference=rule_sets.reference,
        country=record.publisher_country,
        zone=ZoneInfo(record.time_zone),
        release_digest=bytes(record.digest),
    )


def _judge(record: _Record, dossier: Dossier, figures: ProcessFigures, rule_sets: RuleSets) -> Judged:
    digest = dossier_digest(bytes(record.digest), record.publisher_country, ZoneInfo(record.time_zone), figures)
    rule_set = rule_sets.for_country(record.country)
    return Judged(
        subject_id=record.process_id,
        identity=record.ocid,
        country=record.country,
        process_digest=bytes(record.digest),
        dossier_digest=bytes.fromhex(digest),
        rule_set=rule_set,
        outcomes=rule_set.judge(dossier.with_statistics(figures, digest=digest), interruptions=INTERRUPTIONS),
        sectors=dossier.sectors,
    )
