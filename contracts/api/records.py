"""Records as they are, and for the public without the persons who are contact points."""

from typing import Any

import msgspec
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from contracts.api.protocol.rows.columns import Content, Document, PerReader
from contracts.models.process import may_see_contact_points
from contracts.ocds.parsing.contact_points import is_of_contact_point, without_contact_points

WITHHELD = "Of contact points, readers without permission to view processes see only the web address."


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


class _Withholding(PerReader):
    """Holds persons who are contact points: to the public it is shown without them."""

    public: type[serializers.Field]
    source: str | None

    def shown_to(self, reader: Any) -> Any:
        return self if may_see_contact_points(reader) else self.public(source=self.source)


class CompiledRelease(_Withholding, Document):
    public = _PublicDocument


class ReleaseContent(_Withholding, Content):
    public = _PublicContent


class CorrectionRow(serializers.Serializer):
    """A correction made while parsing; the record itself is not changed."""

    path = serializers.CharField(help_text="JSON Pointer into the compiled release.")
    found = serializers.JSONField(help_text="The value as sent.")
    used = serializers.JSONField(help_text="The value used instead; null if none.")
    reason = serializers.CharField()


@extend_schema_field(CorrectionRow(many=True))
class Corrections(_Withholding, Document):
    """Corrections made while parsing, for the public without those of contact points."""

    public = _PublicCorrections
