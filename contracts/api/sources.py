"""Columns of rows that stand for what somebody sent: who said it, and how far that was verified."""

from typing import Any

from django.db.models import Case, CharField, F, Value, When
from rest_framework import serializers

from contracts.models.process import Verification

OPERATOR, SUBMITTED = "operator", "submitted"


class Source(serializers.CharField):
    """The source of a row of processes, or of one that belongs to it: ``source="process.source"``."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            help_text="Slug of the publisher; `operator`: loaded here without a publisher; `submitted`: sent by "
            "somebody who does not speak for a publisher.",
            **options,
        )

    @staticmethod
    def expression(source: str) -> Case:
        path = source.removesuffix("source")
        return Case(
            When(**{f"{path}publisher__isnull": False}, then=F(f"{path}publisher__slug")),
            When(**{f"{path}verification": Verification.OFFICIAL}, then=Value(OPERATOR)),
            When(**{f"{path}verification__isnull": False}, then=Value(SUBMITTED)),
            output_field=CharField(),
        )


def verification(**options: Any) -> serializers.CharField:
    """Return the column that says how far a row was verified."""
    text = "`official`; `accepted`: a person accepted part of it; `unverified`: a claim, shown to auditors alone."
    return serializers.CharField(help_text=text, **options)
