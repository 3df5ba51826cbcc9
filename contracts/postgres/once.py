"""Rows that a form stores once, however often it is sent: by a double click, or again for want of an answer."""

from collections.abc import Mapping
from typing import Any, TypeVar

from django.db.models import Model, QuerySet

from contracts.postgres.locks import lock_until_commit

Row = TypeVar("Row", bound=Model)


def create_once(rows: QuerySet[Row], *, beside: Mapping[str, Any] | None = None, **columns: Any) -> tuple[Row, bool]:
    """
    Return the first of some rows with these values, created if there is none, and whether it is new.

    Call it within a transaction: the second of two concurrent requests waits, and finds what the first one stored.

    :param rows: those that would be the same one
    :param beside: values of a new row by which none is known again
    """
    said = sorted((name, str(getattr(value, "pk", value))) for name, value in columns.items())
    lock_until_commit([f"{rows.model._meta.label} {said}"])
    known = rows.filter(**columns).first()
    if known is not None:
        return known, False
    return rows.model._default_manager.create(**columns, **(beside or {})), True
