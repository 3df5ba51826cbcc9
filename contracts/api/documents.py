"""Documents that a record links or that people attached to it, and texts of those that were read."""

from typing import Any

from django.db.models import TextField
from django.db.models.functions import Cast
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from contracts.api.addresses import ByOcid
from contracts.api.protocol.access.tokens import effective_user
from contracts.api.protocol.conditional import ConditionalView
from contracts.api.protocol.problems import parameter_problem
from contracts.api.protocol.rendering import AnyRenderer
from contracts.api.protocol.views import ApiView
from contracts.intake.documents.linked_documents import LinkedDocument, linked_documents, parse_stored
from contracts.models import ContractingProcess, Document
from contracts.ocds.gate.document import decode_stored

LINKED, ATTACHED = "linked", "attached"
# Form feed, which PDF-to-text programs put between pages.
_PAGE_ENDS = "\f"
_PLAIN = "text/plain; charset=utf-8"


class LinkedDocumentRow(serializers.Serializer):
    """
    A document that the record links, or a file without a link, of which `id` to `url` are empty.

    `sha256` and the members after it describe the file that a person attached.
    """

    id = serializers.CharField()
    type = serializers.CharField(help_text="`documentType`, as in the record.")
    title = serializers.CharField()
    description = serializers.CharField()
    published = serializers.DateTimeField(allow_null=True)
    url = serializers.CharField(help_text="Address of the document, as in the record. Veedor does not open it.")
    state = serializers.ChoiceField(
        choices=(LINKED, ATTACHED),
        help_text=(
            "`linked`: the record links the document, and Veedor does not have it. `attached`: a person "
            "attached the file."
        ),
    )
    sha256 = serializers.CharField(help_text="SHA-256 of the attached file; empty if there is none.")
    pages = serializers.IntegerField(allow_null=True)
    pages_read = serializers.IntegerField(allow_null=True)
    first_page = serializers.CharField(
        help_text=(
            "Address of its first page, which only auditors and leads can open; `#c=start-end` marks a passage."
        )
    )
    copy = serializers.CharField(help_text="Address of its copy without metadata; empty if there is none.")
    text = serializers.CharField(help_text="Address of its text; empty if it was not read.")


class LinkedDocumentsView(ApiView):
    """
    List the documents that a contracting process links, then files sent without one.

    Veedor does not fetch links. An auditor may attach the file of a link by hand; attached files are listed for
    auditors and leads at once, for everyone else once a person publishes the document.
    """

    serializer_class = LinkedDocumentRow

    @extend_schema(operation_id="linked_documents", responses=LinkedDocumentRow(many=True))
    def get(self, request: Request, **address: Any) -> Response:
        reader: Any = effective_user(request)
        processes = ContractingProcess.objects.visible_to(reader).select_related("publisher").defer("compiled_release")
        # As text, which is decoded with exact numbers.
        texts = processes.annotate(text=Cast("compiled_release", TextField()))
        process = texts.filter(ocid=address["ocid"]).first()
        if process is None:
            raise Http404
        parsed = parse_stored(process, decode_stored(process.text))
        sees_all = reader.has_perm("contracts.view_document")
        return Response([_row(linked) for linked in linked_documents(process, parsed, sees_all=sees_all)])


class LinkedDocumentsByOcidView(ByOcid, LinkedDocumentsView):  # type: ignore[override]
    """
    List the documents that a contracting process links, by a query parameter.

    Use this address if the ocid contains characters that a path cannot contain, such as a slash.
    """

    @extend_schema(operation_id="linked_documents_by_ocid", responses=LinkedDocumentRow(many=True))
    def get(self, request: Request, **address: Any) -> Response:
        return super().get(request, **address)


class DocumentTextView(ConditionalView, ApiView):
    """
    Read the text of a document.

    It is that of a published document or, for auditors and leads, of any. A form feed (U+000C) stands between two
    pages; documents without pages (DOCX, ODT, RTF, text) are read in stretches of paragraphs. Text of scans is
    recognised, and may contain mistakes. A page without text, or that could not be read, is empty.
    """

    renderer_classes = (AnyRenderer,)
    serializer_class = serializers.Serializer
    parameters = frozenset({"page"})
    schema_parameters = (
        OpenApiParameter("page", OpenApiTypes.STR, description="Only the text of this page; the first is 1."),
    )

    @extend_schema(operation_id="document_text", responses={(200, "text/plain"): OpenApiTypes.STR})
    def get(self, request: Request, sha256: str) -> HttpResponse:
        reader: Any = effective_user(request)
        documents = Document.objects.filter(reader_version__gt=0)
        if not reader.has_perm("contracts.view_document"):
            documents = documents.exclude(published_on=None)
        document = get_object_or_404(documents, pk=sha256)
        texts = document.texts.all()
        if asked := request.query_params.get("page"):
            if not (asked.isascii() and asked.isdecimal() and len(asked) < 9 and 1 <= int(asked) <= document.pages):
                detail = _("page is the number of a page: this document has %(pages)d.") % {"pages": document.pages}
                raise parameter_problem("page", "invalid_parameter", detail)
            text = texts.filter(number=int(asked)).values_list("text", flat=True).first() or ""
            return HttpResponse(text, content_type=_PLAIN)
        pages = dict(texts.values_list("number", "text"))
        text = _PAGE_ENDS.join(pages.get(number, "") for number in range(1, max(pages, default=0) + 1))
        return HttpResponse(text, content_type=_PLAIN)


def _row(linked: LinkedDocument) -> dict[str, Any]:
    named, document = linked.named, linked.attached
    return {
        "id": named.id,
        "type": named.type,
        "title": named.title,
        "description": named.description,
        "published": named.published,
        "url": named.url,
        "state": ATTACHED if document else LINKED,
        "sha256": document.pk if document else "",
        "pages": document.pages if document else None,
        "pages_read": document.pages_read if document else None,
        "first_page": f"/documents/{document.pk}/pages/1" if document else "",
        "copy": f"/documents/{document.pk}/copy" if document and document.cleaned_id else "",
        "text": reverse("document-text", args=[document.pk]) if document and document.reader_version else "",
    }
