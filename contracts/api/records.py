"""Records unchanged, and for the public without contact points and numbers of natural persons."""

from typing import Any

import msgspec
from django.db import models
from django.db.models import F, Func, OuterRef, Subquery, Value
from django.db.models.functions import Cast, Coalesce, Concat, JSONObject
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from contracts.api.protocol.rows.columns import Content, Digest, Document
from contracts.api.withheld import Withheld
from contracts.models import ContractingProcess
from contracts.models.process import for_public, is_withheld, public_digest
from contracts.postgres.steady import steady

WITHHELD = (
    "Readers without permission to view processes see only the web address of contact points, and masked numbers of "
    "natural persons (`***.456.789-**`, `•••••789`), in ids of parties too."
)


_TEXT: models.TextField = models.TextField()
# Between the country of a record, of which more may be known than it says, and its text.
_AFTER_COUNTRY = "\t"


def _with_country(country: Any, text: models.Expression) -> models.Expression:
    return Concat(Coalesce(country, Value("")), Value(_AFTER_COUNTRY), text, output_field=_TEXT)


def _country_of_release() -> Subquery:
    return Subquery(ContractingProcess.objects.filter(ocid=OuterRef("ocid")).values("country")[:1])


def _text_of(content: Any) -> models.Expression:
    return Func(content, Value("UTF8"), function="convert_from", output_field=_TEXT)


def _as_public(value: str) -> msgspec.Raw:
    country, _tab, text = value.partition(_AFTER_COUNTRY)
    return msgspec.Raw(for_public(text.encode(), country))


class _PublicDocument(Document):
    @staticmethod
    @steady
    def expression(source: str) -> models.Expression:
        return _with_country(F("country"), Cast(source, _TEXT))

    @staticmethod
    def convert(value: str) -> msgspec.Raw:
        return _as_public(value)


class _PublicContent(Content):
    @staticmethod
    def expression(source: str) -> models.Expression:
        return _with_country(_country_of_release(), _text_of(F(source)))

    @staticmethod
    def convert(value: Any) -> msgspec.Raw:
        return _as_public(value)


def hex_of(digest: Any) -> models.Expression:
    """Return a digest in hexadecimal digits."""
    return Func(digest, Value("hex"), function="encode", output_field=_TEXT)


class RecordDigest(serializers.CharField):
    """
    The SHA-256 of the record of a process as everybody may see it.

    Its source is the column of the digest of the whole record.
    """

    @staticmethod
    def expression(source: str) -> models.Expression:
        path = source.removesuffix("digest")
        text = Cast(F(f"{path}compiled_release"), _TEXT)
        return JSONObject(text=text, country=F(f"{path}country"), digest=hex_of(F(source)))

    @staticmethod
    def convert(value: Any) -> str | None:
        return public_digest(value["text"].encode(), value["digest"], value["country"] or "")


class _PublicReleaseDigest(RecordDigest):
    @staticmethod
    def expression(source: str) -> models.Expression:
        return JSONObject(text=_text_of(F("content")), country=_country_of_release(), digest=hex_of(F(source)))


class ReleaseDigest(Withheld, Digest):
    """The SHA-256 of a release: as its reader sees it."""

    public = _PublicReleaseDigest


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
