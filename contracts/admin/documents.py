from typing import Any

from django.contrib import admin, messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from contracts.admin.bases import ReadOnlyAdmin
from contracts.admin.beside import receipts_of_document
from contracts.admin.columns import column
from contracts.admin.processes import process_links
from contracts.intake.documents.attaching import processes_of, tell_of_published
from contracts.models import Change, ContractingProcess, Document
from contracts.trail import Action, record
from contracts.translating import problem_line


class ContractFilter(admin.SimpleListFilter):
    title = _("contract")
    parameter_name = "contract"

    def lookups(self, _request: HttpRequest, _model_admin: Any) -> list[tuple[str, Any]]:
        return [("none", _("of no contract yet"))]

    def queryset(self, _request: HttpRequest, queryset: Any) -> Any:
        return queryset.of_no_contract() if self.value() == "none" else queryset


@admin.register(Document)
class DocumentAdmin(ReadOnlyAdmin):
    """Documents that were read. The sealed original is served to nobody; the copy to everyone once it is published."""

    list_display = ["__str__", "read_pages", "ocr_pages", "read_on", "published_on"]
    list_filter = [ContractFilter, "kind", ("published_on", admin.EmptyFieldListFilter)]
    search_fields = ["=content__sha256"]
    search_help_text = _("The whole SHA-256 of the document.")
    ordering = ["-read_on", "pk"]
    fields = [
        "sha256",
        "kind",
        "read_pages",
        "ocr_pages",
        "read_on",
        "problem_texts",
        "processes",
        "sent_with",
        "removed",
        "published_on",
        "published_by",
    ]
    actions = ["publish", "withdraw"]
    sha256 = column("SHA-256", lambda document: str(document.pk))
    problem_texts = column(
        _("problems"), lambda document: " ".join(problem_line(problem) for problem in document.found_problems) or "–"
    )
    sent_with = column(_("receipts"), receipts_of_document)
    removed = column(_("metadata left out of the copy"), lambda document: ", ".join(document.removed_metadata) or "–")
    processes = column(
        _("contracting processes"),
        lambda document: format_html(
            '{} <a href="{}?sha256={}">{}</a>',
            process_links(ContractingProcess.objects.filter(pk__any_of=processes_of(document.pk))),
            reverse("admin:contracts_attachment_add"),
            document.pk,
            _("Attach a document"),
        ),
    )

    def has_publish_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("contracts.publish_document"))

    @admin.action(description=_("Publish the cleaned copies of the selected documents"), permissions=["publish"])
    def publish(self, request: HttpRequest, queryset: QuerySet[Document]) -> None:
        chosen = queryset.filter(published_on=None).exclude(cleaned=None)
        number = self._set(request, chosen, Action.DOCUMENT_PUBLISHED, timezone.now().date(), request.user)
        text = ngettext("%(number)d document is published.", "%(number)d documents are published.", number)
        self.message_user(request, text % {"number": number}, messages.SUCCESS)

    @admin.action(description=_("Publish the selected documents no longer"), permissions=["publish"])
    def withdraw(self, request: HttpRequest, queryset: QuerySet[Document]) -> None:
        chosen = queryset.exclude(published_on=None)
        number = self._set(request, chosen, Action.DOCUMENT_UNPUBLISHED, None, None)
        text = ngettext(
            "%(number)d document is no longer public.", "%(number)d documents are no longer public.", number
        )
        self.message_user(request, text % {"number": number}, messages.SUCCESS)

    def _set(self, request: HttpRequest, chosen: QuerySet[Document], action: Action, day: Any, person: Any) -> int:
        """Publish documents or not, with an entry of the trail for each; return how many."""
        with transaction.atomic():
            documents = list(chosen.select_for_update(of=("self",)))
            if day is None:
                tell_of_published(Change.Kind.DOCUMENT_REMOVED, [document.pk for document in documents])
            for document in documents:
                document.published_on, document.published_by = day, person
                document.save(update_fields=["published_on", "published_by"])
                record(request.user, action, document)
            if day is not None:
                tell_of_published(Change.Kind.DOCUMENT_ADDED, [document.pk for document in documents])
        return len(documents)

    @admin.display(description=_("pages read"))
    def read_pages(self, document: Document) -> SafeString:
        share = _("%(read)d of %(all)d") % {"read": document.pages_read, "all": document.pages}
        return format_html('<a href="/documents/{}/pages/1">{}</a>', document.pk, share)
