"""
Previews a change to rules, parameters or lists: stored records are judged in memory before and after it.

Nothing is written. For a rule that is switched off, all standing flags are counted. Otherwise records are judged:
first those that are flagged now or contain words of the change, then random ones, as time permits.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from itertools import islice
from random import Random
from time import monotonic
from typing import Any

import pgtrigger
from django.db import transaction
from django.db.models import Max, Min, Q, QuerySet
from msgspec import Struct

from audits.engine.flags import fingerprint, judged_digest
from audits.engine.organizations import read_dossiers as organization_dossiers
from audits.engine.records import Record, read_dossiers, read_records
from audits.judging.dossiers.organization import OrganizationDossier
from audits.judging.dossiers.process import Dossier
from audits.judging.rule.vocabulary import Severity
from audits.judging.rule_set import RuleSet
from audits.models import Flag, RuleOverride, TrackRecord
from audits.reference.rule_sets import RuleSets, read_rule_sets, rule_sets_in_force
from audits.rules import RULES
from audits.statistics import statistics_for
from contracts.models import ContractingProcess
from contracts.models.provenance import Verification
from contracts.postgres.isolating import INTERRUPTIONS
from contracts.postgres.search import with_words

# Limits of a preview, because a page waits for it: seconds, and number of judged records.
MAX_SECONDS = 6.0
MAX_JUDGED = 5000
MAX_FOUND = 500
MAX_CONCERNED = 100_000
# Number of random keys per draw, and of draws: drawn keys may belong to deleted rows.
DRAWN = 500
MAX_DRAWS = 200
BATCH = 50

# Country ("" for all without their own rule set) → codes of rules that differ there.
Differing = Mapping[str, frozenset[str]]
# Fingerprints of the flags of a record before and after, each with whether it asks something, else it is context, and
# with the digest of what people judge.
Flagged = tuple[dict[bytes, tuple[bool, bytes]], dict[bytes, tuple[bool, bytes]]]


class Effect(Struct, frozen=True):
    """
    Number of flags that a change would add and remove, and how many of the removed ones people confirmed.

    Counted over ``judged`` of the ``concerned`` records and organizations (counted up to ``MAX_CONCERNED``), and over
    all flags of rules that would be switched off, for which nothing is judged. ``rules`` are those with changed
    questions. ``shown`` is the number of flags that would appear at the desk because their rule leaves shadow,
    negative if it enters it. Of the flags that it would keep, ``asking`` are context now and would not be, ``silent``
    the reverse: as when the trial of a rule ends or begins; ``reopened`` are decided and would say something else than
    what was judged, so that people are asked again.
    """

    added: int
    dropped: int
    confirmed: int
    judged: int
    concerned: int
    rules: tuple[str, ...]
    shown: int = 0
    asking: int = 0
    silent: int = 0
    reopened: int = 0

    @property
    def is_sample(self) -> bool:
        return self.judged < self.concerned

    @property
    def hidden(self) -> int:
        return max(-self.shown, 0)


def preview(change: Callable[[], Any], *, words: Sequence[str] = (), max_seconds: float = MAX_SECONDS) -> Effect:
    """
    Return the effect of a change, which is made, measured and rolled back.

    :param change: writes the rows
    :param words: texts of the change: records that contain one are judged first
    """
    before = rule_sets_in_force()
    after, shown = _make_and_undo(change)
    ends = monotonic() + max_seconds
    lists_differ = before.reference.digest != after.reference.digest
    processes = _differing(before.by_country, after.by_country, everything=lists_differ)
    organizations = _differing(before.organizations, after.organizations, everything=False)
    gone = {
        "process": _gone(before.by_country, after.by_country),
        "organization": _gone(before.organizations, after.organizations),
    }
    flagged_before: dict[bytes, tuple[bool, bytes]] = {}
    flagged_after: dict[bytes, tuple[bool, bytes]] = {}
    judged = concerned = 0
    for differing, judge, keys, number in (
        (processes, _judge_processes, *_processes(processes, words)),
        (organizations, _judge_organizations, *_organizations(organizations)),
    ):
        concerned += number
        while judged < MAX_JUDGED and monotonic() < ends and (batch := list(islice(keys, BATCH))):
            judged += len(batch)
            for was, becomes in judge(batch, differing, before, after):
                flagged_before |= was
                flagged_after |= becomes
    dropped = flagged_before.keys() - flagged_after.keys()
    kept = flagged_before.keys() & flagged_after.keys()
    confirmed = Flag.objects.filter(fingerprint__in=list(dropped), decision=Flag.State.CONFIRMED).count()
    reworded = [flag for flag in kept if flagged_after[flag][1] != flagged_before[flag][1]]
    standing = Flag.objects.standing()
    decided = standing.exclude(decision="").exclude(state=Flag.State.CHANGED)
    ended = standing.filter(_asked_no_more(gone)).order_by()
    codes = frozenset().union(
        *processes.values(), *organizations.values(), *(codes for of in gone.values() for codes in of.values())
    )
    return Effect(
        added=len(flagged_after.keys() - flagged_before.keys()),
        dropped=len(dropped) + ended.count(),
        confirmed=confirmed + ended.filter(decision=Flag.State.CONFIRMED).count(),
        judged=judged,
        concerned=concerned,
        rules=tuple(sorted(codes)),
        shown=shown,
        asking=sum(flagged_after[flag][0] > flagged_before[flag][0] for flag in kept),
        silent=sum(flagged_after[flag][0] < flagged_before[flag][0] for flag in kept),
        reopened=decided.filter(fingerprint__in=reworded).count(),
    )


def _make_and_undo(change: Callable[[], Any]) -> tuple[RuleSets, int]:
    """Return the rule sets with a change, which is rolled back, and how many more flags the desk would see."""
    states = _states()
    # The change is rolled back, so no signal is sent.
    with pgtrigger.ignore("audits.RuleOverride:tells_shadow"), transaction.atomic():
        change()
        after = read_rule_sets()
        moved = {rule for rule, *_state in states ^ _states()}
        shown = _count_shown(moved)
        transaction.set_rollback(True)
    return after, shown - _count_shown(moved)


def _states() -> set[tuple[Any, ...]]:
    """Return the states of rules by country."""
    return set(RuleOverride.objects.filter(enabled=True, parameter="").values_list("rule", "country", "value"))


def _count_shown(rules: Collection[str]) -> int:
    """Return the number of flags of rules that people other than leads see."""
    return Flag.objects.standing().filter(rule__in=rules).out_of_shadow().count() if rules else 0


def _differing(before: Mapping[str, RuleSet], after: Mapping[str, RuleSet], *, everything: bool) -> Differing:
    """Return changed rules by country: new ones, or with other parameters."""
    return {
        country: frozenset(
            code
            for code, rule in now.items()
            if everything or code not in then or then[code].parameters != rule.parameters
        )
        for country, then, now in _both(before, after)
    }


def _gone(before: Mapping[str, RuleSet], after: Mapping[str, RuleSet]) -> Differing:
    """Return the rules that are switched off, by country."""
    return {country: frozenset(then.keys() - now.keys()) for country, then, now in _both(before, after)}


def _both(before: Mapping[str, RuleSet], after: Mapping[str, RuleSet]) -> Iterator[tuple[str, Any, Any]]:
    """Yield each country with its rules before and after."""
    for country in {*before, *after}:
        yield country, (before.get(country) or before[""]).by_code, (after.get(country) or after[""]).by_code


def _asked_no_more(gone: Mapping[str, Differing]) -> Q:
    """Return the condition that a flag is of a rule switched off in its country."""
    found = Q(pk__in=())
    for subject, differing in gone.items():
        for country, codes in differing.items():
            here = Q(country=country) if country else ~Q(country__in=[named for named in differing if named])
            found |= Q(here, rule__in=codes, **{f"{subject}__isnull": False})
    return found


def _in_countries(differing: Differing, path: str) -> Q:
    """Return the condition that a subject is in a country with a changed rule."""
    here = Q(**{f"{path}__in": [country for country, codes in differing.items() if country and codes]})
    return here | ~Q(**{f"{path}__in": [country for country in differing if country]}) if differing.get("") else here


def _processes(differing: Differing, words: Sequence[str]) -> tuple[Iterator[int], int]:
    """Return the affected processes by primary key, the most relevant first, and their number."""
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
    return _first_those(firsts, rows), _count(rows)


def _organizations(differing: Differing) -> tuple[Iterator[int], int]:
    codes = frozenset().union(*differing.values())
    if not codes:
        return iter(()), 0
    rows = TrackRecord.objects.filter(_in_countries(differing, "organization__country"))
    flagged = Flag.objects.standing().filter(rule__in=codes, organization__isnull=False).values("organization")
    first = rows.filter(pk__in=flagged).order_by("pk").values_list("pk", flat=True)[:MAX_JUDGED]
    return _first_those([first], rows), _count(rows)


def _first_those(firsts: Sequence[QuerySet[Any, Any]], rows: QuerySet[Any]) -> Iterator[int]:
    seen: set[int] = set()
    for found in (*firsts, _by_chance(rows)):
        for pk in found:
            if pk not in seen:
                seen.add(pk)
                yield pk


def _by_chance(rows: QuerySet[Any]) -> Iterator[int]:
    """Yield keys in a reproducible random order; all of them if there are few."""
    ends = rows.model._default_manager.aggregate(first=Min("pk"), last=Max("pk"))
    if ends["first"] is None:
        return
    first, last = ends["first"], ends["last"]
    if last - first < MAX_JUDGED:
        yield from rows.order_by("pk").values_list("pk", flat=True)
        return
    chance = Random(0)  # noqa: S311  -- no secret
    for _draw in range(MAX_DRAWS):
        drawn = sorted({chance.randint(first, last) for _key in range(DRAWN)})
        yield from rows.filter(pk__in=drawn).order_by("pk").values_list("pk", flat=True)


def _count(rows: QuerySet[Any]) -> int:
    """Return the number of rows, counted up to a limit."""
    return rows.order_by()[: MAX_CONCERNED + 1].count()


def _judge_processes(pks: Sequence[int], differing: Differing, before: RuleSets, after: RuleSets) -> Iterator[Flagged]:
    records = read_records(pks)
    figures = statistics_for(pks, reads=_reads(differing))
    read = _read(records, before)
    again = read if before.reference.digest == after.reference.digest else _read(records, after)
    for pk, (record, dossier) in read.items():
        codes = _codes_in(record.country, differing)
        was, becomes = (
            _flagged(rules, codes, source.with_statistics(rules.reduced(figures[pk]), digest=""), record.ocid)
            for rules, source in (
                (before.for_country(record.country), dossier),
                (after.for_country(record.country), again[pk][1] if pk in again else dossier),
            )
        )
        yield was, becomes


def _read(records: Sequence[Record], rule_sets: RuleSets) -> dict[int, tuple[Record, Dossier]]:
    return {record.process_id: (record, dossier) for record, dossier, _text in read_dossiers(records, rule_sets)}


def _judge_organizations(
    pks: Sequence[int], differing: Differing, before: RuleSets, after: RuleSets
) -> Iterator[Flagged]:
    for dossier in organization_dossiers(list(pks), reads=_reads(differing)):
        codes = _codes_in(dossier.country, differing)
        was, becomes = (
            _flagged(rule_sets.organizations_in(dossier.country), codes, dossier, dossier.key)
            for rule_sets in (before, after)
        )
        yield was, becomes


def _reads(differing: Differing) -> frozenset[str]:
    """Return the names of the figures that the changed rules read: no other rule is asked."""
    return frozenset().union(*(RULES[code].reads for codes in differing.values() for code in codes))


def _codes_in(country: str, differing: Differing) -> frozenset[str]:
    return differing.get(country, differing.get("", frozenset()))


def _flagged(
    rules: RuleSet, codes: frozenset[str], dossier: Dossier | OrganizationDossier, identity: str
) -> dict[bytes, tuple[bool, bytes]]:
    bound = [rules.by_code[code] for code in codes if code in rules.by_code]
    return {
        fingerprint(identity, rule.rule.code, finding): (
            rule.severity(finding) is not Severity.CONTEXT,
            judged_digest(rule, finding),
        )
        for rule in bound
        for finding in rule.judge(dossier, interruptions=INTERRUPTIONS).findings
    }
