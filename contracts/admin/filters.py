"""Filters of the admin whose choices are cheap to find, however long the list is."""

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from psycopg import sql

from contracts.models import ContractingProcess
from contracts.pages.display import country_in_words
from contracts.postgres.querying import query


def distinct_values(model: type[Model], column: str) -> list[str]:
    """
    Return the values of an indexed column, in order.

    ``SELECT DISTINCT`` reads the whole index; this jumps from one value to the next.
    """
    statement = sql.SQL(
        """
        WITH RECURSIVE found (value) AS (
            SELECT min({column}) FROM {table}
            UNION ALL
            SELECT (SELECT min({column}) FROM {table} WHERE {column} > found.value) FROM found
            WHERE found.value IS NOT NULL
        )
        SELECT value FROM found WHERE value <> ''
        """
    ).format(column=sql.Identifier(column), table=sql.Identifier(model._meta.db_table))
    return [value for (value,) in query(statement)]


class DefaultedFilter(admin.SimpleListFilter):
    """A filter of which one choice is taken where none is."""

    default: Any = ""

    def value(self) -> str:
        return super().value() or str(self.default)

    def choices(self, changelist: Any) -> Iterator[Any]:
        for value, label in self.lookup_choices:
            query = {} if value == self.default else {self.parameter_name: value}
            yield {
                "selected": self.value() == value,
                "query_string": changelist.get_query_string(query, [self.parameter_name]),
                "display": label,
            }


class CountryFilter(admin.SimpleListFilter):
    """Country of the process, where ``path`` leads to it."""

    title = _("country")
    parameter_name = "country"
    path = "country"

    def lookups(self, _request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(country, country_in_words(country)) for country in self.countries(model_admin)]

    def countries(self, _model_admin: Any) -> list[str]:
        return distinct_values(ContractingProcess, "country")

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(**{self.path: self.value()}) if self.value() else queryset


class OwnCountryFilter(CountryFilter):
    """Country of rows that are few, or of which few name one; those for everywhere name none."""

    def countries(self, model_admin: Any) -> list[str]:
        rows = model_admin.model.objects.exclude(**{self.path: ""})
        return list(rows.order_by(self.path).values_list(self.path, flat=True).distinct())
