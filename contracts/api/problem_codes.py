"""The API's problem codes as a resource."""

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from contracts.api.protocol.conditional import ConditionalView
from contracts.api.protocol.problems import CODES, refusal_status
from contracts.api.protocol.query.parameters import FIELDS, OMIT, chosen_fields
from contracts.api.protocol.rows.columns import fields_of
from contracts.api.protocol.views import ApiView
from contracts.ocds.messages import HINTS, WARNINGS


class ProblemCode(serializers.Serializer):
    code = serializers.CharField()
    status = serializers.IntegerField(allow_null=True, help_text="HTTP status; null for a warning.")
    meaning = serializers.CharField()


class ProblemCodes(serializers.Serializer):
    results = ProblemCode(many=True)


class ProblemListView(ConditionalView, ApiView):
    """
    List the codes of problems.

    `type` of every problem is an address on this page.
    """

    serializer_class = ProblemCodes
    schema_parameters = (FIELDS, OMIT)
    parameters = frozenset({"fields", "omit"})

    @extend_schema(operation_id="problems")
    def get(self, request: Request) -> Response:
        fields = chosen_fields(request, fields_of(ProblemCode))
        codes: list[dict[str, Any]] = [
            {"code": code, "status": status, "meaning": meaning} for code, (status, meaning) in CODES.items()
        ]
        for code, hint in HINTS.items():
            codes.append(
                {"code": code, "status": None if code in WARNINGS else refusal_status(code), "meaning": _(hint)}
            )
        return Response({"results": [{name: row[name] for name in fields} for row in codes]})
