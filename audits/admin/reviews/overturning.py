"""Decisions that contradict a colleague's earlier one, in the list and on their pages."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from audits.models import Review
from audits.triage import lately_overturning, overturning_of

_LATELY = "lately"
_MINE = "mine"


class OverturningFilter(admin.SimpleListFilter):
    title = _("overturns")
    parameter_name = "overturns"

    def lookups(self, _request: HttpRequest, _model_admin: Any) -> list[tuple[str, Any]]:
        return [
            (_LATELY, _("a colleague's decision, in 30 days")),
            (_MINE, _("mine, in 30 days, and I have not decided since")),
        ]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() == _LATELY:
            return queryset.filter(pk__in=lately_overturning().values("pk"))
        if self.value() == _MINE:
            return queryset.filter(pk__in=overturning_of(request.user).values("pk"))
        return queryset


def overturned_by(review: Review) -> Review | None:
    """Return the decision of another person that a decision contradicts."""
    found = Review.objects.filter(pk=review.pk).overturning().values_list("overturned", flat=True).first()
    return None if found is None else Review.objects.select_related("reviewer").get(pk=found)
