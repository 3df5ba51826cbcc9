"""Tokens: the secret is shown once, and nobody hands themselves more than they have."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from audits import groups
from contracts.models import ApiToken

ADD = "/admin/contracts/apitoken/add/"


def form(user, **changes) -> dict:
    return {
        "user": user and user.pk,
        "name": "Newsroom",
        "scopes": ["read"],
        "expires_at_0": "",
        "expires_at_1": "",
        **changes,
    }


def secret_in(answer) -> str:
    return re.search(r'<code class="secret">(vdr_\w+_[\w-]+)</code>', answer.content.decode())[1]


def test_the_secret_is_shown_once_and_stored_nowhere(sign_in, make_user):
    client = sign_in(groups.LEADS)
    journalist = make_user(groups.JOURNALISTS)
    answer = client.post(ADD, form(journalist, scopes=["read", "review"]))
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    secret = secret_in(answer)
    token = ApiToken.objects.find(secret)
    assert (token.user, token.name, token.scopes) == (journalist, "Newsroom", ["read", "review"])
    pages = [reverse("admin:contracts_apitoken_change", args=[token.pk]), "/admin/contracts/apitoken/", "/admin/"]
    for page in pages:
        html = client.get(page).content.decode()
        assert secret not in html
        assert token.digest not in html
    assert not any(secret in str(cookie) for cookie in client.cookies.values())
    assert secret not in str(list(client.session.values()))


def test_a_token_is_not_changed_and_not_deleted(sign_in, make_user):
    token, _secret = ApiToken.objects.issue(user=make_user(name="ana"), name="n", scopes=["read"])
    client = sign_in(is_superuser=True)
    page = reverse("admin:contracts_apitoken_change", args=[token.pk])
    assert client.get(page).status_code == 200
    assert client.post(page, form(token.user, scopes=["submit"])).status_code == 403
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
    first = ApiToken.objects.get().revoked_at
    client.post("/admin/contracts/apitoken/", chosen)
    assert ApiToken.objects.get().revoked_at == first


def test_a_lead_issues_no_token_in_the_name_of_a_superuser(sign_in, make_user):
    superuser = make_user(name="root", is_superuser=True)
    client = sign_in(groups.LEADS)
    assert client.post(ADD, form(superuser)).status_code == 200
    assert not ApiToken.objects.exists()
    client.force_login(superuser)
    secret_in(client.post(ADD, form(superuser)))


@pytest.mark.parametrize("changes", [{"scopes": []}, {"scopes": ["all"]}, {"name": ""}])
def test_a_token_without_name_or_scope_is_refused(sign_in, make_user, changes):
    client = sign_in(groups.LEADS)
    assert client.post(ADD, form(make_user(name="ana"), **changes)).status_code == 200
    assert not ApiToken.objects.exists()


def test_a_token_that_has_expired_already_is_refused(sign_in, make_user):
    past = timezone.now() - timedelta(days=1)
    given = form(make_user(name="ana"), expires_at_0=past.date().isoformat(), expires_at_1="10:00:00")
    answer = sign_in(groups.LEADS).post(ADD, given)
    assert "This time is in the past." in answer.content.decode()
    assert not ApiToken.objects.exists()
