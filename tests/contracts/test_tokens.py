from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.management import CommandError, call_command
from django.utils import timezone

from contracts.models import ApiToken

pytestmark = pytest.mark.django_db


def fields(row) -> dict[str, object]:
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


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


@pytest.mark.parametrize("kind", ["of their own", "of groups", "both", "none", "superuser"])
def test_with_a_token_its_account_and_what_that_may_do_are_read_by_one_query(
    django_user_model, django_assert_num_queries, kind
):
    user = django_user_model.objects.create_user("ana", is_superuser=kind == "superuser")
    other = django_user_model.objects.create_user("eva")
    other.user_permissions.add(Permission.objects.get(codename="view_claim"))
    if kind in ("of their own", "both"):
        user.user_permissions.add(Permission.objects.get(codename="add_submission"))
    if kind in ("of groups", "both"):
        for name in ("view_flag", "add_submission"):
            group = Group.objects.create(name=name)
            group.permissions.add(Permission.objects.get(codename=name))
            user.groups.add(group)
    _, secret = ApiToken.objects.issue(user=user, name="test", scopes=["read"])
    asked_by_django = django_user_model.objects.get(pk=user.pk)
    rights = asked_by_django.get_user_permissions(), asked_by_django.get_group_permissions()
    with django_assert_num_queries(1 if kind != "superuser" else 3):
        token = ApiToken.objects.find(secret)
        assert (token.user.get_user_permissions(), token.user.get_group_permissions()) == rights
    for found, stored in ((token, ApiToken.objects.get()), (token.user, asked_by_django)):
        assert {name: getattr(found, name) for name in fields(stored)} == fields(stored)


def test_a_token_for_nobody_is_refused():
    with pytest.raises(CommandError, match="is not known"):
        call_command("issuetoken", "nobody")


@pytest.mark.parametrize("days", ["0", "-5", "1.5", "3651", "99999999999", "²"])
def test_a_token_that_has_expired_or_never_does_is_refused(days, django_user_model):
    django_user_model.objects.create_user("ana")
    with pytest.raises(CommandError, match="from 1 to 3650"):
        call_command("issuetoken", "ana", f"--days={days}")
    assert not ApiToken.objects.exists()


def test_a_token_gives_no_more_than_its_account_has(django_user_model):
    user = django_user_model.objects.create_user("ana")
    with pytest.raises(CommandError, match=r"contracts\.add_submission"):
        call_command("issuetoken", "ana", "--scope", "submit")
    token, _ = ApiToken.objects.issue(user=user, name="test", scopes=["read", "submit", "review"])
    assert [scope for scope in ApiToken.Scope.values if token.allows(scope)] == ["read"]


def test_a_token_expires_within_a_year(django_user_model):
    token, _ = ApiToken.objects.issue(user=django_user_model.objects.create_user("ana"), name="test", scopes=["read"])
    assert timezone.now() + timedelta(days=364) < token.expires_at < timezone.now() + timedelta(days=366)
