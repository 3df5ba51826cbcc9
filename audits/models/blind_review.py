from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audits.models.flag import Flag
from audits.models.review import Review
from contracts.models.person import person_field
from contracts.postgres.triggers import append_only

# One of this many decisions is judged again. Its link in the chain decides which, so it is unpredictable.
ONE_OF = 20


class IsSampled(models.Func):
    """Whether a decision is among those that a second person judges blindly."""

    template = f"mod(get_byte(%(expressions)s, 0) * 256 + get_byte(%(expressions)s, 1), {ONE_OF}) = 0"
    output_field = models.BooleanField()


class Verdict(models.TextChoices):
    """A reader's verdict on a flag; ``IDLE`` is correct, but no sensible auditor would want it."""

    RIGHT = "right", _("right")
    IDLE = "idle", _("true but idle")
    WRONG = "wrong", _("wrong")
    OPEN = "open", _("needs information")

    @property
    def decision(self) -> Review.Decision:
        """The corresponding decision."""
        return _DECISIONS[self]


_DECISIONS = {
    Verdict.RIGHT: Review.Decision.CONFIRMED,
    Verdict.IDLE: Review.Decision.DISMISSED,
    Verdict.WRONG: Review.Decision.DISMISSED,
    Verdict.OPEN: Review.Decision.NEEDS_INFORMATION,
}


class SampledFlag(models.Model):
    """A flag as it stood (``judged``, as in ``Review``) when it was drawn for readers. It decides nothing."""

    flag = models.ForeignKey("audits.Flag", on_delete=models.PROTECT, related_name="+", verbose_name=_("flag"))
    judged_digest = models.BinaryField(_("digest of what is judged"), max_length=32)
    judged = models.JSONField(_("what is judged"))
    sampled_at = models.DateTimeField(_("drawn"), default=timezone.now)

    class Meta:
        verbose_name = _("sampled flag")
        verbose_name_plural = _("sampled flags")
        ordering = ["-pk"]
        constraints = [models.UniqueConstraint(fields=["flag", "judged_digest"], name="sampled_once_as_it_stands")]

    def __str__(self) -> str:
        return f"{self.flag} {self.sampled_at:%Y-%m-%d}"


class BlindReview(models.Model):
    """
    A person's judgement of a sentence and its evidence, without seeing the judgements of others. Never changed.

    It is a second look at a decision (``review``), or a look at a flag of a sample (``sampled``) on which another
    person may have decided (both). ``agrees`` compares it with that decision, else with the first look at the sampled
    flag; it is empty for that one. It measures rules and how well people agree; it decides nothing about the flag.
    """

    review = models.OneToOneField(
        Review,
        on_delete=models.PROTECT,
        related_name="blind_review",
        null=True,
        blank=True,
        verbose_name=_("first decision"),
    )
    sampled = models.ForeignKey(
        SampledFlag,
        on_delete=models.PROTECT,
        related_name="looks",
        null=True,
        blank=True,
        verbose_name=_("sampled flag"),
    )
    reviewer = person_field(_("reviewer"))
    decision = models.CharField(_("decision"), max_length=20, choices=Review.Decision)
    # Both empty in earlier reviews, when the form had no such fields; a file of verdicts may name no cause.
    verdict = models.CharField(_("verdict"), max_length=10, choices=Verdict, blank=True, default="", db_default="")
    reason_code = models.CharField(_("code of the reason"), max_length=40, blank=True, default="", db_default="")
    reason = models.TextField(_("reason"))
    agrees = models.BooleanField(_("agrees"), null=True)
    at = models.DateTimeField(_("time"), db_default=models.functions.Now())

    class Meta:
        verbose_name = _("blind review")
        verbose_name_plural = _("blind reviews")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(review__isnull=False) | models.Q(sampled__isnull=False), name="blind_of_something"
            ),
            models.UniqueConstraint(fields=["sampled", "reviewer"], name="sampled_once_a_person"),
        ]
        triggers = append_only("second reviews are never removed")

    def __str__(self) -> str:
        return f"{self.flag} {self.get_verdict_display() or self.get_decision_display()}"

    @property
    def flag(self) -> Flag:
        """The flag that was judged."""
        return (self.review or self.sampled).flag  # type: ignore[union-attr]  # one of them is there
