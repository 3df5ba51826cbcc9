"""Requests for comment as the desk notes them."""

from datetime import date, timedelta

from django.utils import timezone

from audits.comment_requests import enter, request_comment
from audits.models import CommentRequest

FORM = {"organization": "", "person": "Municipio de Tula", "how": "letter", "asked_on": "2026-11-03"}


def yesterday() -> date:
    return timezone.localdate() - timedelta(days=1)


def ask(flag, by, **columns) -> CommentRequest:
    """Note a request of today, by letter, unless the columns say otherwise."""
    given = {"party": "Municipio de Tula", "asked_on": timezone.localdate(), "how": "letter"}
    return request_comment(flag=flag, asked_by=by, **(given | columns))


def note(request, by, kind, **given):
    """Enter what came of a request today; its author has seen all that was entered before."""
    latest = request.entries.last()
    if kind not in {"reopened", "taken_back"}:
        given = {"outcome_on": timezone.localdate()} | given
    return enter(request=request, by=by, kind=kind, seen=latest.pk if latest else None, **given)
