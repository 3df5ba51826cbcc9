"""Leads create accounts with no more rights than their own, and cannot enter those of others."""

import json
import re
from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth import authenticate
from django.contrib.auth.forms import SetPasswordForm
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group, Permission, User
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from audits import groups
from audits.admin.people.accounts import ProgramTokenForm
from audits.admin.people.invitations import void_invitations
from audits.models import Flag, Review
from audits.triage import review_flag
from contracts.models import ApiToken, TrailEntry
from contracts.trail import Action, record
from tests.support.buying import purchase
from tests.support.pages import change_page

ADD = reverse("admin:auth_user_add")
PASSWORD = "four-eyes-see-more-than-two"


@pytest.fixture
def lead(sign_in):
    return sign_in(groups.LEADS, name="lena")


def form(*names, **changes):
    given = {"username": "nora"}
    return given | {"groups": [Group.objects.get(name=name).pk for name in names]} | changes


def invite(user):
    return reverse("admin:auth_user_invite", args=[user.pk])


def change(user):
    return change_page(user)


@pytest.mark.parametrize("group", groups.GROUPS)
def test_a_lead_adds_a_person_to_each_group_of_the_desk(lead, client, group):
    assert lead.post(ADD, form(group)).status_code == 200
    nora = User.objects.get(username="nora")
    assert ([entry.name for entry in nora.groups.all()], nora.is_staff, nora.is_superuser) == ([group], True, False)
    assert not nora.has_usable_password()
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


def test_leads_cannot_change_themselves_or_people_with_more_rights(lead, make_user):
    for user in (make_user(name="root", is_superuser=True), User.objects.get(username="lena")):
        assert lead.get(change(user)).status_code == 200
        assert lead.post(change(user), {"username": "x", "groups": []}).status_code == 403
        user.refresh_from_db()
        assert user.username != "x"


def test_leads_cannot_set_passwords(lead, make_user):
    ana = make_user(groups.AUDITORS, name="ana", password=PASSWORD)
    address = reverse("admin:auth_user_password_change", args=[ana.pk])
    new = {"password1": "another-Passw0rd-of-9", "password2": "another-Passw0rd-of-9", "usable_password": "true"}
    assert lead.get(address).status_code == 403
    assert lead.post(address, new).status_code == 403
    lead.post(change(ana), {"username": "ana", "is_active": "on", "groups": [], "password": "x"})
    assert authenticate(username="ana", password=PASSWORD) == ana


@pytest.mark.parametrize("group", [groups.AUDITORS, groups.JOURNALISTS, groups.SUBMITTERS])
def test_only_leads_can_add_people(sign_in, group):
    client = sign_in(group)
    assert client.post(ADD, form(groups.AUDITORS)).status_code == 403
    assert not User.objects.filter(username="nora").exists()


def link_of(answer) -> str:
    (link,) = re.findall(r"http://testserver(/admin/invited/[^<]+)", answer.content.decode())
    return link


def accept(link: str, password: str = PASSWORD):
    """Open a link as somebody without an account does, and set a password."""
    person = Client()
    opened = person.get(link, follow=True)
    if not opened.redirect_chain:
        return opened
    return person.post(opened.redirect_chain[-1][0], {"new_password1": password, "new_password2": password})


@pytest.mark.parametrize("group", [groups.SUBMITTERS, groups.JOURNALISTS, groups.AUDITORS])
def test_invited_people_set_a_password_and_issue_a_token_that_nobody_else_sees(lead, group):
    added = lead.post(ADD, form(group))
    assert "no-store" in added.headers["Cache-Control"]
    link = link_of(added)
    nora = User.objects.get(username="nora")
    answer = accept(link)
    assert (answer.status_code, answer.headers["Location"]) == (
        302,
        "/admin/login/?next=%2Fadmin%2Fcontracts%2Fapitoken%2Fadd%2F",
    )
    assert authenticate(username="nora", password=PASSWORD) == nora
    own = Client()
    own.force_login(User.objects.get(username="nora"))  # with the password that she set
    token = {"name": "own", "scopes": ["read"], "expires_at_0": "2099-01-01", "expires_at_1": "00:00:00"}
    issued = own.post("/admin/contracts/apitoken/add/", token)
    assert issued.status_code == 200
    assert ApiToken.objects.get().user == nora
    told = list(TrailEntry.objects.filter(target_id=str(nora.pk)).values_list("action", "actor__username"))
    assert {("added", "lena"), ("invited", "lena"), ("changed", "nora")} <= set(told)
    assert link.rsplit("/", 2)[-2] not in json.dumps(list(TrailEntry.objects.values("details")))


