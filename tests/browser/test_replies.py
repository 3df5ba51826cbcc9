"""A reply in real browsers: sent from a phone without a script, accepted at the desk, read beside the flag."""

import json
import re

import pytest

from audits import groups
from audits.models import Flag, Reply, Review
from audits.triage import review_flag
from tests.browser.chromium import PASSWORD
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
def desk(chromium):
    with chromium.window(1024, 800) as opened:
        yield opened


def test_from_the_public_page_to_the_accepted_reply(phone, desk, live_server, flag):
    public = f"{live_server.url}/processes/{flag.process.ocid}/?lang=es"
    phone.open(public)
    phone.follow(f'a[href*="/reply/?flag={flag.pk}"]')
    assert phone.overflow() == 0
    for selector, value in TOLD.items():
        phone.fill(selector, value)
    phone.follow("form.facts-form [type=submit]")
    (words,) = re.findall(r"(?:[a-z]{4} ){8}[a-z]{4}", phone.text())
    reply = Reply.objects.get()
    assert reply.state == "held"

    page = f"/admin/audits/reply/{reply.pk}/change/"
    desk.open(f"{live_server.url}/admin/login/?next={page}")
    desk.log_in("ana")
    desk.wait_for(page)
    assert "legal@example.org" in desk.text()
    assert desk.overflow() == 0
    desk.click('input[name="kind"][value="accepted"]')
    desk.fill('[name="reason"]', "La empresa lo confirmó por teléfono.")
    desk.follow('button[value="decide"]')
    assert Reply.objects.get().state == "accepted"
    desk.open(f"{live_server.url}/admin/audits/flag/{flag.pk}/change/")
    assert "el segundo se retiró" in desk.text()
    assert desk.complaints == []

    phone.open(public)
    shown = phone.text()
    assert "Hubo dos oferentes; el segundo se retiró." in shown
    assert "legal@example.org" not in shown
    assert phone.overflow() == 0
    phone.open(f"{live_server.url}/reply/status/?lang=es")
    phone.run(f"document.querySelector('#receipt').value = {json.dumps(words)}; 0")
    phone.follow("main [type=submit]")
    assert "aceptada por una persona" in phone.text()
