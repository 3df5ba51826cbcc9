"""
Blind reviews: a second person judges one decision in twenty without seeing the first.

Among them stand flags of a sample that was drawn for readers, and flags whose answer a lead knows; nothing tells them
apart.
"""

import hashlib
import hmac
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from msgspec import Struct

from audits.models import BlindReview, Flag, KnownAnswer, KnownJudgement, Review, SampledFlag, Verdict
from audits.models.blind_review import IsSampled

DECISIONS = (Review.Decision.CONFIRMED, Review.Decision.DISMISSED, Review.Decision.NEEDS_INFORMATION)
_JUDGED = (*DECISIONS, Review.Decision.FIRST_CONFIRMATION)
# So many persons are asked of each flag of a sample: two tell how far they agree.
READERS = 2
# So many of each kind are mixed; the others follow.
_MIXED = 50


class Look(Struct, frozen=True):
    """What a person is asked to judge: ``subject`` is a decision to judge again, a sampled flag, or a known answer."""

    key: str
    subject: Review | SampledFlag | KnownAnswer

    @property
    def flag(self) -> Flag:
        return self.subject.flag


def awaiting_blind_review(person: Any) -> QuerySet[Review]:
    """
    Return the sampled decisions that nobody has undone or judged again, of flags on which this person has decided
    nothing.
    """
    sampled = Review.objects.alias(is_sampled=IsSampled(F("chain"))).filter(is_sampled=True)
    waiting = sampled.filter(decision__in=_JUDGED, blind_review=None).not_undone()
    return waiting.filter(_is_seen(), _is_new_to(person)).order_by("pk")


def open_disagreements() -> QuerySet[BlindReview]:
    """Return the second looks that disagree with the first, on flags on which nobody has decided since, but may."""
    since = Review.objects.filter(flag=OuterRef("of_flag"), reviewed_at__gt=OuterRef("at"))
    looked = BlindReview.objects.alias(of_flag=Coalesce("review__flag", "sampled__flag"))
    return looked.filter(~Exists(since), Exists(Flag.objects.decidable().filter(pk=OuterRef("of_flag"))), agrees=False)


def awaiting_sampled(person: Any) -> QuerySet[SampledFlag]:
    """Return the flags of samples that too few have judged, and this person has not, nor decided on them."""
    waiting = SampledFlag.objects.alias(readers=Count("looks")).filter(readers__lt=READERS)
    return waiting.filter(_is_seen(), _is_new_to(person)).order_by("pk")


def awaiting_known(person: Any) -> QuerySet[KnownAnswer]:
    """Return the known answers that a person has not been asked, of flags on which they have decided nothing."""
    asked = KnownJudgement.objects.filter(reviewer=person.pk).values("answer")
    waiting = KnownAnswer.objects.filter(enabled=True).exclude(made_by=person.pk).exclude(pk__in=asked)
    return waiting.filter(_is_seen(), _is_new_to(person)).order_by("pk")


def _is_seen() -> Exists:
    """Return the condition that the flag is for the desk: those of rules in shadow are for leads."""
    return Exists(Flag.objects.out_of_shadow().filter(pk=OuterRef("flag")))


def count_looks(person: Any) -> int:
    """Return how much waits for a blind look by a person."""
    return sum(waiting(person).count() for waiting in _KINDS)


def looks(person: Any) -> list[Look]:
    """Return the decisions that wait for a person's blind review, in an order that does not reveal their kind."""
    found: list[Review | SampledFlag | KnownAnswer] = []
    for waiting in _KINDS:
        found += waiting(person).select_related("flag").defer("flag__evidence")[:_MIXED]
    return sorted((Look(look_key(person, subject), subject) for subject in found), key=lambda look: look.key)


def find_look(person: Any, key: str) -> Look | None:
    """Return the look that a page called ``key``, if it is, and still is, one for this person."""
    return next((look for look in looks(person) if hmac.compare_digest(look.key.encode(), key.encode())), None)


def sent_before(person: Any, key: str, *, decision: str, reason_code: str, reason: str) -> bool:
    """
    Return whether what a person judged last is the look that a page called ``key``, in these words.

    A second click sends it again when it is none for them any more.

    :param decision: the one that ``reason_code`` is for
    """
    looked = BlindReview.objects.filter(reviewer=person.pk).order_by("-pk").first()
    known = KnownJudgement.objects.filter(reviewer=person.pk).order_by("-pk").first()
    subjects: list[Any] = []
    if looked and (looked.reason_code, looked.reason) == (reason_code, reason):
        subjects += [looked.review, looked.sampled]
    if known and (known.decision, known.reason) == (decision, reason):
        subjects.append(known.answer)
    return any(
        hmac.compare_digest(look_key(person, subject).encode(), key.encode()) for subject in subjects if subject
    )