def test_who_is_invited_sets_up_a_second_factor_in_the_same_session(lead, settings):
    link = link_of(lead.post(ADD, form(groups.AUDITORS)))
    settings.VEEDOR_SECOND_FACTOR = True
    person, thief = Client(), Client()
    opened = person.get(link, follow=True)
    person.post(opened.redirect_chain[-1][0], {"new_password1": PASSWORD, "new_password2": PASSWORD})

    assert "sign in with it, as nora." in person.get("/admin/login/").content.decode()
    for client, status in ((person, 200), (thief, 403)):
        client.post("/admin/login/", {"username": "nora", "password": PASSWORD})
        assert client.get(reverse("second-factor-mine")).status_code == status


def test_an_invitation_works_once_and_expires(lead):
    link = link_of(lead.post(ADD, form(groups.AUDITORS)))
    with time_machine.travel(timezone.now() + timedelta(days=4), tick=True):
        assert "not valid" in accept(link).content.decode()
    assert accept(link).status_code == 302
    assert "not valid" in accept(link, "another-Passw0rd-of-9").content.decode()
    assert authenticate(username="nora", password=PASSWORD)


def test_a_weak_password_is_refused(lead):
    link = link_of(lead.post(ADD, form(groups.AUDITORS)))
    assert accept(link, "short").status_code == 200
    assert not User.objects.get(username="nora").has_usable_password()


def test_an_invitation_can_be_renewed_until_it_is_accepted(lead):
    lead.post(ADD, form(groups.AUDITORS))
    nora = User.objects.get(username="nora")
    assert "Invite anew" in lead.get(change(nora)).content.decode()
    link = link_of(lead.post(invite(nora)))
    assert accept(link).status_code == 302
    assert "Invite anew" not in lead.get(change(nora)).content.decode()
    assert lead.post(invite(nora)).status_code == 403


def test_nobody_is_invited_into_an_account_with_more_rights_or_that_is_switched_off(lead, make_user):
    owners = Group.objects.create(name="Owners")
    owners.permissions.add(Permission.objects.get(codename="delete_user"))
    root, owner = make_user(name="root", is_superuser=True), make_user("Owners", name="owner")
    gone = make_user(groups.AUDITORS, name="gone", is_active=False)
    lena = User.objects.get(username="lena")
    assert [lead.post(invite(user)).status_code for user in (root, owner, gone, lena)] == [403] * 4
    lead.post(ADD, form(groups.AUDITORS))
    assert lead.get(invite(User.objects.get(username="nora"))).status_code == 405


@pytest.mark.parametrize("work", ["nothing", "a token", "a deed", "a decision"])
def test_an_account_used_by_tokens_cannot_be_taken_by_invitation(lead, make_user, buy, work):
    robot = make_user(groups.AUDITORS, name="robot")  # as a command makes it: nobody was invited
    if work != "nothing":
        record(User.objects.get(username="lena"), Action.INVITED, robot)
        assert "Invite anew" in lead.get(change(robot)).content.decode()
    match work:
        case "a token":
            ApiToken.objects.issue(user=robot, name="nightly", scopes=["read"])
        case "a deed":
            record(robot, Action.ORIGIN_READ)
        case "a decision":
            buy(purchase(1, title="Suministro de cámaras de videovigilancia con reconocimiento facial"))
            review_flag(flag=Flag.objects.first(), reviewer=robot, decision=Review.Decision.IN_REVIEW, reason="")
    assert "Invite anew" not in lead.get(change(robot)).content.decode()
    assert lead.post(invite(robot)).status_code == 403


