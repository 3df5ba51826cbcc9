"""Requests for comment: whom the desk asked about a flag, and the result; not who asked."""

from django.db import models
from django.db.models import OuterRef
from django.db.models.functions import JSONObject
from rest_framework import serializers

from audits.models import CommentRequest
from contracts.api.protocol.rows.columns import WrittenDay, columns_of, fields_of, objects
from contracts.postgres.steady import steady


class CommentRequestRow(serializers.Serializer):
    """A request for comment on a flag, and what came of it."""

    organization = serializers.CharField(
        source="party", help_text="The organization, or the person in which office, that was asked; empty if erased."
    )
    asked_on = WrittenDay()
    how = serializers.CharField(help_text=f"One of {', '.join(CommentRequest.How.values)}.")
    answer_by = WrittenDay(help_text="Day until which an answer was asked for, if one was named.")
    outcome = serializers.CharField(
        help_text="One of answered, refused (to comment), no_answer; empty as long as nothing came."
    )
    outcome_on = WrittenDay(help_text="Day of the outcome.")


class RequestsOfFlag(serializers.ListField):
    """The requests for comment on a flag that were not taken back."""

    child = CommentRequestRow()

    @staticmethod
    @steady
    def expression(_source: str) -> models.Expression:
        requests = CommentRequest.objects.standing().filter(flag=OuterRef("pk"))
        return objects(requests.values(json=JSONObject(**columns_of(fields_of(CommentRequestRow)))))
