"""The second factor in a real browser: a passkey of a made-up authenticator, an app, recovery codes."""

import base64
import re

import pytest
from django.contrib.auth import get_user_model
from django_otp.oath import totp
from django_otp_webauthn.models import WebAuthnCredential

from audits import groups
from config.access.setting_up import let_set_up
from tests.browser.chromium import PASSWORD

pytestmark = pytest.mark.django_db(transaction=True)


def sign_in(browser, live_server, opening="/admin/login/?next=/admin/audits/flag/"):
    browser.open(f"{live_server.url}{opening}")
    browser.wait_for("/admin/login/")
    browser.log_in("auditor")


def sign_out(browser):
    browser.click("#logout-form button")
    browser.wait_for("/admin/logout/")


def test_a_passkey_is_made_and_opens_the_desk(browser, live_server, make_user, settings):
    settings.VEEDOR_SECOND_FACTOR = True
    settings.OTP_WEBAUTHN_RP_ID, settings.OTP_WEBAUTHN_ALLOWED_ORIGINS = "localhost", [live_server.url]
    person = make_user(groups.AUDITORS, name="auditor", password=PASSWORD)
    browser.command("WebAuthn.enable")
    authenticator = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    browser.command(
        "WebAuthn.addVirtualAuthenticator",
        options={**authenticator, "isUserVerified": True, "automaticPresenceSimulation": True},
    )

    sign_in(browser, live_server, opening=let_set_up(person))
    browser.wait_for("/admin/second-factor/mine/")
    browser.click("form.passkey button")
    browser.wait("document.querySelector('button[name=codes]') !== null")
    assert WebAuthnCredential.objects.count() == 1

    browser.open(f"{live_server.url}/admin/audits/flag/")
    browser.wait_for("/admin/audits/flag/")
    sign_out(browser)
    sign_in(browser, live_server)
    browser.wait_for("/admin/second-factor/")
    browser.click("form.passkey button")
    browser.wait_for("/admin/audits/flag/")
    assert browser.complaints == []


def test_an_app_is_set_up_and_its_next_code_opens_the_desk(browser, live_server, make_user, settings):
    settings.VEEDOR_SECOND_FACTOR = True
    person = make_user(groups.AUDITORS, name="auditor", password=PASSWORD)
    sign_in(browser, live_server, opening=let_set_up(person))
    browser.wait_for("/admin/second-factor/mine/")
    assert browser.run("document.querySelector('.picture svg').getBoundingClientRect().width > 100")
    secret = re.sub(r"\s", "", str(browser.run("document.querySelector('.secret').textContent")))
    browser.fill("#id_code", code_of(secret))
    browser.click("#id_code + button")
    browser.wait("document.querySelector('button[name=codes]') !== null")
    browser.click("button[name=codes]")
    browser.wait("document.querySelectorAll('.codes li').length === 10")
    recovery = str(browser.run("document.querySelector('.codes code').textContent"))

    sign_out(browser)
    sign_in(browser, live_server)
    browser.wait_for("/admin/second-factor/")
    browser.fill("#id_code", recovery)
    browser.click("#id_code ~ p button")
    browser.wait_for("/admin/audits/flag/")
    assert get_user_model().objects.get().totpdevice_set.count() == 1
    assert browser.complaints == []


def code_of(secret: str) -> str:
    """Return the code that an app shows for a secret in Base32."""
    return f"{totp(base64.b32decode(secret)):06}"


def test_the_page_of_links_fits_a_phone(browser, live_server, make_user):
    make_user(groups.LEADS, name="auditor", password=PASSWORD)
    make_user(groups.AUDITORS, name="somebody.with.a.long.name")
    browser.resize(360, 800)
    sign_in(browser, live_server, opening="/admin/second-factor/people/")
    browser.wait_for("/admin/second-factor/people/")
    browser.click("button[name=person]")
    browser.wait("document.querySelector('code.secret') !== null")
    assert browser.run("document.documentElement.scrollWidth") <= 360
