"""The world of the access matrix, and who may do everything in it."""

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from contracts.api.protocol.access import throttles
from tests.security.world import World


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
