"""People of each group, signed in: fixtures of all tests."""

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group


@pytest.fixture
def make_user(db):
    """`make_user("Auditors")`: a member of staff in a group, or in none."""

    def make(group="", name="", **fields):
        user = get_user_model().objects.create_user(name or (group or "nobody").lower(), is_staff=True, **fields)
        if group:
            user.groups.add(Group.objects.get(name=group))
        return user

    return make


@pytest.fixture
def sign_in(client, make_user):
    """`sign_in("Auditors")`: the client, signed in as a member of a group."""

    def enter(group="", **fields):
        client.force_login(make_user(group, **fields))
        return client

    return enter
