"""Columns with personal data, masked for readers without the permission to view processes."""

from collections.abc import Callable
from typing import Any

from django.db import models
from rest_framework import serializers

from contracts.api.protocol.rows.columns import PerReader
from contracts.models.organization import shown_identifier, shown_key, shown_party_id
from contracts.models.process import may_see_personal_data
from contracts.postgres.steady import steady

MASKED = (
    "A number of a natural person is masked (`***.456.789-**`, `•••••789`) for readers without permission to view "
    "processes."
)

KEY_OF_PERSON = (
    "Of a natural person, readers without permission to view processes see `id:` and the id of the organization."
)


class Withheld(PerReader):
    """Mixin for a field with personal data; ``public`` is the field that other readers get."""

    public: type[serializers.Field]
    source: str | None
    _others: Any = None

    def shown_to(self, reader: Any) -> Any:
        if may_see_personal_data(reader):
            return self
        if self._others is None:
            # The same field for all readers, because its SQL is cached by field.
            self._others = self.of_public()
        return self._others

    def of_public(self) -> serializers.Field:
        """Return the field that other readers get."""
        return self.public(**{name: getattr(self, name) for name in ("source", "help_text", "allow_null")})


def _text_shown_as(shown: Callable[[str], models.Expression]) -> type[serializers.CharField]:
    """
    Return the class of a text field that is masked for the public.

    :param shown: function from the column of the text to the masked expression
    """

    class ShownText(serializers.CharField):
        @staticmethod
        @steady
        def expression(source: str) -> models.Expression:
            return shown(source)

    return ShownText


class OrganizationKey(Withheld, serializers.CharField):
    """The key of an organization; to the public that of a natural person is its id here: ``id:123``."""

    public = _text_shown_as(lambda column: shown_key(column.removesuffix("key")))


class Identifier(Withheld, serializers.CharField):
    """The identifier of an organization, masked if it is a natural person's."""

    public = _text_shown_as(lambda column: shown_identifier(column.removesuffix("identifier")))


class PartyId(Withheld, serializers.CharField):
    """The id of a party in its record, masked if it is a natural person."""

    public = _text_shown_as(shown_party_id)
