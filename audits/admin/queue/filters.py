"""Filters of the flags list."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import admin
from django.contrib.auth import get_user_model
from django.db.models import Exists, OuterRef, Q
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audits.desk import flags_under
from audits.judging.rule.vocabulary import Subject
from audits.models import Flag, Suppression
from audits.models.flag_queryset import FlagQuerySet
from audits.pages.labels import SECTORS, rule_name
from contracts.admin import filters
from contracts.models import ContractingProcess, Publisher
from contracts.pages.display import country_in_words
from contracts.postgres.keys import key_of

AWAITING = "awaiting"
ALL = "all"
QUEUE = "queue"
ORDER = "order"
NEWEST = "newest"


def _choices(request: HttpRequest, column: str) -> list[str]:
    """Return the values in a column of flags; for code that iterates over the list, only the chosen one."""
    if hasattr(request, "changelist"):
        return list(filter(None, [request.GET.get(column)]))
    return filters.distinct_values(Flag, column)


class DeskFilter(admin.SimpleListFilter):
    """
    A sidebar filter: flags that have one of ``options`` in a ``column``, unless ``narrow`` is overridden.

    A folded filter is closed until something is chosen, to keep the queues in sight.
    """

    template = "admin/audits/flag/filter.html"
    is_folded = False
    options: Iterable[tuple[str, Any]] = ()
    column = ""

    def lookups(self, _request: HttpRequest, _model_admin: Any) -> list[tuple[str, Any]]:
        return list(self.options)

    def queryset(self, _request: HttpRequest, queryset: Any) -> Any:
        value = self.value()
        return self.narrow(queryset, value) if value else queryset

    def narrow(self, flags: FlagQuerySet, value: str) -> FlagQuerySet:
        return flags.filter(**{self.column: value})

    def choices(self, changelist: Any) -> Iterator[Any]:
        yield from super().choices(changelist)
        yield from self.unknown(changelist)

    def unknown(self, changelist: Any) -> Iterator[Any]:
        """Yield a chosen value that is not offered: typed by hand, or saved before it disappeared."""
        value = self.value()
        if value and value not in map(str, dict(self.lookup_choices)):
            yield {
                "selected": True,
                "query_string": changelist.get_query_string({self.parameter_name: value}),
                "display": _("%(value)s: not among these") % {"value": value},
            }


class StateFilter(DeskFilter, filters.DefaultedFilter):
    """State; by default those that await review."""

    title = _("state")
    parameter_name = "state"
    options = [(AWAITING, _("awaiting review")), *Flag.State.choices, (ALL, _("all"))]
    column = "state"

    def __init__(self, request: HttpRequest, params: dict[str, Any], model: Any, model_admin: Any) -> None:
        # A queue or a suppression determines the states itself.
        in_queue = request.GET.get(QUEUE) or request.GET.get(SuppressionFilter.parameter_name)
        self.default = ALL if in_queue else AWAITING
        # Context is shown only if requested, because it needs no decision.
        self.with_context = bool(
            request.GET.get(SeverityFilter.parameter_name) == Flag.SeverityChoice.CONTEXT
            or request.GET.get(CauseFilter.parameter_name)
        )
        super().__init__(request, params, model, model_admin)

    def narrow(self, flags: FlagQuerySet, value: str) -> FlagQuerySet:
        if value == AWAITING:
            return flags.at_the_desk(with_context=self.with_context)
        return flags if value == ALL else super().narrow(flags, value)


class SeverityFilter(DeskFilter):
    title = _("severity")
    parameter_name = "severity"
    options = Flag.SeverityChoice.choices
    column = "severity"


class RuleFilter(DeskFilter):
    """Rules that raised a flag."""

    title = _("rule")
    parameter_name = "rule"
    is_folded = True
    column = "rule"

    def lookups(self, request: HttpRequest, _model_admin: Any) -> list[tuple[str, str]]:
        return [(code, rule_name(code)) for code in _choices(request, "rule")]


class SubjectFilter(DeskFilter):
    """What the question is about: a process, or an organization over all its processes."""

    title = _("about")
    parameter_name = "about"
    is_folded = True
    options = [(Subject.PROCESS.value, _("processes")), (Subject.ORGANIZATION.value, _("organizations"))]

    def narrow(self, flags: FlagQuerySet, value: str) -> FlagQuerySet:
        return flags.filter(organization__isnull=value == Subject.PROCESS) if value in set(Subject) else flags.none()


class CountryFilter(DeskFilter):
    """Country of the process or of the organization."""

    title = _("country")
    parameter_name = "country"
    is_folded = True
    column = "country"

    def lookups(self, request: HttpRequest, _model_admin: Any) -> list[tuple[str, str]]:
        return [(country, country_in_words(country)) for country in _choices(request, "country")]


class PublisherFilter(DeskFilter):
    """Publishers of the records, to review the flags of a new source separately."""

    title = _("publisher")
    parameter_name = "publisher"
    is_folded = True

    def lookups(self, request: HttpRequest, _model_admin: Any) -> list[tuple[str, str]]:
        publishers = Publisher.objects.filter(Exists(ContractingProcess.objects.filter(publisher=OuterRef("pk"))))
        if hasattr(request, "changelist"):
            chosen = request.GET.get(self.parameter_name)
            publishers = publishers.filter(slug=chosen) if chosen else publishers.none()
        return list(publishers.order_by("name").values_list("slug", "name"))

    def narrow(self, flags: FlagQuerySet, value: str) -> FlagQuerySet:
        # By key: the planner knows how many records a key has, but not how many a looked-up slug has.
        return flags.filter(process__publisher__in=list(Publisher.objects.filter(slug=value)))


class SectorFilter(DeskFilter):
    """Technology sector, by the latest audit."""

    title = _("technology sector")
    parameter_name = "sector"
    is_folded = True
    options = SECTORS.items()

    def narrow(self, flags: FlagQuerySet, value: str) -> FlagQuerySet:
        return flags.filter(last_audit__sectors__contains=[value])


class AssigneeFilter(DeskFilter):
    """People with assigned flags, including those who may no longer decide."""

    title = _("assigned to")
    parameter_name = "assignee"
    is_folded = True

    def lookups(self, request: HttpRequest, _model_admin: Any) -> list[tuple[str, str]]:
        people = get_user_model().objects.filter(Exists(Flag.objects.filter(assignee=OuterRef("pk"))))
        if hasattr(request, "changelist"):
            people = people.filter(pk=key_of(request.GET.get(self.parameter_name, "")))
        return [(str(person.pk), person.get_username()) for person in people.order_by("username")]

    def narrow(self, flags: FlagQuerySet, value: str) -> FlagQuerySet:
        return flags.filter(assignee=key_of(value))


class AgeFilter(DeskFilter):
    title = _("age")
    parameter_name = "age"
    is_folded = True
    options = [("week", _("up to 7 days")), ("month", _("8 to 30 days")), ("older", _("more than 30 days"))]

    def narrow(self, flags: FlagQuerySet, value: str) -> FlagQuerySet:
        now = timezone.now()
        week, month = Q(raised_at__gt=now - timedelta(days=8)), Q(raised_at__gt=now - timedelta(days=31))
        ages = {"week": week, "month": month & ~week, "older": ~month}
        return flags.filter(ages[value]) if value in ages else flags.none()


class OrderFilter(DeskFilter):
    """The order of the list, which the list itself reads: by weight, or the newest first."""

    title = _("order")
    parameter_name = ORDER
    options = [(NEWEST, _("newest first"))]

    def choices(self, changelist: Any) -> Iterator[Any]:
        first, *others = super().choices(changelist)
        yield {**first, "display": _("what weighs most first")}
        yield from others

    def narrow(self, flags: FlagQuerySet, _value: str) -> FlagQuerySet:
        return flags


class _ChosenFilter(DeskFilter):
    """A filter that only links set, shown only while it is set."""

    def lookups(self, request: HttpRequest, _model_admin: Any) -> list[tuple[str, Any]]:
        chosen = request.GET.get(self.parameter_name or "")
        return [(chosen, _("these alone"))] if chosen else []


class CauseFilter(_ChosenFilter):
    """One cause: flags with the same question in the same words of the same buyer."""

    title = _("identical questions")
    parameter_name = "cause"

    def narrow(self, flags: FlagQuerySet, value: str) -> FlagQuerySet:
        try:
            return flags.filter(cause=UUID(value))
        except ValueError:
            return flags.none()


class SuppressionFilter(_ChosenFilter):
    """The new flags that one suppression covers."""

    title = _("suppression")
    parameter_name = "suppression"

    def narrow(self, flags: FlagQuerySet, value: str) -> FlagQuerySet:
        found = Suppression.objects.filter(pk=key_of(value)).first()
        return flags.filter(pk__in=flags_under(found).values("pk")) if found else flags.none()
