"""Rows of a statement that Django's queries do not say."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection


def query(text: str, values: Mapping[str, Any] | Sequence[Any] | None = None) -> list[tuple[Any, ...]]:
    """Return all rows of a statement; raises ``django.db.DatabaseError`` as it does."""
    with connection.cursor() as cursor:
        cursor.execute(text, values)
        return cursor.fetchall()
