"""Where a person judges again, blindly, what another decided, and where those who disagree are listed."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audits.admin.decisions import CHOICES
from audits.blind import count_looks, judge_blindly, looks, open_disagreements
from audits.models import BlindReview, Flag, Review
from audits.pages.evidence import read_places
from audits.pages.labels import rule_title
from audits.reports.agreement import agreement
from contracts.admin.readonly import ReadOnlyAdmin
from contracts.pages.display import admin_url, first_rows
from contracts.pages.record import compiled_release
from contracts.translating import language_in_force


class BlindForm(forms.Form):
    """A second judgement; ``look`` names what it is about, and says nothing of it."""

    look = forms.RegexField(r"^[0-9a-f]{32}$", widget=forms.HiddenInput)
    decision = forms.ChoiceField(label=gettext_lazy("Decision"), choices=CHOICES, widget=forms.RadioSelect)
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=10_000, widget=forms.Textarea(attrs={"rows": 4}))


class DisagreementFilter(admin.SimpleListFilter):
    """The queue of disagreements: a flag leaves it once somebody decides on it, having read both."""

    title = gettext_lazy("disagreement")
    parameter_name = "disagreement"

    def lookups(self, _request: HttpRequest, _model_admin: Any) -> list[tuple[str, Any]]:
        return [("open", gettext_lazy("nobody has decided since"))]

    def queryset(self, _request: HttpRequest, queryset: QuerySet[BlindReview]) -> QuerySet[BlindReview]:
        return queryset.filter(pk__in=open_disagreements().order_by().values("pk")) if self.value() else queryset


@admin.register(BlindReview)
class BlindReviewAdmin(ReadOnlyAdmin):
    """Second reviews, to read. Those that disagree are a queue: who leads looks at the flag, and decides on it."""

    list_display = ["at", "flag_written", "rule", "first", "decision", "reviewer", "agrees"]
    list_filter = [DisagreementFilter, "agrees"]
    sortable_by = []
    fields = ["flag_written", "rule", "first", "decision", "reason", "reviewer", "agrees", "at"]
    list_select_related = ["review__flag__process", "review__flag__organization", "review__reviewer", "reviewer"]

    def get_urls(self) -> list[Any]:
        return [
            path("next/", self.admin_site.admin_view(self.next_view), name="audits_blindreview_next"),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        counted = [f"{rule} {found.agreed}/{found.judged}" for rule, found in agreement().items()]
        told = _("Both said the same, of those judged twice: %(rules)s") % {"rules": ", ".join(counted)}
        return super().changelist_view(request, {"subtitle": told if counted else None, **(extra_context or {})})

    @admin.display(description=gettext_lazy("flag"))
    def flag_written(self, blind: BlindReview) -> SafeString:
        return format_html('<a href="{}">{}</a>', admin_url(Flag, blind.review.flag_id), blind.review.flag)

    @admin.display(description=gettext_lazy("rule"))
    def rule(self, blind: BlindReview) -> str:
        return blind.review.flag.rule

    @admin.display(description=gettext_lazy("first decision"))
    def first(self, blind: BlindReview) -> str:
        return f"{blind.review.decided} ({blind.review.reviewer.get_username()})"

    def next_view(self, request: HttpRequest) -> HttpResponse:
        """Show what was judged, and nothing of the decision; take a second one."""
        if not request.user.has_perm("audits.add_review") or not self.has_view_permission(request):
            raise PermissionDenied
        form = BlindForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            given = form.cleaned_data
            added = judge_blindly(
                key=given["look"],
                reviewer=request.user,
                decision=Review.Decision(given["decision"]),
                reason=given["reason"],
            )
            text = (
                _("Your judgement was kept.") if added else _("Not saved: this is not, or no longer, yours to judge.")
            )
            self.message_user(request, text, messages.SUCCESS if added else messages.ERROR)
            return HttpResponseRedirect(reverse("admin:audits_blindreview_next"))
        look = next(iter(looks(request.user)), None)
        context = {
            **self.admin_site.each_context(request),
            "is_nav_sidebar_enabled": False,
            "title": _("Second look, blind"),
            "opts": self.opts,
            "media": self.media,
            "left": count_looks(request.user),
        }
        if look is not None:
            judged, flag = look.subject.judged, look.flag
            release = compiled_release(flag.process_id)[1] if flag.process_id else None
            texts = judged.get("text", {})
            context |= {
                "sentence": texts.get(language_in_force()) or texts.get("en", ""),
                "rule": f"{flag.rule} {rule_title(flag.rule)}",
                "places": first_rows(read_places(judged.get("evidence", []), release)).shown if release else [],
                "form": form if request.method == "POST" else BlindForm(initial={"look": look.key}),
            }
        request.current_app = self.admin_site.name
        return TemplateResponse(request, "admin/audits/blind.html", context, status=400 if form.errors else 200)
