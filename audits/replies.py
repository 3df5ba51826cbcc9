"""The right of reply: replies are sent, decided on and erased. None of it changes the state of a flag."""

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from audits.models import Export, Flag, Reply, ReplyDecision, Review
from contracts.models import Receipt, ReceiptQuestion
from contracts.models.decision import given_reason
from contracts.models.receipt import TakenBackError
from contracts.postgres.once import create_once
from contracts.receipts import AlreadyReviewedError, new_words, receipt_of
from contracts.trail import Action, record

# A page is not a place for more.
MAX_SHOWN = 50
# Values of the columns of an erased reply.
_COLUMNS = ("party", "speaker", "contact", "text", "link")


def send_reply(*, words: str = "", **columns: Any) -> str:
    """
    Store what was sent by the form; return the words of its receipt, which are kept nowhere.

    :param words: those that its page was given: the same reply sent again has the same receipt, another one its own
    :param columns: those of ``Reply``, of which one of ``flag``, ``process`` and ``organization``
    :raises TakenBackError: if what was sent with these words was erased since; nothing is stored
    """
    words = words or new_words()
    with transaction.atomic():
        receipt = receipt_of(words, Receipt.Kind.REPLY)
        # The second of two concurrent requests waits here, and finds what the first one stored.
        if Receipt.objects.select_for_update().get(pk=receipt.pk).withdrawn_on:
            raise TakenBackError
        same = Reply.objects.filter(receipt=receipt)
        if same.filter(**columns).exists():
            return words
        if same.exists():
            words = new_words()
            receipt = receipt_of(words, Receipt.Kind.REPLY)
        Reply.objects.create(receipt=receipt, **columns)
    return words


def decide_reply(*, reply: Reply, decided_by: Any, kind: ReplyDecision.Kind, reason: str) -> ReplyDecision:
    """
    Append a decision on a reply: an accepted one is published beside its subject, a refused one is not.

    :param reply: as its decider saw it
    :raises ValidationError: if there is no reason, the reply was erased, was decided so already, or by somebody else
        meanwhile
    """
    reason = given_reason(reason)
    with transaction.atomic():
        current = Reply.objects.select_for_update().get(pk=reply.pk)
        if current.state == Reply.State.ERASED:
            raise ValidationError(_("The reply was erased; there is nothing to decide."))
        if current.state == Reply.State(kind):
            raise ValidationError(_("It was decided so already."))
        if current.decided_at != reply.decided_at:
            raise ValidationError(overtaken(current))
        _expire_exports(current)
        decision = ReplyDecision.objects.create(reply=current, kind=kind, reason=reason, decided_by=decided_by)
        current.state, current.decided_at = Reply.State(kind), decision.decided_at
        current.save(update_fields=["state", "decided_at"])
        record(decided_by, Action.REPLY_DECIDED, current, decision=kind)
    reply.state, reply.decided_at = current.state, current.decided_at
    return decision


def overtaken(reply: Reply) -> str:
    """Return why a decision made without knowledge of the latest one is not stored."""
    name = reply.decisions.select_related("decided_by").latest("pk").decided_by.get_username()
    return _("Not saved: %(name)s decided on this reply since the page was shown.") % {"name": name}


def ask_back(*, reply: Reply, asked_by: Any, text: str) -> ReceiptQuestion:
    """
    Ask who holds the receipt of a reply; the answer is for the desk, and not published.

    :raises ValidationError: if the reply was erased, with all that was asked: nobody could answer
    """
    with transaction.atomic():
        current = Reply.objects.select_for_update().get(pk=reply.pk)
        if current.state == Reply.State.ERASED:
            raise ValidationError(_("The reply was erased; there is nothing to ask."))
        still_open = ReceiptQuestion.objects.filter(answered_on=None)
        question, _is_new = create_once(
            still_open, receipt=reply.receipt, text=text, asked_by=asked_by, asked_on=timezone.localdate()
        )
    return question


def erase_reply(reply: Reply, *, actor: Any) -> None:
    """Erase the text of a reply, its sender and the questions about it; its row keeps its subject and its days."""
    with transaction.atomic():
        current = Reply.objects.select_for_update().get(pk=reply.pk)
        _expire_exports(current)
        for column in _COLUMNS:
            setattr(current, column, "")
        current.state = Reply.State.ERASED
        current.save()
        current.receipt.questions.all().delete()
        Receipt.objects.filter(pk=current.receipt_id).update(withdrawn_on=timezone.localdate())
        record(actor, Action.REPLY_ERASED, current)


def _expire_exports(reply: Reply) -> None:
    """Expire export files that contain a reply that is no longer accepted."""
    if reply.state == Reply.State.ACCEPTED:
        Export.objects.all().expire()


def may_be_taken_back(reply: Reply) -> bool:
    """Return whether nobody has decided on a reply."""
    return reply.state == Reply.State.HELD


def take_back(reply: Reply) -> None:
    """Erase a reply for the holder of its receipt; raises AlreadyReviewedError if somebody decided on it."""
    with transaction.atomic():
        if not may_be_taken_back(Reply.objects.select_for_update().get(pk=reply.pk)):
            raise AlreadyReviewedError
        erase_reply(reply, actor=None)


def forget_contacts(*, decided_before: datetime, dry_run: bool) -> int:
    """
    Remove how to reach those whose replies were decided on before, and what they answered the desk; return of how many
    contacts and answers.
    """
    decided = Reply.objects.filter(decided_at__lt=decided_before)
    contacts = decided.exclude(contact="")
    answers = ReceiptQuestion.objects.exclude(answer="").filter(
        receipt__in=decided.values("receipt"), answered_on__lt=decided_before.date()
    )
    if dry_run:
        return contacts.count() + answers.count()
    return contacts.update(contact="") + answers.update(answer="")


def published(replies: QuerySet[Reply]) -> list[dict[str, Any]]:
    """Return replies as they are published, the latest first; the members are those of ``audits.api.replies``."""
    return [
        told_of(reply) | {"accepted": reply.decided_at.date() if reply.decided_at else None}
        for reply in replies.order_by("-decided_at", "-pk")[:MAX_SHOWN]
    ]


def told_of(reply: Reply) -> dict[str, Any]:
    """Return the public part of an accepted reply, without its day."""
    return {
        "id": reply.pk,
        "about": reply.about,
        "kind": reply.kind,
        "organization": reply.party,
        "speaker": reply.speaker,
        "text": reply.text,
        "link": reply.link,
    }


def flags_with_news() -> QuerySet[Flag]:
    """Return the open flags beside which a reply was accepted since anybody decided on them."""
    replied = Reply.objects.accepted().order_by()
    found = (
        replied.exclude(flag=None).values("flag", "decided_at"),
        replied.exclude(process=None).values("process__flags", "decided_at"),
        replied.exclude(organization=None).values("organization__flags", "decided_at"),
        # One that is merged has no open flags of its own: those of its body are on the one kept.
        replied.exclude(organization__merged_into=None).values("organization__merged_into__flags", "decided_at"),
    )
    standing = Flag.objects.standing().exclude(state=Flag.State.DISMISSED).order_by()
    paths = ("flag", "process__flags", "organization__flags", "organization__merged_into__flags")
    # From the few replies to their flags, never the other way: there are many flags.
    keys = [
        rows.filter(
            ~Exists(Review.objects.not_undone().filter(flag=OuterRef(path), reviewed_at__gte=OuterRef("decided_at")))
        ).values(path)
        for rows, path in zip(found, paths, strict=True)
    ]
    return standing.filter(Q(pk__in=keys[0].union(*keys[1:])))
