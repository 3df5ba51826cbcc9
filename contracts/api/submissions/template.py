"""The template of a table, to be filled in."""

from django.http import HttpResponse
from django.utils.translation import gettext, override
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request

from contracts.api.protocol.files.lists import LANGUAGES as SITE_LANGUAGES
from contracts.api.protocol.query.parameters import read_choice
from contracts.api.protocol.views import ApiView
from contracts.ocds.fixture_tables import fixture_rows
from contracts.tables.headers.template import template
from contracts.translating import language_in_force

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# Headers are written in languages without regions, as pages of rules are.
_WRITTEN_IN = {code: code.partition("-")[0] for code in SITE_LANGUAGES}
# What to write in the column of a fact.
HINTS = {row["fact"]: row["hint"] for row in fixture_rows("wording/facts") if row["hint"]}


class TemplateView(ApiView):
    """
    Download an empty table as XLSX.

    Its headers are those that Veedor understands.
    """

    permission_classes = (AllowAny,)
    parameters = frozenset({"language"})
    serializer_class = serializers.Serializer

    @extend_schema(
        operation_id="table_template",
        parameters=[
            OpenApiParameter(
                "language",
                OpenApiTypes.STR,
                enum=sorted(_WRITTEN_IN),
                description="Language of the headers; by default that of Accept-Language.",
            )
        ],
        responses={(200, MEDIA_TYPE): OpenApiTypes.BINARY},
    )
    def get(self, request: Request) -> HttpResponse:
        language = read_choice(request, "language", _WRITTEN_IN, language_in_force())
        with override(language):
            content = template(language, gettext("Contracts"), {fact: gettext(hint) for fact, hint in HINTS.items()})
        name = f"veedor-{language}.xlsx"
        return HttpResponse(
            content, content_type=MEDIA_TYPE, headers={"Content-Disposition": f'attachment; filename="{name}"'}
        )
