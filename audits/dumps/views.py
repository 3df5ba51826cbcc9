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

from audits.dumps.manifest import find, newest
from contracts.api.protocol.conditional import ConditionalView
from contracts.api.protocol.files.served import FILE_PROBLEMS, FILE_RESPONSES, file_answer
from contracts.api.protocol.rendering import AnyRenderer
from contracts.api.protocol.views import ApiView


class DumpFileRow(serializers.Serializer):
    name = serializers.CharField()
    url = serializers.CharField(help_text="Absolute. The answer takes Range; a dump is kept until the next but one.")
    table = serializers.CharField(help_text="The list of the API it has the rows of; or compiled-releases, in OCDS.")
    country = serializers.CharField(help_text="ISO 3166-1 alpha-2; none: rows without one; empty: all.")
    year = serializers.CharField(help_text="Of `date`, of flags of `raised`; undated: rows without one; empty: all.")
    media_type = serializers.CharField(help_text="What .csv.gz and .jsonl.gz hold once unpacked; or that of Parquet.")
    rows = serializers.IntegerField()
    bytes = serializers.IntegerField(help_text="As it is sent.")
    sha256 = serializers.CharField(help_text="Of the file as it is sent; its ETag too.")


class LicenceRow(serializers.Serializer):
    publisher = serializers.CharField()
    name = serializers.CharField()
    licence = serializers.CharField(help_text="Of its records; empty: not stated.")
    source = serializers.CharField(help_text="Where it says so.")  # type: ignore[assignment]  # a field of this name


class Dump(serializers.Serializer):
    dump = serializers.CharField(allow_null=True, help_text="Its name; null before the first one.")
    taken = serializers.DateTimeField(allow_null=True, help_text="The moment that all rows are of.")
    notice = serializers.CharField()
    dictionary = serializers.CharField(help_text="What the columns mean.")
    licences = LicenceRow(many=True)
    files = DumpFileRow(many=True)


class DumpView(ConditionalView, ApiView):
    """
    List the files of the newest dump: the tables by country and year (CSV), whole (Parquet), and the records in OCDS.

    Dumps hold what everyone may see, as the lists answer it, and are written every night.
    """

    serializer_class = Dump

    @extend_schema(operation_id="dumps")
    def get(self, request: Request) -> Response:
        manifest = newest()
        body = to_builtins(manifest) if manifest else {"dump": None, "taken": None, "licences": [], "files": []}
        for file in body["files"]:
            file["url"] = request.build_absolute_uri(reverse("dump-file", args=[body["dump"], file["name"]]))
        notice = _("A flag is a question about a record, not an accusation: a person decides.")
        return Response({**body, "notice": notice, "dictionary": request.build_absolute_uri(reverse("dictionary"))})


class DumpFileView(ApiView):
    """Download a file of a dump, whole or from where a download broke off."""

    renderer_classes = (AnyRenderer,)
    further_problems = FILE_PROBLEMS
    schema_parameters = (
        OpenApiParameter("dump", OpenApiTypes.STR, OpenApiParameter.PATH, description="Its name, or `latest`."),
        OpenApiParameter("name", OpenApiTypes.STR, OpenApiParameter.PATH, description="Of the file."),
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
