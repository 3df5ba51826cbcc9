import json

import pytest

from audits.following import webhooks
from tests.support.clients import client_with_token


@pytest.fixture
def journalist(make_user):
    return make_user(name="journalist", email="desk@newsroom.example")


@pytest.fixture
def reader(journalist):
    return client_with_token(journalist, "follow")


@pytest.fixture
def posted(monkeypatch) -> list[tuple[str, dict, dict]]:
    """What was posted to webhooks: address, message, headers. The tests of `send` have no network either."""
    sent: list[tuple[str, dict, dict]] = []

    def take(url, message, headers):
        sent.append((url, json.loads(message), headers))
        return 204

    monkeypatch.setattr(webhooks, "send", take)
    return sent
