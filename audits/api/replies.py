"""Accepted replies of the subjects of a flag, a record or an organization."""

from datetime import UTC
from typing import Any

from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Value, When
from django.db.models.functions import JSONObject, TruncDate
from rest_framework import serializers

from audits.api.visible_flags import OfVisibleFlags
from audits.models import Flag, Reply
from audits.models.reply import beside_row
from contracts.api.protocol.rows.columns import Day, columns_of, fields_of, objects
from contracts.postgres.steady import steady


class About(serializers.CharField):
    @staticmethod
    def expression(_source: str) -> models.Expression:
        is_flag = When(flag__isnull=False, then=Value("flag"))
        return Case(is_flag, When(process__isnull=False, then=Value("process")), default=Value("organization"))


class ReplyRow(serializers.Serializer):
    """A published reply, in its sender's words. This site does not vouch for its content."""

    id = serializers.IntegerField()
    about = About(help_text="What the reply is about: flag, process or organization.")
    kind = serializers.CharField(help_text="One of reply, correction (asks for a correction of the record).")
    organization = serializers.CharField(source="party", help_text="Name of the organization or person that replies.")
    speaker = serializers.CharField(help_text="Name and position of the person who speaks for the organization.")
    text = serializers.CharField()
    link = serializers.CharField(help_text="Address of a document that supports the reply; otherwise empty.")
    accepted = Day(source="decided_at", help_text="Day on which a person accepted the reply for publication.")


def _listed(replies: models.QuerySet[Reply]) -> models.Expression:
    """Return replies as a column."""
    columns = columns_of(fields_of(ReplyRow)) | {"accepted": TruncDate(F("decided_at"), tzinfo=UTC)}
    return objects(replies.order_by("pk").values(json=JSONObject(**columns)))


class RepliesOfFlag(serializers.ListField):
    """The accepted replies to a flag, or to all of its process or organization."""

    child = ReplyRow()

    @staticmethod
    @steady
    def expression(_source: str) -> models.Expression:
        return _listed(Reply.objects.accepted().filter(beside_row()))


class RepliesOfProcess(OfVisibleFlags):
    """The accepted replies to a process, or to those of its flags that a reader may see."""

    child = ReplyRow()
    description = "Accepted replies to it, or to its flags that you may see."

    @steady
    def expression(self, _source: str) -> models.Expression:
        return _listed(Reply.objects.accepted().filter(on_process(OuterRef("pk"), self.visible)))


def on_process(process: Any, visible: models.QuerySet[Flag]) -> Q:
    """Return the condition that a reply is about a process, or about one of its flags that the reader may see."""
    return Q(process=process) | Q(Exists(visible.filter(pk=OuterRef("flag"))), flag__process=process)
