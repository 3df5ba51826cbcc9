"""Known answers: flags whose right decision a lead marked, asked among the blind second looks to measure people."""

from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audits.models.review import Review
from contracts.models.person import person_field
from contracts.postgres.triggers import append_only

# The choice of a person. Whether it is the first or the second confirmation is derived.
ANSWERS: list[tuple[str, Any]] = [
    (decision.value, decision.label)
    for decision in (Review.Decision.CONFIRMED, Review.Decision.DISMISSED, Review.Decision.NEEDS_INFORMATION)
]


class KnownAnswer(models.Model):
    """
    The right decision on a flag as it stood (``judged``, as in ``Review``), with the reason. It decides nothing.

    Once marked, only ``enabled`` changes: a disabled one is no longer asked, and its judgements stay.
    """

    flag = models.OneToOneField("audits.Flag", on_delete=models.PROTECT, related_name="+", verbose_name=_("flag"))
    judged = models.JSONField(_("what is judged"))
    decision = models.CharField(_("right decision"), max_length=20, choices=ANSWERS)
    reason = models.TextField(_("reason"))
    made_by = person_field(_("marked by"))
    made_at = models.DateTimeField(_("marked"), default=timezone.now)
    enabled = models.BooleanField(_("enabled"), default=True)

    class Meta:
        verbose_name = _("known answer")
        verbose_name_plural = _("known answers")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.flag} {self.get_decision_display()}"


class KnownJudgement(models.Model):
    """A person's judgement of a flag with a known answer, without knowing that it has one. Never changed."""

    answer = models.ForeignKey(
        KnownAnswer, on_delete=models.PROTECT, related_name="judgements", verbose_name=_("known answer")
    )
    reviewer = person_field(_("reviewer"))
    decision = models.CharField(_("decision"), max_length=20, choices=ANSWERS)
    reason = models.TextField(_("reason"))
    agrees = models.BooleanField(_("agrees"))
    at = models.DateTimeField(_("time"), db_default=models.functions.Now())

    class Meta:
        verbose_name = _("judgement of a known answer")
        verbose_name_plural = _("judgements of known answers")
        ordering = ["-pk"]
        constraints = [models.UniqueConstraint(fields=["answer", "reviewer"], name="known_once_a_person")]
        triggers = append_only("judgements of known answers are never removed")

    def __str__(self) -> str:
        return f"{self.get_decision_display()} {self.answer_id}"
