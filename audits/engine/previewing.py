"""
What a change of rules, parameters or lists would do: rules judge stored records in memory before and after it.

Nothing is written. Looked at first are records that are flagged now and those that hold words of the change, then
others by chance, as many as there is time for.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from time import monotonic
from typing import Any

from django.db import transaction
from django.db.models import F, Q, QuerySet, TextField
from django.db.models.functions import MD5, Cast
from msgspec import Struct

from audits.engine.flags import fingerprint
from audits.engine.organizations import read_dossiers as organization_dossiers
from audits.engine.records import Record, read_dossiers, read_records
from audits.judging.dossier import Dossier
from audits.judging.organization_dossier import OrganizationDossier
from audits.judging.rule_set import RuleSet
from audits.models import Flag, TrackRecord
from audits.reference.rule_sets import RuleSets, read_rule_sets, rule_sets_in_force
from audits.statistics import statistics_for
from contracts.models import ContractingProcess
from contracts.models.provenance import Verification
from contracts.postgres.isolating import INTERRUPTIONS
from contracts.postgres.search import with_words

# A page waits so long for it, and no more than so many are judged.
MAX_SECONDS = 6.0
MAX_JUDGED = 5000
MAX_FOUND = 500
BATCH = 50

# country ("" for all that have none of their own) → codes of rules that differ there
Differing = Mapping[str, frozenset[str]]


class Effect(Struct, frozen=True):
    """
    How many flags a change would add and drop, and how many of the dropped ones people confirmed.

    Counted on ``judged`` of the ``concerned`` records and organizations; ``rules`` are those that would ask otherwise.
    """

    added: int
    dropped: int
    confirmed: int
    judged: int
    concerned: int
    rules: tuple[str, ...]

    @property
    def is_sample(self) -> bool:
        return self.judged < self.concerned


def preview(change: Callable[[], Any], *, words: Sequence[str] = (), max_seconds: float = MAX_SECONDS) -> Effect:
    """
    Return what a change would do; it is made, read and taken back.

    :param change: writes the rows that it is about
    :param words: texts that it is about: records that hold one are looked at first
    """
    before = rule_sets_in_force()
    with transaction.atomic():
        change()
        after = read_rule_sets()
        transaction.set_rollback(True)
    ends = monotonic() + max_seconds
    lists_differ = before.reference.digest != after.reference.digest
    processes = _differing(before.by_country, after.by_country, everything=lists_differ)
    organizations = _differing(before.organizations, after.organizations, everything=False)
    flagged_before: set[bytes] = set()
    flagged_after: set[bytes] = set()
    judged = concerned = 0
    for differing, judge, keys, number in (
        (processes, _judge_processes, *_processes(processes, words)),
        (organizations, _judge_organizations, *_organizations(organizations)),
    ):
        concerned += number
        while judged < MAX_JUDGED and monotonic() < ends and (batch := list(islice(keys, BATCH))):
            judged += len(batch)
            judge(batch, differing, before, after, flagged_before, flagged_after)
    dropped = flagged_before - flagged_after
    confirmed = Flag.objects.filter(fingerprint__in=list(dropped), decision=Flag.State.CONFIRMED).count()
    codes = sorted(frozenset().union(*processes.values(), *organizations.values()))
    return Effect(len(flagged_after - flagged_before), len(dropped), confirmed, judged, concerned, tuple(codes))


def _differing(before: Mapping[str, RuleSet], after: Mapping[str, RuleSet], *, everything: bool) -> Differing:
    """Return the rules that ask otherwise, by country: those that came, went, or have other parameters."""
    found = {}
    for country in {*before, *after}:
        then = (before.get(country) or before[""]).by_code
        now = (after.get(country) or after[""]).by_code
        found[country] = frozenset(
            code
            for code in {*then, *now}
            if everything or code not in then or code not in now or then[code].parameters != now[code].parameters
        )
    return found


def _in_countries(differing: Differing, path: str) -> Q:
    """Return the condition that a subject is of a country where a rule asks otherwise."""
    here = Q(**{f"{path}__in": [country for country, codes in differing.items() if country and codes]})
    return here | ~Q(**{f"{path}__in": [country for country in differing if country]}) if differing.get("") else here


def _processes(differing: Differing, words: Sequence[str]) -> tuple[Iterator[int], int]:
    """Return the processes that are concerned, by primary key, the telling ones first; and how many there are."""
    codes = frozenset().union(*differing.values())
    if not codes:
        return iter(()), 0
    rows = ContractingProcess.objects.exclude(verification=Verification.RETIRED).filter(
        _in_countries(differing, "country")
    )
    flagged = Flag.objects.standing().filter(rule__in=codes, process__isnull=False).order_by("process")
    firsts: list[QuerySet[Any, Any]] = [
        *(with_words(rows, text, "").order_by("pk").values_list("pk", flat=True)[:MAX_FOUND] for text in words),
        rows.filter(pk__in=flagged.values("process")).order_by("pk").values_list("pk", flat=True)[:MAX_JUDGED],
    ]
    return _first_those(firsts, rows), rows.count()


def _organizations(differing: Differing) -> tuple[Iterator[int], int]:
    codes = frozenset().union(*differing.values())
    if not codes:
        return iter(()), 0
    rows = TrackRecord.objects.filter(_in_countries(differing, "organization__country"))
    flagged = Flag.objects.standing().filter(rule__in=codes, organization__isnull=False).values("organization")
    first = rows.filter(pk__in=flagged).order_by("pk").values_list("pk", flat=True)[:MAX_JUDGED]
    return _first_those([first], rows), rows.count()


def _first_those(firsts: Sequence[QuerySet[Any, Any]], rows: QuerySet[Any]) -> Iterator[int]:
    seen: set[int] = set()
    # By chance, and the same each time that it is asked.
    by_chance = rows.order_by(MD5(Cast(F("pk"), TextField())), "pk").values_list("pk", flat=True)[:MAX_JUDGED]
    for found in (*firsts, by_chance):
        for pk in found:
            if pk not in seen:
                seen.add(pk)
                yield pk


def _judge_processes(
    pks: Sequence[int],
    differing: Differing,
    before: RuleSets,
    after: RuleSets,
    flagged_before: set[bytes],
    flagged_after: set[bytes],
) -> None:
    records = read_records(pks)
    figures = statistics_for(pks, reads=before.reads() | after.reads())
    is_same = before.reference.digest == after.reference.digest
    read = _read(records, before)
    again = read if is_same else _read(records, after)
    for pk, (record, dossier) in read.items():
        codes = differing.get(record.country, differing.get("", frozenset()))
        for rules, source, flagged in (
            (before.for_country(record.country), dossier, flagged_before),
            (after.for_country(record.country), again[pk][1] if pk in again else dossier, flagged_after),
        ):
            whole = source.with_statistics(figures[pk], digest="")
            flagged.update(_flagged(rules, codes, whole, record.ocid))


def _read(records: Sequence[Record], rule_sets: RuleSets) -> dict[int, tuple[Record, Dossier]]:
    return {record.process_id: (record, dossier) for record, dossier, _text in read_dossiers(records, rule_sets)}


def _judge_organizations(
    pks: Sequence[int],
    differing: Differing,
    before: RuleSets,
    after: RuleSets,
    flagged_before: set[bytes],
    flagged_after: set[bytes],
) -> None:
    reads = before.organization_reads() | after.organization_reads()
    for dossier in organization_dossiers(list(pks), reads=reads):
        codes = differing.get(dossier.country, differing.get("", frozenset()))
        flagged_before.update(_flagged(before.organizations_in(dossier.country), codes, dossier, dossier.key))
        flagged_after.update(_flagged(after.organizations_in(dossier.country), codes, dossier, dossier.key))


def _flagged(
    rules: RuleSet, codes: frozenset[str], dossier: Dossier | OrganizationDossier, identity: str
) -> Iterator[bytes]:
    for code in codes:
        bound = rules.by_code.get(code)
        if bound is not None:
            for finding in bound.judge(dossier, interruptions=INTERRUPTIONS).findings:
                yield fingerprint(identity, code, finding)
