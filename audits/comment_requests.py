"""Requests for comment: the desk notes whom it asked about a flag, when and how, and what came of it."""

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audits.models import CommentRequest, CommentRequestEntry, Export, Flag, Reply
from contracts.models import Organization
from contracts.models.decision import given_reason
from contracts.pages.display import day
from contracts.postgres.once import create_once
from contracts.trail import Action, record

Kind = CommentRequestEntry.Kind
# Of the suppliers of a record so many are offered to be asked.
MAX_SUPPLIERS = 20


def parties_of(flag: Flag) -> list[Organization]:
    """Return the organizations that are asked about a flag: the buyer, then the suppliers that it concerns."""
    columns = ("organization", "process__buyer", "suppliers", "process__suppliers")
    organization, buyer, concerned, suppliers = Flag.objects.values_list(*columns).get(pk=flag.pk)
    named = [organization, buyer, *(concerned or suppliers or [])[:MAX_SUPPLIERS]]
    found = Organization.objects.filter(pk__in=[pk for pk in named if pk]).select_related("merged_into")
    kept = {row.pk: row.merged_into or row for row in found}
    return list(dict.fromkeys(kept[pk] for pk in named if pk in kept))


def request_comment(*, flag: Flag, asked_by: Any, party: str, asked_on: date, **columns: Any) -> CommentRequest:
    """
    Note that somebody was asked for comment on a flag; the same request once, until it is taken back.

    :param party: the organization, or the person in which office, as it is to be published
    :param columns: the others of ``CommentRequest``
    :raises ValidationError: if nobody is named, or a day cannot be; it names the field
    """
    party = party.strip()
    if not party:
        raise ValidationError({"party": _("Say who was asked: choose an organization, or name a person or office.")})
    if asked_on > timezone.localdate():
        raise ValidationError({"asked_on": _("This day is still to come: note a request once it was sent.")})
    answer_by = columns.get("answer_by")
    if answer_by and answer_by < asked_on:
        raise ValidationError({"answer_by": _("The answer was asked for by a day before the request.")})
    with transaction.atomic():
        standing = CommentRequest.objects.standing()
        request, is_new = create_once(
            standing, flag=flag, asked_by=asked_by, party=party, asked_on=asked_on, **columns
        )
        if is_new:
            record(asked_by, Action.COMMENT_REQUESTED, request, flag=flag.pk)
    return request


def enter(
    *,
    request: CommentRequest,
    by: Any,
    kind: CommentRequestEntry.Kind,
    seen: int | None,
    outcome_on: date | None = None,
    reply: Reply | None = None,
    reason: str = "",
) -> CommentRequestEntry:
    """
    Append to a request for comment what came of it; or that its outcome, or all of it, was entered by mistake.

    :param seen: the key of the latest entry that its author saw
    :param outcome_on: the day of an outcome
    :param reply: the published reply that is the answer
    :param reason: why something is taken back
    :raises ValidationError: if that does not fit the request or what was entered before; it names the field
    """
    is_outcome = kind in CommentRequestEntry.OUTCOMES
    with transaction.atomic():
        current = CommentRequest.objects.select_for_update().get(pk=request.pk)
        _refuse_unless_fitting(current, kind, seen)
        if is_outcome:
            _refuse_unless_dated(current, kind, outcome_on)
        if reply is not None and kind != Kind.ANSWERED:
            raise ValidationError({"reply": _("A reply is an answer: choose “answered”, or no reply.")})
        entry = CommentRequestEntry.objects.create(
            request=current,
            by=by,
            kind=kind,
            outcome_on=outcome_on if is_outcome else None,
            reply=reply,
            reason="" if is_outcome else given_reason(reason),
        )
        record(by, Action.COMMENT_ENTERED, current, flag=current.flag_id, kind=kind)
        if kind == Kind.TAKEN_BACK:
            Export.objects.all().expire()
    return entry


def _refuse_unless_fitting(request: CommentRequest, kind: CommentRequestEntry.Kind, seen: int | None) -> None:
    latest = request.entries.order_by("pk").select_related("by").last()
    if (latest.pk if latest else None) != seen:
        name = latest.by.get_username() if latest else ""
        raise ValidationError(
            _("Not saved: %(name)s entered something on this request since the page was shown.") % {"name": name}
        )
    if latest and latest.kind == Kind.TAKEN_BACK:
        raise ValidationError(_("This request was taken back: nothing can come of it."))
    has_outcome = latest is not None and latest.kind in CommentRequestEntry.OUTCOMES
    if kind == Kind.REOPENED and not has_outcome:
        raise ValidationError({"kind": _("No outcome was entered that could be taken back.")})
    if latest and latest.kind == kind:
        raise ValidationError({"kind": _("This was entered already. If its day is wrong, take it back first.")})


def _refuse_unless_dated(request: CommentRequest, kind: CommentRequestEntry.Kind, outcome_on: date | None) -> None:
    if outcome_on is None:
        raise ValidationError({"outcome_on": _("Give the day of it.")})
    if not request.asked_on <= outcome_on <= timezone.localdate():
        raise ValidationError(
            {
                "outcome_on": _("Give a day from %(day)s, when they were asked, to today.")
                % {"day": day(request.asked_on)}
            }
        )
    if kind == Kind.NO_ANSWER and request.answer_by and outcome_on <= request.answer_by:
        raise ValidationError(
            {"outcome_on": _("They have until %(day)s to answer.") % {"day": day(request.answer_by)}}
        )


def erase_request(request: CommentRequest, *, actor: Any) -> None:
    """Erase whom a request names and its file number; the request stays, with its days and what came of it."""
    with transaction.atomic():
        CommentRequest.objects.filter(pk=request.pk).update(party="", reference="", organization=None)
        Export.objects.all().expire()
        record(actor, Action.COMMENT_ERASED, request, flag=request.flag_id)
