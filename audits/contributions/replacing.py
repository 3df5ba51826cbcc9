"""Replaces the stored rows of processes."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from django.db.models import Model

from contracts.postgres.copying import copy_rows


def replace_rows(
    model: type[Model], outdated: Collection[int], columns: Sequence[str], rows: Iterable[Iterable[Any]]
) -> None:
    """
    Replace the rows of processes.

    :param outdated: the processes that have rows
    :param rows: the values of ``columns``
    """
    if outdated:
        model._default_manager.filter(process__any_of=outdated).delete()
    # As lists: a tuple would be written as a composite value.
    if written := [[list(value) if isinstance(value, tuple) else value for value in row] for row in rows]:
        copy_rows(model, columns, written)
