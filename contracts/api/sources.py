"""Columns of rows from submissions: the source, and how far it was verified."""

from typing import Any

from django.db.models import Case
from rest_framework import serializers

from contracts.api.protocol.rows.columns import Word
from contracts.models.provenance import process_source
from contracts.models.release import release_source, release_verification
from contracts.postgres.steady import steady


class Source(Word):
    """The source of a row of processes, or of one that belongs to it: ``source="process.source"``."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            help_text=(
                "Slug of the publisher; `operator`: loaded by the operator without a publisher; `submitted`: "
                "sent by somebody who does not speak for a publisher."
            ),
            **options,
        )

    @staticmethod
    @steady
    def expression(source: str) -> Case:
        return process_source(source.removesuffix("source"))


class ReleaseSource(Source):
    @staticmethod
    def expression(_source: str) -> Case:
        return release_source()


def verification(**options: Any) -> serializers.CharField:
    """Return the field that says how far a row was verified."""
    text = "`official`; `accepted`: a person accepted part of it; `unverified`: a claim, shown to auditors alone."
    return Word(help_text=text, **options)


class ReleaseVerification(serializers.CharField):
    def __init__(self, **options: Any) -> None:
        super().__init__(
            help_text="Verification of the release: `official`, `accepted` or `unverified`, as for processes.",
            **options,
        )

    @staticmethod
    def expression(_source: str) -> Case:
        return release_verification()
