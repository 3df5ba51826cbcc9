from typing import Any

from django.db import models
from django.db.models.fields.json import KT, KeyTextTransform
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from audits.models.four_eyes import second_person_confirms
from contracts.models import claim, same_body, same_process
from contracts.models.person import person_field
from contracts.postgres.chain import Chain

CHAIN = Chain(
    "audits_review",
    dated="reviewed_at",
    content=(
        "flag_id::text",
        "decision",
        "reason",
        "reviewer_id::text",
        "extract(epoch FROM reviewed_at)::text",
        "encode(judged_digest, 'hex')",
        "judged::text",
    ),
)
# The logs of all decisions, by table.
CHAINS = {chain.table: chain for chain in (CHAIN, claim.CHAIN, same_body.CHAIN, same_process.CHAIN)}


class ReviewQuerySet(models.QuerySet["Review"]):
    def made(self) -> "ReviewQuerySet":
        """Return the decisions that people made, without those that only restore an earlier one by undoing."""
        return self.exclude(judged__has_key=Review.UNDOES)

    def not_undone(self) -> "ReviewQuerySet":
        """Return the decisions of people that were not undone, one by one or with their batch."""
        number, batch = (Cast(models.OuterRef(column), models.TextField()) for column in ("number", "batch"))
        undoing = Review.objects.order_by().filter(judged__has_key=Review.UNDOES, flag=models.OuterRef("flag"))
        undone = undoing.alias(undoes=KT(f"judged__{Review.UNDOES}")).filter(
            models.Q(undoes=number) | models.Q(undoes=batch)
        )
        return self.made().filter(~models.Exists(undone))

    def overturning(self) -> models.QuerySet[Any]:
        """
        Return the decisions that differ from the one before on the flag, if another person made it.

        ``overturned`` and ``overturned_person`` are the keys of that decision and of its reviewer. A decision after
        "needs information" overturns nothing.
        """
        verdict = models.Case(
            models.When(decision=Review.Decision.FIRST_CONFIRMATION, then=models.Value(Review.Decision.CONFIRMED)),
            default="decision",
        )
        verdicts = (Review.Decision.CONFIRMED, Review.Decision.DISMISSED, Review.Decision.NEEDS_INFORMATION)
        judging = Review.objects.not_undone().annotate(verdict=verdict).filter(verdict__in=verdicts)
        before = judging.filter(flag=models.OuterRef("flag"), pk__lt=models.OuterRef("pk")).order_by("-pk")
        said = models.Subquery(before.values("verdict")[:1])
        return (
            self.not_undone()
            .alias(verdict=verdict, said_before=said)
            .annotate(
                overturned=models.Subquery(before.values("pk")[:1]),
                overturned_person=models.Subquery(before.values("reviewer")[:1]),
            )
            .filter(verdict__in=verdicts, said_before__in=verdicts[:2])
            .exclude(said_before=models.F("verdict"))
            .exclude(overturned_person=models.F("reviewer"))
        )

    def confirming(self) -> "ReviewQuerySet":
        """Return the valid confirmations of the flag of the outer query, the latest first."""
        confirmed = self.filter(flag=models.OuterRef("pk"), decision=Review.Decision.CONFIRMED)
        return confirmed.not_undone().order_by("-pk")


