"""Foreign keys that keep rows from being removed, whatever application has them."""

from collections.abc import Iterator
from typing import Any

from django.db.models import PROTECT, Exists, Model, OuterRef


def protecting(model: type[Model]) -> Iterator[tuple[Any, Exists]]:
    """Yield the models whose rows protect those of a model, with the condition that one refers to a row of it."""
    relations: list[Any] = [*model._meta.get_fields(include_hidden=True)]
    for relation in relations:
        if relation.auto_created and not relation.concrete and relation.on_delete is PROTECT:
            rows = relation.related_model._default_manager.order_by()
            yield relation.related_model, Exists(rows.filter(**{relation.field.name: OuterRef("pk")}))
