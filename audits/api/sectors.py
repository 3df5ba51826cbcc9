"""Columns of a row's current audit, and technology sectors with their filter."""

from collections.abc import Callable
from typing import Any, ClassVar

from django import forms
from django.db import models
from django.db.models import Func, OuterRef, Subquery, Value
from django.db.models.functions import Cast, Coalesce, JSONObject
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request

from audits.matching.purchases.scope import SECTORS
from audits.models import Audit
from contracts.api.protocol.query.one_of import OneOf
from contracts.api.protocol.rows.columns import Document
from contracts.postgres.steady import steady


class OfPresentAudit:
    """Mixed into a field that shows a column of the present audit of a row: of a process, or of another subject."""

    column: ClassVar[str]
    subject: ClassVar = "process"

    @steady
    def expression(self, _source: str) -> Subquery:
        audits = Audit.objects.filter(**{self.subject: OuterRef("pk")}, is_current=True)
        return Subquery(audits.values(self.column)[:1])


class Sectors(OfPresentAudit, serializers.ListField):
    """The sectors of a row of processes, as the present audit has them; without one there are none yet."""

    column = "sectors"
    child = serializers.CharField()

    def __init__(self, **options: Any) -> None:
        super().__init__(
            allow_null=True,
            help_text="Technology sectors of the process; empty if it has none, null before the first audit.",
            **options,
        )

    @staticmethod
    def as_cell(column: Any) -> Func:
        """Return a list as one text: it is stored as JSON, whose strings contain no quotation marks."""
        joined = """replace(replace(btrim(%(expressions)s::text, '[]"'), '", "', '; '), '"', '')"""
        return Func(column, template=joined, output_field=models.TextField())


class SectorPlace(serializers.Serializer):
    """Evidence in the record for a technology sector."""

    sector = serializers.CharField()
    path = serializers.CharField(help_text="JSON Pointer into the compiled release.")
    passage = serializers.CharField(
        help_text="The matched words and their surroundings, unchanged; or a classification code."
    )
    start = serializers.IntegerField(
        allow_null=True, help_text="Start of the match in the whole text, in characters from 0."
    )
    end = serializers.IntegerField(allow_null=True)
    note = serializers.CharField(help_text="Concept of the words, or scheme of the classification code.")


@extend_schema_field(SectorPlace(many=True))
class SectorEvidence(Document):
    """The places that the sectors of a process rest on, the first five of each."""

    @staticmethod
    @steady
    def expression(_source: str) -> Coalesce:
        places = Subquery(Audit.objects.filter(process=OuterRef("pk"), is_current=True).values("sector_evidence")[:1])
        return Coalesce(Cast(places, models.TextField()), Value("[]", output_field=models.TextField()))


def each_sector(process: str) -> Func:
    """Return each sector of a row's process, as an expression; a row without sectors is left out."""
    audits = Audit.objects.filter(process=OuterRef(process), is_current=True)
    return Func(
        Subquery(audits.values("sectors")[:1]), function="jsonb_array_elements_text", output_field=models.TextField()
    )


def sectors_of(process: str) -> Callable[[Request], models.QuerySet]:
    """Return the include for the sectors of a row's process, with their places; its key is in the column `process`."""

    def sectors(_request: Request) -> models.QuerySet:
        row = JSONObject(sectors="sectors", places="sector_evidence")
        return Audit.objects.filter(process=OuterRef(process), is_current=True).values(json=row)

    return sectors


class SectorFilter(OneOf):
    """Processes of technology sectors, as the present audit has them; `field_name` leads to the process's key."""

    def __init__(self, field_name: str) -> None:
        sectors = forms.ChoiceField(choices=[(sector, sector) for sector in SECTORS])
        super().__init__(field_name, one=sectors, help_text=f"Technology sector of the process: {', '.join(SECTORS)}.")

    def filter(self, queryset: models.QuerySet, value: list[str]) -> models.QuerySet:
        if not value:
            return queryset
        is_of_one = models.Q()
        for sector in value:
            is_of_one |= models.Q(sectors__contains=[sector]) if sector else models.Q(sectors=[])
        within = Audit.objects.filter(is_of_one, is_current=True, process__isnull=False)
        return queryset.filter(**{f"{self.field_name}__in": within.values("process")})

    def unjudged(self, _value: list[str]) -> models.Q:
        """Return the condition of rows that have not been audited yet."""
        # Not by a list of audited keys: a list of a million would be scanned for each row.
        return models.Q(~models.Exists(Audit.objects.filter(is_current=True, process=OuterRef(str(self.field_name)))))
