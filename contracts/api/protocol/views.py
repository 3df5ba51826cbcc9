"""Base views of the API: strict parameters, field selection, pages, ETags, rate limits."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import nullcontext
from datetime import UTC, datetime
from functools import lru_cache, partial
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
from contracts.api.protocol.problems import parameter_problem
from contracts.api.protocol.query import parameters
from contracts.api.protocol.query.filters import Filters
from contracts.api.protocol.query.search import SearchFilter, bounds_warning, searches
from contracts.api.protocol.query.unknown import Named, unknown_organizations
from contracts.api.protocol.rendering import LIST_RENDERERS, JSONRenderer, Negotiation
from contracts.api.protocol.rows.columns import PerReader, fields_of, read_rows
from contracts.api.protocol.rows.facets import chosen_facets, count_facets, facets_parameter
from contracts.api.protocol.rows.including import MEMBER, Included, Includes, chosen_includes, include_parameter
from contracts.api.protocol.rows.pagination import DISTANCE, RELEVANCE, CursorPage, read_order
from contracts.api.protocol.rows.shapes import Shaped, by_key, shaped
from contracts.api.protocol.rows.written_by_postgres import can_be_copied, json_list
from contracts.postgres.search import (
    MAX_KEYS,
    MAX_SECONDS,
    NEWEST,
    SearchBounds,
    bounded,
    distance,
    in_time,
    statement_timeout,
)

# Request headers, besides `Accept`, on which responses depend.
_DEPENDS_ON = ("Authorization", "Cookie", "Accept-Language")


class ApiView(GenericAPIView):
    """
    Base of all views of the API.

    `parameters` are its query parameters, besides `format`; any other is refused.
    """

    renderer_classes: Any = (JSONRenderer,)
    content_negotiation_class = Negotiation
    metadata_class = Described
    serializer_class: Any = None
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
        parameters.check_parameters(request, known, self.longest_parameter, self._misplaced)

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
        chosen, reader = parameters.chosen_fields(request, self.offered_fields(request)), effective_user(request)
        return chosen | {
            name: field.shown_to(reader) for name, field in chosen.items() if isinstance(field, PerReader)
        }

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
        """Allow everyone to send OPTIONS without a token, as browsers do before a cross-origin request."""
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


class ListView(ConditionalView, ApiView):
    """
    A list, with one query per page.

    `orders` maps the names in `order_by` to columns; `order` is the default. If `process` names the column of the
    contracting process, `?per=process` returns one row of each, so that one with thousands does not fill the pages.
    """

    pagination_class = CursorPage
    renderer_classes: Any = LIST_RENDERERS
    # Name of the list in files, and labels of its columns.
    title = ""
    dictionary: Mapping[str, Any] = {}
    sheet_names: tuple[str, ...] = ()
    # Name of a facet → column or expression.
    facets: Mapping[str, Any] = {}
    includes: Includes = {}
    is_list = True
    filter_backends = (Filters,)
    filterset_class: Any = None
    orders: Mapping[str, str] = {"id": "pk"}
    order = "-id"
    process = ""
    # The prepared request, if its SQL is cached by shape.
    shaped: Shaped | None = None

    @property
    def schema_parameters(self) -> tuple[Any, ...]:  # type: ignore[override]
        order = parameters.order_parameter(self.known_orders, self.order)
        per = (parameters.PER,) if self.process else ()
        facets = (facets_parameter(self.facets),) if self.facets else ()
        includes = (include_parameter(self.includes),) if self.includes else ()
        own = (parameters.FIELDS, parameters.OMIT, order, *per, *facets, *includes)
        return (*own, *lists.parameters_of(self.sheet_names))

    @property
    def known_orders(self) -> Mapping[str, str]:
        """The names that `order_by` accepts, including relevance for lists with search."""
        return {**self.orders, **RELEVANCE} if self._search is not None else self.orders

    @property
    def _search(self) -> SearchFilter | None:
        search = self.filterset_class.base_filters.get("q") if self.filterset_class else None
        return search if isinstance(search, SearchFilter) else None

    def known_parameters(self) -> frozenset[str]:
        return _known_to_list(type(self), self.is_page)

    def offered_fields(self, request: Request) -> dict[str, Any]:
        fields = super().offered_fields(request)
        fields.pop(MEMBER, None)
        if names := chosen_includes(request, self.includes):
            fields[MEMBER] = Included({name: self.includes[name](request) for name in names})
        return fields

    def rows(self, request: Request) -> models.QuerySet:
        """Return the rows that match a request, unordered."""
        rows = self.filter_queryset(self.get_queryset())
        if not parameters.is_per_process(request):
            return rows
        process = self.process
        newer = rows.filter(**{process: models.OuterRef(process)}, pk__gt=models.OuterRef("pk"))
        return rows.exclude(models.Exists(newer))

    def sheets(self, _rows: models.QuerySet) -> Mapping[str, Any]:
        """Return the further sheets of a workbook of some rows."""
        return {}

    def get(self, request: Request, **_address: Any) -> HttpResponseBase:
        if not self.is_page:
            return self.list_file(request).answer()
        page: CursorPage = self.pagination_class()
        self.shaped = shaped(self, request)
        if found := self.shaped:
            notes = partial(self._notes_of_shape, request, found)
            return page.answer(found.rows(), request, found.order, found.cursor, found.limit, notes, {}, json_list)
        fields = self.chosen_fields(request)
        order = read_order(request, self.known_orders, self.order)
        is_ranked = order.column == DISTANCE
        with statement_timeout(MAX_SECONDS) if searches(request) else nullcontext():
            with bounded(NEWEST if is_ranked else MAX_KEYS) as bounds:
                rows = self.rows(request)
            ranked = self._ranked(request, rows) if is_ranked else rows
            notes = partial(self.notes, request, rows, bounds)
            return page.page(ranked, request, order, fields, notes, by_key(self, request, fields, order))

    def _ranked(self, request: Request, rows: models.QuerySet) -> models.QuerySet:
        """Return rows with their distance from the words of a search; raises ProblemError if there are no words."""
        text = request.query_params.get("q", "")
        if not text or self._search is None:
            raise parameter_problem(
                "order_by", "invalid_parameter", _("order_by=relevance needs q, the words to rank by.")
            )
        return rows.annotate(**{DISTANCE: distance(rows.model, text, *self._search.paths)})

    def list_file(self, request: Request) -> lists.ListFile:
        fields = self.chosen_fields(request)
        order = read_order(request, self.orders, self.order)
        rows = self.rows(request).order_by(*order.by(backward=False))
        kind = lists.ListFile if can_be_copied(fields) else lists.ReadListFile
        return kind(
            request,
            rows,
            fields,
            title=self.title or str(rows.model._meta.model_name),
            dictionary=self.dictionary,
            further=self.sheets(rows),
            warnings=partial(self._warnings_of_file, request),
        )

    def _notes_of_shape(self, request: Request, found: Shaped, is_empty: bool) -> dict[str, Any]:  # noqa: FBT001
        """Return the same as `notes`, for a request without facets, words and organizations."""
        if found.cursor:
            return {"warnings": []}
        return {"warnings": [*self.warnings(request), *(found.unknown_values(self.facets) if is_empty else ())]}

    def notes(
        self,
        request: Request,
        rows: models.QuerySet,
        bounds: SearchBounds,
        is_empty: bool,  # noqa: FBT001
    ) -> dict[str, Any]:
        """
        Return the members of a page besides its rows, on the first page including facets and warnings.

        :param rows: the query of all rows, for facets
        """
        names = chosen_facets(request, self.facets)
        if "cursor" in request.query_params:
            return {"warnings": []}
        with bounded():  # Undecided rows of a column are the same rows for all of its filters.
            warnings, candidates = self.warnings_and_candidates(request, is_empty=is_empty)
        notes: dict[str, Any] = {"warnings": [*bounds_warning(request, bounds), *warnings]}
        if candidates:
            notes["candidates"] = candidates
        if names:
            with statement_timeout(MAX_SECONDS):
                notes["facets"] = count_facets(rows, {name: self.facets[name] for name in names})
        return notes

    def warnings_and_candidates(
        self, request: Request, *, is_empty: bool
    ) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        """Return the warnings of a list, and candidates for unknown names in its request."""
        warnings, candidates = self._unknown(request, is_empty=is_empty)
        return [*self.warnings(request), *warnings], candidates

    def _unknown(self, request: Request, *, is_empty: bool) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        filters = self.filterset_class.base_filters if self.filterset_class else {}
        warnings, candidates = unknown_organizations(filters, request.query_params, effective_user(request))
        found = Filters().get_filterset(request, self.get_queryset(), self) if is_empty else None
        if found is not None and found.is_valid():
            warnings += Named(found.filters, found.form.cleaned_data, self.get_queryset()).unknown(self.facets, {})
        return warnings, candidates

    def _warnings_of_file(self, request: Request, is_empty: bool) -> list[str]:  # noqa: FBT001
        """Return the warnings that end a file; slow ones are left out, because the file has all rows."""
        parts = (partial(self.warnings, request), lambda: self._unknown(request, is_empty=is_empty)[0])
        nothing: list[dict[str, Any]] = []
        return [entry["detail"] for part in parts for entry in in_time(MAX_SECONDS, part, nothing)]

    def warnings(self, request: Request) -> list[dict[str, Any]]:
        return self.shaped.warnings() if self.shaped else Filters().warnings(request, self.get_queryset(), self)


@lru_cache
def _known_to_list(view: type[ListView], is_page: bool) -> frozenset[str]:  # noqa: FBT001
    """Return the parameters of a list, for JSON or for files."""
    filters = view.filterset_class.base_filters.keys() if view.filterset_class else ()
    own = {*view.parameters, "format", *filters, "fields", "omit", "order_by", *(("per",) if view.process else ())}
    if view.includes:
        own.add("include")
    if is_page and view.facets:
        own.add("facets")
    of_form = CursorPage.parameters if is_page else lists.NAMES | ({"sheet"} if view.sheet_names else set())
    return frozenset(own | of_form)


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
        return [row for _keys, row in read_rows(self.sections[name](pk), fields_of(type(field.child)))]
