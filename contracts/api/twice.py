"""Records published twice: the process that counts for another, and pairs that may be the same."""

from functools import reduce
from operator import or_
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Case, Exists, F, Func, Max, OuterRef, Q, Subquery, Sum, Value, When
from django.db.models.functions import Least
from rest_framework import serializers

from contracts.models import ContractingProcess, SameProcess
from contracts.postgres.steady import steady

SAME_AS = (
    "Ocid of the process that publishes the same contracts and counts in sums in place of this one, "
    "by a person's decision; null if this process counts."
)
PERHAPS_SAME_AS = (
    "Ocids of processes of other sources that may publish the same contracts: buyer, suppliers, and "
    "two of amount, day and number agree. Nobody has decided yet, so all of them count in sums."
)

_OCIDS = ArrayField(models.TextField())
# Columns of a pair: that of this process, and that of the other one; older ones come first.
_SIDES = ("other", "one"), ("one", "other")


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
    def expression(self, _source: str) -> Case:
        process = "" if self.process == "pk" else f"{self.process}__"
        # Rows are checked one by one, and only if any pair is undecided; a join of pairs and processes may be planned
        # as a scan of all processes.
        waits = Exists(SameProcess.objects.filter(decision=None))
        found = Func(*(self._beside(*sides) for sides in _SIDES), function="array_cat", output_field=_OCIDS)
        known = Func(found, Value(None), function="array_remove", output_field=_OCIDS)
        counts_itself = Q(**{f"{process}same_as": None})
        return Case(When(waits & counts_itself, then=known), default=Value([]), output_field=_OCIDS)

    def _beside(self, side: str, other_side: str) -> ArraySubquery:
        """Return the ocids on the other side of pairs, null for one that must not be named."""
        other = ContractingProcess.objects.public().filter(pk=OuterRef(other_side), same_as=None)
        pairs = SameProcess.objects.filter(decision=None, **{side: OuterRef(self.process)}).order_by(other_side)
        return ArraySubquery(pairs.values_list(Subquery(other.values("ocid"))))


def perhaps_same(process: ContractingProcess) -> models.QuerySet[ContractingProcess]:
    """Return the public processes that may be the same as one, without a decision."""
    pairs = SameProcess.objects.open()
    of_process = (Q(pk__in=pairs.filter(**{side: process}).values(other)) for side, other in _SIDES)
    return ContractingProcess.objects.public().filter(reduce(or_, of_process))


def count_perhaps_twice(contracts: models.QuerySet) -> int:
    """
    Return the number of contracts that would count twice if all undecided pairs were the same.

    Of three equal processes, in three pairs, two are superfluous: each later one counts once, with its contracts.
    """
    # Few processes are in a pair, so their contracts are looked up instead of reading all contracts.
    both = (Exists(contracts.filter(process=OuterRef(side))) for side in ("one", "other"))
    later = SameProcess.objects.open().filter(*both).order_by().values("other")
    again = later.annotate(again=Least(Sum("contracts"), Max(F("contracts") + F("only_other"))))
    return int(again.aggregate(number=Sum("again", default=0))["number"])
