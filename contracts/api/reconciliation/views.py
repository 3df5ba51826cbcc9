"""A reconciliation service for organizations (Reconciliation Service API 0.2, which OpenRefine speaks)."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.parsers import FormParser
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle

from contracts.api.protocol.access.throttles import SearchThrottle
from contracts.api.protocol.access.tokens import effective_user
from contracts.api.protocol.problems import parameter_problem
from contracts.api.protocol.query.parameters import read_choice
from contracts.api.protocol.views import ApiView
from contracts.api.reconciliation.matching import Candidate, Wanted, candidates_of, has_type, known_schemes
from contracts.api.reconciliation.properties import PROPERTIES, TYPES, rows_with_values, types_of
from contracts.api.reconciliation.queries import MAX_CANDIDATES, read_extension, read_queries
from contracts.models import Organization
from contracts.postgres.keys import key_of
from contracts.postgres.time_limits import MAX_SECONDS, statement_timeout

VERSIONS = ("0.2",)
_ROUTE = "reconcile"


class ReconciliationView(ApiView):
    """
    Reconcile names of suppliers and buyers.

    This is a service of the W3C Reconciliation API 0.2, as used by OpenRefine. Without parameters it returns its
    manifest. `queries` is a batch of queries; `extend` requests properties of organizations. Both can be sent as a
    form by POST. Each candidate has the features that make up its score. `match` is true if the identifier or name is
    unambiguous and no other candidate has a similar score.
    """

    permission_classes = (AllowAny,)
    parser_classes = (FormParser,)
    parameters = frozenset({"queries", "extend"})
    schema_parameters = (
        OpenApiParameter("queries", OpenApiTypes.STR, description="Batch of queries as a JSON object: key → query."),
        OpenApiParameter(
            "extend",
            OpenApiTypes.STR,
            description="Data extension request as a JSON object with `ids` and `properties`.",
        ),
    )

    def get_throttles(self) -> list[BaseThrottle]:
        throttles = super().get_throttles()
        is_asked = self.request.method == "POST" or self.parameters & self.request.query_params.keys()
        self.throttles = [*throttles, SearchThrottle()] if is_asked else throttles
        return self.throttles

    @extend_schema(operation_id="reconcile", responses={200: OpenApiTypes.OBJECT})
    def get(self, request: Request) -> Response:
        return self._answered(request, request.query_params) or Response(self._manifest(request))

    @extend_schema(
        operation_id="reconcile_post",
        request={"application/x-www-form-urlencoded": OpenApiTypes.OBJECT},
        responses={200: OpenApiTypes.OBJECT},
        parameters=[OpenApiParameter("queries", exclude=True), OpenApiParameter("extend", exclude=True)],
    )
    def post(self, request: Request) -> Response:
        form: Any = request.data
        answer = self._answered(request, form)
        if answer is None:
            raise parameter_problem("queries", "invalid_parameter", _("Send queries or extend."))
        # As for GET: pages of other origins may use it, without cookies.
        answer["Access-Control-Allow-Origin"] = "*"
        return answer

    def _answered(self, request: Request, given: Mapping[str, Any]) -> Response | None:
        reader = effective_user(request)
        if "queries" in given:
            wanted = read_queries(str(given["queries"]))
            with statement_timeout(MAX_SECONDS):
                schemes = known_schemes()
                found = {key: candidates_of(query, reader, schemes) for key, query in wanted.items()}
            return Response(
                {
                    key: {
                        "result": [_candidate(one, is_match=is_sure and not place) for place, one in enumerate(rows)]
                    }
                    for key, (rows, is_sure) in found.items()
                }
            )
        if "extend" in given:
            asked = read_extension(str(given["extend"]))
            names = [entry.id for entry in asked.properties]
            kept = Organization.objects.kept_of([key_of(text) for text in asked.ids])
            keys = {text: kept[key_of(text)] for text in asked.ids}
            rows = rows_with_values(reader, list(keys.values()), names)
            return Response(
                {
                    "meta": [{"id": name, "name": str(PROPERTIES[name].name)} for name in names],
                    "rows": {
                        text: {
                            name: PROPERTIES[name].value(row) if (row := rows.get(keys[text])) else []
                            for name in names
                        }
                        for text in asked.ids
                    },
                }
            )
        return None

    @staticmethod
    def _manifest(request: Request) -> dict[str, Any]:
        site = request.build_absolute_uri("/").rstrip("/")
        service = site + reverse(_ROUTE).rstrip("/")
        suggest = {
            kind: {"service_url": service, "service_path": f"/suggest/{kind}/"} for kind in ("type", "property")
        }
        entity = {"service_url": service, "service_path": "/suggest/entity/"}
        flyout = {"flyout_service_url": service, "flyout_service_path": "/flyout/?id=${id}"}
        return {
            "versions": list(VERSIONS),
            "name": "Veedor: " + _("organizations in public contracting"),
            "identifierSpace": f"{site}{reverse('organizations')}",
            "schemaSpace": f"{site}{reverse('schema')}",
            "documentation": f"{site}{reverse('guide')}",
            "defaultTypes": [{"id": kind, "name": str(name)} for kind, name in TYPES.items()],
            "view": {"url": f"{site}{reverse('organization-page', args=[0]).replace('0', '{{id}}')}"},
            "suggest": {"entity": entity | flyout, **suggest},
            "extend": {
                "propose_properties": {"service_url": service, "service_path": "/extend/propose/"},
                "property_settings": [],
            },
        }


def _candidate(found: Candidate, *, is_match: bool) -> dict[str, Any]:
    row = found.organization
    return {
        **_entity(row),
        "type": types_of(row["roles"], has_type),
        "score": found.score,
        "match": is_match,
        "features": [
            {"id": feature.id, "value": feature.value, "query": feature.query, "matched": feature.matched}
            for feature in found.features
        ],
    }


def _entity(row: Any) -> dict[str, str]:
    parts = (row["country"], f"{row['scheme']} {row['identifier']}".strip(), ", ".join(row["roles"]))
    return {"id": str(row["pk"]), "name": row["name"] or row["key"], "description": " · ".join(filter(None, parts))}


class Suggestion(serializers.Serializer):
    id = serializers.CharField()
    name = serializers.CharField()
    description = serializers.CharField(required=False)


class Suggestions(serializers.Serializer):
    result = Suggestion(many=True)


class SuggestView(ApiView):
    """Suggest types, properties or organizations whose names begin with a prefix."""

    serializer_class = Suggestions
    kind = ""
    # Accepted because widgets send all of these, although only some affect the result.
    parameters = frozenset({"prefix", "limit", "cursor", "type", "type_strict", "lang"})
    schema_parameters = (
        OpenApiParameter("prefix", OpenApiTypes.STR, required=True, description="The letters typed so far."),
        OpenApiParameter("limit", OpenApiTypes.INT, description=f"Suggestions: 1 to {MAX_CANDIDATES}."),
        OpenApiParameter("type", OpenApiTypes.STR, enum=list(TYPES), description="Only organizations of this type."),
    )

    def get_throttles(self) -> list[BaseThrottle]:
        throttles = super().get_throttles()
        self.throttles = [*throttles, SearchThrottle()] if self.kind == "entity" else throttles
        return self.throttles

    def get(self, request: Request) -> Response:
        prefix = request.query_params.get("prefix", "").strip()
        limit = limit_of(request)
        if self.kind == "entity":
            return Response({"result": self._organizations(request, prefix, limit)})
        named: Any = TYPES if self.kind == "type" else {name: known.name for name, known in PROPERTIES.items()}
        found = [
            {"id": name, "name": str(label)}
            for name, label in named.items()
            if prefix.casefold() in f"{name} {label}".casefold()
        ]
        return Response({"result": found[:limit]})

    @staticmethod
    def _organizations(request: Request, prefix: str, limit: int) -> list[dict[str, str]]:
        if not prefix:
            return []
        kind = read_choice(request, "type", {kind: kind for kind in TYPES}, "")
        wanted = Wanted(name=prefix[:200], types=(kind,) if kind else (), limit=limit)
        with statement_timeout(MAX_SECONDS):
            found, _is_sure = candidates_of(wanted, effective_user(request), known_schemes(), least=0)
        return [_entity(one.organization) for one in found]


class ProposedProperties(serializers.Serializer):
    type = serializers.CharField(required=False)
    limit = serializers.IntegerField(required=False)
    properties = Suggestion(many=True)


class ProposeView(ApiView):
    """List the properties that can be added to a table of organizations."""

    serializer_class = ProposedProperties
    parameters = frozenset({"type", "limit"})
    schema_parameters = (
        OpenApiParameter("type", OpenApiTypes.STR, enum=list(TYPES), description="Type of the organizations."),
        OpenApiParameter(
            "limit", OpenApiTypes.INT, description=f"Maximum number of properties: 1 to {MAX_CANDIDATES}."
        ),
    )

    @extend_schema(operation_id="reconcile_propose")
    def get(self, request: Request) -> Response:
        kind = request.query_params.get("type", "")
        properties = [{"id": name, "name": str(known.name)} for name, known in PROPERTIES.items()]
        answer: dict[str, Any] = {"properties": properties[: limit_of(request)]}
        return Response({**({"type": kind} if kind else {}), **answer})


class Flyout(serializers.Serializer):
    id = serializers.CharField()
    html = serializers.CharField()


class FlyoutView(ApiView):
    """
    Read a short description of an organization as HTML.

    OpenRefine shows it beside a suggestion.
    """

    serializer_class = Flyout
    parameters = frozenset({"id"})
    schema_parameters = (
        OpenApiParameter("id", OpenApiTypes.STR, required=True, description="Id of an organization."),
    )

    @extend_schema(operation_id="reconcile_flyout")
    def get(self, request: Request) -> Response:
        text = request.query_params.get("id", "")
        kept = Organization.objects.kept_of([key_of(text)])[key_of(text)]
        row = rows_with_values(effective_user(request), [kept], []).get(kept)
        if row is None:
            raise parameter_problem("id", "invalid_parameter", _("No organization has this id."))
        entity = _entity(row)
        html = format_html("<p><strong>{}</strong></p><p>{}</p>", entity["name"], entity["description"])
        return Response({"id": text, "html": html + ""})  # plain text, returned as JSON


def limit_of(request: Request) -> int:
    """Return the requested number of suggestions; raises ProblemError if it is invalid."""
    text = request.query_params.get("limit", "10")
    if text.isascii() and text.isdigit() and len(text) < 6 and int(text) >= 1:
        return min(int(text), MAX_CANDIDATES)
    detail = _("limit is a whole number from 1 to %(maximum)d.") % {"maximum": MAX_CANDIDATES}
    raise parameter_problem("limit", "invalid_parameter", detail)
