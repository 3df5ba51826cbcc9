"""
Every page of the admin in a real browser, as people read it who see little, see no colours, or see nothing.

The rules are those of axe-core, of the copy that a package brings; AXE names another one.
"""

import json
import re
from pathlib import Path

import pytest
from django.contrib.auth import get_user_model
from django.urls import reverse

from audits import groups
from tests.browser.faults import ALL, COLOURS, faults
from tests.security.admin_entries import ADMIN
from tests.security.world import World
from tests.support import messages
from tests.support.messages import APPS

pytestmark = pytest.mark.django_db(transaction=True)


# A list with its folded filters open, and rows of every state.
ALL_OF_THE_DESK = "state=all&rule=R018"


@pytest.fixture
def lead(browser, live_server, world):
    """The browser of a lead; the language is one that the browser asks for."""
    session = world.session(groups.LEADS).cookies["sessionid"].value
    browser.sign_in(session, live_server.url)
    return browser


@pytest.fixture
def world(transactional_db):
    return World()


BOTH = {"light": ALL, "dark": COLOURS}


def lists(world: World) -> list[str]:
    return [reverse(f"admin:{page}_changelist") for page in ADMIN]


def rows(world: World) -> list[str]:
    return [reverse(f"admin:{page}_change", args=[world.rows[page].pk]) for page in ADMIN]


def forms(world: World) -> list[str]:
    return [reverse(f"admin:{page}_add") for page, (_list, adds, _row) in ADMIN.items() if groups.LEADS in adds]


def pages_of_the_desk(world: World) -> list[str]:
    flags = {state: flag.pk for state, flag in world.flags.items()}
    document = world.rows["contracts_document"].pk
    process = world.flags["new"].process_id
    return [
        "/admin/",
        "/admin/password_change/",
        "/admin/second-factor/mine/",
        "/admin/second-factor/people/",
        "/admin/audits/blindreview/next/",
        "/admin/audits/audit/withheld/?rule=T01",
        f"/admin/audits/audit/withheld/T01/{process}/",
        *(f"/admin/audits/flag/{pk}/change/" for pk in flags.values()),
        f"/admin/audits/flag/{flags['confirmed']}/case/",
        f"/admin/audits/flag/together/?flags={flags['new']}-{flags['needs_information']}",
        f"/documents/{document}/pages/1",
        reverse("admin:audits_rulestate_history", args=[world.rows["audits_rulestate"].pk]),
        reverse("admin:auth_user_token", args=[get_user_model().objects.create_user("program").pk]),
        f"/admin/audits/flag/?{ALL_OF_THE_DESK}",
    ]


@pytest.mark.parametrize(
    ("addresses", "language", "schemes"),
    # Lists are of one template, and forms of another: each is looked at in one scheme of colours.
    [
        (lists, "es", {"dark": ALL}),
        (rows, "pt-br", {"light": ALL}),
        (forms, "es", {"dark": ALL}),
        (pages_of_the_desk, "en", BOTH),
    ],
)
def test_whoever_sees_little_or_nothing_reads_every_page_of_the_admin(
    lead, live_server, world, addresses, language, schemes
):
    """It takes a minute: there are more than a hundred pages."""
    lead.speak(language)
    found = {}
    for address in addresses(world):
        lead.open(live_server.url + address)
        assert lead.run("document.querySelector('main #content') !== null"), address
        assert lead.run("document.documentElement.lang") == language, address
        if issues := faults(lead, schemes):
            found[address] = issues
    assert found == {}, json.dumps(found, indent=1, ensure_ascii=False)


def test_whoever_signs_in_reads_the_form(browser, live_server, world):
    browser.open(f"{live_server.url}/admin/login/")
    assert faults(browser, BOTH) == {}


def test_no_meaning_stands_in_titles_alone_which_neither_keys_nor_fingers_reach():
    """Django's own pages have some; what is ours has none."""
    ours = [page for app in APPS for page in Path(messages.ROOT, app, "templates").rglob("*.html")]
    assert len(ours) > 50
    found = {page.name: re.findall(r"<\w+[^>]*\stitle=", page.read_text(encoding="utf-8")) for page in ours}
    assert {name: titles for name, titles in found.items() if titles} == {}


def test_a_message_stands_in_a_live_region_that_every_page_has(lead, live_server, world):
    flag = world.flags["new"]
    lead.open(f"{live_server.url}/admin/audits/flag/{flag.pk}/change/")
    region = "document.querySelector('[role=status][aria-live=polite].told')"
    assert lead.run(f"{region}.textContent.trim()") == ""
    lead.click("[data-key=a]")
    lead.wait("document.querySelector('.messagelist') !== null && document.readyState === 'complete'")
    assert lead.run(f"{region}.querySelector('.messagelist').textContent.trim() !== ''")


def test_the_focus_is_seen_and_keys_are_printed_on_what_they_press(lead, live_server, world):
    lead.open(f"{live_server.url}/admin/audits/flag/{world.flags['new'].pk}/change/")
    lead.run("document.body.focus(); 0")
    seen = set()
    for _step in range(25):
        lead.press("Tab")
        seen.add(lead.run("getComputedStyle(document.activeElement).outlineStyle"))
    assert seen == {"solid"}
    keyed = (
        # Beside a button that is round, its key stands in the label of both.
        "[...document.querySelectorAll('[data-key]')].map((e) => "
        "[e.dataset.key, (e.querySelector('kbd') ?? e.closest('label')?.querySelector('kbd'))?.textContent])"
    )
    assert all(key == printed for key, printed in lead.run(keyed))
