"""People decide: decisions are appended, the state of a flag is read from them."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audits.models import Flag, Review


def derive_state(*, is_withdrawn: bool, judged_digest: bytes | memoryview, last_review: Review | None) -> Flag.State:
    """
    Return the state of a flag, from facts alone.

    :param judged_digest: the digest of what the flag says now
    :param last_review: the latest decision on it
    """
    if is_withdrawn:
        return Flag.State.WITHDRAWN
    if last_review is None:
        return Flag.State.NEW
    if bytes(last_review.judged_digest) != bytes(judged_digest):
        return Flag.State.CHANGED
    return Flag.State(last_review.decision)


def review_flag(*, flag: Flag, reviewer: Any, decision: Review.Decision, reason: str = "") -> Review:
    """
    Append a decision on a flag as it stands, and bring the flag's state up to date.

    A withdrawn flag takes a decision only where it was confirmed: it stays public until a person looks again.

    :raises ValidationError: if a decision has no reason, or the flag was withdrawn
    """
    reason = reason.strip()
    if decision != Review.Decision.IN_REVIEW and not reason:
        raise ValidationError({"reason": _("Say why: the decision must be defended later.")})
    with transaction.atomic():
        current = Flag.objects.select_for_update().get(pk=flag.pk)
        if not current.awaits_decision:
            raise ValidationError(_("The record no longer raises this flag; there is nothing to decide."))
        review = Review.objects.create(
            flag=current,
            reviewer=reviewer,
            decision=decision,
            reason=reason,
            judged_digest=current.judged_digest,
            judged={
                "sentence": current.sentence,
                "values": current.values,
                "text": {language: current.render(language) for language in ("en", "es", "pt")},
                "evidence": current.evidence,
                "severity": current.severity,
                "rule_version": current.rule_version,
                "parameters": current.parameters,
            },
        )
        current.decision = decision
        current.state = derive_state(
            is_withdrawn=current.withdrawn_at is not None, judged_digest=current.judged_digest, last_review=review
        )
        current.changed_because = ""
        current.changed_at = timezone.now()
        current.save(update_fields=["state", "decision", "changed_because", "changed_at"])
    flag.state, flag.decision, flag.changed_because = current.state, current.decision, ""
    return review


def refresh_states(flagged: QuerySet[Flag]) -> None:
    """Bring the state of flags up to date; part of the transaction that changed them."""
    # A flag that is new stays new until somebody decides on it; most are, and need not be read.
    decided = Exists(Review.objects.filter(flag=OuterRef("pk")))
    flags = list(
        flagged.filter(
            (Q(withdrawn_at=None) & (~Q(state=Flag.State.NEW) | decided))
            | (Q(withdrawn_at__isnull=False) & ~Q(state=Flag.State.WITHDRAWN))
        )
    )
    last: dict[Any, Review] = {}
    for review in Review.objects.filter(flag__in=flags).order_by("pk"):
        last[review.flag_id] = review
    changed, now = [], timezone.now()
    for flag in flags:
        state = derive_state(
            is_withdrawn=flag.withdrawn_at is not None,
            judged_digest=flag.judged_digest,
            last_review=last.get(flag.pk),
        )
        if state != flag.state:
            flag.state, flag.changed_at = state, now
            if state not in (Flag.State.CHANGED, Flag.State.WITHDRAWN):  # it says again what was decided on
                flag.changed_because = ""
            changed.append(flag)
    Flag.objects.bulk_update(changed, ["state", "changed_because", "changed_at"])
