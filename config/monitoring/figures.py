"""
Figures of what the site does: one list, which `/metrics` tells to machines and `/health/ready` to people.

They are read from PostgreSQL and from the broker when somebody asks. None is about a record, a publisher or a person.
"""

import logging
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any, NamedTuple

from django.conf import settings
from django.core.cache import cache
from django.db.models import Count, Min, Q, Sum
from django.db.models.functions import Now
from django.utils import timezone
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from audits.engine import organizations, processes
from audits.exporting import files
from audits.models import AuditAttempt, AuditWork, DeskSummary, Flag, Review, SavedSearch
from audits.models.overdue import IsOverdue
from audits.reference.rule_sets import unfit_overrides
from audits.reference.rules_in_force import other_rules
from audits.reports import desk_figures
from contracts.models import Claim, ClaimDecision, Content, RetentionClock, Submission
from contracts.runtime import broker

logger = logging.getLogger(__name__)


class Figure(NamedTuple):
    """
    One figure, or one for each value of a label.

    :param area: what it is about: `ingest`, `audit`, `schedule`, `retention`, `queue`, `desk`,
        `following`, `disk`
    :param only_grows: a sum over all time; else it is as of now
    """

    area: str
    name: str
    meaning: str
    value: float | Mapping[str, float]
    only_grows: bool = False
    label: str = ""


def read_figures() -> list[Figure]:
    """Read all figures; raise DatabaseError or InterfaceError if the database does not answer."""
    return [*_ingest(), *_audit(), *_schedule(), *_queue(), *_desk(), *_following(), *_disk()]


def as_json(figures: Sequence[Figure]) -> dict[str, dict[str, float | Mapping[str, float]]]:
    """Return figures by area and name."""
    areas: dict[str, dict[str, float | Mapping[str, float]]] = {}
    for figure in figures:
        areas.setdefault(figure.area, {})[figure.name] = figure.value
    return areas


def _ingest() -> Iterator[Figure]:
    waits = Q(processed_at=None, failed_at=None)
    found = Submission.objects.aggregate(
        received=Count("pk"),
        processed=Count("processed_at"),
        failed=Count("failed_at"),
        waiting=Count("pk", filter=waits),
        # Only the day is known for submissions of the form: at noon each would seem to have waited twelve hours.
        oldest=Min("received_at", filter=waits & ~Q(channel=Submission.Channel.FORM)),
        problems=Sum("problem_count", default=0),
    )
    size = Content.objects.aggregate(size=Sum("size", default=0))["size"]
    yield Figure("ingest", "received", "Submissions received.", found["received"], only_grows=True)
    yield Figure("ingest", "bytes", "Bytes received, the same bytes once.", int(size), only_grows=True)
    yield Figure("ingest", "problems", "Problems found in submissions.", int(found["problems"]), only_grows=True)
    yield Figure("ingest", "processed", "Submissions that are processed.", found["processed"])
    yield Figure("ingest", "failed", "Submissions given up after three attempts.", found["failed"])
    yield Figure("ingest", "waiting", "Submissions neither processed nor given up.", found["waiting"])
    age = "Age of the oldest that waits, but for those of the form; 0 for none."
    yield Figure("ingest", "oldest_waiting_seconds", age, _age(found["oldest"]))


def _audit() -> Iterator[Figure]:
    due = processes.backlog()
    sums = AuditWork.objects.order_by("subject").values_list("subject")
    work = dict.fromkeys(AuditWork.Subject.values, (0, 0, 0.0))
    work |= {
        subject: tuple(all_days) for subject, *all_days in sums.annotate(*map(Sum, ("audited", "failed", "seconds")))
    }
    audited, failed, seconds = ({subject: work[subject][place] for subject in work} for place in range(3))
    attempts = AuditAttempt.objects
    yield Figure(
        "audit",
        "due",
        "Due for an audit.",
        {"process": due.processes, "organization": organizations.count_due()},
        label="subject",
    )
    yield Figure(
        "audit",
        "oldest_due_seconds",
        "Since when the oldest record has waited that has no audit as it is now, but for held ones.",
        round(due.oldest_seconds),
    )
    yield Figure("audit", "running", "Processes that a worker is auditing.", attempts.running().count())
    yield Figure("audit", "given_up", "Processes given up after three attempts.", attempts.failed().count())
    is_ours = int(other_rules() is None)
    yield Figure("audit", "rules_in_force", "Whether the rules of this program are those in force.", is_ours)
    unfit = len(unfit_overrides())
    yield Figure("audit", "unfit_overrides", "Overrides that switch their rule off, for they do not fit it.", unfit)
    yield Figure("audit", "done", "Audits made.", audited, only_grows=True, label="subject")
    yield Figure("audit", "failed", "Audits made with a rule that failed.", failed, only_grows=True, label="subject")
    yield Figure("audit", "seconds", "Seconds that audits took.", seconds, only_grows=True, label="subject")


