"""Autocompletion for partially typed names."""

from collections.abc import Iterable
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request
from rest_framework.response import Response

from contracts.api.protocol.views import ApiView
from contracts.api.reconciliation.queries import MAX_CANDIDATES
from contracts.api.reconciliation.views import Suggestions, SuggestView, limit_of
from contracts.models import Publisher
from contracts.ocds.codelists.countries import country_codes, country_name
from contracts.ocds.folding import folded
from contracts.translating import language_in_force

LANGUAGES = ("es", "pt", "en")


class OrganizationsAutocompleteView(SuggestView):
    """
    Suggest organizations.

    `id` of a suggestion is a value of filters such as `buyer`. At least four letters of a word are needed to find it.
    """

    kind = "entity"


class AutocompleteView(ApiView):
    """Suggests rows whose names contain all words typed so far, which may be parts of words."""

    serializer_class = Suggestions
    parameters = frozenset({"prefix", "limit"})
    schema_parameters = (
        OpenApiParameter("prefix", OpenApiTypes.STR, required=True, description="The letters typed so far."),
        OpenApiParameter(
            "limit", OpenApiTypes.INT, description=f"Maximum number of suggestions: 1 to {MAX_CANDIDATES}."
        ),
    )

    def get(self, request: Request) -> Response:
        limit = limit_of(request)
        words = folded(request.query_params.get("prefix", "")).split()
        rows: Iterable[dict[str, Any]] = self.all() if words else ()
        found = [row for row in rows if all(word in folded(" ".join(map(str, row.values()))) for word in words)]
        return Response({"result": found[:limit]})

    def all(self) -> Iterable[dict[str, Any]]:
        """Return all possible suggestions, with `id` (as a filter accepts it), `name` and `description`."""
        raise NotImplementedError


class PublishersAutocompleteView(AutocompleteView):
    """
    Suggest publishers.

    `id` of a suggestion is a value of the filter `publisher`.
    """

    def all(self) -> Iterable[dict[str, Any]]:
        rows = Publisher.objects.order_by("slug").values("slug", "name", "country")
        return [{"id": row["slug"], "name": row["name"], "description": row["country"]} for row in rows]


class CountriesAutocompleteView(AutocompleteView):
    """
    Suggest countries by their names in Spanish, Portuguese or English.

    `id` of a suggestion is a value of the filter `country`.
    """

    def all(self) -> Iterable[dict[str, Any]]:
        language = language_in_force()
        for code in country_codes():
            others = dict.fromkeys(country_name(code, other) for other in LANGUAGES)
            name = country_name(code, language)
            yield {"id": code, "name": name, "description": " · ".join(other for other in others if other != name)}
