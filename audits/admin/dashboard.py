"""The lead's dashboard on the admin index: the state of the desk, the rules, the data and the workers."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.apps import apps
from django.contrib.auth import get_user_model
from django.db.models import Count, Max, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from audits.admin.queue.filters import QUEUE
from audits.admin.queue.queues import MAX_COUNTED, PERSONAL, QUEUES, capped_count, count_queues
from audits.blind import count_looks, open_disagreements
from audits.engine import processes
from audits.exporting import files
from audits.models import AuditAttempt, AuditWork, BlindReview, Flag, Reply, Review
from audits.pages.labels import rule_name
from audits.reports.desk_figures import DeskFigures, cached_desk_figures, count_desk, people
from audits.reports.rule_health import MIN_ASSESSED, MIN_DECIDED, Health, cached_health_of_rules
from audits.triage import lately_overturning
from audits.wording import place_name
from contracts.admin.claims import ANSWERED, MAYBE_PUBLISHED
from contracts.admin.same_processes import MOVED_ON
from contracts.models import Claim, Document, RetentionClock, SameProcess, Submission, TrailEntry
from contracts.pages.charts.bars import Range, intervals, pairs, ranked
from contracts.pages.charts.drawing import Bar
from contracts.pages.display import admin_url, percent
from contracts.pages.pictures import Cell, Picture
from contracts.postgres.keys import key_of
from contracts.runtime import broker

PERMISSION = "contracts.view_trailentry"
MAX_RULES = 12
MAX_GAPS = 10
MAX_CHANGES = 10
MAX_OWN = 10
# The schedule counts every ten minutes. If nothing was counted for this long, no worker runs that could report it.
COUNTED_WITHIN = timedelta(minutes=30)
# Share of the disk that must be free: a database stops when its disk is full.
MIN_FREE = 0.2
# The rows that rule sets are made of.
REFERENCE = [
    f"audits.{model}"
    for model in ("ruleoverride", "rulestate", "lexiconterm", "watchlist", "watchlistentry", "publiclist")
]


class Fact(NamedTuple):
    """A number, its label, and its link. ``is_alarming`` marks what somebody should look at."""

    label: str
    value: Any
    href: str = ""
    is_alarming: bool = False


class Changed(NamedTuple):
    """A change of a list or a parameter, with the effect that its preview stated."""

    at: Any
    actor: str
    label: str
    href: str
    added: Any
    dropped: Any


class Dashboard(NamedTuple):
    counted_at: datetime
    desk: list[Fact]
    pictures: list[Picture]
    people: list[Any]
    changes: list[Changed]
    causes: list[Fact]
    health: list[Fact]


def read_dashboard() -> Dashboard:
    """Read all that the dashboard shows, in a fixed number of queries, each of which reads an index or a counter."""
    now = timezone.now()
    health, figures = cached_health_of_rules(), cached_desk_figures() or count_desk(now, processes.backlog())
    return Dashboard(
        counted_at=figures.counted_at,
        desk=list(_desk(figures, health)),
        pictures=[
            picture for picture in (_weeks(figures), _precision(health), _shares(health), _gaps(health)) if picture
        ],
        people=people(now),
        changes=_changes(),
        causes=[
            Fact(str(Flag.Cause(cause).label), number)
            for cause, number in sorted(figures.withdrawn.items(), key=lambda item: -item[1])
        ],
        health=list(_health(figures)),
    )


def read_queues(person: Any) -> list[Fact]:
    """Return what waits for this person's decisions, each with a link to its queue."""
    flags = reverse("admin:audits_flag_changelist")
    # Counted live, as in the queues, unless there are too many to count on each visit.
    waiting, kept = Flag.objects.at_the_desk().order_by()[: MAX_COUNTED + 1].count(), cached_desk_figures()
    written = kept.waiting if kept and waiting > MAX_COUNTED else capped_count(waiting)
    return [Fact(_("Flags that wait"), written, flags), *_queues(person, QUEUES), *_arrived()]


def read_own_queues(person: Any) -> list[Fact]:
    """Return the queues that depend on the person; the dashboard has the others."""
    return list(_queues(person, PERSONAL))


