"""Sessions that have ended are removed by the schedule."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.utils import timezone

from contracts.tasks import clear_sessions


@pytest.mark.django_db
def test_sessions_that_have_ended_go_and_others_stay():
    now = timezone.now()
    for key, ends in (("ended", now - timedelta(seconds=1)), ("open", now + timedelta(hours=1))):
        Session.objects.create(session_key=key, session_data="", expire_date=ends)
    clear_sessions()
    assert [session.pk for session in Session.objects.all()] == ["open"]
    assert clear_sessions.name in {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}


@pytest.mark.django_db
def test_a_worker_whose_clock_is_ahead_signs_nobody_out(monkeypatch):
    now = timezone.now()
    Session.objects.create(session_key="open", session_data="", expire_date=now + timedelta(minutes=30))
    monkeypatch.setattr(timezone, "now", lambda: now + timedelta(hours=1))
    clear_sessions()
    assert Session.objects.exists()
