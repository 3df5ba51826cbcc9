"""The template of a table, to be filled in."""

from django.http import HttpResponse
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request

from contracts.api.protocol.problems import nearest, parameter_problem
from contracts.api.protocol.views import ApiView
from contracts.tables.mappings import LANGUAGES
from contracts.tables.template import template
from contracts.translating import language_in_force

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HINTS = {
    "title": _("What is bought, in a sentence. A row needs a title or a description."),
    "description": _("What the contract says of it."),
    "buyer": _("The public body that buys."),
    "supplier": _("The firm or person that sells. Leave it empty for a call for tenders."),
    "amount": _("A number, such as 1250000.50 or 1.250.000,50."),
    "currency": _("A code such as PEN, MXN or BRL, or a sign such as S/ or R$."),
    "date_signed": _("Such as 2024-03-31 or 31/03/2024."),
    "start_date": _("Such as 2024-03-31 or 31/03/2024."),
    "end_date": _("Such as 2024-03-31 or 31/03/2024."),
    "method": _("How the supplier was chosen, as the contract names it."),
    "country": _("Of the buyer: a name or a code such as PE."),
    "id": _(
        "The number of the contract or of the process. Rows with the same number, buyer and country are one process."
    ),
    "buyer_id": _("Its tax number, such as RUC, NIT, RFC or CNPJ."),
    "supplier_id": _("Its tax number, such as RUC, NIT, RFC or CNPJ."),
    "financing": _("Who pays: a bank, a donor, a programme."),
    "source_url": _("Where it is published, an address that begins with https://."),
}


class TemplateView(ApiView):
    """Download an empty table with the headers that are understood, as XLSX."""

    permission_classes = (AllowAny,)
    parameters = frozenset({"language"})
    serializer_class = serializers.Serializer

    @extend_schema(
        operation_id="table_template",
        parameters=[
            OpenApiParameter("language", OpenApiTypes.STR, enum=LANGUAGES, description="By default, the reader's.")
        ],
        responses={(200, MEDIA_TYPE): OpenApiTypes.BINARY},
    )
    def get(self, request: Request) -> HttpResponse:
        language = request.query_params.get("language") or language_in_force()
        language = language.lower().partition("-")[0]  # written without regions, as pages of rules are
        if language not in LANGUAGES:
            detail = gettext("The language %(name)s is not known.") % {"name": language[:20]}
            raise parameter_problem("language", "invalid_parameter", detail, nearest(language, LANGUAGES))
        with override(language):
            content = template(language, gettext("Contracts"), {fact: str(hint) for fact, hint in HINTS.items()})
        name = f"veedor-{language}.xlsx"
        return HttpResponse(
            content, content_type=MEDIA_TYPE, headers={"Content-Disposition": f'attachment; filename="{name}"'}
        )
