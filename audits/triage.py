"""People decide: decisions are appended, and the state of a flag is derived from them."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import chain, islice
from typing import Any, NamedTuple
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.fields.json import KT
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from audits.models import Audit, Flag, FourEyesWaiver, Review, RulePage
from audits.models.flag_locks import hold_flags
from audits.models.flag_queryset import FlagQuerySet
from contracts.models import ContractingProcess, SubmissionOrigin
from contracts.models.decision import given_reason

UNDO_WITHIN = timedelta(minutes=15)
# For how long the desk shows that a decision was overturned.
OVERTURNED_WITHIN = timedelta(days=30)
SAME_PERSON = "same_person"
# Maximum number of reported flags whose state differs from what their decisions say, and of broken links of a chain.
MAX_ASTRAY = 10
# Member of what was judged: a first confirmation of a flag that changed after it was confirmed.
WAS_CONFIRMED = "was_confirmed"


def derive_state(*, is_withdrawn: bool, judged_digest: bytes | memoryview, last_review: Review | None) -> Flag.State:
    """
    Return the state of a flag, from facts alone.

    :param judged_digest: the digest of what the flag says now
    :param last_review: the latest decision on it
    """
    if is_withdrawn:
        return Flag.State.WITHDRAWN
    if last_review is None or last_review.decision in Review.LEAVE_OPEN:
        return Flag.State.NEW
    if bytes(last_review.judged_digest) != bytes(judged_digest):
        return Flag.State.CHANGED
    return Flag.State(last_review.decision)


def require_question(flag: Flag) -> None:
    """:raises ValidationError: if there is nothing to decide on a flag, which was withdrawn."""
    if not flag.awaits_decision:
        raise ValidationError(_("The record no longer raises this flag; there is nothing to decide."))


def derive_decision(last_review: Review) -> str:
    """Return the decision stored with a flag, from its latest review: "" if that leaves the flag open."""
    if last_review.judged.get(WAS_CONFIRMED):  # it stays public, as it was confirmed before
        return Flag.State.CONFIRMED
    return "" if last_review.decision in Review.LEAVE_OPEN else last_review.decision


class Confirmation(NamedTuple):
    """
    Which decision it is if a person confirms a flag now: ``CONFIRMED``, or the ``FIRST_CONFIRMATION`` of two.

    ``waiver``: by this it counts without a second person.
    """

    decision: Review.Decision
    waiver: FourEyesWaiver | None = None


def confirmation_by(flag: Flag, reviewer: Any) -> Confirmation:
    """
    Return which decision it is if a person confirms a flag now.

    :raises ValidationError: if a second person must confirm, and this is not one
    """
    deciding = flag.reviews.exclude(decision=Review.Decision.IN_REVIEW).order_by("-pk").defer("judged")
    latest = deciding.first()
    if latest is not None and bytes(latest.judged_digest) != bytes(flag.judged_digest):
        latest = None
    if latest is not None and latest.decision == Review.Decision.CONFIRMED:
        return Confirmation(Review.Decision.CONFIRMED)
    is_second = latest is not None and latest.decision == Review.Decision.FIRST_CONFIRMATION
    refusal = _why_not_second(flag, reviewer) if is_second else None
    if is_second and refusal is None:
        return Confirmation(Review.Decision.CONFIRMED)
    if waiver := FourEyesWaiver.in_force(flag.rule):
        return Confirmation(Review.Decision.CONFIRMED, waiver)
    if refusal is not None:
        raise ValidationError(refusal, SAME_PERSON)
    return Confirmation(Review.Decision.FIRST_CONFIRMATION)


def _why_not_second(flag: Flag, reviewer: Any) -> Any:
    """Return why a person cannot confirm a flag as the second one; ``None`` if they can."""
    first = first_confirmations().filter(flag=flag).order_by("-pk").defer("judged").first()
    if first is not None and first.reviewer_id == reviewer.pk:
        return _("You confirmed this first: a second person has to confirm it.")
    if flag.process is not None and _has_sent(flag.process, reviewer):
        return _("You sent a release of this record: a second person who sent none has to confirm it.")
    return None


def waiver_of(review: Review) -> dict[str, Any] | None:
    """
    Return the waiver by which one person's confirmation counted, as ``FourEyesWaiver.as_saved``; else ``None``.

    Decisions made before waivers were stored with them are told by their history.
    """
    stored: dict[str, Any] | None = review.judged.get(Review.WAIVER)
    if stored is not None or review.decision != Review.Decision.CONFIRMED or review.is_undoing:
        return stored
    earlier = Review.objects.filter(flag=review.flag_id, pk__lt=review.pk).exclude(decision=Review.Decision.IN_REVIEW)
    before = earlier.defer("judged").order_by("-pk").first()
    if before is not None and bytes(before.judged_digest) == bytes(review.judged_digest):
        first = earlier.filter(pk__in=first_confirmations()).order_by("-pk").values_list("reviewer", flat=True).first()
        is_second = before.decision == Review.Decision.FIRST_CONFIRMATION and first != review.reviewer_id
        if is_second or before.decision == Review.Decision.CONFIRMED:
            return None
    return FourEyesWaiver.granted(review.flag.rule, review.reviewed_at)


def first_confirmations() -> QuerySet[Review]:
    """Return the first confirmations that people made."""
    return Review.objects.filter(decision=Review.Decision.FIRST_CONFIRMATION).made()


def lately_overturning() -> QuerySet[Any]:
    """Return the decisions of the last weeks that say otherwise than another person's before them."""
    return Review.objects.filter(reviewed_at__gte=timezone.now() - OVERTURNED_WITHIN).overturning()


