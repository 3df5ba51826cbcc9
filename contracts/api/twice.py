"""What is published twice: the process that counts for another, and those that may be the same."""

from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Sum, When
from rest_framework import serializers

from contracts.models import SameProcess
from contracts.models.process import PUBLIC
from contracts.postgres.steady import steady

SAME_AS = (
    "The ocid of the process that publishes the same contracts and counts for it in sums, as a person decided; null "
    "where it counts itself."
)
PERHAPS_SAME_AS = (
    "Ocids of processes of other sources that may publish the same contracts, as buyer, suppliers, amounts, and days "
    "or numbers say. Nobody has decided yet: all of them count."
)


class PerhapsSameAs(serializers.ListField):
    """
    The ocids of processes that may be the same as a row, or its process.

    :param process: the column that holds the key of the process
    """

    child = serializers.CharField()

    def __init__(self, process: str = "pk", **options: Any) -> None:
        super().__init__(help_text=PERHAPS_SAME_AS, **options)
        self.process = process

    @steady
    def expression(self, _source: str) -> ArraySubquery:
        return ArraySubquery(ocids_beside(OuterRef(self.process)))


def ocids_beside(process: Any) -> models.QuerySet[SameProcess, str]:
    """Return the ocids of the processes that may be the same as one, and that nobody has decided on."""
    of_process = Q(one=process) | Q(other=process)
    public = Q(one__verification__in=PUBLIC, other__verification__in=PUBLIC)
    beside = Case(When(one=process, then=F("other__ocid")), default=F("one__ocid"))
    rows = SameProcess.objects.open().filter(of_process, public).annotate(beside=beside)
    return rows.order_by("beside").values_list("beside", flat=True)


def count_perhaps_twice(contracts: models.QuerySet) -> int:
    """Return how many contracts processes with some of these contracts share, of pairs that nobody has decided on."""
    # Few processes are in a pair: their contracts are looked up, and not all contracts read.
    both = (Exists(contracts.filter(process=OuterRef(side))) for side in ("one", "other"))
    number = SameProcess.objects.open().filter(*both).order_by().aggregate(number=Sum("contracts", default=0))
    return int(number["number"])
