"""Accepted replies: the answers of those whom a flag, a record or the page of an organization is about."""

from datetime import UTC
from typing import Any

from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Value, When
from django.db.models.functions import JSONObject, TruncDate
from rest_framework import serializers

from audits.api.visible_flags import OfVisibleFlags
from audits.models import Flag, Reply
from audits.models.reply import beside_row
from contracts.api.protocol.columns import Day, columns_of, fields_of, objects
from contracts.postgres.steady import steady


class About(serializers.CharField):
    @staticmethod
    def expression(_source: str) -> models.Expression:
        is_flag = When(flag__isnull=False, then=Value("flag"))
        return Case(is_flag, When(process__isnull=False, then=Value("process")), default=Value("organization"))


class ReplyRow(serializers.Serializer):
    """A reply as it is published: in the words of whoever sent it, which nobody here answers for."""

    id = serializers.IntegerField()
    about = About(help_text="flag, process or organization.")
    kind = serializers.CharField(help_text="reply, or correction: what is asked for.")
    organization = serializers.CharField(source="party", help_text="In whose name it was sent.")
    speaker = serializers.CharField(help_text="Who speaks for it.")
    text = serializers.CharField()
    link = serializers.CharField(help_text="Address of a document, or empty.")
    accepted = Day(source="decided_at", help_text="When a person let it be published.")


def _listed(replies: models.QuerySet[Reply]) -> models.Expression:
    """Return replies as a column of a row."""
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
    """Return the condition that a reply is about a process, or about one of its flags that a reader may see."""
    return Q(process=process) | Q(Exists(visible.filter(pk=OuterRef("flag"))), flag__process=process)
