"""The documents that a record links: not fetched, or attached by a person."""

from collections.abc import Iterator
from typing import Any

from django.db.models import TextField
from django.db.models.functions import Cast
from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from contracts.api.addresses import ByOcid
from contracts.api.protocol.problems import nearest, parameter_problem
from contracts.api.protocol.tokens import effective_user
from contracts.api.protocol.views import ApiView
from contracts.intake.linked import LinkedDocument, linked_documents, view_of
from contracts.models import ContractingProcess
from contracts.ocds.document import decode_stored

LINKED, ATTACHED = "linked", "attached"
STATES = (LINKED, ATTACHED)
FILTERS = [
    OpenApiParameter("state", OpenApiTypes.STR, enum=STATES, description="Linked and not fetched, or attached."),
    OpenApiParameter("type", OpenApiTypes.STR, description="`documentType`, as the record has it."),
    OpenApiParameter("title__contains", OpenApiTypes.STR, description="Part of the title, in capitals or not."),
]


class LinkedDocumentRow(serializers.Serializer):
    """A document of the record. `sha256` and what follows are of the file that a person attached to its link."""

    id = serializers.CharField()
    type = serializers.CharField(help_text="`documentType`, as the record has it.")
    title = serializers.CharField()
    description = serializers.CharField()
    published = serializers.DateTimeField(allow_null=True)
    url = serializers.CharField(help_text="As the record has it; it was not opened.")
    state = serializers.ChoiceField(
        choices=STATES, help_text="`linked`: linked, not fetched. `attached`: a person attached the file."
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
    parameters = frozenset({"state", "type", "title__contains"})

    @extend_schema(operation_id="linked_documents", parameters=FILTERS, responses=LinkedDocumentRow(many=True))
    def get(self, request: Request, **address: Any) -> Response:
        reader: Any = effective_user(request)
        state = request.query_params.get("state", "")
        if state and state not in STATES:
            detail = _("The state %(name)s is not known.") % {"name": state[:20]}
            raise parameter_problem("state", "invalid_parameter", detail, nearest(state, STATES))
        processes = ContractingProcess.objects.visible_to(reader).select_related("publisher").defer("compiled_release")
        # As text, which is decoded with exact numbers.
        texts = processes.annotate(text=Cast("compiled_release", TextField()))
        process = texts.filter(ocid=address["ocid"]).first()
        if process is None:
            raise Http404
        rows = _rows(process, sees_all=reader.has_perm("contracts.view_document"))
        kind, part = request.query_params.get("type", ""), request.query_params.get("title__contains", "").casefold()
        return Response(
            [
                row
                for row in rows
                if (not state or row["state"] == state)
                and (not kind or row["type"] == kind)
                and part in row["title"].casefold()
            ]
        )


class LinkedDocumentsByOcidView(ByOcid, LinkedDocumentsView):  # type: ignore[override]
    """List the documents that a contracting process links, for an ocid that no path can hold."""

    @extend_schema(operation_id="linked_documents_by_ocid", parameters=FILTERS, responses=LinkedDocumentRow(many=True))
    def get(self, request: Request, **address: Any) -> Response:
        return super().get(request, **address)


def _rows(process: Any, *, sees_all: bool) -> Iterator[dict[str, Any]]:
    for linked in linked_documents(process, view_of(process, decode_stored(process.text))):
        yield _row(linked, sees_all=sees_all)


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
