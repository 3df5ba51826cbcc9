"""Columns of rows that show as many flags as a reader may see."""

from functools import lru_cache
from typing import Any, Self

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from rest_framework import serializers

from audits.models import Flag


class OfVisibleFlags(serializers.ListField):
    """
    A list that rests on the flags that a reader may see.

    :param visible: these flags; none where it only describes answers
    """

    def __init__(self, visible: QuerySet[Flag] | None = None, **options: Any) -> None:
        super().__init__(**options)
        self.visible = Flag.objects.none() if visible is None else visible

    @classmethod
    def seen_by(cls, user: Any) -> Self:
        """Return the column as a reader is shown it: one and the same for all who have no account."""
        if user.is_anonymous:
            column: Self = _seen_by_all(cls, settings.VEEDOR_PUBLICATION)  # type: ignore[arg-type]  # a class has a hash
            return column
        return cls(Flag.objects.visible_to(user))


@lru_cache
def _seen_by_all(column: type[OfVisibleFlags], _publication: str) -> Any:
    return column(Flag.objects.visible_to(AnonymousUser()))
