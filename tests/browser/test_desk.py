"""Several people at the desk, in a real browser, and how many keys a decision takes: never how many seconds."""

import itertools
from datetime import timedelta

import pytest
from django.core.signals import request_started
from django.db.backends.utils import CursorWrapper
from django.test import Client
from django.utils import timezone

from audits import groups
from audits.models import DeskEntry, Flag, FourEyesWaiver, Review, Suppression
from audits.triage import review_flag
from tests.audits.admin.desk import RULES, contract
from tests.browser.chromium import PASSWORD
from tests.support.triage import load_release, made_up_release, raise_flag

LIST = "/admin/audits/flag/"
TEXT = ".decide textarea"

pytestmark = pytest.mark.django_db(transaction=True)


class Desk:
    """The browser of a person at the desk. ``pressed`` counts keys, but for the letters of a reason."""

    def __init__(self, opened, server):
        self.browser, self.server, self.pressed = opened, server, 0

    def sign_in(self, name):
        self.browser.sign_out()
        self.browser.open(f"{self.server.url}/admin/login/?next={LIST}")
        self.browser.log_in(name)
        self.browser.wait_for(LIST)

    def open(self, flag):
        self.browser.open(f"{self.server.url}{page_of(flag)}")
        self.ready()

    def ready(self):
        self.browser.wait(f"document.querySelector('{TEXT}') !== null && document.readyState === 'complete'")

    def press(self, key):
        self.pressed += 1
        self.browser.press(key)

    def type_reason(self, text, place=TEXT):
        self.browser.wait("document.activeElement.tagName === 'TEXTAREA'")
        self.browser.fill(place, text)

    def reason(self):
        return self.browser.run(f"document.querySelector('{TEXT}').value")

    def wait_for_text(self, text):
        self.browser.wait(f"document.body.innerText.includes({text!r}) && document.readyState === 'complete'")


def page_of(flag) -> str:
    return f"{LIST}{flag.pk}/change/"


@pytest.fixture
def desk(browser, live_server, make_user):
    make_user(groups.AUDITORS, name="ana", password=PASSWORD)
    return Desk(browser, live_server)


@pytest.fixture
def berta(make_user):
    return make_user(groups.AUDITORS, name="berta", password=PASSWORD)


def raised(**values) -> Flag:
    return raise_flag(load_release(made_up_release()), **values)


