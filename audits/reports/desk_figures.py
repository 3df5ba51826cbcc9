"""Figures of the desk: flags that arrive and are decided, waiting times, and each person's load."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import TruncWeek
from django.utils import timezone
from msgspec import Struct, convert, to_builtins

from audits.models import Flag, PageFigures, Review
from audits.models.flag_queryset import FlagQuerySet
from audits.models.flag_state import IS_CONTEXT
from audits.models.overdue import IsOverdue
from contracts.models import Document
from contracts.postgres.querying import query

WEEKS = 12
# The desk shows people what they decided in this period.
RECENT = timedelta(days=30)
# Decisions that leave a flag open, or do not judge it.
_PASSING = (Review.Decision.IN_REVIEW, Review.Decision.REOPENED, Review.Decision.RAISED)
# First decisions on flags of the window fall into it too, so that both are read by their index of time.
_WAITED = """
    SELECT floor(extract(epoch FROM coalesce(first.at, flag.withdrawn_at, %s) - flag.raised_at) / 86400)::integer,
           first.at IS NOT NULL, count(*)
    FROM ({flags}) flag (id, raised_at, withdrawn_at)
    LEFT JOIN (
        SELECT flag_id, min(reviewed_at) AS at FROM ({decisions}) made (flag_id, reviewed_at) GROUP BY flag_id
    ) first ON first.flag_id = flag.id
    GROUP BY 1, 2
"""
# Under what name the figures of the desk are kept.
_KEPT = "desk"


class Week(Struct, frozen=True):
    """A week by its Monday: flags that arrived in it, decisions that were made."""

    begins: date
    arrived: int = 0
    decided: int = 0


class DeskFigures(Struct, frozen=True):
    """
    How the desk did when it was counted: flags that wait, and of these overdue; days until half are decided, ``None``
    if fewer than half are; the last weeks; cause → flags withdrawn; records due for an audit, and for how long the
    oldest has waited; new flags that wait for statistics to settle; rule → flags that wait; documents that nobody
    assigned to a contract.
    """

    counted_at: datetime
    waiting: int
    overdue: int
    half_life: int | None
    weeks: list[Week]
    withdrawn: dict[str, int]
    due: int
    due_seconds: float
    settling: int = 0
    by_rule: dict[str, int] = {}
    documents: int = 0


class Person(Struct, frozen=True):
    """The recent decisions of a person, and their assigned flags."""

    name: str
    decided: int = 0
    open: int = 0
    overdue: int = 0
    key: int = 0


def count_desk(now: datetime, due: tuple[int, float]) -> DeskFigures:
    """
    Count the figures of the desk, which takes long where there are many flags.

    :param due: records due for an audit, and for how many seconds the oldest has waited
    """
    waiting = Flag.objects.at_the_desk().order_by()
    by_rule = dict(waiting.values_list("rule").annotate(number=Count("pk")))
    return DeskFigures(
        counted_at=now,
        waiting=sum(by_rule.values()),
        by_rule=by_rule,
        overdue=waiting.overdue().count(),
        half_life=queue_half_life(now),
        weeks=weeks(now),
        withdrawn=dict(withdrawn_by_cause(now)),
        due=due[0],
        due_seconds=due[1],
        settling=Flag.objects.awaiting_figures().count(),
        documents=Document.objects.of_no_contract().count(),
    )


def refresh_desk_figures(due: tuple[int, float]) -> DeskFigures:
    """Count the figures of the desk and keep them."""
    figures = count_desk(timezone.now(), due)
    kept = {"figures": to_builtins(figures), "counted_at": figures.counted_at}
    PageFigures.objects.update_or_create(pk=_KEPT, defaults=kept)
    return figures


def cached_desk_figures() -> DeskFigures | None:
    """Return the figures of the desk as they were counted last, ``None`` if nobody has counted yet."""
    row = PageFigures.objects.filter(pk=_KEPT).first()
    return convert(row.figures, DeskFigures) if row else None


def weeks(now: datetime) -> list[Week]:
    """Return the last weeks, the present one too."""
    since = _since(now)
    arrived = _by_week(_asking().filter(raised_at__gte=since), "raised_at")
    decided = _by_week(_judgements(since), "reviewed_at")
    mondays = [since.date() + timedelta(weeks=number) for number in range(WEEKS)]
    return [Week(monday, arrived.get(monday, 0), decided.get(monday, 0)) for monday in mondays]


def queue_half_life(now: datetime) -> int | None:
    """Return after how many days half of the flags of the last weeks are decided, see ``half_life``."""
    since = _since(now)
    flags = _asking().filter(raised_at__gte=since)
    sql, given = flags.values_list("pk", "raised_at", "withdrawn_at").query.sql_with_params()
    made, made_given = _judgements(since).values_list("flag", "reviewed_at").query.sql_with_params()
    return half_life(query(_WAITED.format(flags=sql, decisions=made), [now, *given, *made_given]))


def half_life(waited: Sequence[tuple[int, bool, int]]) -> int | None:
    """
    Return after how many days half are decided, ``None`` if fewer than half are. Pure.

    What still waits, or was withdrawn, counts for as long as it waited and no longer (Kaplan and Meier, Nonparametric
    estimation from incomplete observations, 1958): a young queue does not look fast.

    :param waited: whole days, whether it was decided then, flags
    """
    at_risk = sum(number for _days, _is_decided, number in waited)
    left = 1.0
    for day in sorted({days for days, _is_decided, _number in waited}):
        decided = sum(number for days, is_decided, number in waited if days == day and is_decided)
        left *= 1 - decided / at_risk
        if left <= 0.5:
            return day
        at_risk -= sum(number for days, _is_decided, number in waited if days == day)
    return None


def people(now: datetime) -> list[Person]:
    """Return everybody who decided lately or to whom something is assigned, by name."""
    decided = dict(_judgements(now - RECENT).values_list("reviewer__username").annotate(number=Count("pk")))
    assigned = Flag.objects.order_by().in_hands().values_list("assignee__username")
    counted = assigned.annotate(open=Count("pk"), overdue=Count("pk", filter=IsOverdue(now)), key=F("assignee"))
    holding = {name: tuple(numbers) for name, *numbers in counted}
    names = sorted({*decided, *holding})
    return [Person(name, decided.get(name, 0), *holding.get(name, ())) for name in names]


def withdrawn_by_cause(now: datetime) -> Mapping[str, int]:
    """Return cause → flags that were withdrawn for it in the last weeks and have not come back."""
    gone = _asking().filter(state=Flag.State.WITHDRAWN, changed_at__gte=_since(now))
    return dict(gone.exclude(withdrawn_because="").values_list("withdrawn_because").annotate(number=Count("pk")))


def _judgements(since: datetime) -> QuerySet[Review]:
    """Return the decisions in which somebody judged a flag, without those that were undone and what undid them."""
    made = Review.objects.order_by().filter(reviewed_at__gte=since).exclude(decision__in=_PASSING)
    return made.not_undone()


def _asking() -> FlagQuerySet:
    """Return the flags that were for the desk to decide: neither context nor in shadow."""
    return Flag.objects.filter(~IS_CONTEXT).out_of_shadow().order_by()


def _since(now: datetime) -> datetime:
    """Return the Monday with which the last weeks begin."""
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight - timedelta(days=midnight.weekday(), weeks=WEEKS - 1)


def _by_week(rows: Any, column: str) -> dict[date, int]:
    counted = rows.order_by().annotate(week=TruncWeek(column)).values_list("week").annotate(number=Count("pk"))
    return {week.date(): number for week, number in counted.filter(Q(week__isnull=False))}
