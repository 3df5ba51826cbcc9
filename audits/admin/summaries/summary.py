"""What a summary tells a person: what waits for them, and what the days brought that it is about."""

from datetime import UTC, date, datetime, time
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _

from audits.admin.dashboard import PERMISSION, Fact, read_queues
from audits.admin.queue.filters import QUEUE
from audits.blind import open_disagreements
from audits.following.mail import one_line
from audits.models import DeskEntry, Flag, Review
from audits.models.flag_state import CHANGED_SINCE_CONFIRMED
from audits.triage import overturning_of
from contracts.models.process import in_public_process
from contracts.pages.display import admin_url

MAX_LISTED = 20


class Listed(NamedTuple):
    """A flag: what it is about, without what it asks, and its page at the desk."""

    title: str
    address: str


class Section(NamedTuple):
    """Flags to which the same happened. ``left_out`` is how many are not listed, ``address`` has them all."""

    heading: str
    number: int
    flags: list[Listed]
    left_out: int
    address: str


class Summary(NamedTuple):
    waiting: list[Fact]
    sections: list[Section]


def summary_of(person: Any, begin: date, end: date) -> Summary:
    """
    Return what to tell a person who decides.

    :param begin: the first day (UTC) that it is about; ``end`` is the day after the last one
    """
    days = tuple(datetime.combine(day, time(), UTC) for day in (begin, end))
    flags, looks = reverse("admin:audits_flag_changelist"), reverse("admin:audits_blindreview_changelist")
    found = [
        (_("Assigned to you"), _assigned(person, days), f"{flags}?{QUEUE}=mine"),
        (_("A colleague decided otherwise than you"), _overturned(person, days), f"{flags}?{QUEUE}=overturned"),
        (_("A second look disagrees"), _disagreed(person, days), f"{looks}?disagreement=open"),
        (
            _("You decided, and record, rule or lists changed since"),
            _changed(person, days),
            f"{flags}?{QUEUE}=changed",
        ),
    ]
    sections = (_section(heading, chosen, address, person) for heading, chosen, address in found)
    return Summary(
        waiting=[fact for fact in read_queues(person) if fact.value not in (0, "0")],
        sections=[section for section in sections if section.number],
    )


def _section(heading: str, chosen: QuerySet[Flag], address: str, person: Any) -> Section:
    flags = Flag.objects.visible_to(person).filter(pk__in=chosen.order_by().values("pk"))
    number = flags.count()
    shown = flags.annotate(is_public=Q(process=None) | in_public_process()).order_by("pk")[:MAX_LISTED]
    related = shown.select_related("process", "organization").only("process__title", "process__ocid", "organization")
    listed = [Listed(one_line(_title(flag)), admin_url(Flag, flag.pk)) for flag in related]
    return Section(heading, number, listed, number - len(listed), address)


def _title(flag: Any) -> str:
    """Return what a flag is about; of a record that is not public, its sender trusts us to tell nobody."""
    if not flag.is_public:
        return _("a record that is not public")
    return (flag.process.title or flag.process.ocid) if flag.process else str(flag.organization)


def _assigned(person: Any, days: Any) -> QuerySet[Flag]:
    """Return the flags that somebody else handed to a person, and that still are theirs to decide."""
    handed = DeskEntry.objects.filter(
        kind=DeskEntry.Kind.ASSIGNED, person=person.pk, flag=OuterRef("pk"), at__gte=days[0], at__lt=days[1]
    ).exclude(by=person.pk)
    return Flag.objects.in_hands().filter(Exists(handed), assignee=person.pk)


def _overturned(person: Any, days: Any) -> QuerySet[Flag]:
    overturning = overturning_of(person).filter(reviewed_at__gte=days[0], reviewed_at__lt=days[1])
    return Flag.objects.filter(pk__in=overturning.values("flag"))


def _disagreed(person: Any, days: Any) -> QuerySet[Flag]:
    """Return the flags of which two said different things: of a person's own decisions; for leads, of all."""
    open_ones = open_disagreements().filter(at__gte=days[0], at__lt=days[1])
    if not person.has_perm(PERMISSION):
        open_ones = open_ones.filter(review__reviewer=person.pk)
    differing = open_ones.order_by().values(differing=Coalesce("review__flag", "sampled__flag"))
    return Flag.objects.filter(pk__in=differing)


def _changed(person: Any, days: Any) -> QuerySet[Flag]:
    """Return the flags that say something else, or nothing, since a person decided on them."""
    decided = Review.objects.made().filter(flag=OuterRef("pk"), reviewer=person.pk)
    judging = decided.exclude(decision__in=(Review.Decision.IN_REVIEW, *Review.LEAVE_OPEN))
    withdrawn = Q(state=Flag.State.WITHDRAWN) & CHANGED_SINCE_CONFIRMED
    changed = Flag.objects.filter(Q(state=Flag.State.CHANGED) | withdrawn)
    return changed.filter(Exists(judging), changed_at__gte=days[0], changed_at__lt=days[1])
