from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.defaultfilters import filesizeformat
from django.template.response import TemplateResponse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from contracts.admin.display import admin_url
from contracts.admin.readonly import ReadOnlyAdmin
from contracts.intake.receiving import receive
from contracts.models import ContractingProcess, Publisher, Release, Submission
from contracts.ocds.problems import HINTS, RefusedError
from contracts.problem_texts import detail_in_readers_language, hint_in_readers_language
from contracts.tasks import enqueue

STATES = {
    "received": _("received"),
    "processing": _("processing"),
    "processed": _("processed"),
    "failed": _("failed"),
}
ORIGIN_PERMISSION = "contracts.view_submissionorigin"


class UploadForm(forms.Form):
    file = forms.FileField(
        label=_("file"), help_text=_("An OCDS package, JSON Lines of packages, or a simple contract; gzip is fine.")
    )
    kind = forms.ChoiceField(label=_("kind"), choices=Submission.Kind)
    publisher = forms.ModelChoiceField(
        label=_("publisher"),
        queryset=Publisher.objects.all(),
        required=False,
        help_text=_("If it is left open, the prefix of the ocid tells."),
    )


class StateFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, _request: HttpRequest, _model_admin: Any) -> list[tuple[str, Any]]:
        return [("open", _("not processed yet")), ("processed", _("processed")), ("failed", _("failed"))]

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Submission]) -> QuerySet[Submission]:
        match self.value():
            case "open":
                return queryset.filter(processed_at=None, failed_at=None)
            case "processed":
                return queryset.exclude(processed_at=None)
            case "failed":
                return queryset.exclude(failed_at=None)
        return queryset


@admin.register(Submission)
class SubmissionAdmin(ReadOnlyAdmin):
    """Submitters see their own, who may view submissions sees all; who sent what, only who may view origins."""

    list_display = ["received_at", "id", "kind", "channel", "publisher", "state_written", "problem_count"]
    list_display_links = ["received_at", "id"]
    list_select_related = ["publisher"]
    list_filter = [StateFilter, "channel", "kind"]
    search_fields = ["=id", "=content__sha256"]
    search_help_text = _("The whole id of a submission, or the SHA-256 of its bytes.")
    sortable_by = []
    ordering = ["-received_at"]
    change_form_template = "admin/contracts/submission/change_form.html"

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        return bool(request.user.has_perm("contracts.add_submission"))

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_view_permission(request, obj) or self.has_add_permission(request)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Submission]:
        return Submission.objects.visible_to(request.user).order_by(*self.get_ordering(request))

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:  # noqa: ARG002
        names = ["id", "state_written", "kind", "channel", "publisher", "received_at", "sha256", "size", "attempts"]
        names += ["processed_at", "failed_at", "error_written", "counts_written", "processes"]
        return [*names, "sender", "file_name"] if request.user.has_perm(ORIGIN_PERMISSION) else names

    @admin.display(description=_("state"))
    def state_written(self, submission: Submission) -> Any:
        return STATES[submission.state]

    @admin.display(description=_("error"))
    def error_written(self, submission: Submission) -> str:
        return detail_in_readers_language(submission.error) or "–"

    @admin.display(description="SHA-256")
    def sha256(self, submission: Submission) -> str:
        return str(submission.content_id)

    @admin.display(description=_("size"))
    def size(self, submission: Submission) -> str:
        return filesizeformat(submission.content.size)

    @admin.display(description=_("counts"))
    def counts_written(self, submission: Submission) -> str:
        return ", ".join(f"{name.replace('_', ' ')}: {number}" for name, number in submission.counts.items()) or "–"

    @admin.display(description=_("contracting processes"))
    def processes(self, submission: Submission) -> SafeString | str:
        rows = format_html_join(
            "",
            '<li><a href="{}">{}</a></li>',
            (
                (admin_url(ContractingProcess, pk), ocid)
                for pk, ocid in ContractingProcess.objects.filter(ocid__in=submission.ocids).values_list("pk", "ocid")
            ),
        )
        return format_html('<ul class="plain">{}</ul>', rows) if rows else "–"

    @admin.display(description=_("sent by"))
    def sender(self, submission: Submission) -> str:
        return str(submission.origin) if hasattr(submission, "origin") else ""

    @admin.display(description=_("file name"))
    def file_name(self, submission: Submission) -> str:
        return submission.origin.file_name if hasattr(submission, "origin") else ""

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        submission = self.get_object(request, object_id)
        context: dict[str, Any] = {"title": _("Submission")}
        if submission is not None and self.has_view_permission(request, submission):
            releases = Release.objects.filter(submission=submission).defer("content").order_by("pk")[:100]
            context |= {
                "problems": [
                    {
                        **problem,
                        "detail": detail_in_readers_language(problem.get("detail", "")),
                        "hint": hint_in_readers_language(HINTS.get(problem.get("code", ""), "")),
                    }
                    for problem in submission.problems
                ],
                "releases": [{"row": row, "href": admin_url(Release, row.pk)} for row in releases],
            }
        return super().change_view(request, object_id, form_url, context | (extra_context or {}))

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Take a file: store its bytes, then say where to see what came of it."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = UploadForm(request.POST or None, request.FILES or None)
        if request.method == "POST" and form.is_valid():
            try:
                submission, is_new = self._receive(request, form.cleaned_data)
            except RefusedError as refused:
                detail = detail_in_readers_language(refused.problem.detail)
                form.add_error("file", f"{detail} {hint_in_readers_language(refused.problem.hint)}".strip())
            else:
                said = _("The file is stored and will be processed.") if is_new else _("These bytes were sent before.")
                self.message_user(request, said, messages.SUCCESS)
                return HttpResponseRedirect(admin_url(Submission, submission.pk))
        context = {
            **self.admin_site.each_context(request),
            "title": _("Hand in a file"),
            "opts": self.opts,
            "form": form,
            "form_url": form_url,
            "media": self.media + form.media,
            **(extra_context or {}),
        }
        return TemplateResponse(request, "admin/contracts/submission/upload.html", context)

    @staticmethod
    def _receive(request: HttpRequest, given: dict[str, Any]) -> tuple[Submission, bool]:
        submission, is_new = receive(
            given["file"].chunks(),
            channel=Submission.Channel.ADMIN,
            kind=Submission.Kind(given["kind"]),
            user=request.user,
            publisher=given["publisher"],
            file_name=given["file"].name or "",
            max_bytes=settings.VEEDOR_MAX_BODY_BYTES,
            max_unpacked_bytes=settings.VEEDOR_MAX_UNPACKED_BYTES,
        )
        transaction.on_commit(lambda: enqueue(str(submission.pk)))
        return submission, is_new