def test_a_failed_login_does_not_void_an_invitation(lead):
    link = link_of(lead.post(ADD, form(groups.AUDITORS)))
    assert authenticate(username="nora", password="guessed") is None
    assert accept(link).status_code == 302


def test_a_new_invitation_voids_the_previous_one(lead):
    first = link_of(lead.post(ADD, form(groups.AUDITORS)))
    second = link_of(lead.post(invite(User.objects.get(username="nora"))))
    assert "not valid" in accept(first).content.decode()
    assert accept(second).status_code == 302


def test_rights_that_come_later_void_the_invitation_and_other_changes_do_not(lead):
    link = link_of(lead.post(ADD, form(groups.JOURNALISTS)))
    nora = User.objects.get(username="nora")
    same = {"username": "nora", "is_active": "on", "groups": [Group.objects.get(name=groups.JOURNALISTS).pk]}
    lead.post(change(nora), {**same, "first_name": "Nora"})
    assert Client().get(link).status_code == 302
    told = lead.post(change(nora), {**same, "groups": [Group.objects.get(name=groups.AUDITORS).pk]}, follow=True)
    assert "invite again" in told.content.decode()
    assert "not valid" in accept(link).content.decode()
    assert accept(link_of(lead.post(invite(nora)))).status_code == 302


def test_a_superuser_who_gives_more_rights_voids_the_invitation_too(lead, make_user):
    link = link_of(lead.post(ADD, form(groups.JOURNALISTS)))
    nora = User.objects.get(username="nora")
    root = Client()
    root.force_login(make_user(name="root", is_superuser=True))
    joined = {"date_joined_0": "2024-01-01", "date_joined_1": "00:00:00"}
    given = {"username": "nora", "is_active": "on", "is_staff": "on", "is_superuser": "on", **joined}
    assert root.post(change(nora), given).status_code == 302
    assert User.objects.get(username="nora").is_superuser
    assert "not valid" in accept(link).content.decode()


def test_a_password_set_during_a_renewal_is_kept(lead):
    link = link_of(lead.post(ADD, form(groups.AUDITORS)))
    read_before = User.objects.get(username="nora")
    assert accept(link).status_code == 302
    void_invitations(read_before)
    assert authenticate(username="nora", password=PASSWORD)


def test_no_token_of_one_account_opens_another(lead):
    first = link_of(lead.post(ADD, form(groups.AUDITORS)))
    second = link_of(lead.post(ADD, form(groups.AUDITORS, username="olga")))
    mixed = "/".join([*second.split("/")[:4], *first.split("/")[4:]])
    assert "not valid" in accept(mixed).content.decode()
    assert not User.objects.get(username="olga").has_usable_password()


def test_groups_have_names_in_the_readers_language(lead):
    Group.objects.create(name="Observatorio")
    for address in (ADD, reverse("admin:auth_user_changelist")):
        html = lead.get(address, headers={"accept-language": "es"}).content.decode()
        assert "Responsables" in html, address
        assert ">Leads" not in html, address
    assert "Observatorio" in html  # a group of the installation's own keeps its name


def token(user):
    return reverse("admin:auth_user_token", args=[user.pk])


def secret_of(answer) -> str:
    assert "no-store" in answer.headers["Cache-Control"]
    (secret,) = re.findall(r'<code class="secret">(vdr_[^<]+)</code>', answer.content.decode())
    return secret


def test_a_lead_issues_tokens_of_an_account_that_nobody_signs_in_with(lead, client):
    link = link_of(lead.post(ADD, form(groups.SUBMITTERS)))
    nora = User.objects.get(username="nora")
    assert token(nora) in lead.get(change(nora)).content.decode()
    page = lead.get(token(nora)).content.decode()
    assert 'value="submit"' in page
    assert 'value="review"' not in page, "what people decide, people decide"
    secret = secret_of(lead.post(token(nora), {"name": "Portal", "scopes": ["read", "submit"]}))
    (issued,) = ApiToken.objects.all()
    assert (issued.user, issued.issued_by.username, issued.scopes) == (nora, "lena", ["read", "submit"])
    assert ApiToken.objects.find(secret) == issued
    assert TrailEntry.objects.filter(action=Action.TOKEN_ISSUED, actor=issued.issued_by).exists()
    assert accept(link).context["validlink"] is False, "the account is of a program now"
    secret_of(lead.post(token(nora), {"name": "Its next one", "scopes": ["submit"]}))
    assert ApiToken.objects.count() == 2


