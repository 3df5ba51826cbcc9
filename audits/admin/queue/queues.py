"""The queues of the desk: the flags and the size of each."""

from collections.abc import Callable, Iterator
from typing import Any

from django.db.models import OuterRef, Subquery, Value
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audits.admin.queue.filters import QUEUE, DeskFilter
from audits.models import CommentRequest, Flag
from audits.models.flag_queryset import FlagQuerySet
from audits.replies import flags_with_news
from audits.triage import first_confirmations, overturning_of
from contracts.postgres.querying import query

# Above this, a queue shows "999+", because exact counts are slow and of no use.
MAX_COUNTED = 999


def _today(flags: FlagQuerySet, _person: Any) -> FlagQuerySet:
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    return flags.at_the_desk().filter(raised_at__gte=midnight)


def _second_look(flags: FlagQuerySet, person: Any) -> FlagQuerySet:
    first = first_confirmations().filter(flag=OuterRef("pk")).order_by("-pk").values("reviewer")
    waiting = flags.alias(first_person=Subquery(first[:1])).filter(state=Flag.State.FIRST_CONFIRMATION)
    return waiting.exclude(first_person=person.pk)


def _withdrawn(flags: FlagQuerySet, _person: Any) -> FlagQuerySet:
    return flags.filter(state=Flag.State.WITHDRAWN, decision=Flag.State.CONFIRMED).exclude(changed_because="")


def _informed(flags: FlagQuerySet, _person: Any) -> FlagQuerySet:
    changed = Flag.objects.filter(state=Flag.State.CHANGED, decision=Flag.State.NEEDS_INFORMATION).order_by()
    return flags.filter(pk__in=changed.values("pk").union(flags_with_news().values("pk")))


def _overturned(flags: FlagQuerySet, person: Any) -> FlagQuerySet:
    return flags.filter(pk__in=overturning_of(person).values("flag"))


def _unanswered(flags: FlagQuerySet, _person: Any) -> FlagQuerySet:
    return flags.filter(pk__in=CommentRequest.objects.overdue().order_by().values("flag"))


QUEUES: dict[str, tuple[Any, Callable[[FlagQuerySet, Any], FlagQuerySet]]] = {
    "today": (_("today"), _today),
    "mine": (_("mine"), lambda flags, person: flags.in_hands().filter(assignee=person.pk)),
    "assigned": (_("assigned to somebody"), lambda flags, _person: flags.in_hands()),
    "unassigned": (_("unassigned"), lambda flags, _person: flags.at_the_desk().filter(assignee=None)),
    "second_look": (_("second look"), _second_look),
    "changed": (_("changed since decided"), lambda flags, _person: flags.filter(state=Flag.State.CHANGED)),
    "withdrawn": (_("withdrawn after confirmation"), _withdrawn),
    "overturned": (_("my decisions that were overturned"), _overturned),
    "informed": (_("information arrived"), _informed),
    "unanswered": (_("overdue requests for comment"), _unanswered),
    "overdue": (_("overdue by severity"), lambda flags, _person: flags.at_the_desk().overdue()),
}
# Queues that differ between people.
PERSONAL = ("mine", "second_look", "overturned")
# Queues in which all flags await review: identical ones are folded.
FOLDED = frozenset({"today", "unassigned", "overdue"})


def count_queues(person: Any) -> dict[str, int]:
    """Return name → number of flags of each queue, at most ``MAX_COUNTED`` + 1; in one query."""
    parts, values = [], []
    for name, (_label, choose) in QUEUES.items():
        # Flags at the desk are never in shadow, so visibility need not be checked again.
        shown = Flag.objects.all() if name in FOLDED else Flag.objects.visible_to(person)
        flags = choose(shown.order_by(), person).values_list(Value(name))[: MAX_COUNTED + 1]
        sql, given = flags.query.sql_with_params()
        parts.append(f"(SELECT %s, (SELECT count(*) FROM ({sql}) counted))")  # noqa: S608  -- Django's own SQL
        values += [name, *given]
    return dict(query(" UNION ALL ".join(parts), values))


def capped_count(number: int) -> str:
    return f"{MAX_COUNTED}+" if number > MAX_COUNTED else str(number)


class QueueFilter(DeskFilter):
    """A queue of the desk, with how many flags it holds."""

    title = _("queue")
    parameter_name = QUEUE

    def __init__(self, request: HttpRequest, params: dict[str, Any], model: Any, model_admin: Any) -> None:
        self.person = request.user
        super().__init__(request, params, model, model_admin)

    def lookups(self, _request: HttpRequest, _model_admin: Any) -> list[tuple[str, Any]]:
        return [(name, label) for name, (label, _choose) in QUEUES.items()]

    def choices(self, changelist: Any) -> Iterator[Any]:
        counts = count_queues(self.person)
        yield {
            "selected": self.value() is None,
            "query_string": changelist.get_query_string(remove=[self.parameter_name]),
            "display": _("all that await review"),
        }
        for name, label in self.lookup_choices:
            yield {
                "selected": self.value() == name,
                "query_string": changelist.get_query_string({self.parameter_name: name}, ["state", "p"]),
                "display": f"{label} · {capped_count(counts[name])}",
            }
        yield from self.unknown(changelist)

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        name = self.value()
        if not name:
            return queryset
        return QUEUES[name][1](queryset, request.user) if name in QUEUES else queryset.none()