def overturning_of(person: Any) -> QuerySet[Any]:
    """Return those of them that overturn a decision of a person who has decided nothing on the flag since."""
    since = Review.objects.filter(flag=OuterRef("flag"), pk__gt=OuterRef("pk"), reviewer=person.pk)
    return lately_overturning().filter(~Exists(since), overturned_person=person.pk)


def _has_sent(process: ContractingProcess, person: Any) -> bool:
    return SubmissionOrigin.objects.filter(submission__releases__ocid=process.ocid, user=person.pk).exists()


def review_flag(
    *,
    flag: Flag,
    reviewer: Any,
    decision: Review.Decision,
    reason: str = "",
    reason_code: str = "",
    batch: UUID | None = None,
) -> Review:
    """
    Append a decision on a flag in its present form, and update the flag's state.

    A withdrawn flag can only be decided if it was confirmed, because it stays public until a person looks again.
    Confirming takes two people, unless a lead waived this: the first one appends a ``FIRST_CONFIRMATION``.

    :param reason_code: one of ``audits.reference.reason_codes``
    :param batch: names decisions that are made together
    :raises ValidationError: if a decision has no reason, the flag was withdrawn, or a second person has to confirm
    """
    reason = reason.strip() if decision == Review.Decision.IN_REVIEW else given_reason(reason)
    with transaction.atomic():
        current = Flag.objects.select_for_update().get(pk=flag.pk)
        require_question(current)
        judged = {**current.as_judged(), Review.RESTS_ON: _rests_on(current)}
        if decision == Review.Decision.CONFIRMED:
            decision, waiver = confirmation_by(current, reviewer)
            if waiver is not None:
                judged[Review.WAIVER] = waiver.as_saved()
        if decision == Review.Decision.FIRST_CONFIRMATION and current.decision == Flag.State.CONFIRMED:
            judged[WAS_CONFIRMED] = True
        if reason_code:
            judged["reason_code"] = reason_code
        if batch is not None:
            judged["batch"] = str(batch)
        review = Review.objects.create(
            flag=current,
            reviewer=reviewer,
            decision=decision,
            reason=reason,
            judged_digest=current.judged_digest,
            judged=judged,
        )
        _follow(current, review)
    flag.state, flag.decision, flag.changed_because = current.state, current.decision, current.changed_because
    return review


def _rests_on(flag: Flag) -> dict[str, str]:
    """Return the digests, in hex, of what a decision rests on: record, lists with parameters, and page of the rule."""
    audit = Audit.objects.only("process_digest", "dossier_digest", "ruleset_digest").get(pk=flag.last_audit_id)
    # An organization has no record of its own: its rules read what was counted of it.
    digests = {"record": audit.process_digest or audit.dossier_digest, "rule_set": audit.ruleset_digest}
    page = RulePage.of_version(flag.rule, flag.rule_version)
    if page:
        digests["rule_page"] = page
    return {name: bytes(digest).hex() for name, digest in digests.items()}


