"""The dumps of every night: what there is, and the files."""

from django.http import Http404, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from msgspec import to_builtins
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from audits.api.decision_logs import DecisionHead
from audits.dumps.manifest import NO_DUMP_YET, find, newest
from contracts.api.protocol.conditional import ConditionalView
from contracts.api.protocol.files.served import FILE_PROBLEMS, FILE_RESPONSES, file_answer
from contracts.api.protocol.rendering import AnyRenderer
from contracts.api.protocol.views import ApiView


class DumpFileRow(serializers.Serializer):
    name = serializers.CharField()
    url = serializers.CharField(
        help_text="Absolute address of the file; accepts Range. A dump is kept until two newer ones exist."
    )
    table = serializers.CharField(
        help_text="The list of the API whose rows the file contains, or `compiled-releases` (OCDS)."
    )
    country = serializers.CharField(
        help_text="ISO 3166-1 alpha-2 code; `none`: rows without a country; empty: all rows."
    )
    year = serializers.CharField(
        help_text="Year of `date`, or of `raised` for flags; `undated`: rows without a date; empty: all rows."
    )
    media_type = serializers.CharField(help_text="Media type of the file once unpacked.")
    rows = serializers.IntegerField()
    bytes = serializers.IntegerField(help_text="Size of the compressed file as downloaded.")
    sha256 = serializers.CharField(help_text="SHA-256 of the file as downloaded; also its ETag.")


class LicenceRow(serializers.Serializer):
    publisher = serializers.CharField()
    name = serializers.CharField()
    licence = serializers.CharField(help_text="Licence of the publisher's records; empty if not stated.")
    source = serializers.CharField(help_text="Where the publisher states the licence.")  # type: ignore[assignment]  # a field of this name


class Dump(serializers.Serializer):
    dump = serializers.CharField(allow_null=True, help_text="Name of the dump; null before the first one.")
    taken = serializers.DateTimeField(
        allow_null=True, help_text="Time of the database snapshot that all rows are read from."
    )
    notice = serializers.CharField(help_text="What a flag is and, before the first dump, when there will be one.")
    dictionary = serializers.CharField(help_text="Address of the description of all columns.")
    licences = LicenceRow(many=True)
    files = DumpFileRow(many=True)
    heads = DecisionHead(
        many=True, help_text="Heads of the decision logs on the day before the dump, as in `decision-logs/`."
    )


class DumpView(ConditionalView, ApiView):
    """
    List the files of the newest dump.

    A dump is written every night and contains all public data: tables by country and year (CSV), whole tables
    (Parquet), and records in OCDS.
    """

    serializer_class = Dump

    @extend_schema(operation_id="dumps")
    def get(self, request: Request) -> Response:
        manifest = newest()
        body = (
            to_builtins(manifest)
            if manifest
            else {"dump": None, "taken": None, "licences": [], "files": [], "heads": []}
        )
        for file in body["files"]:
            file["url"] = request.build_absolute_uri(reverse("dump-file", args=[body["dump"], file["name"]]))
        notice = _("A flag is a question about a record, not an accusation: a person decides.")
        if manifest is None:
            notice = f"{notice} {NO_DUMP_YET}"
        return Response({**body, "notice": notice, "dictionary": request.build_absolute_uri(reverse("dictionary"))})


class DumpFileView(ApiView):
    """
    Download a file of a dump.

    Range requests are supported, so an interrupted download can be continued.
    """

    renderer_classes = (AnyRenderer,)
    further_problems = FILE_PROBLEMS
    schema_parameters = (
        OpenApiParameter(
            "dump", OpenApiTypes.STR, OpenApiParameter.PATH, description="Name of the dump, or `latest`."
        ),
        OpenApiParameter("name", OpenApiTypes.STR, OpenApiParameter.PATH, description="Name of the file."),
    )

    @extend_schema(operation_id="dump_file", responses=FILE_RESPONSES)
    def get(self, request: Request, dump: str, name: str) -> HttpResponseBase:
        found = find(dump, name)
        if found is None:
            raise Http404
        path, file = found
        media_type = "application/gzip" if name.endswith(".gz") else file.media_type
        try:
            return file_answer(request, path, media_type=media_type, digest=file.sha256)
        except FileNotFoundError as error:  # a newer dump has taken its place
            raise Http404 from error
