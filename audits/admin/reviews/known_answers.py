"""Known answers: leads mark them on the page of a flag, and read how people judged them."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audits.models import KnownAnswer
from audits.reports.agreement import scores
from audits.reports.rule_health import wilson_interval
from contracts.admin.columns import column
from contracts.admin.trail import TrailedAdmin


class KnownAnswerForm(forms.ModelForm):
    class Meta:
        model = KnownAnswer
        fields = ["flag", "decision", "reason", "enabled"]
        widgets = {"reason": forms.Textarea(attrs={"rows": 3})}


@admin.register(KnownAnswer)
class KnownAnswerAdmin(TrailedAdmin):
    """
    Known answers appear among everybody's second looks except those of who marked them.

    They can be disabled but not changed, because judgements refer to them.
    """

    form = KnownAnswerForm
    list_display = ["__str__", "rule", "made_by", "times_judged", "times_agreed", "enabled"]
    list_filter = ["enabled"]
    list_select_related = ["flag__process", "flag__organization", "made_by"]
    raw_id_fields = ["flag"]
    sortable_by = []
    change_list_template = "admin/audits/known_answers.html"
    rule = column(gettext_lazy("rule"), lambda answer: answer.flag.rule)
    times_judged = column(gettext_lazy("judged by"), lambda answer: int(answer.judged_by))
    times_agreed = column(gettext_lazy("judged so"), lambda answer: int(answer.agreed_by))

    def get_queryset(self, request: HttpRequest) -> QuerySet[KnownAnswer]:
        heavy = ("judged", "flag__evidence", "flag__process__compiled_release")
        counted = {
            "judged_by": Count("judgements"),
            "agreed_by": Count("judgements", filter=Q(judgements__agrees=True)),
        }
        return super().get_queryset(request).defer(*heavy).annotate(**counted)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:  # noqa: ARG002  -- Django's signature
        return ["flag", "decision", "reason"] if obj else []

    def save_model(self, request: HttpRequest, obj: KnownAnswer, form: Any, change: bool) -> None:  # noqa: FBT001
        if not change:
            obj.made_by = request.user  # type: ignore[assignment]  # signed in
            obj.judged = obj.flag.as_judged()
        super().save_model(request, obj, form, change)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        people = [
            (name, score.judged, score.agreed, *map(_percent, wilson_interval(score.agreed, score.judged)))
            for name, score in scores().items()
        ]
        return super().changelist_view(request, {"people": people, **(extra_context or {})})


def _percent(share: float) -> str:
    return _("%(number)d %%") % {"number": round(share * 100)}
