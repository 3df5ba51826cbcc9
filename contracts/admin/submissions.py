from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.defaultfilters import filesizeformat
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from contracts import tasks
from contracts.admin.bases import PageAdmin, ReadOnlyAdmin
from contracts.admin.beside import receipts_of_submission
from contracts.admin.claims_together import DECIDE, claims_link, together_link
from contracts.admin.columns import column
from contracts.admin.processes import process_links
from contracts.erasing import SubmissionBusyError, erase_submission
from contracts.intake.processing import retry
from contracts.intake.received.authority import Authority, authority_of
from contracts.intake.received.quota import QuotaExceededError
from contracts.models import ContractingProcess, Publisher, Release, Submission
from contracts.ocds.problems import RefusedError
from contracts.pages.display import MAX_ROWS, admin_url, minute
from contracts.pages.sending.mapping_form import columns_of
from contracts.submitting import submit
from contracts.trail import Action, record
from contracts.translating import problem_as_json, problem_detail, problem_line, sheet_in_words

STATES = {"received": _("received"), "processing": _("processing"), "processed": _("processed"), "failed": _("failed")}
ORIGIN_PERMISSION = "contracts.view_submissionorigin"
RECEIPTS_PERMISSION = "contracts.view_receipt"


class UploadForm(forms.Form):
    """A file to upload; the publishers offered are those that the user speaks for."""

    def __init__(self, *arguments: Any, authority: Authority, **options: Any) -> None:
        super().__init__(*arguments, **options)
        if authority.standing != Submission.Standing.OPERATOR:
            self.fields["publisher"] = forms.ModelChoiceField(
                label=_("publisher"), queryset=Publisher.objects.filter(pk__in=authority.speaks_for), required=False
            )

    file = forms.FileField(
        label=_("file"),
        help_text=_(
            "An OCDS package, JSON Lines of packages, or a simple contract, with or without gzip; or "
            "a table as CSV, XLSX, XLS or ODS; several as a ZIP. The type is detected from the content."
        ),
    )
    publisher = forms.ModelChoiceField(
        label=_("publisher"),
        queryset=Publisher.objects.all(),
        required=False,
        help_text=_("If left empty, the prefix of the ocid decides."),
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


_COUNTS = {
    "releases_read": _("releases read"),
    "releases_new": _("new releases"),
    "releases_known": _("releases known before"),
    "processes": _("contracting processes"),
    "awards": _("awards"),
    "contracts": _("contracts"),
    "bids": _("bids"),
    "organizations": _("organizations"),
    "corrections": _("corrections"),
    "pages": _("pages"),
    "pages_read": _("pages read"),
    "ocr_pages": _("pages recognised"),
    "characters": _("characters"),
    "members": _("files in it"),
    "members_taken": _("files taken"),
}


def _numbered(rows: Iterable[tuple[int, Any]]) -> SafeString | str:
    """Return links to submissions, by the number that one has in a bundle."""
    return (
        format_html_join(" ", '<a href="{}">{}</a>', ((admin_url(Submission, pk), number) for number, pk in rows))
        or "–"
    )


@admin.register(Submission)
class SubmissionAdmin(PageAdmin, ReadOnlyAdmin):
    """Submitters see their own; permissions of their own open the submissions of others, and the senders."""

    list_display = ["received", "id", "kind", "channel", "publisher", "state_label", "problem_count"]
    list_display_links = ["received", "id"]
    list_select_related = ["publisher"]
    list_filter = [StateFilter, "channel", "kind"]
    search_fields = ["=id", "=content__sha256"]
    search_help_text = _("The whole id of a submission, or the SHA-256 of its bytes.")
    ordering = ["-received_at"]
    change_form_template = "admin/contracts/submission/change_form.html"
    actions = ["retry", "erase", "erase_with_records"]
    state_label = column(_("state"), lambda submission: STATES[submission.state])
    error_text = column(
        _("error"), lambda submission: problem_detail(submission.failure) if submission.failure else "–"
    )
    received = column(_("received"), lambda submission: minute(submission.received_at))
    processed = column(_("processed"), lambda submission: minute(submission.processed_at) or "–")
    failed = column(_("failed"), lambda submission: minute(submission.failed_at) or "–")
    sha256 = column("SHA-256", lambda submission: str(submission.content_id))
    size = column(_("size"), lambda submission: filesizeformat(submission.content.size))
    counts_text = column(
        _("counts"),
        lambda submission: (
            ", ".join(
                f"{label}: {submission.counts[name]}" for name, label in _COUNTS.items() if name in submission.counts
            )
            or "–"
        ),
    )
    processes = column(
        _("contracting processes"),
        lambda submission: process_links(ContractingProcess.objects.of_submission(submission)),
    )
    claims = column(_("claims"), claims_link)
    claims_to_decide = column(_("claims"), together_link)
    sent_with = column(_("receipts"), receipts_of_submission)
    files_in_it = column(
        _("files in it"), lambda submission: _numbered(submission.members.values_list("number", "submission"))
    )
    lay_in = column(_("lay in"), lambda submission: _numbered(submission.in_bundles.values_list("number", "bundle")))
    sender = column(_("sent by"), lambda submission: str(submission.origin) if hasattr(submission, "origin") else "")
    file_name = column(
        _("file name"), lambda submission: submission.origin.file_name if hasattr(submission, "origin") else ""
    )

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        return bool(request.user.has_perm("contracts.add_submission"))

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_view_permission(request, obj) or self.has_add_permission(request)

    def has_withdraw_permission(self, request: HttpRequest) -> bool:
        return self.has_add_permission(request) or self.has_erase_permission(request)

    def has_erase_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("contracts.erase_submission"))

    @admin.action(description=_("Erase the chosen submissions, not their records"), permissions=["withdraw"])
    def erase(self, request: HttpRequest, queryset: QuerySet[Submission]) -> HttpResponse | None:
        """Erase submissions: leads any, others what they sent themselves."""
        own = queryset if self.has_erase_permission(request) else queryset.filter(origin__user=request.user.pk)
        return self._erase(request, own, with_records=False)

    @admin.action(description=_("Erase the chosen submissions and their records"), permissions=["erase"])
    def erase_with_records(self, request: HttpRequest, queryset: QuerySet[Submission]) -> HttpResponse | None:
        return self._erase(request, queryset, with_records=True)

    def _erase(
        self, request: HttpRequest, queryset: QuerySet[Submission], *, with_records: bool
    ) -> HttpResponse | None:
        """Ask first, then erase submissions that no worker is processing; and the records of those erased already."""
        is_left = Q(erased_on=None) | Exists(Release.objects.filter(submission=OuterRef("pk")))
        submissions = list(queryset.filter(is_left if with_records else Q(erased_on=None)))
        if not submissions:
            self.message_user(request, _("Nothing in your selection is left to erase."), messages.WARNING)
            return None
        if request.POST.get("confirmed") != "yes":
            action = "erase_with_records" if with_records else "erase"
            shown: dict[str, Any] = {"submissions": submissions, "with_records": with_records, "action": action}
            return self.answer(request, "admin/contracts/submission/erase.html", _("Erase submissions"), **shown)
        for submission in submissions:
            try:
                erase_submission(submission, actor=request.user, with_records=with_records)
            except SubmissionBusyError:
                text = _("%(id)s is being processed; try again in some minutes.") % {"id": submission.pk}
                self.message_user(request, text, messages.ERROR)
            else:
                self.message_user(request, _("%(id)s is erased.") % {"id": submission.pk}, messages.SUCCESS)
        return None

    def get_queryset(self, request: HttpRequest) -> QuerySet[Submission]:
        return Submission.objects.visible_to(request.user).order_by(*self.get_ordering(request))

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        names = ["id", "state_label", "kind", "channel", "publisher", "received", "sha256", "size", "attempts"]
        names += ["processed", "failed", "erased_on", "error_text", "counts_text"]
        names += ["files_in_it"] if obj and obj.kind == Submission.Kind.BUNDLE else ["processes"]
        names += ["lay_in"] if obj and obj.in_bundles.exists() else []
        if request.user.has_perm("contracts.view_claim"):
            names += ["claims_to_decide" if request.user.has_perm(DECIDE) else "claims"]
        if request.user.has_perm(RECEIPTS_PERMISSION):
            names.append("sent_with")
        return [*names, "sender", "file_name"] if request.user.has_perm(ORIGIN_PERMISSION) else names

    def has_retry_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("contracts.retry_submission"))

    @admin.action(description=_("Process the selected failed submissions again"), permissions=["retry"])
    def retry(self, request: HttpRequest, queryset: QuerySet[Submission]) -> None:
        ids = retry(Submission.objects.filter(pk__in=queryset.values("pk")))
        for pk in ids:
            tasks.enqueue(pk)
        text = ngettext("%(number)d submission is queued again.", "%(number)d submissions are queued again.", len(ids))
        self.message_user(request, text % {"number": len(ids)}, messages.SUCCESS)

    def page_of(self, request: HttpRequest, row: Submission) -> dict[str, Any]:
        if request.user.has_perm(ORIGIN_PERMISSION) and hasattr(row, "origin"):
            record(request.user, Action.ORIGIN_READ, row)
        releases = Release.objects.filter(submission=row).defer("content").order_by("pk")[:100]
        return {
            "title": _("Submission"),
            "problems": [problem_as_json(problem) for problem in row.found_problems],
            "releases": [{"row": release, "href": admin_url(Release, release.pk)} for release in releases],
            "sheets": [
                {**sheet, "columns": columns_of([sheet]), "name": sheet_in_words(sheet["sheet"])}
                for sheet in row.sheets
            ],
        }

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Store a file, then show the page of its submission."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        authority = authority_of(request.user, Submission.Channel.ADMIN)
        form = UploadForm(request.POST or None, request.FILES or None, authority=authority)
        if request.method == "POST" and form.is_valid():
            try:
                taken = submit(
                    form.cleaned_data["file"].chunks(),
                    channel=Submission.Channel.ADMIN,
                    user=request.user,
                    publisher=form.cleaned_data["publisher"],
                    file_name=form.cleaned_data["file"].name or "",
                )
            except RefusedError as refused:
                form.add_error("file", [problem_line(problem) for problem in refused.problems[:MAX_ROWS]])
            except QuotaExceededError as exceeded:
                text = _("Your account may send %(limit)s a day; %(left)s are left.")
                sizes = {"limit": filesizeformat(exceeded.limit), "left": filesizeformat(exceeded.left)}
                form.add_error("file", text % sizes)
            else:
                text = (
                    _("The file is stored and will be processed.")
                    if taken.is_new
                    else _("These bytes were sent before.")
                )
                self.message_user(request, text, messages.SUCCESS)
                for problem in taken.left_out[:MAX_ROWS]:
                    self.message_user(request, problem_line(problem), messages.WARNING)
                return HttpResponseRedirect(admin_url(Submission, taken.submission.pk))
        shown: dict[str, Any] = {"form": form, "form_url": form_url, **(extra_context or {})}
        return self.answer(request, "admin/contracts/submission/upload.html", _("Upload a file"), **shown)
