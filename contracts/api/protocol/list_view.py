"""Lists of the rows of a query: as pages, with facets and warnings, or as files."""

from collections.abc import Mapping
from contextlib import nullcontext
from functools import lru_cache, partial
from typing import Any

from django.db import models
from django.http import HttpResponseBase
from django.utils.translation import gettext as _
from rest_framework.request import Request

from contracts.api.protocol.access.tokens import effective_user
from contracts.api.protocol.conditional import ConditionalView
from contracts.api.protocol.files import lists
from contracts.api.protocol.problems import parameter_problem
from contracts.api.protocol.query import parameters
from contracts.api.protocol.query.filters import Filters
from contracts.api.protocol.query.search import SearchFilter, bounds_warning, searches
from contracts.api.protocol.query.unknown import Named, unknown_organizations, withheld_numbers
from contracts.api.protocol.rendering import LIST_RENDERERS
from contracts.api.protocol.rows.facets import chosen_facets, count_facets, facets_parameter
from contracts.api.protocol.rows.including import (
    MEMBER,
    Included,
    Includes,
    chosen_includes,
    include_parameter,
)
from contracts.api.protocol.rows.pagination import DISTANCE, RELEVANCE, CursorPage, read_order
from contracts.api.protocol.rows.shapes import Shaped, by_key, shaped
from contracts.api.protocol.rows.written_by_postgres import can_be_copied, json_list
from contracts.api.protocol.views import ApiView
from contracts.postgres.search import MAX_KEYS, NEWEST, SearchBounds, bounded, distance
from contracts.postgres.time_limits import MAX_SECONDS, in_time, statement_timeout


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
    narrowing = frozenset({"per"})
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
        fields = {name: field for name, field in fields.items() if not isinstance(field, parameters.OnRequest)}
        parts = {name: self.includes[name](request) for name in chosen_includes(request, self.includes)}
        members = {name: part for name, part in parts.items() if isinstance(part, parameters.OnRequest)}
        fields |= members
        if rest := {name: part for name, part in parts.items() if name not in members}:
            fields[MEMBER] = Included(rest)
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
        if is_empty:
            warnings += withheld_numbers(filters, request.query_params, effective_user(request))
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
