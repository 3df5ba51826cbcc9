"""Columns of lists and pages of the admin that are an expression of their row."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.utils.translation import gettext_lazy as _


def column(label: Any, of: Callable[[Any], Any], **options: Any) -> Any:
    """Return a column: its label, and its content for a row. ``options`` are those of ``admin.display``."""

    # The label is kept on this function: `of` may be what other columns tell too.
    @admin.display(description=label, **options)
    def value(row: Any) -> Any:
        return of(row)

    return staticmethod(value)


def digest_column(label: Any, name: str) -> Any:
    return column(label, lambda row: bytes(getattr(row, name)).hex())


def decider_column() -> Any:
    """Return a column of who made the latest decision on a row."""
    return column(_("decided by"), lambda row: str((row.decision and row.decision.decided_by) or "–"))
