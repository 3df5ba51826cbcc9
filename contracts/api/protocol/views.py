"""Base views of the API: strict parameters, field selection, ETags, rate limits."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, NoReturn

from django.db import models
from django.http import Http404, HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _
from rest_framework.exceptions import NotAuthenticated
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle

from contracts.api.protocol.access.throttles import ExportThrottle, SearchThrottle
from contracts.api.protocol.access.tokens import effective_user
from contracts.api.protocol.conditional import ConditionalView
from contracts.api.protocol.description import deprecation
from contracts.api.protocol.description.describing import Described
from contracts.api.protocol.description.schema import ApiSchema
from contracts.api.protocol.files import lists
from contracts.api.protocol.json_bodies import StrictJSONParser
from contracts.api.protocol.query import parameters
from contracts.api.protocol.query.search import searches
from contracts.api.protocol.rendering import LIST_RENDERERS, JSONRenderer, Negotiation
from contracts.api.protocol.rows.columns import as_seen, fields_for, fields_of, read_rows

# Request headers, besides `Accept`, on which responses depend.
_DEPENDS_ON = ("Authorization", "Cookie", "Accept-Language")


class ApiView(GenericAPIView):
    """
    Base of all views of the API.

    `parameters` are its query parameters, besides `format`; any other is refused. `narrowing` are those of them that
    select rows as filters do, which are refused without a value.
    """

    renderer_classes: Any = (JSONRenderer,)
    parser_classes: Any = (StrictJSONParser,)
    content_negotiation_class = Negotiation
    metadata_class = Described
    serializer_class: Any = None
    filterset_class: Any = None
    filter_backends: Any = ()
    pagination_class: Any = None
    is_list = False
    schema = ApiSchema()
    schema_parameters: tuple[Any, ...] = ()
    # Status → meaning, of problems that other views do not have.
    further_problems: Mapping[str, str] = {}
    # Status → meaning, of redirects.
    redirects: Mapping[str, str] = {}
    deprecated: Sequence[deprecation.Deprecated] = ()
    longest_parameter = parameters.MAX_LENGTH
    parameters: frozenset[str] = frozenset()
    narrowing: frozenset[str] = frozenset()
    cache_control = "no-cache"  # May be stored but must be revalidated, which ETags make cheap.

    @property
    def is_page(self) -> bool:
        """Whether a JSON page is requested, and not a file of the whole list."""
        return bool(self.request.accepted_renderer.format == "json")

    def known_parameters(self) -> frozenset[str]:
        return self.parameters | {"format"}

    def initialize_request(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Request:
        found = super().initialize_request(request, *args, **kwargs)
        # Copied for speed: the framework would look up each attribute on itself before Django's request.
        found.META, found.method, found.path = request.META, request.method, request.path
        return found

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if any("\x00" in part for part in kwargs.values() if isinstance(part, str)):
            raise Http404
        self.read_query(request)

    def read_query(self, request: Request) -> None:
        """Replace deprecated names of parameters; raises ProblemError for an unknown parameter."""
        known = self.known_parameters()
        query, self.deprecated = deprecation.with_new_names(request.query_params, known, datetime.now(UTC).date())
        request._request.GET = query  # type: ignore[assignment]  # noqa: SLF001  -- what reads it knows new names alone
        narrowing = _narrowing(type(self))
        parameters.check_parameters(request, known, self.longest_parameter, self._misplaced, narrowing)

    def _misplaced(self) -> dict[str, str]:
        """Return parameter → hint, for those that this address accepts only for pages or only for files."""
        own, is_page = self.request.accepted_renderer, self.is_page
        others = (kind for kind in self.renderer_classes if (kind.format == "json") != is_page)
        self.request.accepted_renderer = next(others, type(own))()
        try:
            of_other = self.known_parameters()
        finally:
            self.request.accepted_renderer = own
        if is_page:
            return dict.fromkeys(of_other, _("It belongs to files: ask for one with format=csv or format=xlsx."))
        return dict.fromkeys(of_other, _("It belongs to pages; a file has all rows."))

    def offered_fields(self, _request: Request) -> dict[str, Any]:
        return fields_of(self.serializer_class)

    def chosen_fields(self, request: Request) -> dict[str, Any]:
        """Return the requested fields, as this reader sees them."""
        chosen = parameters.chosen_fields(request, self.offered_fields(request))
        return as_seen(chosen, effective_user(request))

    def options(self, request: Request, *args: Any, **kwargs: Any) -> Response:  # type: ignore[override]
        """Describe the address as JSON, whatever formats it has."""
        request.accepted_renderer, request.accepted_media_type = JSONRenderer(), JSONRenderer.media_type
        answer: Response = super().options(request, *args, **kwargs)
        return answer

    def get_throttles(self) -> list[BaseThrottle]:
        self.throttles = super().get_throttles()
        if searches(self.request):
            self.throttles.append(SearchThrottle())
        if self.format_kwarg not in (None, "json") or self.request.query_params.get("format", "json") != "json":
            self.throttles.append(ExportThrottle())
        return self.throttles

    def check_permissions(self, request: Request) -> None:
        """
        Allow everyone to send OPTIONS without a token, as browsers do before a cross-origin request.

        Strangers too are told that an address does not have a method: no token would help.
        """
        if request.method not in self.allowed_methods:
            self.check_throttles(request)
            self.http_method_not_allowed(request)
        if request.method != "OPTIONS":
            super().check_permissions(request)

    def permission_denied(self, request: Request, message: str | None = None, code: str | None = None) -> NoReturn:
        """Count refused requests too, as the framework does not, and tell strangers why."""
        self.check_throttles(request)
        if message and request.authenticators and not request.successful_authenticator:
            raise NotAuthenticated(message, code)
        super().permission_denied(request, message, code)

    @property
    def default_response_headers(self) -> dict[str, str]:
        headers = super().default_response_headers
        return headers | {"Vary": ", ".join([*filter(None, [headers.get("Vary")]), *_DEPENDS_ON])}

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        answer = super().finalize_response(request, response, *args, **kwargs)
        public = not request.META.get("HTTP_AUTHORIZATION") and not request.META.get("HTTP_COOKIE")
        answer.headers.setdefault("Cache-Control", self.cache_control if public else f"private, {self.cache_control}")
        deprecation.add_headers(request, answer, [*self.deprecated, *deprecation.of_address(request.path)])
        self._report_limits(answer)
        return answer

    def _report_limits(self, response: HttpResponseBase) -> None:
        """Report the throttle that counted this request, in the headers of the IETF draft on RateLimit."""
        for throttle in getattr(self, "throttles", ()):
            if throttle.used is not None:
                name = throttle.scope
                response["RateLimit-Policy"] = f'"{name}";q={throttle.num_requests};w={throttle.duration}'
                response["RateLimit"] = f'"{name}";r={throttle.left};t={throttle.wait()}'


@lru_cache
def _narrowing(view: type[ApiView]) -> frozenset[str]:
    filters = view.filterset_class.base_filters.keys() if view.filterset_class else ()
    return view.narrowing | frozenset(filters)


class WrittenListView(ApiView):
    """A list whose rows do not come from one query. In formats other than JSON, all rows are sent."""

    renderer_classes: Any = LIST_RENDERERS
    schema_parameters: tuple[Any, ...] = lists.PARAMETERS
    # Name of the list in files.
    title = ""

    def known_parameters(self) -> frozenset[str]:
        return super().known_parameters() | (frozenset() if self.is_page else lists.NAMES)

    def list_file(self, rows: Iterable[Mapping[str, Any]], fields: Mapping[str, Any]) -> HttpResponseBase:
        return lists.WrittenListFile(self.request, rows, fields, title=self.title).answer()


class DetailView(ConditionalView, ApiView):
    """
    One row with its related lists.

    `address` is the column in the path; `sections` maps each field that is a list to its query, given the primary key.
    """

    schema_parameters: tuple[Any, ...] = (parameters.FIELDS, parameters.OMIT)
    parameters = frozenset({"fields", "omit"})
    address = "pk"
    sections: Mapping[str, Callable[[Any], models.QuerySet]] = {}

    def get(self, request: Request, **address: Any) -> Response:
        fields = self.chosen_fields(request)
        (key,) = address.values()
        found = read_rows(self.get_queryset().filter(**{self.address: key})[:1], fields, ("pk",))
        if not found:
            raise Http404
        (pk,), row = found[0]
        answer = {name: row[name] if name in row else self.section(name, field, pk) for name, field in fields.items()}
        if "cite" in answer:
            today = datetime.now(UTC).date()
            parts = answer.pop("cite")
            answer["cite"] = fields["cite"].cited(parts, answer, self.permalink(request, address), today)
        return Response(answer)

    def permalink(self, request: Request, _address: Mapping[str, Any]) -> str:
        """Return the absolute address of the row, without query parameters."""
        return request.build_absolute_uri(request.path)

    def section(self, name: str, field: Any, pk: Any) -> Any:
        """Return the rows of a field that is a separate list."""
        fields = fields_for(type(field.child), effective_user(self.request))
        return [row for _keys, row in read_rows(self.sections[name](pk), fields)]