@pytest.mark.parametrize("sent", [{"scopes": ["read"]}, {"name": "x"}, {"name": "x", "scopes": ["review"]}])
def test_a_token_of_a_program_has_a_purpose_and_no_right_to_review(lead, sent):
    lead.post(ADD, form(groups.AUDITORS))
    answer = lead.post(token(User.objects.get(username="nora")), sent)
    assert answer.status_code == 200
    assert "errorlist" in answer.content.decode()
    assert not ApiToken.objects.exists()


def test_a_lead_issues_no_token_of_a_person(lead, make_user):
    signed_in = make_user(groups.SUBMITTERS, name="sara", password=PASSWORD)
    left = make_user(groups.SUBMITTERS, name="left")
    left.set_unusable_password()
    left.last_login = timezone.now()
    left.save()
    above = make_user(name="root", is_superuser=True)
    above.set_unusable_password()
    above.save()
    for user in (signed_in, left, above, User.objects.get(username="lena")):
        assert_no_token_is_issued(lead, user)
    assert not ApiToken.objects.exists()


def assert_no_token_is_issued(lead, user):
    before = user.api_tokens.count()
    assert token(user) not in lead.get(change(user)).content.decode()
    assert lead.get(token(user)).status_code == 403
    assert lead.post(token(user), {"name": "x", "scopes": ["read"]}).status_code == 403
    assert user.api_tokens.count() == before


def test_a_lead_issues_no_token_of_a_person_who_works_by_tokens(lead, make_user):
    lena = User.objects.get(username="lena")
    people = {name: make_user(groups.AUDITORS, name=name) for name in ("command", "own", "review", "deed", "program")}
    for person in people.values():
        person.set_unusable_password()
        person.save()
    call_command("issuetoken", "command", "--scope", "review")
    for name, issuer, scopes in (("own", people["own"], ["read"]), ("review", lena, ["review"])):
        ApiToken.objects.issue(user=people[name], name="x", scopes=scopes, issued_by=issuer)
    record(people["deed"], Action.LOGIN_FAILED)
    secret_of(lead.post(token(people["deed"]), {"name": "x", "scopes": ["read"]}))
    record(people["deed"], Action.CHANGED)
    secret_of(lead.post(token(people["program"]), {"name": "x", "scopes": ["read"]}))
    assert token(people.pop("program")) in lead.get(change(User.objects.get(username="program"))).content.decode()
    for person in people.values():
        assert_no_token_is_issued(lead, person)


def test_an_account_accepted_during_the_request_gets_no_program_token(lead, monkeypatch):
    lead.post(ADD, form(groups.SUBMITTERS))
    nora = User.objects.get(username="nora")

    def clean_name(asked):
        User.objects.filter(pk=nora.pk).update(password=make_password(PASSWORD))
        return asked.cleaned_data["name"]

    monkeypatch.setattr(ProgramTokenForm, "clean_name", clean_name, raising=False)
    assert lead.post(token(nora), {"name": "x", "scopes": ["read"]}).status_code == 403
    assert not ApiToken.objects.exists()


def test_an_account_that_a_program_takes_meanwhile_gets_no_password(lead, client, monkeypatch):
    link = link_of(lead.post(ADD, form(groups.SUBMITTERS)))
    nora = User.objects.get(username="nora")
    clean = SetPasswordForm.clean

    def void_and_clean(given):
        void_invitations(User.objects.get(pk=nora.pk))
        return clean(given)

    monkeypatch.setattr(SetPasswordForm, "clean", void_and_clean)
    assert accept(link).context["validlink"] is False
    nora.refresh_from_db()
    assert not nora.has_usable_password()
