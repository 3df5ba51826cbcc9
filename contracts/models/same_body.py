"""Pairs of organizations that may be one body under two names or numbers, and decisions on them."""

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
from contracts.models.person import person_field

CHAIN = chain_of("contracts_samebodydecision")


class SameBodyQuerySet(PairQuerySet):
    def open(self) -> "SameBodyQuerySet":
        """Pairs that nobody has decided on, and that still are two."""
        return self.filter(decision=None, one__merged_into=None, other__merged_into=None)


class SameBody(Pair):
    """
    A proposal that two organizations are one body; ``one`` is the older row.

    Only a decision of a person merges them. ``speaks_for`` and ``speaks_against`` have the findings when it was
    proposed: codes with their values, see ``contracts.names.sameness``. ``proposed_by`` is empty if a matching rule
    found the pair.
    """

    class State(models.TextChoices):
        OPEN = "open", _("open")
        MERGED = "merged", _("merged")
        REFUSED = "refused", _("two bodies")
        PARTED = "parted", _("separated again")

    one = row_field("contracts.Organization", _("organization"))
    other = row_field("contracts.Organization", _("other organization"))
    likeness = models.FloatField(_("likeness of the names"), help_text=_("From 0 to 100."))
    speaks_for = models.JSONField(_("what speaks for it"), default=list)
    speaks_against = models.JSONField(_("what speaks against it"), default=list)
    proposed_at = models.DateTimeField(_("proposed"), default=timezone.now)
    proposed_by = person_field(_("proposed by"), optional=True)
    decision = latest_decision_field("contracts.SameBodyDecision")

    objects = SameBodyQuerySet.as_manager()

    class Meta:
        verbose_name = _("pair of organizations that may be one")
        verbose_name_plural = _("organizations that may be one")
        ordering = ["-likeness", "pk"]
        constraints = constraints_of_pairs("same_body")
        indexes = [
            # the queue
            models.Index(fields=["-likeness", "id"], condition=models.Q(decision=None), name="same_body_open"),
        ]


class SameBodyDecision(Decision):
    """A decision on a pair; ``kept`` is the organization under which the body is known, of a merge."""

    class Kind(models.TextChoices):
        MERGED = "merged", _("one body: merge them")
        REFUSED = "refused", _("two bodies")
        PARTED = "parted", _("separate them again")

    pair = models.ForeignKey(SameBody, on_delete=models.PROTECT, related_name="decisions", verbose_name=_("pair"))
    kind = models.CharField(_("decision"), max_length=10, choices=Kind)
    kept = kept_field("contracts.Organization", pgettext_lazy("body", "kept"))

    class Meta:
        verbose_name = _("decision on a pair of organizations")
        verbose_name_plural = _("decisions on pairs of organizations")
        ordering = ["pk"]
        constraints = constraints_of_decisions("same_body")
        triggers = CHAIN.triggers("decisions on organizations are never removed")
