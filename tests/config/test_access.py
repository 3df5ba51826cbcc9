"""Second factors: pages that need one, entering, setting up, losing and removing it."""

import base64
import re
from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth import get_user
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_otp.oath import totp
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from audits import groups
from config.access.factors import has_factor, match_code, renew_recovery_codes
from config.access.setting_up import let_set_up
from contracts.models import TrailEntry

GIVE, MINE, PEOPLE = (reverse(f"second-factor{page}") for page in ("", "-mine", "-people"))
FLAGS = reverse("admin:audits_flag_changelist")


def code_of(device, *, steps: int = 0) -> str:
    """Return the code that an app shows, now or some steps of thirty seconds from now."""
    return f"{totp(device.bin_key, t0=int(-30 * steps)):06}"


def secret_of(answer) -> str:
    """Return the secret that a page shows, in hex, as a device keeps it."""
    shown = re.search(r'class="secret">([A-Z2-7 ]+)<', answer.content.decode())[1]
    return base64.b32decode(shown.replace(" ", "")).hex()


def app_of(person) -> TOTPDevice:
    return TOTPDevice.objects.create(user=person, name="app")


def test_who_has_set_one_up_is_nobody_with_the_password_alone(sign_in):
    client = sign_in(groups.AUDITORS)
    assert client.get(FLAGS).status_code == 200
    app_of(get_user(client))

    assert client.get(FLAGS).headers["Location"] == f"{GIVE}?next=%2Fadmin%2Faudits%2Fflag%2F"
    assert client.post(FLAGS, {}).headers["Location"] == GIVE
    assert client.get("/documents/x").headers["Location"].startswith(GIVE)
    assert client.get("/api/v1/me/searches/").status_code == 401
    assert client.get("/health/ready").json().keys() == Client().get("/health/ready").json().keys()


def test_a_code_opens_what_it_was_asked_for_and_works_once(sign_in):
    client = sign_in(groups.AUDITORS)
    device = app_of(get_user(client))
    code = code_of(device)

    given = client.post(GIVE, {"code": f"{code[:3]} {code[3:]}", "next": FLAGS})

    assert given.headers["Location"] == FLAGS
    assert client.get(FLAGS).status_code == 200
    other = Client()
    other.force_login(device.user)
    assert other.post(GIVE, {"code": code}).status_code == 400
    assert other.get(FLAGS).status_code == 302


@pytest.mark.parametrize("asked", ["https://example.org/", "//example.org", "javascript:alert(1)"])
def test_nobody_is_led_away_from_the_site(sign_in, asked):
    client = sign_in(groups.AUDITORS)
    device = app_of(get_user(client))

    assert client.post(GIVE, {"code": code_of(device), "next": asked}).headers["Location"] == reverse("admin:index")


def test_wrong_codes_are_logged_and_make_the_next_one_wait(sign_in):
    client = sign_in(groups.AUDITORS)
    device = app_of(get_user(client))

    for wrong in ("000000", "x" * 40, "²²²²²²", ""):
        assert client.post(GIVE, {"code": wrong}).status_code == 400
    TOTPDevice.objects.update(throttling_failure_count=9, throttling_failure_timestamp=timezone.now())
    refused = client.post(GIVE, {"code": code_of(device)}, headers={"accept-language": "es"})

    assert refused.status_code == 400
    assert "espere un poco" in refused.content.decode()
    assert TrailEntry.objects.filter(action="login_failed", details={"second_factor": True}).exists()


def test_where_one_is_needed_it_is_set_up_first(sign_in, make_user, settings):
    settings.VEEDOR_SECOND_FACTOR = True
    client = sign_in(groups.LEADS)
    client.get(let_set_up(get_user(client)))

    assert client.get(FLAGS, follow=True).redirect_chain[-1][0] == MINE
    device = TOTPDevice(key=secret_of(client.get(MINE)))
    assert secret_of(client.get(MINE)) == device.key
    assert client.post(MINE, {"code": "12"}).status_code == 400
    assert not TOTPDevice.objects.exists()
    assert client.post(MINE, {"code": code_of(device)}).status_code == 302

    assert client.get(FLAGS).status_code == 200
    assert TrailEntry.objects.filter(action="factor_changed", details={"added": "app"}).count() == 1
    reader = Client()
    reader.force_login(make_user(groups.JOURNALISTS))
    assert reader.get(reverse("admin:index")).status_code == 200