def _queues(person: Any, names: Iterable[str]) -> Iterator[Fact]:
    flags, counted = reverse("admin:audits_flag_changelist"), count_queues(person)
    for name in names:
        label, _choose = QUEUES[name]
        yield Fact(str(label).capitalize(), capped_count(counted[name]), f"{flags}?{QUEUE}={name}")
    yield Fact(_("Second look, blind"), count_looks(person), reverse("admin:audits_blindreview_next"))


class OwnDecisions(NamedTuple):
    """The latest decisions of a person, each with a link to its flag, and a link to all of theirs."""

    latest: list[tuple[Review, str]]
    href: str


def read_own_decisions(person: Any) -> OwnDecisions:
    related = ("flag__process", "flag__organization")
    latest = Review.objects.filter(reviewer=person.pk).select_related(*related).order_by("-pk")
    documents = ("flag__evidence", "flag__process__compiled_release", "flag__process__corrections")
    shown = [(review, admin_url(Flag, review.flag_id)) for review in latest.defer(*documents)[:MAX_OWN]]
    return OwnDecisions(shown, f"{reverse('admin:audits_review_changelist')}?reviewer__exact={person.pk}")


class Waiting(NamedTuple):
    """The rules with waiting flags, those with the most first, as the schedule last counted them."""

    counted_at: datetime
    rules: list[Fact]


def read_waiting() -> Waiting | None:
    """Return the rules with waiting flags, ``None`` before the first count."""
    flags, kept = reverse("admin:audits_flag_changelist"), cached_desk_figures()
    if kept is None:
        return None
    by_rule = sorted(kept.by_rule.items(), key=lambda item: (-item[1], item[0]))
    return Waiting(
        kept.counted_at, [Fact(rule_name(code), number, f"{flags}?rule={code}") for code, number in by_rule]
    )


def _desk(figures: DeskFigures, health: Mapping[str, Health]) -> Iterator[Fact]:
    days = figures.half_life
    flags = reverse("admin:audits_flag_changelist")
    undecided = _("over half still wait") if figures.waiting else "–"
    written = undecided if days is None else _days(days)
    yield Fact(_("Half of the flags are decided after"), written)
    yield Fact(_("Flags that wait"), figures.waiting, flags)
    yield Fact(_("of these, overdue"), figures.overdue, f"{flags}?queue=overdue", bool(figures.overdue))
    newest = f"{flags}?state=new&order=newest"
    yield Fact(_("New flags that wait for statistics to settle"), figures.settling, newest)
    second = BlindReview.objects.aggregate(judged=Count("pk"), differ=Count("pk", filter=Q(agrees=False)))
    blind = reverse("admin:audits_blindreview_changelist")
    yield Fact(
        _("Second looks that disagree"),
        _("%(part)d of %(whole)d") % {"part": second["differ"], "whole": second["judged"]},
        f"{blind}?agrees__exact=0",
    )
    waiting = open_disagreements().count()
    yield Fact(_("of these, nobody has decided since"), waiting, f"{blind}?disagreement=open", bool(waiting))
    overturning = f"{reverse('admin:audits_review_changelist')}?overturns=lately"
    yield Fact(_("Decisions that overturn a colleague's, in 30 days"), lately_overturning().count(), overturning)
    known = sum(entry.decisions.precision is not None for entry in health.values())
    yield Fact(
        _("Rules whose precision is known (%(number)d decisions or more)") % {"number": MIN_DECIDED},
        _("%(part)d of %(whole)d") % {"part": known, "whole": len(health)},
        reverse("admin:audits_rules"),
    )
    withheld = sum(entry.withheld_records for entry in health.values())
    yield Fact(_("Findings withheld, to look at a sample of"), withheld, reverse("admin:audits_withheld"))
    yield from _arrived()
    twice = reverse("admin:contracts_sameprocess_changelist")
    yield Fact(_("Processes that may be published twice"), SameProcess.objects.open().count(), twice)
    changed = SameProcess.objects.moved_on().count()
    yield Fact(_("found to be the same, and changed since"), changed, f"{twice}?state={MOVED_ON}", bool(changed))


def _days(number: int) -> str:
    return ngettext("%(days)d day", "%(days)d days", number) % {"days": number}


