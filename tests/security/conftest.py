"""The world of the access matrix, who may do everything in it, who sends and who decides."""

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.test import Client

from contracts.api.protocol.access import throttles
from contracts.intake.processing import process_submission
from contracts.models import Submission
from tests.contracts.api.sending import ADDRESS, send
from tests.security.world import World
from tests.support.clients import new_user


@pytest.fixture
def world(db, settings, monkeypatch) -> World:
    settings.REST_FRAMEWORK = {**settings.REST_FRAMEWORK, "DEFAULT_THROTTLE_CLASSES": []}
    monkeypatch.setattr(throttles.SharedThrottle, "allow_request", lambda *_: True)  # more than anybody asks
    return World()


@pytest.fixture
def superuser(db) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(get_user_model().objects.create_superuser("lead"))
    return client


@pytest.fixture
def sent(sender, nudged):
    """`sent(client, release)`: send a release, process it, and return its submission."""

    def submit(value, client=None, address=ADDRESS):
        answer = send(client or sender, value, address=address)
        assert answer.status_code in (200, 202), answer.content
        submission = Submission.objects.get(pk=answer.json()["id"])
        process_submission(submission.pk)
        submission.refresh_from_db()
        return submission

    return submit


@pytest.fixture
def auditor(db):
    user = new_user("judge")
    user.groups.add(Group.objects.get(name="Auditors"))
    return user
