"""The queue of organizations that may be one body: what speaks for it and against, and the decisions of leads."""

from functools import partial
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from contracts.admin.bases import PageAdmin
from contracts.admin.columns import column
from contracts.admin.filters import CountryFilter, DefaultedFilter
from contracts.api.organizations import names_of, with_counts
from contracts.models import Organization, SameBody, SameBodyDecision
from contracts.names.sameness import write
from contracts.pages.display import admin_link, admin_url
from contracts.same_bodies import decide_body, propose, refuse_if_one

MAX_NAMES = 10


class DecisionForm(forms.Form):
    """The decision on a pair: what can be decided depends on what stands."""

    kind = forms.ChoiceField(label=gettext_lazy("decision"), widget=forms.RadioSelect)
    kept = forms.ModelChoiceField(
        Organization.objects.none(),
        label=pgettext_lazy("body", "kept"),
        required=False,
        empty_label=None,
        widget=forms.RadioSelect,
        help_text=gettext_lazy("If they are one: under which of the two the body is known."),
    )
    reason = forms.CharField(label=gettext_lazy("reason"), widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *arguments: Any, pair: SameBody, **options: Any) -> None:
        super().__init__(*arguments, **options)
        kinds = SameBodyDecision.Kind
        possible = [kinds.PARTED] if pair.state == SameBody.State.MERGED else [kinds.MERGED, kinds.REFUSED]
        self.fields["kind"].choices = [(kind.value, kind.label) for kind in possible]  # type: ignore[attr-defined]
        if kinds.PARTED in possible:
            del self.fields["kept"]
        else:
            choices = Organization.objects.filter(pk__in=[pair.one_id, pair.other_id]).order_by("pk")
            self.fields["kept"].queryset = choices  # type: ignore[attr-defined]
            self.fields["kept"].label_from_instance = lambda row: f"{row} ({row.key})"  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Leave out which one is kept where both are."""
        given = super().clean() or {}
        if given.get("kind") != SameBodyDecision.Kind.MERGED:
            given["kept"] = None
        return given


class ProposalForm(forms.ModelForm):
    class Meta:
        model = SameBody
        fields = ["one", "other"]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("one") and given.get("other"):
            refuse_if_one(given["one"], given["other"])
        return given

    def _get_validation_exclusions(self) -> set[str]:
        # Which of the two is the older row is for `propose` to say, and a pair that is there is shown.
        return {*super()._get_validation_exclusions(), "one", "other"}  # type: ignore[misc]


class StateFilter(DefaultedFilter):
    """What waits for a decision is shown if nothing else is asked for."""

    title = gettext_lazy("state")
    parameter_name = "state"
    default = SameBody.State.OPEN

    def lookups(self, _request: HttpRequest, _model_admin: Any) -> list[tuple[str, Any]]:
        return [*((value, label) for value, label in SameBody.State.choices), ("all", gettext_lazy("all"))]

    def queryset(self, _request: HttpRequest, queryset: QuerySet[SameBody]) -> QuerySet[SameBody]:
        value = self.value()
        if value == SameBody.State.OPEN:
            return queryset & SameBody.objects.open()
        return queryset if value == "all" else queryset.filter(decision__kind=value)


class BodyCountryFilter(CountryFilter):
    """Country of both organizations, of which a pair may lack one."""

    path = "one__country"

    def countries(self, _model_admin: Any) -> list[str]:
        of_pairs = SameBody.objects.exclude(one__country="").order_by("one__country")
        return list(of_pairs.values_list("one__country", flat=True).distinct())


@admin.register(SameBody)
class SameBodyAdmin(PageAdmin):
    """Pairs are proposed and decided on, never edited or deleted."""

    form = ProposalForm
    raw_id_fields = ["one", "other"]
    list_display = ["__str__", "country", "likeness", "for_written", "against_written", "state_label", "decided_by"]
    list_select_related = ["one", "other", "decision__decided_by"]
    list_filter = [StateFilter, BodyCountryFilter]
    sortable_by = []
    ordering = ["-likeness", "pk"]
    change_form_template = "admin/contracts/samebody/change_form.html"
    actions = None
    is_fixed = True
    country = column(gettext_lazy("country"), lambda pair: pair.one.country or "–")
    for_written = column(gettext_lazy("what speaks for it"), lambda pair: " ".join(map(write, pair.speaks_for)) or "–")
    against_written = column(
        gettext_lazy("what speaks against it"), lambda pair: " ".join(map(write, pair.speaks_against)) or "–"
    )
    state_label = column(gettext_lazy("state"), lambda pair: pair.state.label)
    decided_by = column(
        gettext_lazy("decided by"), lambda pair: str((pair.decision and pair.decision.decided_by) or "–")
    )
    found_by = column(
        gettext_lazy("proposed by"), lambda pair: str(pair.proposed_by or _("a comparison of names and numbers"))
    )

    def get_fields(self, request: HttpRequest, obj: SameBody | None = None) -> Any:  # noqa: ARG002
        return ["state_label", "for_written", "against_written", "found_by"] if obj else ["one", "other"]

    def get_readonly_fields(self, request: HttpRequest, obj: SameBody | None = None) -> Any:
        return self.get_fields(request, obj) if obj else []

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None) -> Any:
        """Propose a pair by hand, and lead to it."""
        if request.method == "POST" and self.has_add_permission(request):
            form = ProposalForm(request.POST)
            if form.is_valid():
                pair = propose(form.cleaned_data["one"], form.cleaned_data["other"], proposed_by=request.user)
                return HttpResponseRedirect(admin_url(SameBody, pair.pk))
        return super().add_view(request, form_url, extra_context)

    def page_of(self, request: HttpRequest, pair: SameBody) -> dict[str, Any] | HttpResponse:
        form = DecisionForm(request.POST or None, pair=pair)
        message = _(
            "The decision is stored: %(kind)s. Its rows follow within minutes; those of large bodies take longer."
        )
        if led := self.decide(request, pair, form, partial(_decided, pair, request.user), message):
            return led
        return {
            "title": _("Are they one?"),
            "sides": [_side(pk) for pk in (pair.one_id, pair.other_id)],
            "decisions": pair.decisions.select_related("decided_by", "kept").order_by("-pk"),
            "form": form if self.has_decide_permission(request) else None,
        }


def _decided(pair: SameBody, person: Any, given: dict[str, Any]) -> SameBodyDecision:
    kind = SameBodyDecision.Kind(given["kind"])
    return decide_body(pair=pair, decided_by=person, kind=kind, reason=given["reason"], kept=given.get("kept"))


def _side(pk: int) -> dict[str, Any]:
    """Return what the page shows of one of the two."""
    organization = with_counts(Organization.objects.filter(pk=pk)).select_related("merged_into").get()
    return {
        "row": organization,
        "href": admin_url(Organization, pk),
        "names": names_of(pk)[:MAX_NAMES],
        "merged_into": admin_link(Organization, organization.merged_into_id, organization.merged_into),
    }