def _follow(flag: Flag, review: Review, *, changed_because: str = "") -> None:
    """Bring a flag up to date with the decision that was appended last."""
    if review.judged.get(WAS_CONFIRMED):
        changed_because = review.judged["changed_because"]
    flag.decision = derive_decision(review)
    flag.state = derive_state(
        is_withdrawn=flag.withdrawn_at is not None, judged_digest=flag.judged_digest, last_review=review
    )
    flag.changed_because = changed_because
    flag.changed_at = timezone.now()
    flag.save(update_fields=["state", "decision", "changed_because", "changed_at"])


class Undone(NamedTuple):
    """How many flags stand as before a batch, and how many were left because somebody decided on them since."""

    restored: int
    left: int


def undo_batch(*, batch: UUID, undone_by: Any) -> Undone:
    """
    Append to each flag of a batch the decision before it; nothing is removed.

    :raises ValidationError: if there is no such batch, or it is older than ``UNDO_WITHIN``
    :raises PermissionDenied: if someone else made it, but for those who may undo what others decided
    """
    reviews = list(Review.objects.filter(batch=batch).defer("judged").order_by("flag_id"))
    if not reviews:
        raise ValidationError(_("There is no such batch."))
    if undone_by.pk != reviews[0].reviewer_id and not undone_by.has_perm("audits.undo_batch_of_others"):
        raise PermissionDenied
    if timezone.now() - reviews[0].reviewed_at > UNDO_WITHIN:
        raise ValidationError(_("It is too late to undo this: decide on the flags again, one by one or together."))
    with transaction.atomic():
        hold_flags([review.flag_id for review in reviews])
        restored = sum(_restore(review.flag_id, undone=review.pk, undone_by=undone_by) for review in reviews)
    return Undone(restored, len(reviews) - restored)


def last_undoable(person: Any) -> Review | None:
    """
    Return the last decision of a person if it may still be undone: not old, and nobody decided since.

    One of a batch is undone with all of its batch, by ``undo_batch``.
    """
    since = timezone.now() - UNDO_WITHIN
    lately = Review.objects.filter(reviewed_at__gte=since, reviewer=person.pk).order_by("-pk")
    related = lately.select_related("flag__process", "flag__organization")
    last = related.defer("flag__evidence", "flag__process__compiled_release").first()
    if last is None or last.decision == Review.Decision.RAISED:
        return None
    if last.is_undoing or Review.objects.filter(pk__gt=last.pk, flag=last.flag_id).exists():
        return None
    return last


def undo_decision(*, undone_by: Any, flag_id: int) -> None:
    """
    Append to a flag the decision before a person's last one; nothing is removed.

    :raises ValidationError: if the last decision of the person is on another flag, or may not be undone any more; it
        says why
    """
    with transaction.atomic():
        hold_flags([flag_id])
        last = last_undoable(undone_by)
        if (
            last is None
            or last.batch
            or last.flag_id != flag_id
            or not _restore(flag_id, undone=last.pk, undone_by=undone_by)
        ):
            raise ValidationError(_why_not_undone(undone_by, flag_id))


def _why_not_undone(person: Any, flag_id: int) -> Any:
    """Return why the last decision of a person on a flag is not undone."""
    decided = Review.objects.filter(flag=flag_id).select_related("reviewer").defer("judged").order_by("-pk")
    own = decided.filter(reviewer=person.pk).first()
    if own is None:
        return _("You have decided nothing on this flag.")
    latest = decided.annotate(undoes=KT(f"judged__{Review.UNDOES}")).first()
    if latest is not None and latest.reviewer_id != person.pk:
        done = (
            _("Not undone: %(name)s undid a decision on this flag since.")
            if latest.undoes
            else _("Not undone: %(name)s decided on this flag since.")
        )
        return done % {"name": latest.reviewer.get_username()}
    if latest is not None and latest.undoes:
        return _("It is undone already.")
    if own.batch:
        return _("It was decided together with other flags: undo it on the page of these decisions.")
    if timezone.now() - own.reviewed_at <= UNDO_WITHIN:
        return _("Only your last decision can be undone: decide on this flag again.")
    return _("It is too late to undo this: decide on the flag again.")


