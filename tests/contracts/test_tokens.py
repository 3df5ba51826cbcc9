from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.core.management import CommandError, call_command
from django.utils import timezone

from contracts.models import ApiToken

pytestmark = pytest.mark.django_db


def test_a_token_is_found_by_its_secret_which_is_not_stored(django_user_model, capsys):
    user = django_user_model.objects.create_user("ana")
    user.user_permissions.add(Permission.objects.get(codename="add_submission"))
    call_command("issuetoken", "ana", "--scope", "submit")
    secret = capsys.readouterr().out.strip()

    token = ApiToken.objects.find(secret)
    assert (token.user, token.scopes) == (user, ["submit"])
    assert secret.startswith(token.prefix)
    assert secret not in str(ApiToken.objects.values())
    assert ApiToken.objects.find(secret + "x") is None
    assert ApiToken.objects.find("") is None


@pytest.mark.parametrize("change", ["expired", "revoked", "inactive user"])
def test_a_token_that_is_no_longer_valid_is_not_found(django_user_model, change):
    user = django_user_model.objects.create_user("ana")
    _, secret = ApiToken.objects.issue(user=user, name="test", scopes=["read"])
    now = timezone.now()
    if change == "expired":
        ApiToken.objects.update(expires_at=now - timedelta(seconds=1))
    elif change == "revoked":
        ApiToken.objects.update(revoked_at=now)
    else:
        django_user_model.objects.update(is_active=False)
    assert ApiToken.objects.find(secret) is None


def test_a_token_for_nobody_is_refused():
    with pytest.raises(CommandError, match="is not known"):
        call_command("issuetoken", "nobody")


def test_a_token_gives_no_more_than_its_account_has(django_user_model):
    user = django_user_model.objects.create_user("ana")
    with pytest.raises(CommandError, match=r"contracts\.add_submission"):
        call_command("issuetoken", "ana", "--scope", "submit")
    token, _ = ApiToken.objects.issue(user=user, name="test", scopes=["read", "submit", "review"])
    assert [scope for scope in ApiToken.Scope.values if token.allows(scope)] == ["read"]


def test_a_token_expires_within_a_year(django_user_model):
    token, _ = ApiToken.objects.issue(user=django_user_model.objects.create_user("ana"), name="test", scopes=["read"])
    assert timezone.now() + timedelta(days=364) < token.expires_at < timezone.now() + timedelta(days=366)