def test_a_password_alone_sets_up_no_first_factor(sign_in, make_user, settings):
    settings.VEEDOR_SECOND_FACTOR = True
    client = sign_in(groups.AUDITORS)
    person, other = get_user(client), make_user(groups.AUDITORS, name="other")
    spent, foreign = let_set_up(person), let_set_up(other)
    valid = let_set_up(person)

    for link in (spent, foreign, valid[:-2] + "/", reverse("second-factor-link", args=["x"])):
        client.get(link)
        closed = client.get(MINE)
        assert (closed.status_code, "secret" in closed.content.decode()) == (403, False)
        assert client.post(MINE, {"code": "123456"}).status_code == 403
        for name in ("passkey-new", "passkey-made"):
            assert client.post(reverse(name), {}, content_type="application/json").status_code == 403
    assert client.get(valid).headers["Location"] == MINE
    assert client.get(MINE).status_code == 200
    assert client.post(reverse("passkey-new"), {}, content_type="application/json").status_code == 200


def test_a_link_ends_with_its_days_and_with_the_first_factor(sign_in, settings):
    settings.VEEDOR_SECOND_FACTOR = True
    client = sign_in(groups.AUDITORS)
    person = get_user(client)
    link = let_set_up(person)
    with time_machine.travel(timezone.now() + timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT + 60), tick=True):
        later = Client()
        later.force_login(person)
        later.get(link)
        assert later.get(MINE).status_code == 403

    client.get(link)
    device = TOTPDevice(key=secret_of(client.get(MINE)))
    assert client.post(MINE, {"code": code_of(device)}).status_code == 302
    TOTPDevice.objects.all().delete()

    other = Client()
    other.force_login(person)
    other.get(link)
    assert other.get(MINE).status_code == 403


def test_who_was_let_set_one_up_may_no_more_once_a_lead_takes_it(sign_in, settings):
    """A stolen session, or a link that came to the wrong person, is ended by the next link."""
    settings.VEEDOR_SECOND_FACTOR = True
    client = sign_in(groups.AUDITORS)
    person = get_user(client)
    client.get(let_set_up(person))
    assert client.get(MINE).status_code == 200

    let_set_up(person)
    assert client.get(MINE).status_code == 403
    assert client.post(reverse("passkey-new"), {}, content_type="application/json").status_code == 403

    client.get(let_set_up(person))
    client.post(MINE, {"code": code_of(TOTPDevice(key=secret_of(client.get(MINE))))})
    assert client.get(FLAGS).status_code == 200
    let_set_up(person)
    assert client.get(MINE).status_code == 403


def test_who_changes_phones_removes_one_and_sets_up_the_next(sign_in, settings):
    settings.VEEDOR_SECOND_FACTOR = True
    client = sign_in(groups.AUDITORS)
    own = app_of(get_user(client))
    client.post(GIVE, {"code": code_of(own)})

    client.post(MINE, {"remove": f"app-{own.pk}"})
    assert client.get(FLAGS).status_code == 302
    assert client.post(MINE, {"code": code_of(TOTPDevice(key=secret_of(client.get(MINE))))}).status_code == 302
    assert client.get(FLAGS).status_code == 200


def test_a_command_gives_the_first_lead_the_link(make_user, settings, capsys):
    settings.VEEDOR_SITE = "https://veedor.example"
    lead = make_user(groups.LEADS)
    app_of(lead)

    call_command("secondfactorlink", lead.username)

    (printed,) = capsys.readouterr().out.splitlines()
    assert printed.startswith("https://veedor.example/admin/second-factor/link/")
    assert not has_factor(lead)
    assert TrailEntry.objects.get(action="factor_reset").actor_id is None
    with pytest.raises(CommandError, match="not known"):
        call_command("secondfactorlink", "nobody")


