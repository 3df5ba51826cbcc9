"""
Blind second looks: of one decision in twenty a second person judges the same, without seeing the first.

Among them stand flags whose answer a lead knows; nothing tells them apart.
"""

import hashlib
import hmac
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet
from msgspec import Struct

from audits.models import BlindReview, Flag, GoldenAnswer, GoldenJudgement, Review
from audits.models.blind_review import IsSampled

DECISIONS = (Review.Decision.CONFIRMED, Review.Decision.DISMISSED, Review.Decision.NEEDS_INFORMATION)
_JUDGED = (*DECISIONS, Review.Decision.FIRST_CONFIRMATION)
# So many of each kind are mixed; the others follow.
_MIXED = 50


class Look(Struct, frozen=True):
    """What a person is asked to judge: ``subject`` is a decision to judge again, or a known answer."""

    key: str
    subject: Review | GoldenAnswer

    @property
    def flag(self) -> Flag:
        return self.subject.flag


def awaiting_blind_review(person: Any) -> QuerySet[Review]:
    """Return the sampled decisions that nobody has judged again, of flags on which this person has decided nothing."""
    sampled = Review.objects.alias(is_sampled=IsSampled(F("chain"))).filter(is_sampled=True)
    waiting = sampled.filter(decision__in=_JUDGED, blind_review=None).exclude(judged__has_key="undoes")
    return waiting.filter(_is_seen()).exclude(flag__in=_own(person)).order_by("pk")


def open_disagreements() -> QuerySet[BlindReview]:
    """Return the second looks that disagree with the first, on whose flags nobody has decided since."""
    since = Review.objects.filter(flag=OuterRef("review__flag"), reviewed_at__gt=OuterRef("at"))
    return BlindReview.objects.filter(~Exists(since), agrees=False)


def awaiting_golden(person: Any) -> QuerySet[GoldenAnswer]:
    """Return the known answers that a person has not been asked, of flags on which they have decided nothing."""
    asked = GoldenJudgement.objects.filter(reviewer=person.pk).values("answer")
    waiting = GoldenAnswer.objects.filter(enabled=True).exclude(made_by=person.pk).exclude(pk__in=asked)
    return waiting.filter(_is_seen()).exclude(flag__in=_own(person)).order_by("pk")


def _is_seen() -> Exists:
    """Return the condition that the flag is for the desk: those of rules in shadow are for leads."""
    return Exists(Flag.objects.out_of_shadow().filter(pk=OuterRef("flag")))


def count_looks(person: Any) -> int:
    """Return how much waits for a second look by a person."""
    return awaiting_blind_review(person).count() + awaiting_golden(person).count()


def looks(person: Any) -> list[Look]:
    """Return what waits for a second look by a person, in an order that says nothing of its kind."""
    found: list[Review | GoldenAnswer] = []
    for waiting in (awaiting_blind_review(person), awaiting_golden(person)):
        found += waiting.select_related("flag").defer("flag__evidence")[:_MIXED]
    return sorted((Look(look_key(person, subject), subject) for subject in found), key=lambda look: look.key)


def judge_blindly(*, key: str, reviewer: Any, decision: Review.Decision, reason: str) -> bool:
    """
    Add what a second person judged.

    :param key: of the look, as the page had it
    :returns: whether it is, and still was, one for them
    """
    look = next((look for look in looks(reviewer) if hmac.compare_digest(look.key, key)), None)
    if look is None:
        return False
    given = {"reviewer": reviewer, "decision": decision, "reason": reason}
    with transaction.atomic():
        if isinstance(look.subject, GoldenAnswer):
            _judgement, is_new = GoldenJudgement.objects.get_or_create(
                answer=look.subject,
                reviewer=reviewer,
                defaults={**given, "agrees": decision == look.subject.decision},
            )
            return is_new
        waiting = awaiting_blind_review(reviewer).select_for_update(of=("self",), no_key=True)
        first = waiting.filter(pk=look.subject.pk).first()
        if first is None:
            return False
        is_first = first.decision == Review.Decision.FIRST_CONFIRMATION
        judged_first = Review.Decision.CONFIRMED if is_first else first.decision
        BlindReview.objects.create(review=first, **given, agrees=decision == judged_first)
    return True


def _own(person: Any) -> QuerySet[Review, Any]:
    return Review.objects.filter(reviewer=person.pk).values("flag")


def look_key(person: Any, subject: Review | GoldenAnswer) -> str:
    """Return what a page calls a look: it tells neither what it is nor which row."""
    told = f"blind look {person.pk} {subject._meta.model_name} {subject.pk}"
    return hmac.new(settings.SECRET_KEY.encode(), told.encode(), hashlib.sha256).hexdigest()[:32]
