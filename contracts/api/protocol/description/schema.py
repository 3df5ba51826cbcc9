"""Additions to the generated OpenAPI 3.1 description: problems, tokens, common parameters, summaries."""

import re
from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from rest_framework import serializers

from contracts.api.protocol.conditional import ConditionalView
from contracts.api.protocol.problems import MEDIA_TYPE


class ProblemErrorSerializer(serializers.Serializer):
    code = serializers.CharField(help_text="Code of the problem, for programs; it does not change.")
    detail = serializers.CharField(
        help_text="Description of the problem, for people, in the language of Accept-Language."
    )
    values = serializers.DictField(required=False, help_text="The values in `detail`, for programs.")
    hint = serializers.CharField(required=False, help_text="How to fix it.")
    file = serializers.CharField(required=False, help_text="Name of the file, if sent with the form.")
    where = serializers.CharField(
        required=False,
        help_text="Page, row and column, or member, in words; empty if the problem concerns the whole input.",
    )
    variant = serializers.CharField(
        required=False, help_text="Variant of the code, which determines the text of `detail`."
    )
    warning = serializers.BooleanField(
        required=False, help_text="Whether this is only a warning: the record was accepted."
    )
    parameter = serializers.CharField(required=False, help_text="Name of the query parameter.")
    pointer = serializers.CharField(required=False, help_text="JSON Pointer into the body.")
    line = serializers.IntegerField(required=False, help_text="Number of the JSON value in the body, from 1.")
    offset = serializers.IntegerField(required=False, help_text="Position in the unpacked body, in bytes from 0.")


class ProblemSerializer(serializers.Serializer):
    """An error, as in RFC 9457 (Problem Details for HTTP APIs)."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    code = serializers.CharField(
        help_text="Code of the error, for programs; it does not change. /api/v1/problems/ lists all codes."
    )
    errors = ProblemErrorSerializer(many=True)  # type: ignore[assignment]  # the framework's metaclass takes it away
    problems = ProblemErrorSerializer(
        many=True,
        required=False,
        help_text="Problems of the refused submission, in the same form as in its status and in a dry run.",
    )
    request_id = serializers.CharField()


_SUCCESS = {
    "200": "Success.",
    "201": "Created.",
    "202": "Accepted; a worker will do it.",
    "204": "Deleted.",
    "206": "The requested range of the file.",
}
_SENTENCE_END = re.compile(r"[.:](?:\s|$)")
_UNDESCRIBED = ("", "No response body")
_EMPTY = {"type": "string", "maxLength": 0}


class ApiSchema(AutoSchema):
    """Adds the parameters of a view and its possible problems to each operation."""

    def get_override_parameters(self) -> list[Any]:
        return [*super().get_override_parameters(), *getattr(self.view, "schema_parameters", ())]

    def get_operation(self, *args: Any, **options: Any) -> dict[str, Any] | None:
        """Describe an operation; if a body has the parameters of a list, describe them only as members of the body."""
        operation: dict[str, Any] | None = super().get_operation(*args, **options)
        if operation and self.method == "POST":
            operation["requestBody"]["required"] = True
        if operation and self.method == "POST" and getattr(self.view, "has_parameters_in_body", False):
            given = operation.pop("parameters", [])
            content = operation["requestBody"]["content"]["application/json"]
            members = {one["name"]: _member(one) for one in given if one["in"] == "query"}
            content["schema"] = {**content["schema"], "properties": members}
            if others := [one for one in given if one["in"] != "query"]:
                operation["parameters"] = others
        return operation

    def _insert_field_validators(self, field: Any, schema: dict[str, Any]) -> None:
        """Describe the limits of a field. An empty text matches both alternatives, so `anyOf` replaces `oneOf`."""
        super()._insert_field_validators(field, schema)
        if _EMPTY in schema.get("oneOf", ()):
            schema["anyOf"] = schema.pop("oneOf")

    def _get_filter_parameters(self) -> list[dict[str, Any]]:
        """Return the parameters of filters with their help texts, which are lost for filters with a type."""
        filters = getattr(getattr(self.view, "filterset_class", None), "base_filters", {})
        found: list[dict[str, Any]] = super()._get_filter_parameters()
        for parameter in found:
            if parameter["name"] in filters:
                parameter.setdefault("description", filters[parameter["name"]].extra.get("help_text", ""))
        return found

    def _resolve_path_parameters(self, variables: list[str]) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = super()._resolve_path_parameters(variables)
        for parameter in found:
            parameter.setdefault("description", "Identifier, as in `url` of the list's rows.")
        return found

    def _is_list_view(self, serializer: Any = None) -> bool:
        return bool(getattr(self.view, "is_list", False)) or super()._is_list_view(serializer)

    def get_summary(self) -> str:
        """Return the first sentence of the description."""
        return str(super().get_summary() or _SENTENCE_END.split(self.get_description(), maxsplit=1)[0].strip())

    def _get_response_bodies(self, direction: Any = "response") -> dict[str, Any]:
        bodies = super()._get_response_bodies(direction)
        for status, body in bodies.items():
            if body["description"] in _UNDESCRIBED:
                body["description"] = _SUCCESS[status]
        if self.method == "GET" and isinstance(self.view, ConditionalView):
            bodies["304"] = {"description": "Not modified: the ETag in If-None-Match is current."}
        bodies |= {status: {"description": meaning} for status, meaning in getattr(self.view, "redirects", {}).items()}
        problem = self.resolve_serializer(ProblemSerializer, direction).ref
        for status, meaning in self._problems().items():
            bodies.setdefault(status, {"description": meaning, "content": {MEDIA_TYPE: {"schema": problem}}})
        return dict(sorted(bodies.items()))

    def _problems(self) -> dict[str, str]:
        problems = {
            "400": "Bad request.",
            "401": "Authentication required, or the token is not valid.",
            "406": "Format not available.",
            "429": "Too many requests.",
            "503": "Service unavailable, or the query took too long; retry after the seconds in Retry-After.",
        }
        by_query = any(
            getattr(parameter, "required", False) for parameter in getattr(self.view, "schema_parameters", ())
        )
        if "{" in self.path or by_query:
            problems["404"] = "Not found, or not visible to you."
        if self.method != "GET":
            problems["403"] = "Permission denied."
        if self.method in {"POST", "PATCH"}:
            problems |= {"413": "Body too large.", "415": "Unsupported media type or encoding."}
        return problems | getattr(self.view, "further_problems", {})


def _member(parameter: dict[str, Any]) -> dict[str, Any]:
    """Return a query parameter as a member of a body, in which a comma-separated value can also be an array."""
    schema = {name: value for name, value in parameter["schema"].items() if name != "default"}
    if schema == {"type": "string"}:
        schema = {"oneOf": [schema, {"type": "array", "items": {"type": "string"}}]}
    return {**schema, "description": parameter.get("description", "")}


class TokenScheme(OpenApiAuthenticationExtension):
    target_class = "contracts.api.protocol.access.tokens.TokenAuthentication"
    name = "token"

    def get_security_definition(self, _auto_schema: AutoSchema) -> dict[str, str]:
        return {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": "`Token vdr_…`. Create a token in the admin; it is shown only once.",
        }
