"""Identical questions as one row: the same rule, sentence and buyer, raised by many records."""

from typing import Any

from django.contrib.admin.views.main import ChangeList
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest

from audits.admin.filters import AWAITING, NEWEST, ORDER, QUEUE, CauseFilter, StateFilter
from audits.admin.queues import FOLDED
from audits.models import Flag
from audits.models.flag import NEWEST_FIRST


class FoldedList(ChangeList):
    """
    The flags list; what awaits review is folded: of identical questions the oldest one stands for all.

    What was decided is history, and the list of one cause shows each of them: neither is folded.
    """

    unfolded: QuerySet[Flag]

    def get_queryset(self, request: HttpRequest, exclude_parameters: Any = None) -> QuerySet[Flag]:
        self.unfolded = super().get_queryset(request, exclude_parameters)
        return fold(self.unfolded) if self.is_folded else self.unfolded

    @property
    def is_folded(self) -> bool:
        state, queue = self.params.get(StateFilter.parameter_name), self.params.get(QUEUE)
        all_await = state == AWAITING or (not state and (not queue or queue in FOLDED))
        return all_await and not self.params.get(CauseFilter.parameter_name)

    def get_ordering(self, request: HttpRequest, queryset: QuerySet[Flag]) -> list[Any]:
        return list(NEWEST_FIRST) if self.params.get(ORDER) == NEWEST else super().get_ordering(request, queryset)

    def with_alike(self, flags: QuerySet[Flag]) -> QuerySet[Flag]:
        """Return rows of this list with ``alike``: how many flags of it a row stands for."""
        if not self.is_folded:
            return flags
        alike = self.unfolded.order_by().filter(cause=OuterRef("cause")).values("cause")
        return flags.annotate(alike=Subquery(alike.annotate(number=Count("pk")).values("number")))


def fold(flags: QuerySet[Flag]) -> QuerySet[Flag]:
    """Return of each cause the oldest flag, and all flags without a cause. The filters of ``flags`` count for both."""
    earlier = flags.order_by().filter(
        Q(raised_at__lt=OuterRef("raised_at")) | Q(pk__lt=OuterRef("pk")),
        cause=OuterRef("cause"),
        raised_at__lte=OuterRef("raised_at"),
    )
    return flags.filter(~Exists(earlier))
