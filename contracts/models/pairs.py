"""Pairs of rows that may be the same, and the logs of decisions on them: base of pairs of bodies and of processes."""

from collections.abc import Collection, Mapping
from typing import Any, ClassVar, Self

from django.db import models

from contracts.postgres.chain import Chain

# Kinds of decisions: one row stands for both, and by itself again.
MERGED, PARTED = "merged", "parted"


def chain_of(table: str) -> Chain:
    content = (
        "pair_id::text",
        "kind",
        "kept_id::text",
        "reason",
        "decided_by_id::text",
        "extract(epoch FROM decided_at)::text",
    )
    return Chain(table, dated="decided_at", content=content)


def row_field(model: str, label: Any) -> Any:
    """Return a column for one of the two rows of a pair."""
    return models.ForeignKey(model, on_delete=models.CASCADE, related_name="+", verbose_name=label)


def kept_field(model: str, label: Any) -> Any:
    """Return a column for the row that a merge keeps."""
    return models.ForeignKey(
        model, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=label
    )


def constraints_of_pairs(name: str) -> list[models.BaseConstraint]:
    """Return the constraints of pairs of rows of one kind."""
    return [
        models.UniqueConstraint(fields=["one", "other"], name=f"{name}_pair_once"),
        models.CheckConstraint(condition=models.Q(one__lt=models.F("other")), name=f"{name}_pair_ordered"),
    ]


def constraints_of_decisions(name: str) -> list[models.BaseConstraint]:
    """Return the constraints of decisions on such pairs: each has a reason, and a merge keeps one of the two."""
    return [
        models.CheckConstraint(condition=~models.Q(reason=""), name=f"{name}_decision_has_reason"),
        models.CheckConstraint(
            condition=models.Q(kind=MERGED) ^ models.Q(kept=None), name=f"{name}_decision_keeps_one"
        ),
    ]


class PairQuerySet(models.QuerySet[Any]):
    def merged(self) -> Self:
        """Pairs with one row standing for both, by the latest decision on each."""
        return self.filter(decision__kind=MERGED)

    def merges(self) -> dict[int, int]:
        """Return the row that each merged one was merged into, by primary keys."""
        rows = self.merged().values_list("one", "other", "decision__kept")
        return {other if kept == one else one: kept for one, other, kept in rows}

    def locked(self, pk: Any) -> Any:
        """Return the current pair, locked until commit."""
        return self.select_for_update(of=("self",)).select_related("decision", "one", "other").get(pk=pk)


def follow(merges: Mapping[int, int], counting: Collection[int]) -> dict[int, int]:
    """
    Follow merges: return for each merged row the last one on its chain that counts; rows without any are left out.
    Each row is merged only once, so chains end.
    """
    ends = {}
    for merged in merges:
        pk = merged
        while pk in merges:
            pk = merges[pk]
            if pk in counting:
                ends[merged] = pk
    return ends


class Pair(models.Model):
    """Two rows that may be one; ``one`` is the older. Models have a ``State`` and the latest ``decision``."""

    State: ClassVar[Any]
    decision: Any
    decisions: Any

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.one} = {self.other}"  # type: ignore[attr-defined]

    @property
    def state(self) -> Any:
        return self.State(self.decision.kind) if self.decision else self.State.OPEN

    def append(self, **given: Any) -> Any:
        """Append a decision to the log, by ``kind``, ``kept``, ``reason`` and ``decided_by``; it is the latest now."""
        self.decision = self.decisions.create(**given)
        self.save(update_fields=["decision"])  # type: ignore[misc]  # a field of its models
        return self.decision