def test_a_password_alone_sets_up_no_second_app_or_passkey(sign_in):
    client = sign_in(groups.AUDITORS)
    app_of(get_user(client))

    assert client.get(MINE).headers["Location"].startswith(GIVE)
    assert client.post(MINE, {"codes": "1"}).headers["Location"].startswith(GIVE)
    refused = client.post(reverse("passkey-new"), content_type="application/json")
    assert refused.status_code == 403
    assert not StaticToken.objects.exists()


def test_recovery_codes_work_once_and_only_hashes_are_kept(make_user):
    person = make_user(groups.AUDITORS)
    app_of(person)
    codes = renew_recovery_codes(person)

    assert len(set(codes)) == 10
    kept = set(StaticToken.objects.values_list("token", flat=True))
    assert not kept & {code.replace("-", "") for code in codes}
    assert match_code(person, next(iter(kept))) is None
    person.staticdevice_set.update(throttling_failure_count=0, throttling_failure_timestamp=None)
    assert match_code(person, codes[0].upper()) is not None
    assert match_code(person, codes[0]) is None
    assert StaticToken.objects.count() == 9


def test_a_lead_takes_it_from_who_lost_it_and_that_is_logged(sign_in, make_user, settings):
    lost = make_user(groups.AUDITORS, name="olga")
    app_of(lost)
    renew_recovery_codes(lost)
    lead = sign_in(groups.LEADS)

    assert "olga" in lead.get(PEOPLE).content.decode()
    given = lead.post(PEOPLE, {"person": lost.pk})

    (link,) = re.findall(r"http://testserver(/admin/second-factor/link/[^<]+)", given.content.decode())
    assert "no-store" in given.headers["Cache-Control"]
    assert not has_factor(lost)
    assert not StaticToken.objects.exists()
    entry = TrailEntry.objects.get(action="factor_reset")
    assert (entry.target, entry.details) == (f"auth.user {lost.pk}", {"removed": 2})
    auditor = Client()
    auditor.force_login(lost)
    assert auditor.get(PEOPLE).status_code == 403
    settings.VEEDOR_SECOND_FACTOR = True
    assert auditor.get(MINE).status_code == 403
    auditor.get(link)
    assert auditor.get(MINE).status_code == 200


def test_no_lead_takes_it_from_who_has_more_rights(sign_in, make_user):
    above = make_user(groups.LEADS, name="root", is_superuser=True)
    app_of(above)
    lead = sign_in(groups.LEADS)

    assert "root" not in lead.get(PEOPLE).content.decode()
    lead.post(PEOPLE, {"person": above.pk})
    assert has_factor(above)


@pytest.mark.parametrize("name", ["passkey-new", "passkey-made", "passkey-ask", "passkey-given"])
@pytest.mark.parametrize("body", [b"\xff", b"[" * 100_000, b"{", b'{"rawId": "a", "id": "a"}'])
def test_a_passkey_that_nobody_can_read_is_refused(sign_in, name, body):
    answer = sign_in(groups.AUDITORS).post(reverse(name), body, content_type="application/json")
    assert 200 <= answer.status_code < 500, answer.content


def test_one_is_removed_by_whose_it_is(sign_in, make_user):
    client = sign_in(groups.AUDITORS)
    own, foreign = app_of(get_user(client)), app_of(make_user(groups.LEADS))
    client.post(GIVE, {"code": code_of(own)})

    for key in (f"app-{foreign.pk}", "app-x", "passkey-1", "user-1", ""):
        client.post(MINE, {"remove": key})
    assert set(TOTPDevice.objects.all()) == {own, foreign}
    client.post(MINE, {"remove": f"app-{own.pk}"})
    assert set(TOTPDevice.objects.all()) == {foreign}
    assert client.get(FLAGS).status_code == 200


def test_pages_of_it_are_for_who_is_signed_in_and_kept_by_nobody(client, sign_in, db):
    for page in (GIVE, MINE, PEOPLE):
        assert client.get(page).headers["Location"].startswith("/admin/login/")
    sign_in(groups.AUDITORS)
    assert "no-store" in client.get(MINE).headers["Cache-Control"]
