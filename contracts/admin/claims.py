"""Claims at the desk: what others than the publisher say of an ocid, beside its record, and decisions on it."""

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contracts.admin.readonly import ReadOnlyAdmin
from contracts.deciding import decide_claim
from contracts.models import Claim, ClaimDecision, ContractingProcess, Release, Submission
from contracts.ocds.codes import MERGE_MEMBERS
from contracts.pages.display import MAX_ROWS, admin_url, cut

DECIDE = "contracts.change_claim"
# A page of a browser is not a place for more; the row of the claim shows the whole.
MAX_MEMBER = 20_000


class Difference(NamedTuple):
    """A top-level member that a claim has and the record has not, or has otherwise."""

    name: str
    record: str
    claim: str


class DecisionForm(forms.Form):
    kind = forms.ChoiceField(label=gettext_lazy("decision"), choices=ClaimDecision.Kind, widget=forms.RadioSelect)
    members = forms.MultipleChoiceField(
        label=gettext_lazy("members to accept"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("To accept a part: these members alone become part of the record."),
    )
    releases = forms.MultipleChoiceField(
        label=gettext_lazy("releases to accept"), required=False, widget=forms.CheckboxSelectMultiple
    )
    reason = forms.CharField(label=gettext_lazy("reason"), widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *arguments: Any, members: list[str], releases: list[Release], **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.fields["members"] = self._choices("members", [(name, name) for name in members])
        self.fields["releases"] = self._choices("releases", [(release.pk, str(release)) for release in releases])
        if len(releases) < 2:
            del self.fields["releases"]

    def _choices(self, name: str, choices: list[tuple[Any, str]]) -> forms.Field:
        known = self.fields[name]
        return forms.MultipleChoiceField(
            choices=choices,
            label=known.label,
            required=False,
            widget=forms.CheckboxSelectMultiple,
            help_text=known.help_text,
        )


class DecidedFilter(admin.SimpleListFilter):
    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, _request: HttpRequest, _model_admin: Any) -> list[tuple[str, Any]]:
        return list(Claim.State.choices)

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Claim]) -> QuerySet[Claim]:
        value = self.value()
        if value not in Claim.State.values:
            return queryset
        return queryset.filter(decision=None) if value == Claim.State.HELD else queryset.filter(decision__kind=value)


@admin.register(Claim)
class ClaimAdmin(ReadOnlyAdmin):
    list_display = ["ocid", "state_label", "made_on", "decided_by"]
    list_select_related = ["decision__decided_by"]
    list_filter = [DecidedFilter]
    search_fields = ["=ocid"]
    search_help_text = gettext_lazy("The whole ocid.")
    sortable_by = []
    ordering = ["-made_at"]
    fields = ["ocid", "state_label", "made_on", "submission_link", "record", "row"]
    change_form_template = "admin/contracts/claim/change_form.html"

    @admin.display(description=gettext_lazy("state"))
    def state_label(self, claim: Claim) -> Any:
        return claim.state.label

    @admin.display(description=gettext_lazy("received"))
    def made_on(self, claim: Claim) -> Any:
        return claim.made_at.date()

    @admin.display(description=gettext_lazy("decided by"))
    def decided_by(self, claim: Claim) -> str:
        return str((claim.decision and claim.decision.decided_by) or "–")

    @admin.display(description=gettext_lazy("submission"))
    def submission_link(self, claim: Claim) -> SafeString:
        return format_html('<a href="{}">{}</a>', admin_url(Submission, claim.submission_id), claim.submission_id)

    @admin.display(description=gettext_lazy("public record"))
    def record(self, claim: Claim) -> SafeString | str:
        return _process_link(_record(claim))

    @admin.display(description=gettext_lazy("as claimed, with its flags"))
    def row(self, claim: Claim) -> SafeString | str:
        return _process_link(ContractingProcess.objects.filter(claim=claim).order_by("-pk").first())

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        claim = self.get_object(request, object_id)
        if claim is None or not self.has_view_permission(request, claim):
            return super().change_view(request, object_id, form_url, extra_context)
        releases = list(claim.releases.order_by("pk")[:MAX_ROWS])
        claimed = _claimed(releases)
        form = DecisionForm(
            request.POST or None,
            members=[name for name in claimed if name not in MERGE_MEMBERS],
            releases=releases,
        )
        if request.method == "POST":
            if not request.user.has_perm(DECIDE):
                raise PermissionDenied
            if form.is_valid() and self._decide(request, claim, form):
                return HttpResponseRedirect(admin_url(Claim, claim.pk))
        context = {
            "title": _("Claim"),
            "differences": list(_differences(claim, claimed)),
            "decisions": claim.decisions.select_related("decided_by").order_by("-pk"),
            "releases": [{"row": row, "href": admin_url(Release, row.pk)} for row in releases],
            "form": form if request.user.has_perm(DECIDE) and releases else None,
        }
        # Django's own page reads the request as the form of the model; this one has a form of its own.
        request.method = "GET"
        return super().change_view(request, object_id, form_url, context | (extra_context or {}))

    def _decide(self, request: HttpRequest, claim: Claim, form: DecisionForm) -> bool:
        given = form.cleaned_data
        try:
            decision = decide_claim(
                claim=claim,
                decided_by=request.user,
                kind=ClaimDecision.Kind(given["kind"]),
                reason=given["reason"],
                members=given["members"],
                releases=[int(pk) for pk in given.get("releases", [])],
            )
        except ValidationError as error:
            form.add_error(None, error.messages)
            return False
        self.message_user(
            request, _("The decision is stored: %(kind)s.") % {"kind": decision.get_kind_display()}, messages.SUCCESS
        )
        return True


def _record(claim: Claim) -> ContractingProcess | None:
    return ContractingProcess.objects.public().filter(ocid=claim.ocid).first()


def _process_link(process: ContractingProcess | None) -> SafeString | str:
    if process is None:
        return "–"
    return format_html('<a href="{}">{}</a>', admin_url(ContractingProcess, process.pk), process.ocid)


def _claimed(releases: list[Release]) -> dict[str, Any]:
    """Return the top-level members of the releases of a claim; of several the last one shows its value."""
    claimed: dict[str, Any] = {}
    for release in releases:
        claimed |= json.loads(bytes(release.content))
    return claimed


def _differences(claim: Claim, claimed: dict[str, Any]) -> Iterator[Difference]:
    record = _record(claim)
    present = record.compiled_release if record else {}
    for name, value in claimed.items():
        if name not in present or present[name] != value:
            yield Difference(name, _pretty(present[name]) if name in present else "", _pretty(value))


def _pretty(value: Any) -> str:
    return cut(json.dumps(value, ensure_ascii=False, indent=1), MAX_MEMBER)
