"""The queue of organizations that may be one body: what speaks for it and against, and the decisions of leads."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contracts.admin.columns import column
from contracts.admin.pairs import PairAdmin, PairCountryFilter, PairStateFilter
from contracts.api.organizations import names_of, with_counts
from contracts.decisions.same_bodies import decide_body, propose, refuse_if_one
from contracts.models import Organization, SameBody
from contracts.names.sameness import write
from contracts.pages.display import admin_link, admin_url

MAX_NAMES = 10


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


@admin.register(SameBody)
class SameBodyAdmin(PairAdmin):
    """Pairs of organizations are proposed by hand, too."""

    form = ProposalForm
    raw_id_fields = ["one", "other"]
    list_display = ["__str__", "country", "likeness", "for_written", "against_written", "state_label", "decided_by"]
    list_filter = [PairStateFilter, PairCountryFilter]
    ordering = ["-likeness", "pk"]
    change_form_template = "admin/contracts/samebody/change_form.html"
    append_decision = decide_body
    question = gettext_lazy("Are they one?")
    kept_help = gettext_lazy("If they are the same: which of the two names the body keeps.")
    decided = gettext_lazy(
        "The decision is stored: %(kind)s. Its rows follow within minutes; those of large bodies take longer."
    )
    country = column(gettext_lazy("country"), lambda pair: pair.one.country or "–")
    for_written = column(gettext_lazy("what speaks for it"), lambda pair: " ".join(map(write, pair.speaks_for)) or "–")
    against_written = column(
        gettext_lazy("what speaks against it"), lambda pair: " ".join(map(write, pair.speaks_against)) or "–"
    )
    found_by = column(
        gettext_lazy("proposed by"), lambda pair: str(pair.proposed_by or _("a comparison of names and numbers"))
    )

    def get_fields(self, request: HttpRequest, obj: SameBody | None = None) -> Any:  # noqa: ARG002
        return ["state_label", "for_written", "against_written", "found_by"] if obj else ["one", "other"]

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None) -> Any:
        """Propose a pair by hand, and lead to it."""
        if request.method == "POST" and self.has_add_permission(request):
            form = ProposalForm(request.POST)
            if form.is_valid():
                pair = propose(form.cleaned_data["one"], form.cleaned_data["other"], proposed_by=request.user)
                return HttpResponseRedirect(admin_url(SameBody, pair.pk))
        return super().add_view(request, form_url, extra_context)

    def may_be_kept(self, pair: SameBody) -> QuerySet[Organization]:
        return Organization.objects.filter(pk__in=[pair.one_id, pair.other_id])

    def name_of(self, row: Organization) -> str:
        return f"{row} ({row.key})"

    def side(self, pk: int) -> dict[str, Any]:
        organization = with_counts(Organization.objects.filter(pk=pk)).select_related("merged_into").get()
        return {
            "row": organization,
            "href": admin_url(Organization, pk),
            "names": names_of(pk)[:MAX_NAMES],
            "merged_into": admin_link(Organization, organization.merged_into_id, organization.merged_into),
        }
