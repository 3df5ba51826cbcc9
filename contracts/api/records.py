"""Records as they are, and for the public without the persons who are contact points."""

from typing import Any

import msgspec
from rest_framework.request import Request

from contracts.api.protocol.columns import Content, Document
from contracts.api.protocol.tokens import effective_user
from contracts.api.protocol.views import ApiView
from contracts.models.process import may_see_contact_points
from contracts.ocds.contact_points import is_of_contact_point, without_contact_points

WITHHELD = "Who may not view processes is shown the web address alone of a contact point."


class _PublicDocument(Document):
    @staticmethod
    def convert(value: str) -> msgspec.Raw:
        return msgspec.Raw(without_contact_points(value.encode()))


class _PublicContent(Content):
    @staticmethod
    def convert(value: bytes) -> msgspec.Raw:
        return msgspec.Raw(without_contact_points(bytes(value)))


class _PublicCorrections(Document):
    @staticmethod
    def convert(value: str) -> msgspec.Raw:
        rows = msgspec.json.decode(value)
        return msgspec.Raw(msgspec.json.encode([row for row in rows if not is_of_contact_point(row["path"])]))


# Name of a field → what readers get who may not see contact points.
_PUBLIC = {
    "compiled_release": _PublicDocument(),
    "corrections": _PublicCorrections(),
    "release": _PublicContent(source="content"),
}


class RecordView(ApiView):
    """Answers with records, to the public without the persons who are contact points."""

    def chosen_fields(self, request: Request) -> dict[str, Any]:
        fields = super().chosen_fields(request)
        if may_see_contact_points(effective_user(request)):
            return fields
        return {name: _PUBLIC.get(name, field) for name, field in fields.items()}
