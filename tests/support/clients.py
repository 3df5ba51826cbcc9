"""Readers and senders of the API: accounts, clients with their tokens, and fixtures of all tests."""

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from rest_framework.test import APIClient

from contracts import tasks
from contracts.models import ApiToken


class Client(APIClient):
    """A client that gives answers, also to errors of the server, instead of raising them."""

    user: Any = None

    def __init__(self, **options):
        super().__init__(raise_request_exception=False, **options)


def new_user(name: str, *permissions: str):
    """An account of nobody's group, with permissions such as ``audits.view_flag``."""
    user = get_user_model().objects.create_user(name)
    for permission in permissions:
        app, codename = permission.split(".")
        user.user_permissions.add(Permission.objects.get(content_type__app_label=app, codename=codename))
    return user


def client_with_token(user, *scopes: str) -> Client:
    _, secret = ApiToken.objects.issue(user=user, name="test", scopes=list(scopes))
    return Client(headers={"Authorization": f"Token {secret}"})


@pytest.fixture
def anonymous() -> Client:
    return Client()


@pytest.fixture
def sender(db) -> Client:
    """A client whose token may submit; `sender.user` is its account."""
    user = new_user("sender", "contracts.add_submission")
    client = client_with_token(user, "read", "submit")
    client.user = user
    return client


@pytest.fixture
def nudged(monkeypatch) -> list[str]:
    """The submissions that were queued; no test that asks for this needs a worker."""
    found: list[str] = []
    monkeypatch.setattr(tasks, "enqueue", lambda pk, **_options: found.append(pk))
    return found
