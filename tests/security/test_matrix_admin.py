"""The access matrix of the admin: each of its pages and actions, for every role; see ``test_matrix``."""

from uuid import uuid4

import pytest
from django.contrib import admin
from django.test import RequestFactory
from django.urls import reverse

from tests.security.admin_entries import ACTIONS, ADMIN, DELETERS, NOBODY, READERS
from tests.security.world import HIDDEN, SESSIONS, text_of


@pytest.mark.parametrize("role", SESSIONS)
def test_admin_pages_open_only_for_the_roles_of_their_entry(world, role):
    client, differing, leaking = world.session(role), [], []
    for page, (lists, adds, rows) in ADMIN.items():
        pk = world.rows[page].pk
        openers = {
            "changelist": lists,
            "add": adds,
            "change": rows,
            "history": rows,
            "delete": DELETERS.get(page, NOBODY),
        }
        for kind, who in openers.items():
            address = reverse(f"admin:{page}_{kind}", args=[] if kind in {"changelist", "add"} else [pk])
            answer = client.get(address)
            if (answer.status_code == 200) != (role in who) or answer.status_code not in {200, 302, 403}:
                differing.append((address, answer.status_code))
            if role not in READERS:
                leaking += [(address, word) for word in HIDDEN if word in text_of(answer)]
    assert (differing, leaking) == ([], [])


@pytest.mark.parametrize("role", SESSIONS)
def test_pages_of_a_flag_open_for_those_who_read_flags(world, role):
    client, flag = world.session(role), world.flags["new"]
    for page, known in ((f"{flag.pk}/case/", 200), (f"{flag.pk}/case.json", 200), (f"together/{uuid4()}/", 404)):
        answer = client.get(f"/admin/audits/flag/{page}")
        assert answer.status_code in ({known} if role in READERS else {302, 403}), page
        assert role in READERS or not [word for word in HIDDEN if word in text_of(answer)]


@pytest.mark.parametrize("role", SESSIONS)
def test_pages_of_what_is_withheld_open_for_those_who_read_audits(world, role):
    client, process = world.session(role), world.flags["new"].process_id
    for page in ("withheld/?rule=T01", f"withheld/T01/{process}/"):
        answer = client.get(f"/admin/audits/audit/{page}")
        assert answer.status_code in ({200} if role in READERS else {302, 403}), page
        assert role in READERS or not [word for word in HIDDEN if word in text_of(answer)]


@pytest.mark.parametrize("role", [session for session in SESSIONS if session != "anonymous"])
def test_actions_are_offered_only_to_the_roles_of_their_entry(world, role):
    request = RequestFactory().get("/")
    request.user = world.people[role]
    for model, model_admin in admin.site._registry.items():
        page = f"{model._meta.app_label}_{model._meta.model_name}"
        expected = {name for name, who in ACTIONS.get(page, {}).items() if role in who}
        assert set(model_admin.get_actions(request)) == expected, page


@pytest.mark.parametrize("role", ["auditor", "revoked", "unknown token"])
def test_no_token_opens_the_admin(world, role):
    client = world.client(role)
    for page in ADMIN:
        assert client.get(reverse(f"admin:{page}_changelist")).status_code == 302
