"""Technology sectors of contracting processes: a column and a filter of lists that are about them."""

from typing import Any

import django_filters
from django.db import models
from django.db.models import OuterRef, Subquery
from rest_framework import serializers

from audits.matching.scope import SECTORS
from audits.models import Audit


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


class SectorFilter(django_filters.ChoiceFilter):
    """Processes of a technology sector, as the present audit has it; `field_name` leads to the process's key."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            choices=[(sector, sector) for sector in SECTORS], help_text="Technology sector of the process.", **options
        )

    def filter(self, queryset: models.QuerySet, value: str) -> models.QuerySet:
        if not value:
            return queryset
        within = Audit.objects.filter(is_current=True, sectors__contains=[value])
        return queryset.filter(**{f"{self.field_name}__in": within.values("process")})
