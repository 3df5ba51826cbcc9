"""
Responses about content that somebody else sent before: the same as if nobody had.

A release is stored once, with the claim of its first sender (``Claim.repeated_by``). Revealing that it was known would
let anybody test what strangers sent, which is held and not public.
"""

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from contracts.models import Claim, Release, Submission, SubmissionOrigin
from contracts.ocds.parsing.calendar_days import start_of_day


def of_strangers(submission: Submission, seen: QuerySet[Submission]) -> QuerySet[Claim]:
    """
    Return the claims of submissions not ``seen`` that a submission repeats, if it has no claim for the
    ocid itself.
    """
    return submission.repeats.exclude(submission__in=seen).exclude(ocid__in=submission.claims.values("ocid"))


def of_one_release(claims: QuerySet[Claim]) -> QuerySet[Claim]:
    """Return the claims with a single release: repeating such a claim means sending all of its content."""
    releases = Release.objects.filter(claim=OuterRef("pk")).order_by("pk").values("pk")
    return claims.filter(Exists(releases)).exclude(Exists(releases[1:2]))


def submissions_by_same_account(submission: Submission) -> QuerySet[Submission]:
    accounts = SubmissionOrigin.objects.filter(submission=submission, user__isnull=False)
    return Submission.objects.filter(origin__user__in=accounts.values("user"))


def visible_state(claim: Claim, submission: Submission) -> Claim.State:
    """
    Return the state of a stranger's claim for a sender.

    A decision is reported from the next day on: at once, it would reveal that it was made before.
    """
    is_decided = claim.decision is not None and claim.decision.decided_by_id is not None
    is_of_today = submission.received_at >= start_of_day(timezone.now())
    return claim.state if is_decided and not is_of_today else Claim.State.HELD


def visible_message(claim: Claim, submission: Submission) -> str:
    """
    Return the message with a decision on a claim for the sender of a submission.

    A stranger who repeated the claim before the decision gets it, later ones do not: it was written to those before
    them.
    """
    decided = claim.decision
    if decided is None:
        return ""
    is_of_them = claim.submission_id == submission.pk or submission.received_at < start_of_day(decided.decided_at)
    return decided.told if is_of_them else ""