def _arrived() -> Iterator[Fact]:
    """Yield undecided items that people sent."""
    replies = Reply.objects.held().count()
    yield Fact(
        _("Replies that wait"), replies, f"{reverse('admin:audits_reply_changelist')}?state__exact=held", bool(replies)
    )
    claims = f"{reverse('admin:contracts_claim_changelist')}?state={Claim.State.HELD}"
    yield Fact(_("Claims that wait"), Claim.objects.held().count(), claims)
    answered = Claim.objects.answered().count()
    of_answered = f"{reverse('admin:contracts_claim_changelist')}?state={ANSWERED}"
    yield Fact(_("of these, their sender answered"), answered, of_answered, bool(answered))
    published = f"{reverse('admin:contracts_claim_changelist')}?state={MAYBE_PUBLISHED}"
    maybe = Claim.objects.maybe_published().count()
    yield Fact(_("Accepted claims that their publisher may have published"), maybe, published, bool(maybe))
    documents = f"{reverse('admin:contracts_document_changelist')}?contract=none"
    yield Fact(_("Documents of no contract yet"), _unassigned_documents(), documents)


def _unassigned_documents() -> int:
    """Return the number of documents not assigned to a contract; if there are many, as last counted."""
    are_few = Document.objects.order_by()[: MAX_COUNTED + 1].count() <= MAX_COUNTED
    kept = None if are_few else cached_desk_figures()
    return kept.documents if kept else Document.objects.of_no_contract().count()


def _weeks(figures: DeskFigures) -> Picture:
    found = figures.weeks
    title = _("Arrivals and decisions, week by week")
    labels = [date_format(week.begins, "j M") for week in found]
    series = {
        _("flags that arrived"): [week.arrived for week in found],
        _("decisions"): [week.decided for week in found],
    }
    rows = [(Cell(week.begins.isoformat()), Cell(week.arrived), Cell(week.decided)) for week in found]
    note = _(
        "Weeks begin on Monday. A flag can have several decisions; flags taken up and decisions "
        "undone are not counted."
    )
    head = (_("Week from"), _("Flags that arrived"), _("Decisions"))
    return Picture("weeks", title, note, head, rows, pairs(title, labels, series), is_wide=True)


def _precision(health: Mapping[str, Health]) -> Picture | None:
    """Return the precision of the rules with enough decisions, the least precise first."""
    known = [(code, entry, entry.decisions.precision) for code, entry in health.items()]
    precise = sorted(
        ((code, entry, precision) for code, entry, precision in known if precision), key=lambda row: row[2].share
    )[:MAX_RULES]
    if not precise:
        return None
    title = _("Precision of rules, the least precise first")
    rows, ranges = [], []
    for code, entry, precision in precise:
        low, high = round(precision.low * 100), round(precision.high * 100)
        text = f"{round(precision.share * 100)} % ({low}–{high} %), n = {entry.decisions.decided}"
        ranges.append(Range(code, precision.low, precision.share, precision.high, text))
        numbers = (entry.decisions.confirmed, entry.decisions.confirmed_by_one, entry.decisions.dismissed)
        href = reverse("methodology-rule", args=[code])
        rows.append((Cell(code, rule_name(code), href), *map(Cell, numbers), Cell(f"{low}–{high} %")))
    note = _(
        "Share of decided flags of the version in force that were confirmed, by two people or by "
        "one so far, with its Wilson interval at 95 %."
    )
    head = (_("Rule"), _("Flags confirmed"), _("By one person"), _("Flags dismissed"), _("Interval"))
    return Picture("precision", title, note, head, rows, intervals(title, ranges), is_wide=True)


def _shares(health: Mapping[str, Health]) -> Picture | None:
    """Return the share of assessed subjects that each rule flagged, the largest first."""
    shares = sorted(
        ((code, entry) for code, entry in health.items() if entry.share and entry.assessed >= MIN_ASSESSED),
        key=lambda row: -(row[1].share or 0),
    )
    if not shares:
        return None
    title = _("Rules that flag the largest share")
    rows, bars = [], []
    for code, entry in shares[:MAX_RULES]:
        share = entry.share or 0
        text = percent(share)
        bars.append(Bar(rule_name(code), share, text))
        href = reverse("methodology-rule", args=[code])
        flagged = entry.outcomes["flagged"]
        rows.append((Cell(code, rule_name(code), href), Cell(flagged), Cell(entry.assessed), Cell(text)))
    note = _(
        "Of the records that each rule could assess, at the last count; of fewer than %(number)d no share is told."
    )
    note %= {"number": MIN_ASSESSED}
    head = (_("Rule"), _("Flagged"), _("Assessed"), _("Share"))
    return Picture("shares", title, note, head, rows, ranked(title, bars))


