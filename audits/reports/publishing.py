"""
Public figures, rounded and delayed so that they reveal nothing that no person has decided on.

Three things keep a record out of sight. A count is told in steps of five, and below five not at all, so that neither a
small group nor what a sum leaves over says anything of one record. Figures are published once a day, so that two
requests around one new record get the same answer. And they are published only when no record or at least five are
new, so that two days around one new record do as well.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef

from audits.judging.rule.vocabulary import OutcomeKind, Subject
from audits.models import Audit, Flag, PublicFigures
from audits.models.flag_queryset import may_see_all
from audits.reports.coverage import Coverage, cover, coverage_of_all
from audits.reports.flag_counts import TABLES, count_flags, total_flags
from audits.reports.habits import Rows, habits_by_source, rows_of
from audits.reports.rule_health import Health, assess, cached_health, health_of_rules
from audits.rules import RULES, rules_about
from contracts.models import ContractingProcess
from contracts.postgres.clock import database_now
from contracts.postgres.locks import lock_until_commit

SMALLEST = 5
STATS = "stats"
# Figures of people's decisions, and of their blind judgements.
_DECIDED = ("confirmed", "confirmed_by_one", "dismissed")
_LOOKED_AT = ("judged_twice", "judged_alike", "found_right", "found_idle", "found_wrong")


def cell(number: int) -> int | None:
    """Return a count as the public is given it: down to a multiple of ``SMALLEST``, or ``None`` below it."""
    return number - number % SMALLEST or None


def publish_figures() -> bool:
    """Publish figures if that is due; return whether they were published."""
    with transaction.atomic():
        lock_until_commit(["public figures"])
        now = database_now()
        last = PublicFigures.objects.filter(pk=STATS).values_list("published_at", flat=True).first()
        if (last and last.date() == now.date()) or not _hides_each_record(last):
            return False
        _together, publishers = coverage_of_all()
        habits = habits_by_source(slug for slug in publishers if slug)
        figures = {
            STATS: public_stats(count_flags()),
            **{_of_rule(code): public_health(health) for code, health in health_of_rules().items()},
            **{
                _of_publisher(slug): public_coverage(coverage) | public_habits(habits.get(slug) or rows_of({}))
                for slug, coverage in publishers.items()
                if slug
            },
        }
        PublicFigures.objects.all().delete()
        PublicFigures.objects.bulk_create(
            PublicFigures(name=name, figures=entry, published_at=now) for name, entry in figures.items()
        )
    return True


def _hides_each_record(last: datetime | None) -> bool:
    """Say whether neither what came since, nor what waits for its audit and shows the next time, is a few records."""
    audited = Audit.objects.filter(process=OuterRef("pk"), is_current=True, process_digest=OuterRef("digest"))
    processes = ContractingProcess.objects.public().order_by()
    new = processes.filter(compiled_at__gt=last) if last else processes.none()
    waiting = processes.filter(~Exists(audited)).exclude(audit_attempt__failed_at__isnull=False)
    return all(len(rows.values_list("pk")[:SMALLEST]) in (0, SMALLEST) for rows in (new, waiting))


def published_stats() -> tuple[dict[str, Any], date | None]:
    """
    Return the counts of flags and the day they were published, ``None`` before the first time.

    Confirmed flags that everyone may read are counted now, and to the last: their number tells nothing more.
    """
    figures, day = _published(STATS) or (public_stats(total_flags([])), None)
    confirmed = count_flags(Flag.objects.public().filter(state=Flag.State.CONFIRMED))
    if not confirmed["total"]:
        return figures, day
    state = Flag.State.CONFIRMED.value
    exact = {"by_state": figures["by_state"] | {state: confirmed["by_state"][state]}}
    unknown = dict.fromkeys(Flag.State.values)
    for table in TABLES:
        names = sorted({*figures[table], *confirmed[table]})
        # For a name without confirmed flags now, the daily figure would reveal those that it had.
        exact[table] = {
            name: figures[table].get(name, unknown) | {state: confirmed[table].get(name, {}).get(state, 0)}
            for name in names
        }
    return figures | exact, day


def published_health(code: str) -> tuple[dict[str, Any], date | None]:
    """Return how a rule has done and the day this was published, ``None`` before the first time."""
    # Figures published by an earlier version of this program may lack one.
    nothing = public_health(assess(code, RULES[code].version, {}, {}))
    figures, day = _published(_of_rule(code)) or ({}, None)
    return nothing | figures, day


def health_for(user: Any, code: str) -> tuple[dict[str, Any], date | None]:
    """Return how a rule has done as a reader may know it, and the day it was counted."""
    if not may_see_all(user):
        return published_health(code)
    health, counted_at = cached_health(code)
    return health.as_json(), counted_at.date() if counted_at else None


def published_coverage(slug: str) -> tuple[dict[str, Any], date | None]:
    """Return what the data of a publisher can feed, its habits, and the day this was published; or ``None``."""
    nothing = public_habits(rows_of({}))
    figures, day = _published(_of_publisher(slug)) or (public_coverage(cover([], rules_about(Subject.PROCESS))), None)
    return nothing | figures, day


def _published(name: str) -> tuple[dict[str, Any], date] | None:
    found = PublicFigures.objects.filter(pk=name).first()
    return (found.figures, found.published_at.date()) if found else None


def _of_rule(code: str) -> str:
    return f"rules/{code}"


def _of_publisher(slug: str) -> str:
    return f"publishers/{slug}"


def public_stats(stats: Mapping[str, Any]) -> dict[str, Any]:
    """Return counts of flags as published, without counts that are too small. Pure."""
    figures: dict[str, Any] = {"total": cell(stats["total"]), "by_state": _cells(stats["by_state"])}
    for table in TABLES:
        states = {name: _cells(dict.fromkeys(Flag.State.values, 0) | found) for name, found in stats[table].items()}
        figures[table] = {name: found for name, found in states.items() if any(found.values())}
    return figures


def public_health(health: Health) -> dict[str, Any]:
    """Return how a rule has done as the public is given it. Pure."""
    figures = health.as_json()
    outcomes = _cells(figures["outcomes"])
    assessed, flagged = cell(figures["assessed"]), outcomes[OutcomeKind.FLAGGED]
    return figures | {
        "outcomes": outcomes,
        "assessed": assessed,
        "withheld_because": _rows(figures["withheld_because"]),
        "share": round(flagged / assessed, 2) if assessed and flagged else None,
        "missing": _rows(figures["missing"]),
        **{name: cell(figures[name]) for name in ("withheld", *_DECIDED, *_LOOKED_AT)},
        "versions": [row | _decided(row) for row in figures["versions"]],
        "months": [row | counts for row in figures["months"] if any((counts := _decided(row)).values())],
    }


def public_coverage(coverage: Coverage) -> dict[str, Any]:
    """
    Return the coverage of a publisher as the public is given it. Pure.

    The outcomes of a rule that could judge are added up: the data supports it, whichever records it flagged.
    """
    figures = coverage.as_json()
    rules = {
        code: {
            "outcomes": _cells(found["outcomes"]) | {OutcomeKind.FLAGGED.value: None, OutcomeKind.CLEAR.value: None},
            "not_asked": cell(found["not_asked"]),
            "assessed": cell(found["assessed"]),
            "missing": _rows(found["missing"]),
        }
        for code, found in figures["rules"].items()
    }
    return {
        "processes": cell(figures["processes"]),
        "unaudited": cell(figures["unaudited"]),
        "rules_fed": sum(found["assessed"] is not None for found in rules.values()),
        "rules": rules,
    }


def public_habits(rows: Rows) -> Rows:
    """Return habits, method labels and months of a publisher as the public is given them. Pure."""
    months = rows["months"]
    return {
        "habits": [
            row
            | {
                "answer": row["answer"] if same else None,
                "same": same,
                "records": records,
                "share": same * 100 // records / 100 if same else None,
            }
            for row in rows["habits"]
            if (records := cell(row["records"]))
            for same in (cell(row["same"]),)
        ],
        "methods": _rows(rows["methods"]),
        "months": months | {"records": usual} if months and (usual := cell(months["records"])) else None,
    }


def _decided(row: Mapping[str, int]) -> dict[str, int | None]:
    return {name: cell(row[name]) for name in _DECIDED}


def _cells(counts: Mapping[str, int]) -> dict[str, int | None]:
    return {name: cell(number) for name, number in counts.items()}


def _rows(missing: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [row | {"records": number} for row in missing if (number := cell(row["records"]))]
