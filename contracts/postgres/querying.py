"""Rows of statements that Django's ORM cannot express."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection


def query(text: str, values: Mapping[str, Any] | Sequence[Any] | None = None) -> list[tuple[Any, ...]]:
    """Return all rows of a statement; raises ``django.db.DatabaseError`` as it does."""
    with connection.cursor() as cursor:
        cursor.execute(text, values)
        return cursor.fetchall()
