"""API requests without a cookie skip the middleware of browsers, and are answered as with it."""

import pytest
from django.test.utils import override_settings

from audits import groups
from config.browsing import Sessions

pytestmark = pytest.mark.django_db


def test_without_a_cookie_the_api_makes_no_session(client, rf):
    seen = []
    middleware = Sessions(lambda request: seen.append(hasattr(request, "session")) or client.get("/health/"))
    for path, headers in (("/api/v1/flags/", {}), ("/api/v1/flags/", {"cookie": "sessionid=x"}), ("/submit/", {})):
        middleware(rf.get(path, headers=headers))
    assert seen == [False, True, True]


def test_who_is_signed_in_is_known_to_the_api(client, django_user_model):
    assert client.get("/api/v1/me/usage/").json()["account"] is None
    client.force_login(django_user_model.objects.create_user("reader"))
    assert client.get("/api/v1/me/usage/").json()["account"] == "reader"


@pytest.mark.parametrize("path", ["/methodology/R018/", "/methodology/R018/decisions.csv", "/api/v1/schema/"])
def test_what_is_made_for_an_account_is_kept_in_no_cache(client, sign_in, path):
    """Of few decisions the desk sees figures that others do not."""
    assert "Cache-Control" not in client.get(path).headers
    assert "no-store" in sign_in(groups.AUDITORS).get(path).headers["Cache-Control"]


@pytest.mark.parametrize("path", ["/api/v1/organizations/", "/api/v1/nowhere/", "/health/"])
def test_the_policy_is_that_of_the_package(client, path, settings):
    def policy() -> set[str]:
        return set(client.get(path).headers["Content-Security-Policy"].split("; "))

    ours = policy()
    theirs = [
        name.replace("config.browsing.ContentPolicy", "csp.middleware.CSPMiddleware") for name in settings.MIDDLEWARE
    ]
    assert theirs != settings.MIDDLEWARE
    with override_settings(MIDDLEWARE=theirs):
        assert ours == policy()
