"""A lead changes a parameter of a rule in a real browser: reads what it would do, saves it, and it comes true."""

import re

import pytest
from django.test import Client

from audits import groups
from audits.models import Flag, RuleOverride, RuleState
from contracts.models import TrailEntry
from tests.support.purchases import audit, purchase

pytestmark = pytest.mark.django_db(transaction=True)
FORM = "/admin/audits/ruleoverride/add/"
LIST = "/admin/audits/ruleoverride/"


@pytest.fixture
def browser(chromium, live_server, make_user):
    client = Client()
    client.force_login(make_user(groups.LEADS))
    with chromium.window() as opened:
        opened.sign_in(client.cookies["sessionid"].value, live_server.url)
        yield opened


@pytest.fixture
def stock(transactional_db):
    """Records with one tenderer: two of open tenders, three of selective ones."""
    methods = ("open", "open", "selective", "selective", "selective")
    audit(*(purchase(n, numberOfTenderers=1, procurementMethod=method) for n, method in enumerate(methods)))
    assert standing() == 5


def standing() -> int:
    return Flag.objects.standing().filter(rule="R018").count()


def fill_in(browser, value: str) -> None:
    browser.fill("#id_setting", "R018/methods")
    browser.fill("#id_value", value)
    browser.fill("#id_source", "Only open tenders are asked for here.")
    browser.follow("[name=_save]")


def test_a_parameter_is_changed_after_its_effect_was_read_and_the_effect_comes_true(browser, live_server, stock):
    browser.open(live_server.url + FORM)
    fill_in(browser, '["open"]')
    told = re.search(r"would add: (\d+); that it would drop: (\d+), of these confirmed: (\d+)", browser.text())
    assert told, browser.text()
    added, dropped, confirmed = map(int, told.groups())
    assert (added, dropped, confirmed) == (0, 3, 0)
    assert not RuleOverride.objects.exists(), "nothing is saved yet"
    browser.follow(".submit-row [type=submit]")
    browser.wait_for(LIST)
    assert "R018" in browser.text()
    audit()
    assert standing() == 5 + added - dropped
    assert TrailEntry.objects.get(action="added").details["effect"]["dropped"] == dropped
    assert browser.complaints == []


def test_a_change_that_was_read_may_be_left(browser, live_server, stock):
    browser.open(live_server.url + FORM)
    fill_in(browser, '["open"]')
    browser.follow(".closelink")
    browser.wait_for(FORM)
    assert not RuleOverride.objects.exists()


@pytest.mark.parametrize("empty", ["", "null"])
def test_no_empty_value_switches_a_rule_off(browser, live_server, stock, empty):
    browser.open(live_server.url + FORM)
    fill_in(browser, empty)
    browser.wait_for(FORM)
    assert browser.run("document.querySelector('.field-value .errorlist') !== null")
    assert not RuleOverride.objects.exists()
    audit()
    assert standing() == 5
    browser.open(f"{live_server.url}/admin/audits/rulestate/add/")
    browser.fill("#id_rule", "R018")
    browser.fill("#id_source", "No state was chosen.")
    browser.follow("[name=_save]")
    assert browser.run("document.querySelector('.field-state .errorlist') !== null")
    assert not RuleState.objects.exists()
