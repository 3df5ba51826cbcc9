"""Filters of the flags list."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import admin
from django.contrib.auth import get_user_model
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audits.desk import flags_under
from audits.judging.rule.vocabulary import Subject
from audits.models import Flag, Suppression
from audits.pages.labels import SECTORS, rule_name
from contracts.admin import filters
from contracts.pages.display import country_in_words
from contracts.pages.keys import key_of

AWAITING = "awaiting"
ALL = "all"
QUEUE = "queue"
ORDER = "order"
NEWEST = "newest"


def _choices(request: HttpRequest, column: str) -> list[str]:
    """Return the values that flags have in a column; who walks through a list is shown no choices, but that chosen."""
    if hasattr(request, "changelist"):
        return list(filter(None, [request.GET.get(column)]))
    return filters.distinct_values(Flag, column)


class DeskFilter(admin.SimpleListFilter):
    """A filter beside the list; a folded one is closed until something is chosen, so that queues stay in sight."""

    template = "admin/audits/flag/filter.html"
    is_folded = False


class StateFilter(DeskFilter, filters.DefaultedFilter):
    """State, where nothing chosen means: what awaits review."""

    title = _("state")
    parameter_name = "state"

    def lookups(self, _request: HttpRequest, _model_admin: Any) -> list[tuple[str, Any]]:
        return [(AWAITING, _("awaiting review")), *Flag.State.choices, (ALL, _("all"))]

    def __init__(self, request: HttpRequest, params: dict[str, Any], model: Any, model_admin: Any) -> None:
        # A queue says itself which states are its own, and so does a suppression.
        in_queue = request.GET.get(QUEUE) or request.GET.get(SuppressionFilter.parameter_name)
        self.default = ALL if in_queue else AWAITING
        # Context awaits nobody, unless it is asked for.
        self.with_context = bool(
            request.GET.get(SeverityFilter.parameter_name) == Flag.SeverityChoice.CONTEXT
            or request.GET.get(CauseFilter.parameter_name)
        )
        super().__init__(request, params, model, model_admin)

    def queryset(self, _request: HttpRequest, queryset: Any) -> QuerySet[Flag]:
        if self.value() == AWAITING:
            return queryset.at_the_desk(with_context=self.with_context)
        return queryset if self.value() == ALL else queryset.filter(state=self.value())


class SeverityFilter(DeskFilter):
    """Severity."""

    title = _("severity")
    parameter_name = "severity"

    def lookups(self, _request: HttpRequest, _model_admin: Any) -> list[tuple[str, Any]]:
        return list(Flag.SeverityChoice.choices)

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Flag]) -> QuerySet[Flag]:
        return queryset.filter(severity=self.value()) if self.value() in Flag.SeverityChoice.values else queryset


class RuleFilter(DeskFilter):
    """Rule, of those that raised a flag."""

    title = _("rule")
    parameter_name = "rule"
    is_folded = True

    def lookups(self, request: HttpRequest, _model_admin: Any) -> list[tuple[str, str]]:
        return [(code, rule_name(code)) for code in _choices(request, "rule")]

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Flag]) -> QuerySet[Flag]:
        return queryset.filter(rule=self.value()) if self.value() else queryset


class SubjectFilter(DeskFilter):
    """What the question is about: a process, or an organization over all its processes. Each is a queue of its own."""

    title = _("about")
    parameter_name = "about"
    is_folded = True

    def lookups(self, _request: HttpRequest, _model_admin: Any) -> list[tuple[str, Any]]:
        return [(Subject.PROCESS.value, _("processes")), (Subject.ORGANIZATION.value, _("organizations"))]

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Flag]) -> QuerySet[Flag]:
        if self.value() not in set(Subject):
            return queryset
        return queryset.filter(organization__isnull=self.value() == Subject.PROCESS)


class CountryFilter(DeskFilter, filters.CountryFilter):
    """Country of the process or of the organization."""

    is_folded = True

    def lookups(self, request: HttpRequest, _model_admin: Any) -> list[tuple[str, str]]:
        return [(country, country_in_words(country)) for country in _choices(request, "country")]


class SectorFilter(DeskFilter):
    """Technology sector, as the latest audit saw it."""

    title = _("technology sector")
    parameter_name = "sector"
    is_folded = True

    def lookups(self, _request: HttpRequest, _model_admin: Any) -> list[tuple[str, Any]]:
        return list(SECTORS.items())

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Flag]) -> QuerySet[Flag]:
        return queryset.filter(last_audit__sectors__contains=[self.value()]) if self.value() else queryset


class AssigneeFilter(DeskFilter):
    """Whom a flag is assigned to, of those who have some; also who may decide no more."""

    title = _("assigned to")
    parameter_name = "assignee"
    is_folded = True

    def lookups(self, request: HttpRequest, _model_admin: Any) -> list[tuple[str, str]]:
        people = get_user_model().objects.filter(Exists(Flag.objects.filter(assignee=OuterRef("pk"))))
        if hasattr(request, "changelist"):
            people = people.filter(pk=key_of(request.GET.get(self.parameter_name, "")))
        return [(str(person.pk), person.get_username()) for person in people.order_by("username")]

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Flag]) -> QuerySet[Flag]:
        return queryset.filter(assignee=key_of(self.value() or "")) if self.value() else queryset


class CauseFilter(DeskFilter):
    """One cause: flags that ask the same in the same words of the same buyer. Offered where it is chosen."""

    title = _("identical questions")
    parameter_name = "cause"

    def lookups(self, request: HttpRequest, _model_admin: Any) -> list[tuple[str, Any]]:
        chosen = request.GET.get(self.parameter_name)
        return [(chosen, _("these alone"))] if chosen else []

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Flag]) -> QuerySet[Flag]:
        if not self.value():
            return queryset
        try:
            return queryset.filter(cause=UUID(self.value()))
        except ValueError:
            return queryset.none()


class AgeFilter(DeskFilter):
    title = _("age")
    parameter_name = "age"
    is_folded = True

    def lookups(self, _request: HttpRequest, _model_admin: Any) -> list[tuple[str, Any]]:
        return [("week", _("up to 7 days")), ("month", _("8 to 30 days")), ("older", _("more than 30 days"))]

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Flag]) -> QuerySet[Flag]:
        now = timezone.now()
        week, month = now - timedelta(days=8), now - timedelta(days=31)
        match self.value():
            case "week":
                return queryset.filter(raised_at__gt=week)
            case "month":
                return queryset.filter(raised_at__lte=week, raised_at__gt=month)
            case "older":
                return queryset.filter(raised_at__lte=month)
        return queryset


class OrderFilter(DeskFilter):
    """The order of the list, which the list itself reads: what weighs most first, or what is newest."""

    title = _("order")
    parameter_name = ORDER

    def lookups(self, _request: HttpRequest, _model_admin: Any) -> list[tuple[str, Any]]:
        return [(NEWEST, _("newest first"))]

    def choices(self, changelist: Any) -> Iterator[Any]:
        first, *others = super().choices(changelist)
        yield {**first, "display": _("what weighs most first")}
        yield from others

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Flag]) -> QuerySet[Flag]:
        return queryset


class SuppressionFilter(DeskFilter):
    """The new flags that one suppression is about. Offered where it is chosen."""

    title = _("suppression")
    parameter_name = "suppression"

    def lookups(self, request: HttpRequest, _model_admin: Any) -> list[tuple[str, Any]]:
        chosen = request.GET.get(self.parameter_name)
        return [(chosen, _("these alone"))] if chosen else []

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Flag]) -> QuerySet[Flag]:
        key = self.value()
        if not key:
            return queryset
        found = Suppression.objects.filter(pk=key_of(key)).first()
        return queryset.filter(pk__in=flags_under(found).values("pk")) if found else queryset.none()
