"""Pairs of contracting processes that may publish the same contracts under two ocids, and decisions on them."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from contracts.models.decision import Decision, latest_decision_field
from contracts.models.pairs import (
    Pair,
    PairQuerySet,
    chain_of,
    constraints_of_decisions,
    constraints_of_pairs,
    kept_field,
    row_field,
)

CHAIN = chain_of("contracts_sameprocessdecision")


class SameProcessQuerySet(PairQuerySet):
    def open(self) -> "SameProcessQuerySet":
        """Pairs that nobody has decided on, and of which both still count."""
        return self.filter(decision=None, one__same_as=None, other__same_as=None)

    def moved_on(self) -> "SameProcessQuerySet":
        """Pairs of which one counts for both, but which are no longer found because their records have changed."""
        return self.merged().filter(is_found=False)


class SameProcess(Pair):
    """
    A pair of processes of two sources that may publish the same contracts; ``one`` is the older row.

    It is found by ``duplicates.published_twice``; only after a person's decision does one of the two count for both.
    An undecided pair is deleted when it is no longer found. ``agrees_in`` are members of ``Agreement``, both where an
    amount differs (``is_of_one_amount``); ``contracts`` is how many contracts of the later one the two share,
    ``only_one`` and ``only_other`` how many one of them has beside these: at least one of the two has none.
    """

    class State(models.TextChoices):
        OPEN = "open", _("open")
        MERGED = "merged", _("the same")
        REFUSED = "refused", _("two purchases")
        PARTED = "parted", _("both count again")

    class Agreement(models.TextChoices):
        """What two contracts have in common, beside buyer, suppliers and currency."""

        DAY = "day", _("the day of signature or award")
        NUMBER = "number", _("the number of the contract")

    one = row_field("contracts.ContractingProcess", _("contracting process"))
    other = row_field("contracts.ContractingProcess", _("other contracting process"))
    agrees_in = ArrayField(models.TextField(choices=Agreement), verbose_name=_("what they agree in"), default=list)
    is_of_one_amount = models.BooleanField(_("of the same amounts"), default=True, db_default=True)
    contracts = models.PositiveIntegerField(_("contracts in both"))
    only_one = models.PositiveIntegerField(_("further contracts of the first"), default=0)
    only_other = models.PositiveIntegerField(_("further contracts of the other"), default=0)
    is_found = models.BooleanField(_("still alike"), default=True)
    found_at = models.DateTimeField(_("found"), default=timezone.now)
    decision = latest_decision_field("contracts.SameProcessDecision")

    objects = SameProcessQuerySet.as_manager()

    class Meta:
        verbose_name = _("pair of processes that may be published twice")
        verbose_name_plural = _("processes that may be published twice")
        ordering = ["-pk"]
        constraints = constraints_of_pairs("same_process")
        indexes = [
            # the queue
            models.Index(fields=["id"], condition=models.Q(decision=None), name="same_process_open"),
        ]

    @property
    def may_be_kept(self) -> list[int]:
        """The primary keys of those of the two that hold all that the other one does."""
        return [pk for pk, beyond in ((self.one_id, self.only_other), (self.other_id, self.only_one)) if not beyond]


class SameProcessDecision(Decision):
    """A decision on a pair; ``kept`` is the process that counts for both, of a merge."""

    class Kind(models.TextChoices):
        MERGED = "merged", _("the same: count one of them")
        REFUSED = "refused", _("two purchases")
        PARTED = "parted", _("count both again")

    pair = models.ForeignKey(SameProcess, on_delete=models.PROTECT, related_name="decisions", verbose_name=_("pair"))
    kind = models.CharField(_("decision"), max_length=10, choices=Kind)
    kept = kept_field("contracts.ContractingProcess", pgettext_lazy("process", "counted"))

    class Meta:
        verbose_name = _("decision on a pair of processes")
        verbose_name_plural = _("decisions on pairs of processes")
        ordering = ["pk"]
        constraints = constraints_of_decisions("same_process")
        triggers = CHAIN.triggers("decisions on processes are never removed")
