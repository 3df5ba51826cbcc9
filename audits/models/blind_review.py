from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from audits.models.review import Review
from contracts.postgres.triggers import append_only

# Of so many decisions one is judged again. Which ones, its link in the chain says: nobody can know before it is made.
ONE_OF = 20


class IsSampled(models.Func):
    """Whether a decision is among those that a second person judges blindly."""

    template = f"mod(get_byte(%(expressions)s, 0) * 256 + get_byte(%(expressions)s, 1), {ONE_OF}) = 0"
    output_field = models.BooleanField()


class BlindReview(models.Model):
    """
    What a second person judged of the same words and evidence without seeing the first decision. Never changed.

    It measures how well people agree; it decides nothing about the flag.
    """

    review = models.OneToOneField(
        Review, on_delete=models.PROTECT, related_name="blind_review", verbose_name=_("first decision")
    )
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("reviewer")
    )
    decision = models.CharField(_("decision"), max_length=20, choices=Review.Decision)
    reason = models.TextField(_("reason"))
    agrees = models.BooleanField(_("agrees"))
    at = models.DateTimeField(_("time"), db_default=models.functions.Now())

    class Meta:
        verbose_name = _("blind second review")
        verbose_name_plural = _("blind second reviews")
        ordering = ["-pk"]
        triggers = append_only("second reviews are never removed")

    def __str__(self) -> str:
        return f"{self.get_decision_display()} {self.review_id}"
