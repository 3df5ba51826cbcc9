"""Leads make accounts for people whose rights are within their own, and nobody gets into the account of another."""

import pytest
from django.contrib.auth import authenticate
from django.contrib.auth.models import Group, Permission, User
from django.urls import reverse

from audits import groups
from contracts.models import TrailEntry

ADD = reverse("admin:auth_user_add")
PASSWORD = "four-eyes-see-more-than-two"


@pytest.fixture
def lead(sign_in):
    return sign_in(groups.LEADS, name="lena")


def form(*names, **changes):
    given = {"username": "nora", "usable_password": "true", "password1": PASSWORD, "password2": PASSWORD}
    return given | {"groups": [Group.objects.get(name=name).pk for name in names]} | changes


def change(user):
    return reverse("admin:auth_user_change", args=[user.pk])


@pytest.mark.parametrize("group", groups.GROUPS)
def test_a_lead_adds_a_person_to_each_group_of_the_desk(lead, client, group):
    assert lead.post(ADD, form(group)).status_code == 302
    nora = User.objects.get(username="nora")
    assert ([entry.name for entry in nora.groups.all()], nora.is_staff, nora.is_superuser) == ([group], True, False)
    assert authenticate(username="nora", password=PASSWORD) == nora
    assert TrailEntry.objects.filter(action="added", target_type="auth.user", target_id=str(nora.pk)).exists()


def test_nobody_gets_a_right_that_the_lead_lacks(lead):
    owners = Group.objects.create(name="Owners")
    owners.permissions.add(Permission.objects.get(codename="delete_user"))
    assert "Owners" not in lead.get(ADD).content.decode()
    answer = lead.post(ADD, form("Owners"))
    assert answer.status_code == 200
    lead.post(ADD, form(groups.AUDITORS, is_superuser="on", user_permissions=["1"]))
    nora = User.objects.get(username="nora")
    assert (nora.is_superuser, nora.user_permissions.count()) == (False, 0)
    lead.post(change(nora), {"username": "nora", "is_active": "on", "is_superuser": "on", "groups": [owners.pk]})
    nora.refresh_from_db()
    assert (nora.is_superuser, [group.name for group in nora.groups.all()]) == (False, [groups.AUDITORS])


def test_a_lead_moves_people_between_groups_and_switches_accounts_off(lead, make_user):
    ana = make_user(groups.AUDITORS, name="ana")
    journalists = Group.objects.get(name=groups.JOURNALISTS)
    assert lead.post(change(ana), {"username": "ana", "groups": [journalists.pk]}).status_code == 302
    ana.refresh_from_db()
    assert (ana.is_active, [group.name for group in ana.groups.all()]) == (False, [groups.JOURNALISTS])


def test_who_has_more_and_oneself_are_left_alone(lead, make_user):
    for user in (make_user(name="root", is_superuser=True), User.objects.get(username="lena")):
        assert lead.get(change(user)).status_code == 200
        assert lead.post(change(user), {"username": "x", "groups": []}).status_code == 403
        user.refresh_from_db()
        assert user.username != "x"


def test_a_lead_sets_the_password_of_nobody(lead, make_user):
    ana = make_user(groups.AUDITORS, name="ana", password=PASSWORD)
    address = reverse("admin:auth_user_password_change", args=[ana.pk])
    new = {"password1": "another-Passw0rd-of-9", "password2": "another-Passw0rd-of-9", "usable_password": "true"}
    assert lead.get(address).status_code == 403
    assert lead.post(address, new).status_code == 403
    lead.post(change(ana), {"username": "ana", "is_active": "on", "groups": [], "password": "x"})
    assert authenticate(username="ana", password=PASSWORD) == ana


@pytest.mark.parametrize("group", [groups.AUDITORS, groups.JOURNALISTS, groups.SUBMITTERS])
def test_others_add_nobody(sign_in, group):
    client = sign_in(group)
    assert client.post(ADD, form(groups.AUDITORS)).status_code == 403
    assert not User.objects.filter(username="nora").exists()
