"""Columns and lists limited to the flags that a reader may see, and documented so."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from string import Formatter
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db.models import Func, QuerySet, TextField
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request

from audits.models import Flag
from audits.models.flag_queryset import may_see_all, unpublished_states
from contracts.api.protocol.access.tokens import effective_user
from contracts.api.protocol.list_view import ListView
from contracts.api.protocol.query.warnings import warning
from contracts.api.protocol.rows.columns import PerReader
from contracts.api.protocol.rows.written_by_postgres import SEPARATOR

# Parameters that ask for flags: by state, and by other properties.
_STATES = ("state", "decision", "flag_state")
_OTHERS = ("rule", "q.evidence")


class OfVisibleFlags(PerReader, serializers.ListField):
    """
    A list computed from the flags that a reader may see. ``description`` says what it contains.

    :param visible: these flags; none if it only serves the description of responses
    """

    description = ""

    def __init__(self, visible: QuerySet[Flag] | None = None, **options: Any) -> None:
        super().__init__(help_text=self.description, **options)
        self.visible = Flag.objects.none() if visible is None else visible

    def shown_to(self, reader: Any) -> "OfVisibleFlags":
        """Return the column for a reader; the same object for all readers without an account."""
        if reader.is_anonymous:
            return _shown_to_all(type(self), settings.VEEDOR_PUBLICATION)  # type: ignore[arg-type]  # a class has a hash
        return type(self)(Flag.objects.visible_to(reader))


class FlagsInWords(OfVisibleFlags):
    """
    Such a list as text in tables; JSON has the objects.

    :param in_words: a pattern with members of the objects: `{rule} {state} ({id})`
    """

    in_words: ClassVar[str]

    @classmethod
    def as_cell(cls, column: Any) -> Func:
        """Return the SQL of a cell, as ``as_text``."""
        parts = [(text.replace("'", "''"), member) for text, member, _form, _as in Formatter().parse(cls.in_words)]
        text = " || ".join(f"'{text}'" + (f" || (one->>'{member}')" if member else "") for text, member in parts)
        flags = "unnest(%(expressions)s) WITH ORDINALITY AS each (one, place)"
        joined = f"(SELECT string_agg({text}, '{SEPARATOR}' ORDER BY place) FROM {flags})"  # noqa: S608  -- ours
        return Func(column, template=joined, output_field=TextField())

    @classmethod
    def as_text(cls, value: Sequence[Mapping[str, Any]]) -> str:
        return SEPARATOR.join(cls.in_words.format_map(entry) for entry in value)


@lru_cache
def _shown_to_all(column: type[OfVisibleFlags], _publication: str) -> OfVisibleFlags:
    return column(Flag.objects.visible_to(AnonymousUser()))


class AskedOfFlags(ListView):
    """A list filtered by flags, which warns that flags that are not public are left out."""

    def warnings(self, request: Request) -> list[dict[str, Any]]:
        found = super().warnings(request)
        hidden = unpublished_states()
        if not hidden or may_see_all(effective_user(request)):
            return found
        asked = request.query_params
        states = [name for name in _STATES if hidden.intersection(map(str.strip, asked.get(name, "").split(",")))]
        if states:
            text = _("Only auditors see flags in this state; /api/v1/stats/ counts them.")
            found.append(warning("not_public", states, text))
        elif others := [name for name in _OTHERS if asked.get(name)]:
            text = _("Only flags that everyone may see count here; /api/v1/stats/ counts the others.")
            found.append(warning("not_public", others, text))
        return found