class Review(models.Model):
    """
    A person's decision on a flag in its form at the time. Never changed: a new decision is added instead. ``judged``
    has what the person saw (sentence, values, evidence, rule version, parameters), and digests of its sources, so that
    the decision can be defended after record and rule have changed. ``chain`` is the SHA-256 of the decision and of
    the chain before it: a changed, removed or inserted decision breaks it.

    ``judged`` holds the batch of decisions that were made together, and the code of the reason if one was chosen, so
    that both are chained: ``batch`` and ``reason_code`` are read from there.
    """

    class Decision(models.TextChoices):
        IN_REVIEW = "in_review", _("take for review")
        # By the first of two persons; does not publish.
        FIRST_CONFIRMATION = "first_confirmation", _("first confirmation")
        CONFIRMED = "confirmed", _("confirm")
        DISMISSED = "dismissed", _("dismiss")
        NEEDS_INFORMATION = "needs_information", _("needs information")
        # Made by undoing the first decision on a flag.
        REOPENED = "reopened", _("reopen")
        # Made by raising a withheld finding by hand.
        RAISED = "raised", _("raise by hand")

    # After these a flag still awaits a decision; its own page offers none of them.
    LEAVE_OPEN = frozenset({Decision.REOPENED, Decision.RAISED})
    # Member of ``judged``, if the decision restores an earlier one: the batch or the number of the undone decision.
    UNDOES = "undoes"
    # Member of ``judged``: digests of the record, of the lists with parameters, and of the page of the rule.
    RESTS_ON = "rests_on"
    # Member of ``judged``, if one person's confirmation counted: the waiver of the second one, see FourEyesWaiver.
    WAIVER = "waiver"

    flag = models.ForeignKey("audits.Flag", on_delete=models.PROTECT, related_name="reviews", verbose_name=_("flag"))
    decision = models.CharField(_("decision"), max_length=20, choices=Decision)
    reason = models.TextField(_("reason"), blank=True)
    reviewer = person_field(_("reviewer"), related_name="reviews")
    reviewed_at = models.DateTimeField(_("reviewed"), default=timezone.now)
    judged_digest = models.BinaryField(_("digest of what was judged"), max_length=32)
    judged = models.JSONField(_("what was judged"))
    batch = models.GeneratedField(
        expression=Cast(KeyTextTransform("batch", "judged"), models.UUIDField()),
        output_field=models.UUIDField(_("batch"), null=True),
        db_persist=True,
    )
    reason_code = models.GeneratedField(
        expression=KeyTextTransform("reason_code", "judged"),
        output_field=models.TextField(_("code of the reason"), null=True),
        db_persist=True,
    )
    number = models.BigIntegerField(_("number"), unique=True, editable=False, db_default=0)
    chain = models.BinaryField(_("chain"), max_length=32, db_default=b"")

    objects = ReviewQuerySet.as_manager()

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        ordering = ["pk"]
        constraints = [
            # Every decision has a reason; a year later nobody remembers it.
            models.CheckConstraint(
                condition=models.Q(decision="in_review") | ~models.Q(reason=""), name="review_has_reason"
            ),
        ]
        indexes = [
            models.Index(fields=["batch"], condition=models.Q(batch__isnull=False), name="review_batch"),
            # recent decisions
            models.Index(fields=["reviewed_at"], name="review_reviewed_at"),
            # undone decisions
            models.Index(fields=["flag"], condition=models.Q(judged__has_key="undoes"), name="review_undoing"),
        ]
        permissions = [
            ("decide_in_bulk", "Can decide on many flags together"),
            ("undo_batch_of_others", "Can undo what others decided together"),
        ]
        triggers = [*CHAIN.triggers("decisions are never removed"), second_person_confirms()]

    def __str__(self) -> str:
        return f"{self.get_decision_display()} {self.reviewed_at:%Y-%m-%d}"

    @property
    def is_undoing(self) -> bool:
        """Whether it restores the state before a decision: its reviewer undid that one, and judged nothing."""
        return self.UNDOES in self.judged

    @property
    def decided(self) -> str:
        """The resulting state of the flag in words; the decisions themselves are named like the buttons."""
        state = str(_DECIDED.get(Review.Decision(self.decision), self.get_decision_display()))
        if self.decision in Review.LEAVE_OPEN or not self.is_undoing:
            return state
        return gettext("%(state)s again, as a decision was undone") % {"state": state}


_DECIDED = {
    Review.Decision.IN_REVIEW: _("in review"),
    Review.Decision.CONFIRMED: _("confirmed"),
    Review.Decision.DISMISSED: _("dismissed"),
    Review.Decision.REOPENED: _("reopened"),
    Review.Decision.RAISED: _("raised by hand"),
}
