"""The documents that a record links: not fetched, or attached by a person."""

from typing import Any

from django.db.models import TextField
from django.db.models.functions import Cast
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from contracts.api.addresses import ByOcid
from contracts.api.protocol.tokens import effective_user
from contracts.api.protocol.views import ApiView
from contracts.intake.documents.linked_documents import LinkedDocument, linked_documents, parse_stored
from contracts.models import ContractingProcess
from contracts.ocds.gate.document import decode_stored

LINKED, ATTACHED = "linked", "attached"


class LinkedDocumentRow(serializers.Serializer):
    """A document of the record. `sha256` and what follows are of the file that a person attached to its link."""

    id = serializers.CharField()
    type = serializers.CharField(help_text="`documentType`, as the record has it.")
    title = serializers.CharField()
    description = serializers.CharField()
    published = serializers.DateTimeField(allow_null=True)
    url = serializers.CharField(help_text="As the record has it; it was not opened.")
    state = serializers.ChoiceField(
        choices=(LINKED, ATTACHED), help_text="`linked`: linked, not fetched. `attached`: a person attached the file."
    )
    sha256 = serializers.CharField(help_text="Of the bytes that were attached; empty without.")
    pages = serializers.IntegerField(allow_null=True)
    pages_read = serializers.IntegerField(allow_null=True)
    first_page = serializers.CharField(
        help_text="Its first page, which people of the desk may open; `#c=start-end` leads to a passage."
    )


class LinkedDocumentsView(ApiView):
    """
    List the documents that a contracting process links.

    Veedor fetches none of them. To a link an auditor may attach the file by hand; of what is attached everyone is told
    once a person published the document, and people of the desk at once.
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
        return Response([_row(linked, sees_all=sees_all) for linked in linked_documents(process, parsed)])


class LinkedDocumentsByOcidView(ByOcid, LinkedDocumentsView):  # type: ignore[override]
    """List the documents that a contracting process links, for an ocid that no path can hold."""

    @extend_schema(operation_id="linked_documents_by_ocid", responses=LinkedDocumentRow(many=True))
    def get(self, request: Request, **address: Any) -> Response:
        return super().get(request, **address)


def _row(linked: LinkedDocument, *, sees_all: bool) -> dict[str, Any]:
    named, document = linked.named, linked.attached
    if document is not None and not (sees_all or document.published_on):
        document = None
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
    }
