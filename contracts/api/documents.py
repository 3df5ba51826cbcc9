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
from contracts.api.protocol.access.tokens import effective_user
from contracts.api.protocol.views import ApiView
from contracts.intake.documents.linked_documents import LinkedDocument, linked_documents, parse_stored
from contracts.models import ContractingProcess
from contracts.ocds.gate.document import decode_stored

LINKED, ATTACHED = "linked", "attached"


class LinkedDocumentRow(serializers.Serializer):
    """A document that the record links. `sha256` and the members after it describe the file that a person attached."""

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


class LinkedDocumentsView(ApiView):
    """
    List the documents that a contracting process links.

    Veedor does not fetch them. An auditor may attach the file of a link by hand; attached files are listed for
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
        return Response([_row(linked, sees_all=sees_all) for linked in linked_documents(process, parsed)])


class LinkedDocumentsByOcidView(ByOcid, LinkedDocumentsView):  # type: ignore[override]
    """
    List the documents that a contracting process links, by a query parameter.

    Use this address if the ocid contains characters that a path cannot contain, such as a slash.
    """

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
