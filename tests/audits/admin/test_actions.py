"""Actions of lists report unknown rows, in every list."""

import pytest
from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.test import RequestFactory
from django.urls import reverse

from contracts.admin.bases import ListAdmin

pytestmark = pytest.mark.django_db

REFUSED = "The selection contains none of these rows; nothing was changed."


@pytest.fixture
def root(client, make_user):
    client.force_login(make_user(name="root", is_superuser=True))
    return client


def actions_of(model_admin, user) -> list[str]:
    request = RequestFactory().get("/")
    request.user = user
    return list(model_admin.get_actions(request))


@pytest.mark.parametrize("key", ["zzz\0", "9" * 30, "-1"])
def test_a_forged_key_fails_in_no_list(root, make_user, key):
    user = make_user(name="other", is_superuser=True)
    tried = []
    for model, model_admin in admin.site._registry.items():
        if not isinstance(model_admin, ListAdmin):  # of Django's own, which only superusers see
            continue
        address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        for action in actions_of(model_admin, user):
            answer = root.post(address, {"action": action, ACTION_CHECKBOX_NAME: key}, follow=True)
            assert answer.status_code == 200, (address, action)
            tried.append(action)
            if "\0" in key:
                assert REFUSED in answer.content.decode(), (address, action)
    assert {"assign", "decide_together", "erase", "revoke", "retry", "publish", "end"} <= set(tried)


def test_an_empty_selection_or_deleted_row_is_not_reported_as_forged(root):
    address = reverse("admin:audits_flag_changelist")
    nothing = root.post(address, {"action": "assign", "index": 0}, follow=True).content.decode()
    assert REFUSED not in nothing
    assert "Items must be selected" in nothing
    assert (
        REFUSED
        not in root.post(address, {"action": "assign", ACTION_CHECKBOX_NAME: "7"}, follow=True).content.decode()
    )
