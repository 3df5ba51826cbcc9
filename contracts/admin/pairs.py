"""Queues of pairs that may be one: what the pages of organizations and of processes have in common."""

from collections.abc import Callable
from typing import Any, ClassVar

from django import forms
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy

from contracts.admin.bases import PageAdmin
from contracts.admin.columns import column, decider_column
from contracts.admin.filters import DefaultedFilter, OwnCountryFilter


class PairDecisionForm(forms.Form):
    """The decision on a pair: what can be decided depends on what stands."""

    kind = forms.ChoiceField(label=gettext_lazy("decision"), widget=forms.RadioSelect)
    kept: Any = forms.ModelChoiceField(None, required=False, empty_label=None, widget=forms.RadioSelect)
    reason = forms.CharField(label=gettext_lazy("reason"), widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, data: Any, pair: Any, kept: models.QuerySet, name: Callable[[Any], str], note: Any) -> None:
        """
        Ask about a pair.

        :param kept: the rows of which one may be kept
        :param name: what each is called
        :param note: what it means to keep it
        """
        super().__init__(data)
        decisions = pair.decisions.model
        kinds = decisions.Kind
        possible = [kinds.PARTED] if pair.state == kinds.MERGED else [kinds.MERGED, kinds.REFUSED]
        self.fields["kind"].choices = [(kind.value, kind.label) for kind in possible]  # type: ignore[attr-defined]
        if kinds.PARTED in possible:
            del self.fields["kept"]
            return
        field: Any = self.fields["kept"]
        field.label, field.help_text = decisions._meta.get_field("kept").verbose_name, note
        field.queryset, field.label_from_instance = kept.order_by("pk"), name

    def clean(self) -> dict[str, Any]:
        """Leave out which one is kept where both are."""
        given = super().clean() or {}
        if given.get("kind") != "merged":
            given["kept"] = None
        return given


class PairStateFilter(DefaultedFilter):
    """What waits for a decision is shown if nothing else is asked for."""

    title = gettext_lazy("state")
    parameter_name = "state"
    default = "open"

    def lookups(self, _request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [*model_admin.model.State.choices, ("all", gettext_lazy("all"))]

    def queryset(self, _request: HttpRequest, queryset: models.QuerySet) -> models.QuerySet:
        value = self.value()
        if value == self.default:
            return queryset & queryset.model.objects.open()
        return queryset if value == "all" else queryset.filter(decision__kind=value)


class PairCountryFilter(OwnCountryFilter):
    """Country of both rows, of which a pair may lack one."""

    path = "one__country"


class PairAdmin(PageAdmin):
    """
    Pairs are found and decided on, never edited or deleted.

    ``append_decision`` does so, see ``contracts.decisions.pairs``, and ``decided`` says what follows from it.
    ``question`` is the title of the page, and ``kept_help`` says what it means to keep one of the two.
    """

    append_decision: ClassVar[Callable[..., Any]]
    decided: Any
    question: Any
    kept_help: Any
    sortable_by = ()
    actions = None
    is_fixed = True
    list_select_related = ["one", "other", "decision__decided_by"]
    state_label = column(gettext_lazy("state"), lambda pair: pair.state.label)
    decided_by = decider_column()

    def may_be_kept(self, pair: Any) -> models.QuerySet:
        """Return the rows of a pair of which one may be kept."""
        raise NotImplementedError

    def name_of(self, row: Any) -> str:
        """Return what a row is called where one is chosen."""
        raise NotImplementedError

    def side(self, pk: int) -> dict[str, Any]:
        """Return what the page shows of one of the two."""
        raise NotImplementedError

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.get_fields(request, obj) if obj else []

    def page_of(self, request: HttpRequest, pair: Any) -> dict[str, Any] | HttpResponse:
        def decided(given: dict[str, Any]) -> Any:
            kind = pair.decisions.model.Kind(given["kind"])
            reason, kept = given["reason"], given.get("kept")
            return type(self).append_decision(pair=pair, decided_by=request.user, kind=kind, reason=reason, kept=kept)

        form = PairDecisionForm(request.POST or None, pair, self.may_be_kept(pair), self.name_of, self.kept_help)
        if led := self.decide(request, pair, form, decided, self.decided):
            return led
        decisions = pair.decisions.select_related("decided_by", "kept").order_by("-pk")
        return {
            "title": self.question,
            "sides": [self.side(pk) for pk in (pair.one_id, pair.other_id)],
            "decisions": decisions,
            "form": form if self.has_decide_permission(request) else None,
        }
