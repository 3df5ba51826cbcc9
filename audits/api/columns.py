"""The data dictionary: the columns of all lists, with their meaning and OCDS path."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from audits.api.contracts import AuditedContractListView
from audits.api.flag_evidence import EvidenceRow
from audits.api.flags import FlagListView
from audits.api.processes import AuditedProcessListView
from contracts.api.organizations import OrganizationListView
from contracts.api.protocol.description.describing import describe_fields
from contracts.api.protocol.list_view import ListView
from contracts.api.protocol.views import ApiView
from contracts.api.publishers import PublisherListView

LISTS: tuple[type[ListView], ...] = (
    AuditedProcessListView,
    AuditedContractListView,
    OrganizationListView,
    PublisherListView,
    FlagListView,
)


class ColumnRow(serializers.Serializer):
    """A column of a list."""

    list = serializers.CharField(help_text="The list that has this column, as in the list's address.")
    name = serializers.CharField(help_text="Name of the column in responses and files.")
    label = serializers.CharField(  # type: ignore[assignment]  # a column of this name
        help_text="Header of the column in files with `lang=`, here in the language of Accept-Language."
    )
    type = serializers.CharField(help_text="One of text, decimal, integer, boolean, date, instant, list, object.")
    path = serializers.CharField(
        help_text="Path of the OCDS field that the column is read from; empty if Veedor computes it."
    )
    description = serializers.CharField()


class Dictionary(serializers.Serializer):
    columns = ColumnRow(many=True)


class DictionaryView(ApiView):
    """List the columns of all lists, with their meaning and OCDS path."""

    serializer_class = Dictionary

    @extend_schema(operation_id="dictionary")
    def get(self, _request: Request) -> Response:
        columns = [
            *((view.title, view.serializer_class, view.dictionary) for view in LISTS),
            ("flags?sheet=evidence", EvidenceRow, FlagListView.dictionary),
        ]
        rows = [
            {"list": name, **described}
            for name, serializer, dictionary in columns
            for described in describe_fields(serializer, dictionary)
        ]
        return Response({"columns": rows})
