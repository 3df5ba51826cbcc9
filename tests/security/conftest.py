"""Senders, as the tests of the API have them, and the world of the access matrix."""

import pytest

from contracts.api.protocol.access import throttles
from tests.security.world import World


@pytest.fixture
def world(db, settings, monkeypatch) -> World:
    settings.REST_FRAMEWORK = {**settings.REST_FRAMEWORK, "DEFAULT_THROTTLE_CLASSES": []}
    monkeypatch.setattr(throttles.SharedThrottle, "allow_request", lambda *_: True)  # more than anybody asks
    return World()
