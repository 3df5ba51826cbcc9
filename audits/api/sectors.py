"""Technology sectors of contracting processes: a column and a filter of lists that are about them."""

from typing import Any

from django import forms
from django.db import models
from django.db.models import Func, OuterRef, Subquery
from rest_framework import serializers

from audits.matching.scope import SECTORS
from audits.models import Audit
from contracts.api.protocol.one_of import OneOf


class Sectors(serializers.ListField):
    """The sectors of a row of processes, as the present audit has them; without one there are none yet."""

    child = serializers.CharField()

    def __init__(self, **options: Any) -> None:
        super().__init__(
            allow_null=True,
            help_text="Technology sectors that it is about; empty if of none, null before its first audit.",
            **options,
        )

    @staticmethod
    def expression(_source: str) -> Subquery:
        return Subquery(Audit.objects.filter(process=OuterRef("pk"), is_current=True).values("sectors")[:1])

    @staticmethod
    def as_cell(column: Any) -> Func:
        """Return the list as one text: it is stored as JSON, whose texts hold no quotes."""
        joined = """replace(replace(btrim(%(expressions)s::text, '[]"'), '", "', '; '), '"', '')"""
        return Func(column, template=joined, output_field=models.TextField())


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
        """Return the condition of the rows that no audit has looked at yet."""
        audited = Audit.objects.filter(is_current=True, process__isnull=False)
        return ~models.Q(**{f"{self.field_name}__in": audited.values("process")})
