"""The mappings that an account keeps: what the columns of its tables hold, as JSON."""

from typing import Any
from uuid import UUID

from django.http import Http404
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers, status
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from contracts.api.protocol.views import ApiView
from contracts.intake.reading.mapping import keep_mapping
from contracts.models import TableMapping
from contracts.tables.given_mapping import DECIMAL_MARKS, FACTS, read_given

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
    """Which column of a table holds which fact."""

    id = serializers.UUIDField(read_only=True)
    columns = serializers.DictField(
        child=serializers.CharField(),
        help_text=f"Header → fact: {', '.join(FACTS)}; or a path into the OCDS release, such as tender/value/amount.",
    )
    country = serializers.CharField(required=False, help_text="Of rows that name none: a name or a code.")
    currency = serializers.CharField(required=False, help_text="Of amounts that name none: a code or a sign.")
    decimal_mark = serializers.ChoiceField(
        choices=sorted(DECIMAL_MARKS), required=False, help_text="Of amounts that show none, such as 1.234."
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


class TableMappingListView(ApiView):
    """
    List the mappings of your account, or keep one.

    A table that has all of its headers is then read by it: try it with `submissions/validate/`, which gives the same
    report row by row as of tables that are known. One for the same headers takes the place of the one before.
    """

    permission_classes = (IsAuthenticated,)
    serializer_class = TableMappingRow
    cache_control = "no-store"

    @extend_schema(operation_id="me_table_mappings_list", responses=TableMappingRow(many=True))
    def get(self, request: Request) -> Response:
        return Response([_row(kept) for kept in TableMapping.objects.filter(user=request.user.pk)])

    @extend_schema(
        operation_id="me_table_mappings_create",
        request=TableMappingRow,
        responses={201: TableMappingRow},
        examples=[OpenApiExample("A mapping", value=EXAMPLE, request_only=True)],
    )
    def post(self, request: Request) -> Response:
        kept = keep_mapping(request.user, read_given(request.data))
        return Response(_row(kept), status=status.HTTP_201_CREATED)


class TableMappingDetailView(ApiView):
    """Read or delete a mapping of your account. What was sent meanwhile stays as it was read."""

    permission_classes = (IsAuthenticated,)
    serializer_class = TableMappingRow
    cache_control = "no-store"

    def _found(self, request: Request, pk: UUID) -> TableMapping:
        kept = TableMapping.objects.filter(user=request.user.pk, pk=pk).first()
        if kept is None:
            raise Http404
        return kept

    @extend_schema(operation_id="me_table_mappings_retrieve")
    def get(self, request: Request, pk: UUID) -> Response:
        return Response(_row(self._found(request, pk)))

    @extend_schema(operation_id="me_table_mappings_delete", responses={204: None})
    def delete(self, request: Request, pk: UUID) -> Response:
        self._found(request, pk).delete()
        return Response(status=status.HTTP_204_NO_CONTENT)
