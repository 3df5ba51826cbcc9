"""Sending of summaries: who is due, and what a failure means."""

import logging
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.core.signing import Signer
from django.db import transaction
from django.db.models import Q, QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from audits.admin.summaries.summary import Summary, summary_of
from audits.desk import deciders
from audits.following import mail
from audits.following.delivering import DELAYS, MAX_FAILURES
from audits.models import DeskSummary
from audits.models.summary import is_of_another_day
from contracts.postgres.clock import database_now
from contracts.postgres.isolating import is_transient

logger = logging.getLogger(__name__)

# Summaries leave at one hour (UTC), early in the day from Lisbon to Manila: their time tells nothing about the desk.
HOUR = 5
_SIGNER = Signer(salt="summaries of the desk")


def send_due() -> int:
    """Send each person who is due their summary; return how many were sent. Without a mail server, none is."""
    if not mail.has_server() or (now := database_now()).hour < HOUR:
        return 0
    return sum(_passing_over(pk, now) for pk in _due(now).values_list("pk", flat=True))


def _due(now: datetime) -> QuerySet[DeskSummary]:
    """Return the summaries that may be due, of people who still decide and have an address."""
    people = deciders().exclude(email="").order_by().values("pk")
    waits_for_next_try = Q(next_try_at__gt=now, next_try_at__lte=now + max(DELAYS))
    asked = DeskSummary.objects.filter(
        is_of_another_day("told_to", now.date()), failures__lt=MAX_FAILURES, person__in=people
    )
    return asked.exclude(waits_for_next_try)


def _passing_over(pk: int, now: datetime) -> bool:
    """Send one; note a defect of ours that makes this fail: the others must not wait for it."""
    try:
        with transaction.atomic():
            return _send(pk, now)
    except Exception as error:
        if is_transient(error):
            raise
        logger.exception("A summary of the desk could not be written: %d", pk)
        with transaction.atomic():
            _note_failure(DeskSummary.objects.select_for_update().filter(pk=pk).first(), now, error)
    return False


def _send(pk: int, now: datetime) -> bool:
    """Send one, unless another worker is at it or it is not due after all; return whether it was sent."""
    asked = _due(now).select_related("person").select_for_update(of=("self",), skip_locked=True).filter(pk=pk).first()
    if asked is None:
        return False
    begin, end = asked.begins(now.date()), asked.ends(now.date())
    if begin >= end:
        return False
    with override(asked.language):
        summary = summary_of(asked.person, begin, end)
        has_news = bool(summary.waiting or summary.sections)
        if has_news:
            try:
                _post(asked, summary, end)
            except OSError as error:
                _note_failure(asked, now, error)
                return False
    asked.told_to, asked.failures, asked.next_try_at = end, 0, None
    asked.save(update_fields=["told_to", "failures", "next_try_at"])
    return has_news


def _post(asked: DeskSummary, summary: Summary, end: date) -> None:
    site = settings.VEEDOR_SITE
    stop = site + reverse("summary-stop", args=[_SIGNER.sign(str(asked.pk))])
    shown: dict[str, Any] = {"summary": summary, "asked": asked, "site": site, "stop": stop}
    text = render_to_string("admin/audits/summary.txt", shown | {"settings": site + reverse("summary")})
    # The subject says nothing of the desk: it is shown on locked screens.
    mail.post(
        asked.person.email,
        _("Veedor: summary of the desk"),
        text,
        message_id=f"summary_{asked.pk}_{end:%Y%m%d}",
        stop=stop,
    )


def _note_failure(asked: DeskSummary | None, now: datetime, error: Exception) -> None:
    """Note that a summary was not sent, and when it is tried again; the next one tells what this one did not."""
    if asked is None:
        return
    asked.failures += 1
    asked.next_try_at = now + DELAYS[min(asked.failures, len(DELAYS)) - 1]
    asked.save(update_fields=["failures", "next_try_at"])
    logger.warning("Summary %d of the desk could not be sent, failure %d: %s", asked.pk, asked.failures, error)


def asked_by(token: str) -> DeskSummary | None:
    """
    Return the summaries that a token ends, ``None`` if they are ended.

    :raises django.core.signing.BadSignature: if the token is not ours
    """
    return DeskSummary.objects.filter(pk=_SIGNER.unsign(token)).first()
