"""Blind second reviews: of one decision in twenty a second person judges the same, without seeing the first."""

from typing import Any

from django.db import transaction
from django.db.models import Count, F, Q, QuerySet

from audits.models import BlindReview, Review
from audits.models.blind_review import IsSampled

DECISIONS = (Review.Decision.CONFIRMED, Review.Decision.DISMISSED, Review.Decision.NEEDS_INFORMATION)
_JUDGED = (*DECISIONS, Review.Decision.FIRST_CONFIRMATION)


def awaiting_blind_review(person: Any) -> QuerySet[Review]:
    """Return the sampled decisions that nobody has judged again, of flags on which this person has decided nothing."""
    sampled = Review.objects.alias(is_sampled=IsSampled(F("chain"))).filter(is_sampled=True)
    own = Review.objects.filter(reviewer=person.pk).values("flag")
    waiting = sampled.filter(decision__in=_JUDGED, blind_review=None).exclude(judged__has_key="undoes")
    return waiting.exclude(flag__in=own).order_by("pk")


def agreement() -> dict[str, tuple[int, int]]:
    """Return code of a rule → how many of its decisions were judged twice, and in how many both said the same."""
    counted = BlindReview.objects.order_by("review__flag__rule").values_list("review__flag__rule")
    return {
        rule: (judged, agreed)
        for rule, judged, agreed in counted.annotate(judged=Count("pk"), agreed=Count("pk", filter=Q(agrees=True)))
    }


def review_blindly(*, review: Review, reviewer: Any, decision: Review.Decision, reason: str) -> BlindReview | None:
    """Add what a second person judged; return ``None`` if this decision is not, or no longer, one for them."""
    with transaction.atomic():
        waiting = awaiting_blind_review(reviewer).select_for_update(of=("self",), no_key=True)
        first = waiting.filter(pk=review.pk).first()
        if first is None:
            return None
        judged_first = (
            Review.Decision.CONFIRMED if first.decision == Review.Decision.FIRST_CONFIRMATION else first.decision
        )
        return BlindReview.objects.create(
            review=first, reviewer=reviewer, decision=decision, reason=reason, agrees=decision == judged_first
        )
