"""A reply in real browsers: sent from a phone without a script, accepted at the desk, read beside the flag."""

import json
import re

import pytest

from audits import groups
from audits.models import Flag, Reply, Review
from audits.triage import review_flag
from contracts.api.protocol.access.throttles import GuessThrottle
from tests.browser.test_site import overflow, phone  # noqa: F401  -- a fixture
from tests.browser.test_triage import PASSWORD, complaints
from tests.support.triage import load_release, made_up_release, raise_flag

pytestmark = pytest.mark.django_db(transaction=True)
TOLD = {
    "#id_party": "Cámaras del Norte S.A.",
    "#id_speaker": "Departamento legal",
    "#id_contact": "legal@example.org",
    "#id_text": "Hubo dos oferentes; el segundo se retiró.",
    "#id_link": "https://example.org/acta.pdf",
}


@pytest.fixture
def flag(transactional_db, make_user):
    found = raise_flag(load_release(made_up_release()))
    for name in ("ana", "bea"):
        auditor = make_user(groups.AUDITORS, name=name, password=PASSWORD)
        review_flag(flag=found, reviewer=auditor, decision=Review.Decision.CONFIRMED, reason="It is so.")
    assert found.state == Flag.State.CONFIRMED
    return found


@pytest.fixture
def desk(chromium, monkeypatch):
    monkeypatch.setattr(GuessThrottle, "rate", "1000/min", raising=False)
    with chromium.window(1024, 800) as opened:
        yield opened


def test_from_the_public_page_to_the_accepted_reply(phone, desk, live_server, flag):  # noqa: F811
    public = f"{live_server.url}/processes/{flag.process.ocid}/?lang=es"
    phone.open(public)
    phone.follow(f'a[href*="/reply/?flag={flag.pk}"]')
    assert overflow(phone) == 0
    for selector, value in TOLD.items():
        phone.fill(selector, value)
    phone.follow("form.facts-form [type=submit]")
    (words,) = re.findall(r"(?:[a-z]{4} ){8}[a-z]{4}", phone.text())
    reply = Reply.objects.get()
    assert reply.state == "held"

    page = f"/admin/audits/reply/{reply.pk}/change/"
    desk.open(f"{live_server.url}/admin/login/?next={page}")
    desk.fill("#id_username", "ana")
    desk.fill("#id_password", PASSWORD)
    desk.click("[type=submit]")
    desk.wait_for(page)
    assert "legal@example.org" in desk.text()
    assert overflow(desk) == 0
    desk.click('input[name="kind"][value="accepted"]')
    desk.fill('[name="reason"]', "La empresa lo confirmó por teléfono.")
    desk.follow('button[value="decide"]')
    assert Reply.objects.get().state == "accepted"
    desk.open(f"{live_server.url}/admin/audits/flag/{flag.pk}/change/")
    assert "el segundo se retiró" in desk.text()
    assert complaints(desk) == []

    phone.open(public)
    shown = phone.text()
    assert "Hubo dos oferentes; el segundo se retiró." in shown
    assert "legal@example.org" not in shown
    assert overflow(phone) == 0
    phone.open(f"{live_server.url}/reply/status/?lang=es")
    phone.run(f"document.querySelector('#receipt').value = {json.dumps(words)}; 0")
    phone.follow("main [type=submit]")
    assert "aceptada por una persona" in phone.text()
