"""Records → dossiers → outcomes → audits and flags of contracting processes, in batches."""

import time
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction

from audits.contributions.contribution import read_contribution
from audits.contributions.recording import record_contributions
from audits.engine import attempts
from audits.engine.judged import Judged, sector_places
from audits.engine.records import (
    EarlierAudit,
    Record,
    earlier_audits,
    read_dossiers,
    read_records,
    with_other_documents,
)
from audits.engine.snapshot import Snapshot
from audits.engine.tally import Tally, note_work
from audits.engine.writing import write_audits
from audits.judging.dossiers.batches import batches_of, read_ahead
from audits.judging.dossiers.building import dossier_digest
from audits.judging.dossiers.process import Dossier
from audits.judging.figures.processes import ProcessFigures
from audits.judging.settled import settled
from audits.models import Audit
from audits.reference.rule_sets import RuleSets, rule_sets_in_force
from contracts.models.provenance import Verification
from contracts.postgres.isolating import INTERRUPTIONS, is_exhausted, is_transient, work_isolated
from contracts.postgres.querying import query
from contracts.runtime.garbage_collection import not_looking_for_garbage

# Processes per message and transaction: enough to share the cost of both.
BATCH_PROCESSES = 200


def audit_due(process_ids: Sequence[int], tally: Tally | None = None) -> int:
    """
    Audit the processes that are due and not held by another worker.

    :returns: the number of audits written
    """
    rule_sets = rule_sets_in_force()
    keys = {
        process_id: attempts.attempt_key(bytes(digest), rule_sets.for_country(country).digest)
        for process_id, digest, country in _due_among(process_ids, rule_sets)
    }
    begun = attempts.begin(keys) if keys else {}
    try:
        written = work_isolated(
            sorted(begun), lambda batch: _audit(batch, rule_sets, tally), on_error=attempts.note_error
        )
    except Exception as error:
        # If time or memory ran out, the leases expire, and each process is then audited alone.
        if is_transient(error) and not is_exhausted(error):
            attempts.give_back(begun, keys)
        raise
    return sum(written)


def audit_again(process_ids: Sequence[int], tally: Tally | None = None) -> int:
    """Audit processes whether due or not; unchanged ones write nothing."""
    return _audit(process_ids, rule_sets_in_force(), tally, keep_answers=False)


def read_again(process_id: int) -> tuple[Judged, Dossier] | None:
    """Read the stored record of a process, to be judged under the rules in force; ``None`` if it was erased."""
    rule_sets = rule_sets_in_force()
    records = read_records([process_id])
    snapshot = Snapshot.read([process_id], rule_sets)
    figures = _figures(records, snapshot, rule_sets)
    for record, dossier, _ in read_dossiers(records, rule_sets):
        entry = _unjudged(record, figures[process_id], None, rule_sets, snapshot)
        return entry, dossier.with_statistics(figures[process_id], digest=entry.dossier_digest.hex())
    return None


def judge_again(process_id: int) -> Judged | None:
    """Judge the stored record of a process under the rules in force, without writing; ``None`` if it was erased."""
    read = read_again(process_id)
    if read is None:
        return None
    _judge([read])
    return read[0]


def backlog() -> attempts.Backlog:
    """Return the backlog of audits."""
    return attempts.backlog(rule_sets_in_force().digests())


def count_due() -> int:
    """Return the number of processes that are due for an audit."""
    return backlog().processes