def _restore(flag_id: int, *, undone: int, undone_by: Any) -> bool:
    """Append to a flag what stood before a decision; return whether it was still the last one."""
    flag = Flag.objects.select_for_update().get(pk=flag_id)
    review, *earlier = flag.reviews.order_by("-pk")[:2]
    if review.pk != undone:
        return False
    passing = {Review.Decision.IN_REVIEW, *Review.LEAVE_OPEN}
    before = next((entry for entry in earlier if entry.decision not in passing), None)
    source = before or review
    of_one = {"batch"} if before else {"batch", "reason_code", Review.WAIVER}
    judged = {name: value for name, value in source.judged.items() if name not in of_one}
    appended = Review.objects.create(
        flag=flag,
        reviewer=undone_by,
        decision=before.decision if before else Review.Decision.REOPENED,
        reason=gettext("What was decided together was undone.")
        if review.batch
        else gettext("The decision was undone."),
        judged_digest=source.judged_digest,
        judged={**judged, Review.UNDOES: str(review.batch or review.number)},
    )
    _follow(flag, appended, changed_because=review.judged.get("changed_because", ""))
    return True


def refresh_states(flagged: FlagQuerySet) -> None:
    """Bring the state of flags up to date; part of the transaction that changed them."""
    # A flag that is new stays new until somebody decides on it; most are, and need not be read.
    decided = Exists(Review.objects.filter(flag=OuterRef("pk")))
    flags = list(
        flagged.with_moment().filter(
            (Q(withdrawn_at=None) & (~Q(state=Flag.State.NEW) | decided))
            | (Q(withdrawn_at__isnull=False) & ~Q(state=Flag.State.WITHDRAWN))
        )
    )
    last: dict[Any, Review] = {}
    for review in Review.objects.filter(flag__in=flags).order_by("pk"):
        last[review.flag_id] = review
    changed = []
    for flag in flags:
        state = derive_state(
            is_withdrawn=flag.withdrawn_at is not None,
            judged_digest=flag.judged_digest,
            last_review=last.get(flag.pk),
        )
        if state != flag.state:
            flag.state, flag.changed_at = state, flag.moment
            # In other states it says again what was decided on.
            if state not in {Flag.State.CHANGED, Flag.State.WITHDRAWN, Flag.State.FIRST_CONFIRMATION}:
                flag.changed_because = ""
            changed.append(flag)
    Flag.objects.bulk_update(changed, ["state", "changed_because", "changed_at"])


def flags_astray() -> list[int]:
    """
    Return the keys of the first flags that are in another state than their decisions and audits say.

    What is public and what is in a queue is read from columns of the flag, which no chain holds.
    """
    return list(islice(chain(_undecided_astray(), _decided_astray()), MAX_ASTRAY))


def _undecided_astray() -> Iterator[int]:
    is_open = Q(state=Flag.State.NEW, withdrawn_at=None) | Q(state=Flag.State.WITHDRAWN, withdrawn_at__isnull=False)
    decided = Exists(Review.objects.filter(flag=OuterRef("pk")))
    yield from Flag.objects.filter(~decided).exclude(is_open, decision="").order_by("pk").values_list("pk", flat=True)


def _decided_astray() -> Iterator[int]:
    latest = Review.objects.order_by("flag_id", "-pk").distinct("flag_id").select_related("flag")
    columns = ("decision", "judged", "judged_digest")
    of_flag = ("flag__state", "flag__decision", "flag__judged_digest", "flag__withdrawn_at")
    for last in latest.only(*columns, *of_flag).iterator(chunk_size=1000):
        if last.decision not in Review.Decision.values or not _stands_as_decided(last.flag, last):
            yield last.flag_id


def _stands_as_decided(flag: Flag, last: Review) -> bool:
    is_withdrawn = flag.withdrawn_at is not None
    state = derive_state(is_withdrawn=is_withdrawn, judged_digest=flag.judged_digest, last_review=last)
    return (flag.state, flag.decision) == (state, derive_decision(last))
