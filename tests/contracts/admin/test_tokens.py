"""Tokens: the secret is shown once, and nobody gets more rights than they have."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.urls import reverse
from django.utils import timezone

from audits import groups
from contracts.models import ApiToken
from tests.support.pages import change_page

ADD = "/admin/contracts/apitoken/add/"


def form(**changes) -> dict:
    later = timezone.now() + timedelta(days=30)
    times = {"expires_at_0": later.date().isoformat(), "expires_at_1": "10:00:00"}
    return {"name": "Newsroom", "scopes": ["read"], **times, **changes}


def secret_in(answer) -> str:
    return re.search(r'<code class="secret">(vdr_\w+_[\w-]+)</code>', answer.content.decode())[1]


def test_the_secret_is_shown_once_and_stored_nowhere(sign_in):
    client = sign_in(groups.LEADS)
    answer = client.post(ADD, form(scopes=["read", "review"]))
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    secret = secret_in(answer)
    token = ApiToken.objects.find(secret)
    lead = get_user_model().objects.get()
    assert (token.user, token.issued_by, token.name, token.scopes) == (lead, lead, "Newsroom", ["read", "review"])
    pages = [change_page(token), "/admin/contracts/apitoken/", "/admin/"]
    for page in pages:
        html = client.get(page).content.decode()
        assert secret not in html
        assert token.digest not in html
    assert not any(secret in str(cookie) for cookie in client.cookies.values())
    assert secret not in str(list(client.session.values()))


def test_a_token_is_not_changed_and_not_deleted(sign_in, make_user):
    token, _secret = ApiToken.objects.issue(user=make_user(name="ana"), name="n", scopes=["read"])
    client = sign_in(is_superuser=True)
    page = change_page(token)
    assert client.get(page).status_code == 200
    assert client.post(page, form(scopes=["submit"])).status_code == 403
    assert client.post(reverse("admin:contracts_apitoken_delete", args=[token.pk]), {"post": "yes"}).status_code == 403
    token.refresh_from_db()
    assert token.scopes == ["read"]


def test_tokens_are_revoked_for_good(sign_in, make_user):
    token, secret = ApiToken.objects.issue(user=make_user(name="ana"), name="n", scopes=["read"])
    client = sign_in(groups.LEADS)
    chosen = {"action": "revoke", "_selected_action": [token.pk]}
    answer = client.post("/admin/contracts/apitoken/", chosen, follow=True)
    assert "1 token was revoked." in answer.content.decode()
    assert ApiToken.objects.find(secret) is None
    assert ApiToken.objects.get().revoked_by == get_user_model().objects.get(username="leads")
    first = ApiToken.objects.get().revoked_at
    client.post("/admin/contracts/apitoken/", chosen)
    assert ApiToken.objects.get().revoked_at == first


def test_nobody_issues_a_token_in_the_name_of_another(sign_in, make_user):
    ana = make_user(groups.SUBMITTERS, name="ana")
    secret_in(sign_in(groups.LEADS).post(ADD, form(user=ana.pk)))
    assert ApiToken.objects.get().user.username == "leads"


def test_everybody_issues_sees_and_revokes_their_own(sign_in, make_user):
    other, _secret = ApiToken.objects.issue(user=make_user(name="ana"), name="n", scopes=["read"])
    client = sign_in(groups.SUBMITTERS)
    secret = secret_in(client.post(ADD, form(scopes=["read", "submit"])))
    own = ApiToken.objects.exclude(pk=other.pk).get()
    page = client.get("/admin/contracts/apitoken/").content.decode()
    assert own.prefix in page
    assert other.prefix not in page
    client.post("/admin/contracts/apitoken/", {"action": "revoke", "_selected_action": [own.pk, other.pk]})
    assert ApiToken.objects.find(secret) is None
    other.refresh_from_db()
    assert other.revoked_at is None


@pytest.mark.parametrize(("group", "scope"), [(groups.JOURNALISTS, "submit"), (groups.SUBMITTERS, "review")])
def test_a_token_has_no_scope_that_its_account_lacks(sign_in, group, scope):
    answer = sign_in(group).post(ADD, form(scopes=["read", scope]))
    assert "The account may not do this" in answer.content.decode()
    assert not ApiToken.objects.exists()


@pytest.mark.parametrize("field", ["expires_at_0", "expires_at_1"])
def test_a_token_expires(sign_in, field):
    client = sign_in(groups.LEADS)
    assert 'name="expires_at_0" value="20' in client.get(ADD).content.decode()
    client.post(ADD, form(expires_at_0="", expires_at_1=""))
    client.post(ADD, form(**{field: ""}))
    assert not ApiToken.objects.exists()


@pytest.mark.parametrize("changes", [{"scopes": []}, {"scopes": ["all"]}, {"name": ""}])
def test_a_token_without_name_or_scope_is_refused(sign_in, changes):
    client = sign_in(groups.LEADS)
    assert client.post(ADD, form(**changes)).status_code == 200
    assert not ApiToken.objects.exists()


def test_a_token_that_has_expired_already_is_refused(sign_in):
    past = timezone.now() - timedelta(days=1)
    given = form(expires_at_0=past.date().isoformat(), expires_at_1="10:00:00")
    answer = sign_in(groups.LEADS).post(ADD, given)
    assert "This time is in the past." in answer.content.decode()
    assert not ApiToken.objects.exists()
