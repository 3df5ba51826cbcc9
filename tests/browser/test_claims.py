"""An auditor decides on a claim in a real browser: it stands beside the record, and a part of it is accepted."""

import pytest
from django.contrib.sessions.models import Session

from audits import groups
from contracts.models import Claim, ContractingProcess, Submission
from tests.browser.chromium import PASSWORD
from tests.support.pages import HOSTILE
from tests.support.purchases import audit
from tests.support.records import load, release

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def claim(transactional_db):
    load(release())
    claimed = release(id="2", date="2024-05-01T00:00:00Z", planning={"rationale": " ".join(HOSTILE)})
    claimed["tender"] |= {"title": "Servicio de vigilancia", "value": {"amount": 98765432109876, "currency": "COP"}}
    load(claimed, channel=Submission.Channel.API)
    audit()
    return Claim.objects.get()


@pytest.fixture
def desk(chromium, live_server, make_user, claim):
    """The browser of an auditor; the page of the claim is open."""
    make_user(groups.AUDITORS, name="ana", password=PASSWORD)
    page = f"/admin/contracts/claim/{claim.pk}/change/"
    with chromium.window() as browser:
        browser.open(f"{live_server.url}/admin/login/?next={page}")
        browser.log_in("ana")
        browser.wait_for(page)
        yield browser


def test_a_part_is_accepted_beside_the_record(desk, claim):
    path = "details:has(> code) summary"
    assert not desk.run("document.querySelector('table.comparison details[open]')")
    desk.click(f"table.comparison {path}")
    assert desk.run("document.querySelector('table.comparison details[open] code').offsetHeight") > 0
    desk.click('input[value="/tender/title"]')
    desk.click('input[name="kind"][value="accepted_in_part"]')
    desk.fill('[name="reason"]', "The gazette has this title.")
    desk.click('.decision [type="submit"]')
    desk.wait("document.querySelector('.messagelist') !== null && document.readyState === 'complete'")
    record = ContractingProcess.objects.public().get()
    assert (record.title, record.tender_amount) == ("Servicio de vigilancia", 1000)
    assert desk.complaints == []


def test_what_was_marked_outlives_a_session_that_ended(desk, live_server, claim):
    """Else the reason came back without the parts that it is about."""
    page = f"/admin/contracts/claim/{claim.pk}/change/"
    marked = "[...document.querySelectorAll('table.comparison input:checked')].map((box) => box.value)"
    desk.click('input[value="/tender/title"]')
    desk.click('input[value="/tender/value"]')
    desk.click('input[value="/tender/value"]')
    desk.click('a[href="#decisions-title"]')
    desk.click('input[name="kind"][value="accepted_in_part"]')
    desk.click('[name="reason"]')
    for letter in "long":
        desk.press(letter)
    Session.objects.all().delete()
    desk.click('.decision [type="submit"]')
    desk.wait_for("/admin/login/")
    desk.log_in("ana")
    desk.wait_for(page)
    assert desk.run(marked) == ["/tender/title"]
    assert desk.run("document.querySelector('input[name=kind]:checked').value") == "accepted_in_part"
    desk.click('.decision [type="submit"]')
    desk.wait("document.querySelector('.messagelist .success') && document.readyState === 'complete'")
    assert ContractingProcess.objects.public().get().title == "Servicio de vigilancia"
    assert desk.run("Object.values(sessionStorage)") == []
    assert desk.complaints == []


@pytest.mark.parametrize("width", [360, 1280])
def test_the_pages_of_claims_fit_their_screen_and_run_nothing(desk, live_server, claim, width):
    desk.resize(width, 800)
    record = ContractingProcess.objects.public().get()
    for address in (
        f"/admin/contracts/claim/{claim.pk}/change/",
        f"/admin/contracts/contractingprocess/{record.pk}/change/",
    ):
        desk.open(live_server.url + address)
        assert desk.run("document.documentElement.scrollWidth") <= width
        assert desk.complaints == []
        assert desk.run("document.querySelectorAll('[onerror], [onload], .hostile').length") == 0


def test_no_amount_goes_on_in_another_line_on_a_phone(live_server, desk, claim):
    desk.resize(320, 700)
    desk.open(f"{live_server.url}/admin/contracts/claim/{claim.pk}/change/")
    shown = "98765432109876\\u00a0COP"
    amount = f"[...document.querySelectorAll('table.comparison td mark')].find((one) => one.innerText === '{shown}')"
    assert desk.run(f"{amount}.getClientRects().length") == 1