def due_batches(*, limit: int | None = None) -> Iterator[list[int]]:
    """
    Yield batches of processes that are due for an audit.

    Processes that failed before are alone: a record that kills its worker must not affect others.
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
    return query(
        "SELECT id, digest, country FROM contracts_contractingprocess"
        " WHERE id = ANY(%s) AND verification <> 'retired'",
        [[process_id for process_id in process_ids if process_id not in done]],
    )


@not_looking_for_garbage()
def _audit(process_ids: Sequence[int], rule_sets: RuleSets, tally: Tally | None, *, keep_answers: bool = True) -> int:
    """
    Judge processes and write their audits.

    The contributions of the batch to others' figures are written first, so that processes of a batch see each other;
    its sectors come only from the records, so a first audit already has figures. ``audits.engine.peers`` finds
    processes outside the batch that its purchases affect.

    :param keep_answers: if the previous audit was of the same record under the same rule set, run only the rules whose
        figures changed, and read the record only if they need it
    """
    begun = time.monotonic()
    records = read_records(process_ids)
    earlier = earlier_audits(records, rule_sets) if keep_answers else {}
    dossiers = _contribute([record for record in records if record.process_id not in earlier], rule_sets)
    snapshot = Snapshot.read(process_ids, rule_sets)
    figures = _figures(records, snapshot, rule_sets)
    judged = [
        _unjudged(record, figures[record.process_id], earlier.get(record.process_id), rule_sets, snapshot)
        for record in records
    ]
    again = {entry.subject_id for entry in judged if entry.is_open and entry.subject_id in earlier}
    for record, dossier, _ in read_dossiers([record for record in records if record.process_id in again], rule_sets):
        dossiers[record.process_id] = dossier
    entries = {entry.subject_id: entry for entry in judged}
    for group in batches_of(dossiers):
        _judge(
            [
                (entry, dossiers.pop(pk).with_statistics(figures[pk], digest=entry.dossier_digest.hex()))
                for pk, entry in ((pk, entries[pk]) for pk in group)
            ]
        )
    for entry in judged:
        before = earlier.get(entry.subject_id)
        entry.stands = before.pk if before and before.concerns_no_flag(entry.outcomes) else None
        entry.settled = settled(snapshot.figures[entry.subject_id], entry.sectors, entry.rule_set)
    # Nothing was read of a process that was erased meanwhile.
    answered = [entry for entry in judged if not entry.is_open]
    with transaction.atomic():
        written = write_audits(answered)
        snapshot.mark_outdated_due()
        attempts.mark_due(with_other_documents(records))
        note_work(answered, since=begun)
    if tally is not None:
        tally.count(answered, written)
    return written


def _contribute(records: Sequence[Record], rule_sets: RuleSets) -> dict[int, Dossier]:
    """Record the contributions of records to others' figures; return their dossiers, by process."""
    read = {record.process_id: (record, dossier, text) for record, dossier, text in read_dossiers(records, rule_sets)}
    dossiers = {process_id: dossier for process_id, (_, dossier, _) in read.items()}
    contributions = {}
    for group in batches_of(dossiers):
        read_ahead(map(dossiers.__getitem__, group))
        for process_id in group:
            record, dossier, text = read[process_id]
            contributions[process_id] = read_contribution(dossier, rule_sets.for_country(record.country), text)
    record_contributions(contributions, {process_id: record.digest for process_id, (record, _, _) in read.items()})
    return dossiers


def _figures(records: Sequence[Record], snapshot: Snapshot, rule_sets: RuleSets) -> dict[int, ProcessFigures]:
    """Return the figures of records, reduced to what the rules of their countries can distinguish, by process."""
    return {
        record.process_id: rule_sets.for_country(record.country).reduced(snapshot.figures[record.process_id])
        for record in records
    }


def _unjudged(
    record: Record, figures: ProcessFigures, earlier: EarlierAudit | None, rule_sets: RuleSets, snapshot: Snapshot
) -> Judged:
    rule_set, read = rule_sets.for_country(record.country), record.digests(figures)
    zone = ZoneInfo(record.time_zone)
    kept = earlier.answers(rule_set, read) if earlier else {}
    return Judged(
        subject_id=record.process_id,
        identity=record.ocid,
        country=record.country,
        is_held=record.verification == Verification.UNVERIFIED,
        process_digest=record.digest,
        dossier_digest=bytes.fromhex(
            dossier_digest(record.digest, record.publisher_country, zone, figures, record.documents)
        ),
        rule_set=rule_set,
        sectors=earlier.sectors if earlier else (),
        sector_evidence=earlier.sector_evidence if earlier else (),
        figures=read,
        peers_version=snapshot.peers.of_process.get(record.process_id),
        kept=kept,
        outcomes=earlier.answered_by_figures(rule_set, figures, kept) if earlier else (),
    )


def _judge(read: Sequence[tuple[Judged, Dossier]]) -> None:
    """Judge subjects with their dossiers, grouped by rule set."""
    for rule_set, of_one in groupby(read, key=lambda pair: pair[0].rule_set):
        pairs = list(of_one)
        dossiers = [(dossier, entry.kept) for entry, dossier in pairs]
        outcomes = rule_set.judge_each(dossiers, interruptions=INTERRUPTIONS)
        for (entry, dossier), answered in zip(pairs, outcomes, strict=True):
            entry.outcomes = answered
            if not entry.kept:
                entry.sectors, entry.sector_evidence = dossier.sectors, sector_places(dossier)
