"""An account's stored table mappings: what the columns of its tables hold, as JSON."""

from typing import Any
from uuid import UUID

from django.http import Http404
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework import serializers, status
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from contracts.api.protocol.description.schema import ProblemSerializer
from contracts.api.protocol.problems import MEDIA_TYPE
from contracts.api.protocol.views import ApiView
from contracts.api.submissions.views import MaySubmit
from contracts.intake.reading.mapping import keep_mapping
from contracts.models import TableMapping
from contracts.tables.headers.given_mapping import DECIMAL_MARKS, FACTS, read_given

EXAMPLE = {
    "columns": {
        "Lo que se compra": "title",
        "A quién": "supplier",
        "Costo": "amount",
        "Precio base": "tender/value/amount",
    },
    "country": "PE",
    "currency": "PEN",
}


class TableMappingRow(serializers.Serializer):
    """The columns of a table and the facts that they contain."""

    id = serializers.UUIDField(read_only=True)
    columns = serializers.DictField(
        child=serializers.CharField(),
        help_text=f"Header → fact: {', '.join(FACTS)}; or the path of an OCDS field, such as tender/value/amount.",
    )
    country = serializers.CharField(
        required=False, help_text="Country of rows that do not name one: a name or a code."
    )
    currency = serializers.CharField(
        required=False, help_text="Currency of amounts that do not name one: a code or a sign."
    )
    decimal_mark = serializers.ChoiceField(
        choices=sorted(DECIMAL_MARKS), required=False, help_text="Decimal mark of ambiguous amounts, such as 1.234."
    )


def _row(kept: TableMapping) -> dict[str, Any]:
    given = kept.given
    return {
        "id": kept.pk,
        "columns": given.columns,
        "country": given.country,
        "currency": given.currency,
        "decimal_mark": given.decimal_mark,
    }


class MayKeepMappings(MaySubmit):
    """Permission for an account to read its mappings; changing them requires the right to submit."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        if request.method in SAFE_METHODS:
            return bool(request.user and request.user.is_authenticated)
        return super().has_permission(request, view)


class TableMappingListView(ApiView):
    """
    List the table mappings of your account, or add one.

    Tables that have all headers of a mapping are read with it.
    """

    permission_classes = (MayKeepMappings,)
    serializer_class = TableMappingRow
    cache_control = "no-store"

    @extend_schema(operation_id="me_table_mappings_list", responses=TableMappingRow(many=True))
    def get(self, request: Request) -> Response:
        """
        List the table mappings of your account.

        Tables that have all headers of a mapping are read with it.
        """
        return Response([_row(kept) for kept in TableMapping.objects.filter(user=request.user.pk)])

    @extend_schema(
        operation_id="me_table_mappings_create",
        request=TableMappingRow,
        responses={
            201: TableMappingRow,
            (422, MEDIA_TYPE): OpenApiResponse(ProblemSerializer, "The mapping cannot be used; `errors` says why."),
        },
        examples=[OpenApiExample("A mapping", value=EXAMPLE, request_only=True)],
    )
    def post(self, request: Request) -> Response:
        """
        Add a table mapping to your account.

        Tables that have all headers of the mapping are then read with it. Try it with `submissions/validate/`, which
        reports on each row as for known tables. A mapping replaces an earlier one for the same headers. A token needs
        the scope `submit`.
        """
        kept = keep_mapping(request.user, read_given(request.data))
        return Response(_row(kept), status=status.HTTP_201_CREATED)


class TableMappingDetailView(ApiView):
    """Read or delete a table mapping of your account."""

    permission_classes = (MayKeepMappings,)
    serializer_class = TableMappingRow
    cache_control = "no-store"

    def _found(self, request: Request, pk: UUID) -> TableMapping:
        kept = TableMapping.objects.filter(user=request.user.pk, pk=pk).first()
        if kept is None:
            raise Http404
        return kept

    @extend_schema(operation_id="me_table_mappings_retrieve")
    def get(self, request: Request, pk: UUID) -> Response:
        """Read a table mapping of your account."""
        return Response(_row(self._found(request, pk)))

    @extend_schema(operation_id="me_table_mappings_delete", responses={204: None})
    def delete(self, request: Request, pk: UUID) -> Response:
        """
        Delete a table mapping of your account.

        Submissions that were read with it do not change. A token needs the scope `submit`.
        """
        self._found(request, pk).delete()
        return Response(status=status.HTTP_204_NO_CONTENT)