def _schedule() -> Iterator[Figure]:
    """What was sent is worked on without it, so that nothing else tells that it stands still."""
    counted = desk_figures.cached_desk_figures()
    age = _age(counted.counted_at if counted else None)
    yield Figure("schedule", "silent_seconds", "Since a worker last counted for it, as every ten minutes.", age)
    behind = round(RetentionClock.behind(timezone.now()).total_seconds())
    yield Figure("retention", "behind_seconds", "By how much the days of retention are behind the clock.", behind)


def reaches_broker() -> bool:
    """
    Return whether the broker takes work; a failure is remembered, so that later requests need not wait for it.

    One without memory still answers whoever reads, so something is written.
    """
    if broker.is_silent():
        return False
    try:
        cache.set("health", 1)
    except (RedisError, OSError) as error:
        _note_silence(error)
        return False
    return True


def _note_silence(error: Exception) -> None:
    broker.note_silence()
    logger.warning("The broker is unavailable.", exc_info=error)


def _queue() -> Iterator[Figure]:
    # Asked by the cache's connection first: that of the queue takes seconds to give up a broker that hangs.
    if not reaches_broker():
        yield Figure("queue", "reachable", "Whether the broker takes work.", 0)
        return
    try:
        waiting = broker.waiting()
    except (RedisError, OperationalError, OSError) as error:
        _note_silence(error)
        yield Figure("queue", "reachable", "Whether the broker takes work.", 0)
        return
    yield Figure("queue", "reachable", "Whether the broker takes work.", 1)
    yield Figure("queue", "messages", "Messages that wait in the broker.", waiting, label="queue")


def _desk() -> Iterator[Figure]:
    """Flags and claims: open ones wait for a first decision or, since they changed, for a new one."""
    before = Now() - timedelta(days=settings.VEEDOR_DESK_DAYS)
    flags = Flag.objects.at_the_desk().aggregate(
        open=Count("pk"), overdue=Count("pk", filter=IsOverdue(timezone.now()))
    )
    claims = Claim.objects.held().aggregate(open=Count("pk"), overdue=Count("pk", filter=Q(made_at__lt=before)))
    decided = {
        "flag": Review.objects.exclude(decision=Review.Decision.IN_REVIEW).count(),
        "claim": ClaimDecision.objects.exclude(decided_by=None).count(),
    }
    days = settings.VEEDOR_DESK_DAYS
    for name, meaning in (
        ("open", "Waiting for a person's decision."),
        ("overdue", f"Waiting for over {days} days; flags of high severity a quarter of them, of medium half."),
    ):
        yield Figure("desk", name, meaning, {"flag": flags[name], "claim": claims[name]}, label="subject")
    yield Figure("desk", "decided", "Decisions that people made.", decided, only_grows=True, label="subject")


def _following() -> Iterator[Figure]:
    """Failing messages by channel: if all e-mail fails, it is the mail server."""
    fails, by_mail = Q(failures__gt=0), Q(url="")
    failing = SavedSearch.objects.filter(enabled=True).aggregate(
        email=Count("pk", filter=fails & by_mail), webhook=Count("pk", filter=fails & ~by_mail)
    )
    failing["email"] += DeskSummary.objects.filter(fails).count()
    meaning = "Saved searches and summaries of the desk whose last message did not arrive."
    yield Figure("following", "failing", meaning, failing, label="channel")


def _disk() -> Iterator[Figure]:
    free = round(files.free_share(), 3)
    yield Figure("disk", "free_share", "What is free of the disk of the dumps, of 1; 0 if it is out of reach.", free)


def _age(moment: Any) -> int:
    return 0 if moment is None else max(round((timezone.now() - moment).total_seconds()), 0)