def judge_blindly(*, look: Look, reviewer: Any, verdict: Verdict, reason_code: str, reason: str) -> bool:
    """
    Add what a person judged.

    :param reason_code: one of ``audits.reference.reason_codes``, of this verdict
    :returns: whether it still was one for them
    """
    if isinstance(look.subject, KnownAnswer):
        _judgement, is_new = KnownJudgement.objects.get_or_create(
            answer=look.subject,
            reviewer=reviewer,
            defaults={
                "decision": verdict.decision,
                "reason": reason,
                "agrees": verdict.decision == look.subject.decision,
            },
        )
        return is_new
    given = {"reviewer": reviewer, "verdict": verdict, "reason_code": reason_code, "reason": reason}
    if isinstance(look.subject, SampledFlag):
        return judge_sampled(look.subject, **given)
    with transaction.atomic():
        _hold(look.flag.pk)
        first = awaiting_blind_review(reviewer).filter(pk=look.subject.pk).first()
        if first is None:
            return False
        _add(first, None, **given)
    return True


def judge_sampled(sampled: SampledFlag, *, reviewer: Any, verdict: Verdict, reason_code: str, reason: str) -> bool:
    """
    Add what a person judged of a sampled flag, however many judged it before.

    :returns: whether they had neither judged it nor decided on its flag
    """
    with transaction.atomic():
        _hold(sampled.flag_id)
        if not SampledFlag.objects.filter(_is_new_to(reviewer), pk=sampled.pk).exists():
            return False
        decided = Review.objects.filter(flag=sampled.flag_id, decision__in=_JUDGED, blind_review=None)
        same = decided.filter(judged_digest=sampled.judged_digest).not_undone()
        _add(
            same.order_by("pk").last(),
            sampled,
            reviewer=reviewer,
            verdict=verdict,
            reason_code=reason_code,
            reason=reason,
        )
    return True


def sample_flag(flag: Flag) -> tuple[SampledFlag, bool]:
    """Return a flag as it stands as one of a sample, and whether it was not yet."""
    return SampledFlag.objects.get_or_create(
        flag=flag, judged_digest=flag.judged_digest, defaults={"judged": flag.as_judged()}
    )


def _hold(flag_id: int) -> None:
    """Let one person at a time look at a flag: a look is compared with the one before. Decisions cannot be locked."""
    Flag.objects.select_for_update(no_key=True).only("pk").get(pk=flag_id)


def _add(first: Review | None, sampled: SampledFlag | None, *, verdict: Verdict, **given: Any) -> None:
    """Add a look at a decision, or at a sampled flag, or at both, with whether it says the same as the one before."""
    before: str | None = None
    if first is not None:
        is_first = first.decision == Review.Decision.FIRST_CONFIRMATION
        before = Review.Decision.CONFIRMED if is_first else first.decision
    elif sampled is not None:
        before = sampled.looks.order_by("pk").values_list("decision", flat=True).first()
    agrees = None if before is None else verdict.decision == before
    BlindReview.objects.create(
        review=first, sampled=sampled, decision=verdict.decision, verdict=verdict, agrees=agrees, **given
    )


def _is_new_to(person: Any) -> Q:
    """Return the condition that a person has neither decided on a flag nor judged it blindly."""
    looked = Q(review__flag=OuterRef("flag")) | Q(sampled__flag=OuterRef("flag"))
    return ~Exists(Review.objects.filter(flag=OuterRef("flag"), reviewer=person.pk)) & ~Exists(
        BlindReview.objects.filter(looked, reviewer=person.pk)
    )


_KINDS: tuple[Callable[[Any], QuerySet[Any]], ...] = (awaiting_blind_review, awaiting_sampled, awaiting_known)


def look_key(person: Any, subject: Review | SampledFlag | KnownAnswer) -> str:
    """Return the opaque key of a blind review in addresses: it reveals neither its kind nor its row."""
    message = f"blind look {person.pk} {subject._meta.model_name} {subject.pk}"
    return hmac.new(settings.SECRET_KEY.encode(), message.encode(), hashlib.sha256).hexdigest()[:32]
