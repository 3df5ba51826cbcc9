"""Blind reviews: a second person judges without seeing the first decision; disagreements are listed."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audits.admin.deciding.decisions import NumberedChoices, ReasonedForm
from audits.admin.flag.counted_processes import read_counted
from audits.admin.flag.page import description_beside, page_of_rule
from audits.blind import Look, count_looks, find_look, judge_blindly, looks, open_disagreements, sent_before
from audits.models import BlindReview, Flag
from audits.pages.labels import rule_name, sentence_judged
from audits.pages.records.evidence import read_places
from audits.reference.reason_codes import reason_codes, reason_label
from audits.reports.agreement import agreement, agreement_of_people
from contracts.admin.bases import ReadOnlyAdmin
from contracts.admin.columns import column
from contracts.pages.display import admin_link, deal, first_rows, without_result
from contracts.pages.record import compiled_release, read_record


class BlindForm(ReasonedForm):
    """
    A judgement of a rule's flag: right, idle, wrong or open, each with a cause, as for samples.

    ``look`` identifies the flag without revealing anything about it.
    """

    look = forms.RegexField(r"^[0-9a-f]{32}$", widget=forms.HiddenInput)
    reason_code = forms.ChoiceField(label=gettext_lazy("Verdict, and its cause"), widget=NumberedChoices)
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=10_000, widget=forms.Textarea(attrs={"rows": 4}))


class DisagreementFilter(admin.SimpleListFilter):
    """The queue of disagreements: a flag leaves it once somebody has read both judgements and decided."""

    title = gettext_lazy("disagreement")
    parameter_name = "disagreement"

    def lookups(self, _request: HttpRequest, _model_admin: Any) -> list[tuple[str, Any]]:
        return [("open", gettext_lazy("nobody has decided since"))]

    def queryset(self, _request: HttpRequest, queryset: QuerySet[BlindReview]) -> QuerySet[BlindReview]:
        return queryset.filter(pk__in=open_disagreements().order_by().values("pk")) if self.value() else queryset


@admin.register(BlindReview)
class BlindReviewAdmin(ReadOnlyAdmin):
    """Blind reviews, read-only. Disagreements form a queue, which leads decide."""

    list_display = ["at", "flag_written", "first", "decision", "verdict", "reviewer", "agrees"]
    list_filter = [DisagreementFilter, "agrees", "verdict"]
    fields = ["flag_written", "said", "first", "first_reason"]
    fields += ["decision", "verdict", "cause", "reason", "reviewer", "agrees", "at"]
    list_select_related = [
        *("review__flag__process", "review__flag__organization", "review__reviewer", "reviewer"),
        *("sampled__flag__process", "sampled__flag__organization"),
    ]
    flag_written = column(gettext_lazy("flag"), lambda blind: admin_link(Flag, blind.flag.pk, blind.flag))
    said = column(gettext_lazy("what was judged"), lambda blind: sentence_judged(_judged(blind)))
    first = column(
        gettext_lazy("first decision"),
        lambda blind: f"{blind.review.decided} ({blind.review.reviewer.get_username()})" if blind.review else "–",
    )
    first_reason = column(
        gettext_lazy("reason of the first"), lambda blind: blind.review.reason if blind.review else "–"
    )
    cause = column(gettext_lazy("cause"), lambda blind: reason_label(blind.reason_code) or "–")

    def get_urls(self) -> list[Any]:
        return [
            path("next/", self.admin_site.admin_view(self.next_view), name="audits_blindreview_next"),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        counted = [f"{rule} {found.agreed}/{found.judged}" for rule, found in agreement().items()]
        people = [
            f"{one} – {other} {found.agreed}/{found.judged}" for (one, other), found in agreement_of_people().items()
        ]
        subtitle = _("Same answer, of those judged twice: %(rules)s") % {"rules": ", ".join(counted)}
        if people:
            subtitle = f"{subtitle}; {_('by who judged them: %(people)s') % {'people': ', '.join(people)}}"
        context = {"subtitle": subtitle if counted else None, "is_nav_sidebar_enabled": False}
        return super().changelist_view(request, {**context, **(extra_context or {})})

    def next_view(self, request: HttpRequest) -> HttpResponse:
        """Show what was judged, without the decision; take a second judgement."""
        if not request.user.has_perm("audits.add_review") or not self.has_view_permission(request):
            raise PermissionDenied
        if request.method == "POST":
            return self._judge(request)
        return self._show(request, next(iter(looks(request.user)), None))

    def _judge(self, request: HttpRequest) -> HttpResponse:
        key = request.POST.get("look", "")
        look = find_look(request.user, key)
        if look is None:
            code = reason_codes().get(request.POST.get("reason_code", ""))
            given = {"reason_code": code.code, "decision": code.decision} if code else {}
            words = request.POST.get("reason", "").strip()
            return self._tell(request, bool(given) and sent_before(request.user, key, reason=words, **given))
        form = BlindForm(request.POST, rules=[look.flag.rule])
        if not form.is_valid():
            return self._show(request, look, form)
        given = form.cleaned_data
        added = judge_blindly(
            look=look,
            reviewer=request.user,
            verdict=reason_codes()[given["reason_code"]].verdict,
            reason_code=given["reason_code"],
            reason=given["reason"],
        )
        return self._tell(request, added)

    def _tell(self, request: HttpRequest, is_kept: bool) -> HttpResponse:  # noqa: FBT001
        """Report whether a judgement was stored, and redirect to the next one."""
        text = _("Your judgement was kept.") if is_kept else _("Not saved: this is not yours to judge, or no longer.")
        self.message_user(request, text, messages.SUCCESS if is_kept else messages.ERROR)
        return HttpResponseRedirect(reverse("admin:audits_blindreview_next"))

    def _show(self, request: HttpRequest, look: Look | None, form: BlindForm | None = None) -> HttpResponse:
        shown: dict[str, Any] = {"left": count_looks(request.user)}
        if look is not None:
            judged, flag = look.subject.judged, look.flag
            release = compiled_release(flag.process_id)[1] if flag.process_id else None
            evidence = judged.get("evidence", [])
            counted = [entry for entry in evidence if entry.get("ocid")]
            shown |= {
                "sentence": sentence_judged(judged),
                "rule": rule_name(flag.rule),
                "places": first_rows(read_places(evidence, release)).shown if release else [],
                "counted": read_counted(counted).without_links() if counted else None,
                "record": read_record(flag.process, release, for_desk=True) if flag.process and release else None,
                "process": flag.process,
                "description": description_beside(evidence, flag.process, release) if flag.process else "",
                "deal": deal(flag.process) if flag.process else "",
                "without_result": without_result(flag.process) if flag.process else "",
                "rule_page": page_of_rule(flag.rule, judged.get("rule_version", flag.rule_version))[0],
                "form": form or BlindForm(initial={"look": look.key}, rules=[flag.rule]),
            }
        title = _("Second look, blind")
        return self.answer(request, "admin/audits/blind.html", title, status=400 if form else 200, **shown)


def _judged(blind: BlindReview) -> dict[str, Any]:
    """Return what a blind look was at, as in ``Review.judged``."""
    subject: Any = blind.review or blind.sampled
    return subject.judged  # type: ignore[no-any-return]
