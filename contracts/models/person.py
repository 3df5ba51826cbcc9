"""Columns that name a person by their account."""

from typing import Any

from django.conf import settings
from django.db import models


def person_field(label: Any, *, on_delete: Any = models.PROTECT, optional: bool = False, **options: Any) -> Any:
    """Return a foreign key to an account, which by default stays for as long as a row names it."""
    given = {"related_name": "+"} | ({"null": True, "blank": True} if optional else {}) | options
    return models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=on_delete, verbose_name=label, **given)
