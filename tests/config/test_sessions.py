"""A session ends when nobody uses it, and after half a day in any case."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.utils import timezone

from audits import groups

PAGE = "/admin/audits/flag/"


@pytest.fixture
def pass_time(monkeypatch):
    """`pass_time(minutes=5)`: let time go by for the server."""
    passed = timedelta()
    real = timezone.now

    def go_on(**duration):
        nonlocal passed
        passed += timedelta(**duration)

    monkeypatch.setattr(timezone, "now", lambda: real() + passed)
    return go_on


@pytest.mark.django_db
def test_a_desk_that_was_left_is_nobodys(sign_in, pass_time):
    client = sign_in(groups.AUDITORS)
    pass_time(minutes=29)
    assert client.get(PAGE).status_code == 200
    pass_time(minutes=29)
    assert client.get(PAGE).status_code == 200
    pass_time(minutes=31)
    answer = client.get(PAGE)
    assert (answer.status_code, answer["Location"]) == (302, f"/admin/login/?next={PAGE}")


@pytest.mark.django_db
def test_who_works_all_day_signs_in_again_after_twelve_hours(sign_in, pass_time):
    client, answers = sign_in(groups.AUDITORS), []
    for _quarter in range(12 * 4 + 1):
        pass_time(minutes=15)
        answers.append(client.get(PAGE).status_code)
    assert answers.count(200) == 12 * 4 - 1
    assert answers[-2:] == [302, 302]


@pytest.mark.django_db
def test_the_end_is_moved_at_most_once_a_minute(sign_in, pass_time):
    def end():
        return Session.objects.get().expire_date

    client = sign_in(groups.AUDITORS)
    first = end()
    pass_time(seconds=30)
    client.get(PAGE)
    assert end() == first
    pass_time(seconds=45)
    client.get(PAGE)
    assert end() - first >= timedelta(seconds=75)


@pytest.mark.django_db
def test_an_installation_may_let_sessions_last_half_a_day(sign_in, pass_time, settings):
    settings.VEEDOR_IDLE_MINUTES = 0
    client = sign_in(groups.AUDITORS)
    pass_time(hours=11, minutes=59)
    assert client.get(PAGE).status_code == 200
    pass_time(minutes=2)
    assert client.get(PAGE).status_code == 302


@pytest.mark.django_db(transaction=True)
def test_a_database_that_takes_no_writes_signs_nobody_out(sign_in, pass_time):
    client = sign_in(groups.AUDITORS)
    pass_time(minutes=5)
    with connection.cursor() as cursor:
        cursor.execute("SET default_transaction_read_only = on")
    try:
        assert client.get("/api/v1/me/usage/").json()["account"]
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SET default_transaction_read_only = off")