@pytest.fixture
def requests(monkeypatch):
    """What the server was asked for, statements of the database with it: ``(path, statements so far)``."""
    seen, statements = [], [0]
    execute = CursorWrapper.execute

    def counted(cursor, *arguments, **options):
        statements[0] += 1
        return execute(cursor, *arguments, **options)

    def note(environ, **_signal):
        if not environ["PATH_INFO"].startswith(("/static/", "/favicon")):
            seen.append((f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}", statements[0]))

    monkeypatch.setattr(CursorWrapper, "execute", counted)
    request_started.connect(note)
    yield seen
    request_started.disconnect(note)


def test_twenty_decisions_take_two_keys_two_requests_and_as_many_queries_each(desk, requests):
    flags = [raised() for _ in range(20)]
    desk.sign_in("ana")
    desk.press("j")
    desk.press("d")  # opens the flag, with the decision chosen
    steps = []
    for number in range(20):
        desk.ready()
        if number:
            desk.press("d")
        desk.type_reason("One bid is usual here.")
        begun = len(requests)
        desk.press("Control+Enter")
        desk.browser.wait(f"document.querySelector('{TEXT}')?.value === '' || location.pathname === '{LIST}'")
        desk.browser.wait("document.readyState === 'complete'")
        steps.append(requests[begun:])
    assert Review.objects.filter(decision="dismissed", flag__in=flags).count() == 20
    assert desk.pressed == 2 + 20 + 19
    assert {len(step) for step in steps[:-1]} == {2}, "the decision, and the next page; the list at the end has more"
    queries = [later[0][1] - step[0][1] for step, later in itertools.pairwise(steps)]
    assert queries[-1] <= queries[2] + 3, "none more as they go on; at the end identical ones are looked for"
    assert max(queries) <= 130
    assert desk.browser.complaints == []


def test_up_brings_ones_last_reason_on_the_rule_with_its_kind_and_what_was_begun_is_kept(desk):
    flags = [raised(values={"count": number, "method": "open"}) for number in range(1, 4)]
    desk.sign_in("ana")
    desk.open(flags[0])
    for key in "d2":
        desk.press(key)
    desk.type_reason("A market of one.")
    desk.press("Control+Enter")
    desk.wait_for_text("Dismissed: ")
    desk.open(flags[1])
    desk.pressed = 0
    for key in ("d", "ArrowUp"):
        desk.press(key)
    assert desk.reason() == "A market of one."
    desk.press("ArrowDown")
    assert desk.reason() == ""
    for key in ("ArrowUp", "Control+Enter"):
        desk.press(key)
    desk.browser.wait_for(page_of(flags[2]))
    first, second = (Review.objects.get(flag=flag) for flag in flags[:2])
    assert (second.reason, second.reason_code) == (first.reason, first.reason_code)
    assert second.reason_code
    # For another decision there is none, and what was begun stays.
    desk.press("c")
    desk.press("ArrowUp")
    assert desk.reason() == ""
    desk.type_reason("Tw")
    desk.press("ArrowUp")
    assert desk.reason() == "Tw"
    assert desk.browser.complaints == []


def test_eighteen_identical_flags_take_six_keys_and_one_reason_and_z_twice_undoes_them(desk):
    same = [raised(values={"count": 1, "method": "open"}) for _ in range(18)]
    desk.sign_in("ana")
    assert "×18" in desk.browser.text()
    for key in "jxd":
        desk.press(key)
    desk.browser.wait("document.querySelector('.together textarea') && document.readyState === 'complete'")
    desk.type_reason("One maker alone.", ".together textarea")
    desk.press("Control+Enter")
    desk.browser.wait("document.querySelector('button[name=apply]') && document.readyState === 'complete'")
    assert not Review.objects.exists(), "the preview decides nothing"
    desk.press("y")
    desk.browser.wait("document.querySelector('.messagelist a') && document.readyState === 'complete'")
    assert desk.pressed <= 6
    assert Review.objects.filter(decision="dismissed", reason="One maker alone.", flag__in=same).count() == 18
    desk.press("z")
    desk.browser.wait("document.querySelector('form [data-key=z]') && document.readyState === 'complete'")
    desk.press("z")
    desk.browser.wait("document.querySelector('.messagelist') && document.readyState === 'complete'")
    assert set(Flag.objects.values_list("state", flat=True)) == {"new"}
    # The page of one leads to all of them, too.
    desk.open(same[0])
    desk.press("b")
    desk.browser.wait("document.querySelector('.together textarea') !== null")
    assert desk.browser.complaints == []


def test_of_two_concurrent_decisions_one_wins_and_the_other_keeps_its_text(desk, berta):
    flag, other = raised(), raised()
    desk.sign_in("ana")
    desk.open(flag)
    desk.press("d")
    desk.type_reason("A framework agreement.")
    review_flag(flag=flag, reviewer=berta, decision=Review.Decision.NEEDS_INFORMATION, reason="Ask the buyer.")
    desk.press("Control+Enter")
    desk.wait_for_text("berta decided on this flag since the page was shown")
    assert desk.reason() == "A framework agreement."
    assert Review.objects.get().reviewer == berta
    desk.browser.run("document.activeElement.blur()")
    desk.press("d")
    desk.press("Control+Enter")
    desk.browser.wait_for(page_of(other))
    assert list(Review.objects.order_by("pk").values_list("reviewer__username", flat=True)) == ["berta", "ana"]


def test_a_flag_that_another_has_open_is_told_refused_and_taken_over(desk, berta):
    flag = raised()
    elsewhere = Client()
    elsewhere.force_login(berta)
    elsewhere.get(page_of(flag))
    desk.sign_in("ana")
    desk.open(flag)
    desk.wait_for_text("berta has this flag open")
    desk.press("d")
    desk.type_reason("Nothing there.")
    desk.press("Control+Enter")
    desk.wait_for_text("Take it over to decide on it")
    assert (desk.reason(), Review.objects.count()) == ("Nothing there.", 0)
    desk.browser.run("document.activeElement.blur()")
    desk.press("o")
    desk.wait_for_text("You have taken this flag over")
    assert DeskEntry.objects.get().kind == "taken_over"
    desk.press("d")
    desk.press("Control+Enter")
    desk.browser.wait_for(LIST)
    assert Review.objects.get().reason == "Nothing there.", "what was typed has stayed"


def test_a_confirmation_takes_two_persons(desk, berta):
    FourEyesWaiver.objects.all().delete()
    flag = raised()
    desk.sign_in("ana")
    desk.open(flag)
    desk.press("c")
    desk.type_reason("The record says it.")
    desk.press("Control+Enter")
    desk.wait_for_text("It counts once a second person confirms it")
    assert Flag.objects.get().decision == "first_confirmation"
    desk.open(flag)
    assert "You confirmed this first" in desk.browser.text()
    desk.press("c")  # there is no such button for her
    assert Review.objects.count() == 1
    desk.sign_in("berta")
    desk.browser.open(f"{desk.server.url}{LIST}?queue=second_look")
    desk.browser.wait("document.readyState === 'complete'")
    desk.press("j")
    desk.press("c")
    desk.wait_for_text("ana has this flag open")
    desk.browser.run("document.activeElement.blur()")
    desk.press("o")
    desk.wait_for_text("You have taken this flag over")
    desk.press("c")
    desk.type_reason("I read the same.")
    desk.press("Control+Enter")
    desk.browser.wait_for(LIST)
    assert Flag.objects.get().decision == "confirmed"
    assert desk.browser.complaints == []


def test_a_lead_suppresses_a_question_and_it_comes_back(desk, make_user):
    make_user(groups.LEADS, name="lena", password=PASSWORD)
    flag = raised()
    desk.sign_in("lena")
    desk.open(flag)
    desk.browser.click(".decide a[href*='/suppression/add/']")
    desk.browser.wait_for("/admin/audits/suppression/add/")
    desk.browser.fill("#id_until", (timezone.localdate() + timedelta(days=30)).isoformat())
    desk.browser.fill("#id_reason", "A single maker, by law.")
    desk.browser.click("[name=_save]")
    desk.browser.wait_for("/admin/audits/suppression/")
    suppression = Suppression.objects.get()
    assert (suppression.rule, suppression.owner.username) == (flag.rule, "lena")
    rows = "document.querySelectorAll('#result_list tbody tr').length"
    desk.browser.open(f"{desk.server.url}{LIST}")
    assert desk.browser.run(rows) == 0
    desk.browser.open(f"{desk.server.url}{LIST}?suppression={suppression.pk}")
    assert desk.browser.run(rows) == 1
    desk.browser.open(f"{desk.server.url}/admin/audits/suppression/{suppression.pk}/change/")
    desk.browser.click("#id_enabled")
    desk.browser.click("[name=_save]")
    desk.browser.wait_for("/admin/audits/suppression/")
    desk.browser.open(f"{desk.server.url}{LIST}")
    assert desk.browser.run(rows) == 1
    assert not Review.objects.exists(), "it decides nothing"


def test_a_walk_by_keys_takes_the_questions_of_a_contract_one_after_the_other(desk):
    first, second = contract(*RULES), contract("R018")
    desk.sign_in("ana")
    assert desk.browser.run("document.querySelectorAll('#result_list tbody tr').length") == 2
    assert desk.browser.run("document.querySelectorAll('#result_list .chip').length") == 2
    desk.press("j")
    desk.press("Enter")
    for flag in (first["T01"], first["R018"], first["R010"], second["R018"]):
        desk.browser.wait_for(page_of(flag))
        desk.press("n")


def test_fifteen_contracts_stand_on_a_screen_of_1280_by_800(desk):
    for _number in range(15):
        raised()
    desk.sign_in("ana")
    desk.browser.resize(1280, 800)
    desk.browser.open(f"{desk.server.url}{LIST}")
    bottoms = (
        "[...document.querySelectorAll('#result_list tbody tr')].map((row) => row.getBoundingClientRect().bottom)"
    )
    seen = desk.browser.run(bottoms)
    assert len(seen) == 15
    assert max(seen) <= 800
    # The heading that the path above says again is there for who does not see it.
    assert desk.browser.run("document.querySelector('#content > h1').innerText") == "Flags"


def test_a_high_screen_holds_fifteen_contracts_with_two_lines_of_each_sentence(desk):
    for _number in range(15):
        raised()
    Flag.objects.update(sentence="The record counts %(count)s tenderer. " + "So it goes on. " * 20)
    desk.sign_in("ana")
    heights = (
        "[...document.querySelectorAll('#result_list tbody tr')].map((row) => row.getBoundingClientRect())"
        ".flatMap((box) => [box.height, box.bottom])"
    )

    def seen(height: int) -> tuple[float, float]:
        desk.browser.resize(1280, height)
        desk.browser.open(f"{desk.server.url}{LIST}")
        boxes = desk.browser.run(heights)
        return min(boxes[::2]), max(boxes[1::2])

    (row, low), (higher_row, lowest) = seen(800), seen(1060)
    assert row < higher_row
    assert low <= 800
    assert lowest <= 1060


def test_the_row_that_keys_lead_to_is_read_whole(desk):
    """What a question found stands at the end of its line, and was cut off in all rows."""
    for _number in range(2):
        raised()
    Flag.objects.update(sentence="The record counts %(count)s tenderer. " + "So it goes on. " * 20)
    desk.sign_in("ana")
    desk.browser.resize(1366, 768)
    desk.browser.open(f"{desk.server.url}{LIST}")
    cut = (
        "[...document.querySelectorAll('#result_list tbody tr')].map((row) =>"
        " [...row.querySelectorAll('.line')].filter((line) => line.scrollWidth > line.clientWidth).length > 0)"
    )
    assert desk.browser.run(cut) == [True, True]
    desk.press("j")
    assert desk.browser.run(cut) == [False, True]
    desk.press("j")
    assert desk.browser.run(cut) == [True, False]


def test_all_that_is_beside_a_decision_is_reached_on_a_screen_of_1280_by_720(desk):
    """Beside a long record too, where the end of the page is far."""
    flag = raised()
    desk.sign_in("ana")
    desk.browser.resize(1280, 720)
    desk.open(flag)
    desk.browser.run("window.scrollTo(0, 300)")
    desk.browser.run("document.querySelector('.decide').scrollTo(0, 1000)")
    places = "[...document.querySelectorAll('.decide .steps a')].map((link) => link.getBoundingClientRect().bottom)"
    assert max(desk.browser.run(places)) <= 720


def test_what_stands_beside_others_covers_nothing_of_it(desk):
    """A heading is as long as its language makes it; the second choice of an action stands off from the first."""
    desk.sign_in("ana")
    box = "document.querySelector('%s').getBoundingClientRect()"
    raised()
    desk.browser.open(f"{desk.server.url}{LIST}")
    label = "document.querySelector('.actions select[name=to]').parentElement.getBoundingClientRect().left"
    assert desk.browser.run(f"{label} - {box % '.actions select[name=action]'}.right") >= 8
    desk.browser.open(f"{desk.server.url}/admin/audits/audit/")
    assert desk.browser.run(f"{box % '#content h1'}.bottom <= {box % '.object-tools'}.top")
    assert desk.browser.run(f"{box % '.object-tools a'}.bottom <= {box % '.object-tools'}.bottom")
