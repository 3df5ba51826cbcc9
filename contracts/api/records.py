"""Records unchanged, and for the public without contact points and numbers of natural persons."""

import msgspec
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from contracts.api.protocol.rows.columns import Content, Document
from contracts.api.withheld import Withheld
from contracts.models.process import for_public, is_withheld

WITHHELD = (
    "Readers without permission to view processes see only the web address of contact points, and masked numbers of "
    "natural persons (`***.456.789-**`, `•••••789`), in ids of parties too."
)


class _PublicDocument(Document):
    @staticmethod
    def convert(value: str) -> msgspec.Raw:
        return msgspec.Raw(for_public(value.encode()))


class _PublicContent(Content):
    @staticmethod
    def convert(value: bytes) -> msgspec.Raw:
        return msgspec.Raw(for_public(bytes(value)))


class _PublicCorrections(Document):
    @staticmethod
    def convert(value: str) -> msgspec.Raw:
        rows = msgspec.json.decode(value)
        shown = [row for row in rows if not is_withheld(row["path"], row["found"], row["used"])]
        return msgspec.Raw(msgspec.json.encode(shown))


class CompiledRelease(Withheld, Document):
    public = _PublicDocument


class ReleaseContent(Withheld, Content):
    public = _PublicContent


class CorrectionRow(serializers.Serializer):
    """A correction made while parsing; the record itself is not changed."""

    path = serializers.CharField(help_text="JSON Pointer into the compiled release.")
    found = serializers.JSONField(help_text="The value as sent.")
    used = serializers.JSONField(help_text="The value used instead; null if none.")
    reason = serializers.CharField()


@extend_schema_field(CorrectionRow(many=True))
class Corrections(Withheld, Document):
    """Corrections made while parsing; for the public without those that contain personal data."""

    public = _PublicCorrections
