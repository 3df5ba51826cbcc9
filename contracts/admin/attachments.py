from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext_lazy as _

from contracts.admin.bases import ReadOnlyAdmin
from contracts.intake.documents.attaching import attach
from contracts.intake.received.quota import QuotaExceededError
from contracts.models import Attachment, ContractingProcess, Submission
from contracts.ocds.problems import RefusedError
from contracts.pages.display import MAX_ROWS, admin_url
from contracts.submitting import submit
from contracts.translating import problem_line

# An index of attachments holds it beside an ocid of 200 letters of up to four bytes: 2,704 bytes in all.
MAX_LINK_BYTES = 1800


class AttachmentForm(forms.Form):
    """A document, the process that it belongs to, and the link of the record that it stands for."""

    file = forms.FileField(
        label=_("file"),
        required=False,
        help_text=_("PDF, DOCX, ODT, RTF, text, PNG, JPEG or TIFF. Its name is not stored."),
    )
    sha256 = forms.CharField(
        label="SHA-256", max_length=64, required=False, help_text=_("Without a file: of a document that was sent.")
    )
    ocid = forms.CharField(label=_("ocid"), max_length=1000)
    url = forms.CharField(
        label=_("link"),
        required=False,
        help_text=_("The address in the record, if it was fetched there."),
    )

    def __init__(self, *arguments: Any, user: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.user = user

    def clean_ocid(self) -> str:
        """Find the process among those that the user may see."""
        ocid = str(self.cleaned_data["ocid"]).strip()
        found = ContractingProcess.objects.visible_to(self.user).filter(ocid=ocid).first()
        if found is None:
            raise forms.ValidationError(_("There is no process of this ocid."))
        if found.claim and len(found.claim.submission.ocids) > 1:
            raise forms.ValidationError(_("It was sent with other contracts: decide on its claim first."))
        self.process = found
        return ocid

    def clean_url(self) -> str:
        url = str(self.cleaned_data["url"])
        if len(url.encode()) > MAX_LINK_BYTES:
            raise forms.ValidationError(_("The link is longer than is stored: leave it out."))
        return url

    def clean(self) -> dict[str, Any]:
        """Find the document that was sent, if no file is given."""
        cleaned: dict[str, Any] = super().clean() or {}
        sent = Submission.objects.filter(kind=Submission.Kind.DOCUMENT, erased_on=None, content__removed_on=None)
        named = "" if cleaned.get("file") else cleaned.get("sha256", "").strip()
        self.sent = sent.filter(content=named).order_by("received_at", "pk").first()
        if not cleaned.get("file") and self.sent is None and "file" not in self.errors:
            self.add_error("sha256" if named else "file", _("There is no such document."))
        return cleaned


@admin.register(Attachment)
class AttachmentAdmin(ReadOnlyAdmin):
    """What documents were sent with, or attached to by a person. Links of records are not fetched: people do that."""

    list_display = ["attached_on", "__str__", "url", "attached_by"]
    list_select_related = ["attached_by"]
    search_fields = ["=ocid"]
    search_help_text = _("The whole ocid.")
    fields = ["submission", "about", "ocid", "url", "attached_on", "attached_by"]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        return bool(request.user.has_perm("contracts.add_attachment"))

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Store a document, attach it, and show the page of its process."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        given = {name: request.GET.get(name, "") for name in ("ocid", "url", "sha256")}
        form = AttachmentForm(request.POST or None, request.FILES or None, user=request.user, initial=given)
        if request.method == "POST" and form.is_valid():
            try:
                self._attach(request, form)
            except RefusedError as refused:
                form.add_error("file", [problem_line(problem) for problem in refused.problems[:MAX_ROWS]])
            except QuotaExceededError:
                form.add_error("file", _("It is more than one account may send a day."))
            else:
                self.message_user(request, _("The document is attached and will be read."), messages.SUCCESS)
                return HttpResponseRedirect(admin_url(ContractingProcess, form.process.pk))
        shown: dict[str, Any] = {"form": form, "form_url": form_url, **(extra_context or {})}
        return self.answer(request, "admin/contracts/attachment/attach.html", _("Attach a document"), **shown)

    @staticmethod
    def _attach(request: HttpRequest, form: AttachmentForm) -> None:
        with transaction.atomic():
            submission = (
                form.sent
                or submit(
                    form.cleaned_data["file"].chunks(),
                    channel=Submission.Channel.ADMIN,
                    user=request.user,
                    kind=Submission.Kind.DOCUMENT,
                ).submission
            )
            attach(submission, process=form.process, url=form.cleaned_data["url"].strip(), attached_by=request.user)
