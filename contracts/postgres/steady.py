"""Expressions whose SQL is written once: on a page of a list, writing it takes longer than executing it."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.core.exceptions import FieldError
from django.db import DEFAULT_DB_ALIAS, models
from django.db.models.expressions import RawSQL

Maker = TypeVar("Maker", bound=Callable[..., Any])


def steady(make: Maker) -> Maker:
    """Mark what makes an expression: in one language it is always the same, whatever is stored or set."""
    make.is_steady = True  # type: ignore[attr-defined]
    return make


def is_steady(make: Any) -> bool:
    """Return whether what makes an expression was marked so."""
    return getattr(make, "is_steady", False)


def written(model: type[models.Model], expression: Any) -> Any:
    """
    Return an expression of a row of a model with its SQL written, to be selected by a query that is in no other.

    One that reads a table joined to the row, or what a query adds to it, is returned as it is: what a query has only
    the query can tell.
    """
    try:
        query = models.QuerySet(model).order_by().annotate(_written=expression).values_list("_written").query
    except FieldError:
        return expression
    compiler = query.get_compiler(DEFAULT_DB_ALIAS)
    compiler.pre_sql_setup()
    if {alias for alias, uses in query.alias_refcount.items() if uses} != {model._meta.db_table}:
        return expression
    column = query.annotations["_written"]
    sql, values = compiler.compile(column)
    return RawSQL(sql, values, column.output_field)  # noqa: S611  -- what Django wrote
