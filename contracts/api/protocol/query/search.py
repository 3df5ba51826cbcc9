"""Full-text search in lists: `q`, parts of rows such as `q.title`, and highlights."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import django_filters
from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Func, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from rest_framework.request import Request

from contracts.api.protocol.access.tokens import effective_user
from contracts.api.protocol.problems import parameter_problem
from contracts.models import Organization
from contracts.postgres.search import SearchBounds, as_texts, with_words
from contracts.postgres.search_terms import MAX_WORDS, Terms, read_terms

SYNTAX = (
    "Words to search for. Case, accents and inflections do not matter, and a word of at least four "
    'letters also matches longer words that begin with it. `"red de fibra"`: these words in this '
    "order; `-fibra`: rows without the word; `fibra OR cobre`: either word."
)
_PREFIX = "q."
# Parts of rows that hold more than their name says.
_PARTS = {"items": "texts of items, lots, awards and contracts"}
_TEXTS: ArrayField = ArrayField(models.TextField())


class SearchFilterSet(django_filters.FilterSet):
    """Filters of a list. The attribute `q__title` is the parameter `q.title`, which is not a Python identifier."""

    @classmethod
    def get_filters(cls) -> dict[str, Any]:
        return {_parameter(name): found for name, found in super().get_filters().items()}

    def is_valid(self) -> bool:
        """Return whether all values are valid and no range ends before it begins."""
        if super().is_valid():
            for name, why in list(reversed_ranges(self.form.cleaned_data, self.data)):
                self.form.add_error(name, why)
        return bool(super().is_valid())

    @property
    def reader(self) -> Any:
        """The user whose permissions decide which rows are found; without a request, the public."""
        return effective_user(self.request) if self.request else AnonymousUser()

    def visible(self, path: str) -> models.QuerySet:
        """Return the rows that a search may match: those of the list, or those of a related model."""
        if not path:
            return self.queryset
        model = self.queryset.model._meta.get_field(path).related_model
        if model is Organization:  # Merged or not: flags about an organization are found by its own name.
            return Organization.objects.named_to(self.reader)
        visible: models.QuerySet = model._default_manager.visible_to(self.reader)
        return visible

    def filter_queryset(self, queryset: models.QuerySet) -> models.QuerySet:
        """
        Return the rows that match all filters. Words come last, because for frequent words only some rows are
        searched.
        """
        given = self.form.cleaned_data
        for name in sorted(given, key=lambda name: isinstance(self.filters[name], WordsFilter)):
            queryset = self.filters[name].filter(queryset, given[name])
        return queryset


def reversed_ranges(given: Mapping[str, Any], query: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield each range that ends before it begins, with its error: an empty result could be mistaken for a finding."""
    for name, least in given.items():
        other = f"{name.removesuffix('__gte')}__lte"
        most: Any = given.get(other) if name.endswith("__gte") else None
        if least is not None and type(least) is type(most) and least > most:
            values = {"least": query[name], "most": query[other]}
            yield name, _("%(least)s is greater than %(most)s: no value is between them.") % values


def _parameter(name: str) -> str:
    return name.replace("q__", _PREFIX, 1)


class WordsFilter(django_filters.CharFilter):
    kind, lookup = "text", "words"

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=200, **options)

    def filter(self, queryset: models.QuerySet, value: str) -> models.QuerySet:
        """Return the matching rows; raises ProblemError if the text has too many words, or only excluded ones."""
        if not value:
            return queryset
        name = _parameter(str(self.field_name))
        if len(value.split()) > MAX_WORDS:
            detail = _("%(name)s has more than %(limit)d words.") % {"name": name, "limit": MAX_WORDS}
            raise parameter_problem(name, "invalid_parameter", detail)
        terms = read_terms(value)
        if not terms.wanted:
            detail = _(
                "%(name)s has no word to find: add one. Signs find nothing, and words after a minus are left out."
            ) % {"name": name}
            raise parameter_problem(name, "invalid_parameter", detail)
        return self.found(queryset, value, terms)

    def found(self, queryset: models.QuerySet, text: str, terms: Terms) -> models.QuerySet:
        raise NotImplementedError


class SearchFilter(WordsFilter):
    """Words in a row, or in related rows; see `with_words`."""

    def __init__(self, *paths: str, part: str = "", **options: Any) -> None:
        text = f"Words in the {_PARTS.get(part, part)} only; syntax as in `q`." if part else SYNTAX
        super().__init__(help_text=text, **options)
        self.paths, self.part = paths or ("",), part

    def found(self, queryset: models.QuerySet, text: str, _terms: Terms) -> models.QuerySet:
        visible = {path: self.parent.visible(path) for path in self.paths}
        return with_words(queryset, text, *self.paths, part=self.part, visible=visible)


def bounds_warning(request: Request, bounds: SearchBounds) -> list[dict[str, Any]]:
    """Return the warning that only some of the rows containing the words were searched, if so."""
    if bounds.among is None:
        return []
    detail = _(
        "Very many rows contain these words: only the newest %(rows)d were searched, here and in "
        "counts and facets. Use more specific words or another filter to find others; the files "
        "(CSV, JSONL, XLSX) contain all."
    ) % {"rows": bounds.among}
    names = [name for name in request.query_params if _is_search(name)]
    return [{"code": "newest_only", "parameters": names, "rows": bounds.among, "at_least": False, "detail": detail}]


def searches(request: Request) -> bool:
    return any(map(_is_search, request.query_params))


def _is_search(name: str) -> bool:
    return name == "q" or name.startswith(_PREFIX)


# Name of a field → its column (a text or a list of texts), and the `q.part` that also highlights it, or words.
Highlighted = Mapping[str, tuple[Any, str]]


def highlights_of(fields: Highlighted, language: str = "") -> Callable[[Request], Func]:
    """
    Return the include with the highlighted passages of a search.

    :param fields: name of a field → its column, and the `q.part` parameter that also searches it
    :param language: column with the language of the texts
    """

    def highlights(request: Request) -> Func:
        asked = {name: read_terms(str(text)).words for name, text in request.query_params.items()}
        return highlighted(
            {
                name: (column, f"{asked.get('q', '')} {asked.get(_PREFIX + part, '')}".strip())
                for name, (column, part) in fields.items()
            },
            language,
        )

    return highlights


def highlighted(fields: Highlighted, language: str = "") -> Func:
    """
    Return passages of a row around words, as an expression.

    :param fields: name of a field → its column, and the words
    :param language: column with the language of the texts
    """
    texts = [
        # A list of texts is joined into one.
        Func(
            as_texts(F(column) if isinstance(column, str) else column),
            template="array_to_string(%(expressions)s, '; ')",
            output_field=models.TextField(),
        )
        for column, _words in fields.values()
    ]
    return Func(
        Coalesce(language, Value("")) if language else Value(""),
        Value(list(fields), output_field=_TEXTS),
        Func(*texts, template="ARRAY[%(expressions)s]", output_field=_TEXTS),
        Value([words for _column, words in fields.values()], output_field=_TEXTS),
        function="search_highlights",
        output_field=models.JSONField(),
    )