def _gaps(health: Mapping[str, Health]) -> Picture | None:
    """Return the fields whose absence kept rules from judging, the most frequent first."""
    missing: Counter[str] = Counter()
    rules: Counter[str] = Counter()
    for entry in health.values():
        for field, number in entry.missing:
            missing[field] += number
            rules[field] += 1
    if not missing:
        return None
    title = _("Fields that the data lacks most")
    gaps = missing.most_common(MAX_GAPS)
    rows = [(Cell(field, place_name(field)), Cell(rules[field]), Cell(number)) for field, number in gaps]
    note = _("How often rules could not judge a record because the field was missing, over all rules.")
    head = (_("Field"), _("Rules that lack it"), _("Times"))
    drawing = ranked(title, [Bar(place_name(field), number, str(number)) for field, number in gaps])
    return Picture("gaps", title, note, head, rows, drawing)


def _changes() -> list[Changed]:
    kinds = (TrailEntry.Action.ADDED, TrailEntry.Action.CHANGED)
    entries = list(
        TrailEntry.objects.filter(action__in=kinds, target_type__in=REFERENCE).order_by("-pk")[:MAX_CHANGES]
    )
    names = dict(
        get_user_model().objects.filter(pk__in={entry.actor_id for entry in entries}).values_list("pk", "username")
    )
    rows = _rows_of(entries)
    return [
        Changed(
            at=entry.at,
            actor=names.get(entry.actor_id or 0, "–"),
            label=f"{entry.get_action_display()}: {rows.get(entry.target, entry.target)}",
            href=reverse(f"admin:{entry.target_type.replace('.', '_')}_change", args=[entry.target_id]),
            added=entry.details.get("effect", {}).get("added", "–"),
            dropped=entry.details.get("effect", {}).get("dropped", "–"),
        )
        for entry in entries
    ]


def _rows_of(entries: Iterable[TrailEntry]) -> dict[str, str]:
    """Return the names of the rows that trail entries are about, by their key in the trail, without deleted rows."""
    keys = defaultdict(list)
    for entry in entries:
        keys[entry.target_type].append(key_of(entry.target_id))
    return {
        f"{kind} {row.pk}": f"{row._meta.verbose_name} {row}"
        for kind, pks in keys.items()
        for row in apps.get_model(kind)._default_manager.filter(pk__in=pks)
    }


def _health(figures: DeskFigures) -> Iterator[Fact]:
    """Yield the state of the ingest and the workers."""
    submissions = reverse("admin:contracts_submission_changelist")
    open_ones = Submission.objects.filter(processed_at=None)
    waiting = open_ones.filter(failed_at=None).count()
    failed = open_ones.exclude(failed_at=None).count()
    yield Fact(_("Submissions that wait to be read"), waiting, submissions)
    yield Fact(_("Submissions given up"), failed, submissions, bool(failed))
    hours = figures.due_seconds / 3600
    yield Fact(_("Records due for an audit"), figures.due)
    yield Fact(
        _("The oldest of these has waited"),
        ngettext("%(hours)d hour", "%(hours)d hours", round(hours)) % {"hours": round(hours)},
        is_alarming=hours >= 1 and bool(figures.due),
    )
    given_up = AuditAttempt.objects.failed().count()
    yield Fact(_("Audits given up"), given_up, reverse("admin:audits_auditattempt_changelist"), bool(given_up))
    day = AuditWork.objects.aggregate(day=Max("day"))["day"]
    last = date_format(day, "DATE_FORMAT") if day else _("never")
    yield Fact(_("Last audit by the workers"), last)
    counted = date_format(timezone.localtime(figures.counted_at), "SHORT_DATETIME_FORMAT")
    is_late = timezone.now() - figures.counted_at > COUNTED_WITHIN
    yield Fact(_("Workers counted last at"), counted, is_alarming=is_late)
    if behind := RetentionClock.behind(timezone.now()).days:
        days = _days(behind)
        yield Fact(_("Retention is behind the clock by"), days, is_alarming=True)
    free = files.free_share()
    shown = _("%(number)d %%") % {"number": free * 100}
    yield Fact(_("Free on the disk"), shown, is_alarming=free < MIN_FREE)
    is_silent = broker.is_silent()
    yield Fact(_("The queue of tasks"), _("does not answer") if is_silent else _("answers"), is_alarming=is_silent)
