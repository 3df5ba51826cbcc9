"""
Claims of a submission: created, accepted at once for trusted accounts, and accepted once the publisher
sends the same.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_noop

from contracts.intake.duplicates.same_contracts import Deal, maybe_known, public
from contracts.intake.received.authority import Publishers
from contracts.models import Attachment, Claim, ClaimDecision, Release, Submission
from contracts.ocds.parsing.calendar_days import start_of_day
from contracts.postgres.clock import database_now
from contracts.trail import Action, record

TRUSTED = gettext_noop("A new contract of a sender whose contracts are accepted at once.")
SENT_BY_PUBLISHER = gettext_noop("The publisher sent the same.")
ERASED = gettext_noop("It was taken back or erased before anybody decided on it.")


def append_decision(
    claim: Claim,
    kind: ClaimDecision.Kind,
    *,
    reason: str,
    decided_by: Any = None,
    last_attachment: int | None = None,
    **given: Any,
) -> ClaimDecision:
    """
    Append a decision and record it in the trail, in the transaction that holds the ocid and compiles its record again.

    :param last_attachment: the newest attachment that was looked at, by default the newest of all
    :param given: ``told``; for a claim accepted in part also ``members`` and ``releases``
    """
    seen = Attachment.objects.newest() if last_attachment is None else last_attachment
    decision = ClaimDecision.objects.create(
        claim=claim, kind=kind, reason=reason, decided_by=decided_by, last_attachment=seen, **given
    )
    claim.decision = decision
    if claim.published_as_id:
        claim.compared_with, claim.published_as = [*claim.compared_with, claim.published_as_id], None
    claim.save(update_fields=["decision", "compared_with", "published_as"])
    # Neither reason nor members: their names come from strangers.
    record(decided_by, Action.CLAIM_DECIDED, claim, decision=decision.pk, kind=kind)
    return decision


def make_claims(
    submission: Submission, ocids: Iterable[str], publishers: Publishers, deals: Callable[[Sequence[str]], list[Deal]]
) -> dict[str, UUID]:
    """
    Return ocid → claim of a submission, creating missing ones, in the transaction that holds the ocids.

    :param deals: contracts by ocid, as the submission has them
    """
    wanted = sorted(set(ocids))
    # The minute could identify the sender.
    today = start_of_day(database_now())
    Claim.objects.bulk_create(
        (Claim(submission=submission, ocid=ocid, made_at=today) for ocid in wanted),
        ignore_conflicts=True,
        batch_size=500,
    )
    claims = {claim.ocid: claim for claim in Claim.objects.filter(submission=submission, ocid__any_of=wanted)}
    if submission.standing == Submission.Standing.TRUSTED:
        known = set(Release.objects.in_public_records().filter(ocid__any_of=wanted).values_list("ocid", flat=True))
        # A known publisher speaks for itself: contracts of others under its prefix are not new.
        new = [
            ocid
            for ocid, claim in claims.items()
            if claim.decision_id is None and ocid not in known and publishers.of(ocid) is None
        ]
        # A contract that is public under another ocid would be counted twice: a person checks first.
        doubled = maybe_known(deals(new), among=public) if new else set()
        for ocid in new:
            if ocid not in doubled:
                append_decision(claims[ocid], ClaimDecision.Kind.ACCEPTED, reason=TRUSTED)
    return {ocid: claim.pk for ocid, claim in claims.items()}


def accept_emptied_claims(ocids: Sequence[str]) -> None:
    """Accept the claims of ocids that have no releases left, because each became one of the publisher's."""
    if ocids:
        empty = Claim.objects.held().filter(~Exists(Release.objects.filter(claim=OuterRef("pk"))), ocid__any_of=ocids)
        for claim in empty:
            append_decision(claim, ClaimDecision.Kind.ACCEPTED, reason=SENT_BY_PUBLISHER)


def reject_erased_claims(submission: Submission) -> None:
    """Reject the held claims of an erased submission, which nobody can decide on any more."""
    for claim in submission.claims.held().order_by("ocid"):
        append_decision(claim, ClaimDecision.Kind.REJECTED, reason=ERASED)  # Without a name: it may be the sender.


def claim_row_name(ocid: str, claim_id: UUID) -> str:
    """Return the name for the row of a claim whose ocid already identifies another record."""
    return f"{ocid}#claim-{claim_id}"
