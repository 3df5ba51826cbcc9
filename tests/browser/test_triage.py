"""The day of an auditor in a real browser: sign in, open the queue, read a flag, decide, go on."""

import pytest
from django.contrib.sessions.models import Session

from audits import groups
from audits.admin.flag.admin import FlagAdmin
from audits.judging.rule.evidence import passage
from audits.judging.rule.vocabulary import Evidence, Severity
from audits.models import BlindReview, Flag, FlagNote, Review
from audits.models.blind_review import IsSampled
from audits.reference.reason_codes import reasons_for
from audits.triage import review_flag
from tests.browser.chromium import PASSWORD
from tests.support.pages import HOSTILE
from tests.support.triage import DESCRIPTION, load_release, made_up_release, raise_flag, write_outcomes

pytestmark = pytest.mark.django_db(transaction=True)


def place(path: str, text: str, start: int, end: int, note: str) -> Evidence:
    return Evidence(path, text, passage(text, start, end), start, end, note)


@pytest.fixture
def flags(transactional_db):
    """A grave flag with hostile texts, and a lesser one."""
    title = " ".join(HOSTILE)
    start = DESCRIPTION.index("video vigilancia")
    grave = raise_flag(
        load_release(made_up_release(title=title)),
        place("/tender/description", DESCRIPTION, start, start + 16, "video_surveillance"),
        place("/tender/title", title, 0, 25, HOSTILE[1]),
        severity=Severity.HIGH,
        values={"count": 1, "method": title},
    )
    return grave, raise_flag(load_release(made_up_release()))


@pytest.fixture
def signed_in(browser, live_server, make_user, flags):
    """
    The browser of an auditor who has signed in by hand; the list of flags is open.
    """
    make_user(groups.AUDITORS, name="ana", password=PASSWORD)
    browser.open(f"{live_server.url}/admin/login/?next=/admin/audits/flag/")
    browser.log_in("ana")
    browser.wait_for("/admin/audits/flag/")
    return browser


def test_an_auditor_signs_in_reads_decides_and_goes_on(signed_in, flags):
    grave, lesser = flags
    signed_in.click("#result_list tbody tr .field-question .subject")
    signed_in.wait_for(f"/admin/audits/flag/{grave.pk}/change/")
    marks = signed_in.run("[...document.querySelectorAll('.passage mark')].map((mark) => mark.textContent)")
    assert marks == ["video vigilancia", HOSTILE[0]]
    signed_in.fill(".decide textarea", "The tender names a single bid.")
    signed_in.click("button[value=confirmed]")
    signed_in.wait_for(f"/admin/audits/flag/{lesser.pk}/change/")
    review = Review.objects.get()
    assert (review.flag, review.decision, review.reviewer.username) == (grave, "confirmed", "ana")
    assert signed_in.complaints == []


def test_keys_lead_through_the_queue_and_a_decision_by_key_wants_its_reason(signed_in, flags):
    grave, lesser = flags
    signed_in.click("#result_list tbody tr .field-question .subject")
    signed_in.wait("document.querySelector('.decide textarea') && document.readyState === 'complete'")
    signed_in.press("d")
    assert signed_in.run("document.activeElement.tagName") == "TEXTAREA"
    signed_in.press("c")  # a letter of the reason
    assert signed_in.run("document.activeElement.value") == "c"
    assert not Review.objects.exists()
    signed_in.run("document.activeElement.blur()")
    signed_in.press("n")
    signed_in.wait_for(f"/admin/audits/flag/{lesser.pk}/change/")
    signed_in.press("a")
    signed_in.wait("document.querySelector('.messagelist') !== null && document.readyState === 'complete'")
    assert Flag.objects.get(pk=lesser.pk).assignee.username == "ana"
    assert Flag.objects.get(pk=grave.pk).assignee is None
    assert signed_in.complaints == []


def test_a_key_chooses_the_decision_and_ctrl_enter_sends_it(signed_in, live_server, flags):
    grave, lesser = flags
    signed_in.open(f"{live_server.url}/admin/audits/flag/{grave.pk}/change/")
    signed_in.press("i")
    for letter in "cd":  # letters of the reason
        signed_in.press(letter)
    signed_in.press("Control+Enter")
    signed_in.wait_for(f"/admin/audits/flag/{lesser.pk}/change/")
    review = Review.objects.get()
    assert (review.flag, review.decision, review.reason) == (grave, "needs_information", "cd")
    # A decision that no key chose is not sent.
    signed_in.press("r")
    signed_in.press("x")
    signed_in.press("Control+Enter")
    assert signed_in.run("document.querySelector('.decide textarea').value") == "x"
    assert Review.objects.count() == 1
    assert signed_in.complaints == []


def test_a_number_chooses_the_kind_of_reason_and_none_changes_what_was_previewed(signed_in, live_server, flags):
    grave, lesser = flags
    kinds = [entry.code for entry in reasons_for([grave.rule])]
    signed_in.open(f"{live_server.url}/admin/audits/flag/{grave.pk}/change/")
    for key in ("2", "d", "9", "Control+Enter"):  # within the reason it is a digit
        signed_in.press(key)
    signed_in.wait_for(f"/admin/audits/flag/{lesser.pk}/change/")
    signed_in.open(f"{live_server.url}/admin/audits/flag/together/?flags={lesser.pk}")
    for key in ("3", "d", "x", "Control+Enter"):
        signed_in.press(key)
    signed_in.wait("document.querySelector('button[name=apply]') && document.readyState === 'complete'")
    for key in ("2", "y"):
        signed_in.press(key)
    signed_in.wait_for("/admin/audits/flag/")
    decided = [(review.flag, review.reason_code, review.reason) for review in Review.objects.order_by("pk")]
    assert decided == [(grave, kinds[1], "9"), (lesser, kinds[2], "x")]
    assert signed_in.complaints == []


def test_a_number_chooses_the_kind_behind_the_decision_too_while_nothing_is_written(signed_in, live_server, flags):
    """The key of a decision leads into its reason, where the number of the kind was written and stayed."""
    grave, lesser = flags
    kinds = [entry.code for entry in reasons_for([grave.rule])]
    signed_in.open(f"{live_server.url}/admin/audits/flag/{grave.pk}/change/")
    for key in ("d", "2", "3", " ", "b", "Control+Enter"):  # the second one is a digit
        signed_in.press(key)
    signed_in.wait_for(f"/admin/audits/flag/{lesser.pk}/change/")
    signed_in.open(f"{live_server.url}/admin/audits/flag/together/?flags={lesser.pk}")
    for key in ("d", "x", "2", "Control+Enter"):  # behind a letter it is one too
        signed_in.press(key)
    signed_in.wait("document.querySelector('button[name=apply]') && document.readyState === 'complete'")
    assert signed_in.run("document.querySelector('.together textarea').value") == "x2"
    (review,) = Review.objects.all()
    assert (review.reason_code, review.reason) == (kinds[1], "3 b")
    assert signed_in.complaints == []


def test_a_kind_of_reason_chooses_its_decision_where_none_was_chosen(signed_in, live_server, flags):
    """Ctrl+Enter did nothing where only the kind was chosen, and said nothing."""
    grave, lesser = flags
    kinds = [entry.code for entry in reasons_for([grave.rule])]
    signed_in.open(f"{live_server.url}/admin/audits/flag/{grave.pk}/change/")
    for key in ("2", "r", "x"):
        signed_in.press(key)
    assert signed_in.run("document.querySelector('.decide .chosen').value") == "dismissed"
    signed_in.press("Control+Enter")
    signed_in.wait_for(f"/admin/audits/flag/{lesser.pk}/change/")
    (review,) = Review.objects.all()
    assert (review.decision, review.reason_code, review.reason) == ("dismissed", kinds[1], "x")
    for key in ("c", "2"):
        signed_in.press(key)
    assert signed_in.run("document.querySelector('.decide .chosen').value") == "confirmed", "a decision stays"
    signed_in.open(f"{live_server.url}/admin/audits/flag/together/?flags={lesser.pk}")
    signed_in.press("2")
    assert signed_in.run("document.querySelector('.together input[name=decision]:checked').value") == "dismissed"
    assert signed_in.complaints == []


def test_all_decisions_are_seen_on_a_low_screen(signed_in, live_server, flags):
    signed_in.resize(1280, 720)
    signed_in.open(f"{live_server.url}/admin/audits/flag/{flags[1].pk}/change/")
    assert (
        signed_in.run("document.querySelector('.decide [value=needs_information]').getBoundingClientRect().bottom")
        < 720
    )


def test_a_blind_look_is_taken_by_keys(signed_in, live_server, make_user, monkeypatch, flags):
    monkeypatch.setattr(IsSampled, "template", "length(%(expressions)s) > 0")
    berta = make_user(groups.AUDITORS, name="berta")
    review_flag(flag=flags[0], reviewer=berta, decision=Review.Decision.DISMISSED, reason="One bid is usual.")
    signed_in.open(f"{live_server.url}/admin/audits/blindreview/next/")
    for key in ("2", "r", "x", "Control+Enter"):
        signed_in.press(key)
    signed_in.wait("document.querySelector('.messagelist .success') && document.readyState === 'complete'")
    judged = BlindReview.objects.get()
    assert (judged.reason_code, judged.reason) == (reasons_for([flags[0].rule])[1].code, "x")
    assert signed_in.complaints == []


def test_the_mouse_ticks_one_row_after_the_other_and_nothing_moves_from_under_it(signed_in, flags):
    signed_in.wait("document.readyState === 'complete'")
    signed_in.press("j")
    heights = "[...document.querySelectorAll('#result_list tbody tr')].map((row) => row.offsetHeight)"
    unfolded, folded = signed_in.run(heights)
    assert unfolded > folded, "the row that a key led to is read whole"
    for number in range(len(flags), 0, -1):
        signed_in.click(f"#result_list tbody tr:nth-child({number}) .action-select")
    assert signed_in.run("document.querySelectorAll('.action-select:checked').length") == len(flags)
    assert signed_in.run("document.querySelector('tr.current').rowIndex") == 1
    assert signed_in.run(heights) == [unfolded, folded]
    signed_in.press("j")
    assert signed_in.run(heights)[0] == folded


def test_a_key_selects_the_page_then_all_pages_then_nothing(signed_in, live_server, monkeypatch, flags):
    monkeypatch.setattr(FlagAdmin, "list_per_page", 1)
    signed_in.open(f"{live_server.url}/admin/audits/flag/")
    across = "document.querySelector('.select-across').value"
    ticked = "document.querySelectorAll('.action-select:checked').length"
    seen = []
    for _ in range(3):
        signed_in.press("X")
        seen.append((signed_in.run(ticked), signed_in.run(across)))
    assert seen == [(1, "0"), (1, "1"), (0, "0")]


def test_keys_move_in_the_list_and_lead_to_a_decision(signed_in, live_server, flags):
    grave, lesser = flags
    signed_in.wait("document.readyState === 'complete'")
    signed_in.press("j")
    signed_in.press("j")
    assert signed_in.run("document.querySelectorAll('tr.current').length") == 1
    signed_in.press("x")
    assert signed_in.run("document.querySelectorAll('.action-select:checked').length") == 1
    signed_in.press("x")
    signed_in.press("X")
    assert signed_in.run("document.querySelectorAll('.action-select:checked').length") == len(flags)
    signed_in.press("X")
    assert signed_in.run("document.querySelectorAll('.action-select:checked').length") == 0
    assert not Review.objects.exists()  # to move, or to select, decides nothing
    signed_in.press("/")
    assert signed_in.run("document.activeElement.id") == "searchbar"
    signed_in.press("d")  # a letter of the search
    signed_in.run("document.activeElement.blur()")
    signed_in.press("k")
    signed_in.press("d")
    signed_in.wait_for(f"/admin/audits/flag/{grave.pk}/change/")
    signed_in.wait("document.activeElement.tagName === 'TEXTAREA'")
    signed_in.fill(".decide textarea", "Not so.")
    signed_in.press("Control+Enter")
    signed_in.wait_for(f"/admin/audits/flag/{lesser.pk}/change/")
    assert Review.objects.get().decision == "dismissed"
    signed_in.press("z")
    signed_in.wait_for(f"/admin/audits/flag/{grave.pk}/change/")
    signed_in.wait("document.querySelector('.messagelist .success') !== null")
    assert Flag.objects.get(pk=grave.pk).state == "new"
    assert signed_in.complaints == []


def test_a_decision_that_a_key_of_the_list_chose_is_not_carried_to_another_flag(signed_in, live_server, flags):
    """On one that awaits nobody there is nothing to decide; the next one was then found dismissed beforehand."""
    grave, lesser = flags
    write_outcomes(grave.process)
    signed_in.open(f"{live_server.url}/admin/audits/flag/?state=withdrawn")
    signed_in.press("j")
    signed_in.press("d")
    signed_in.wait_for(f"/admin/audits/flag/{grave.pk}/change/")
    signed_in.wait("document.readyState === 'complete'")
    signed_in.open(f"{live_server.url}/admin/audits/flag/{lesser.pk}/change/")
    assert signed_in.run("document.querySelectorAll('.decide .chosen').length") == 0
    assert signed_in.run("document.activeElement.tagName") == "BODY"
    assert signed_in.complaints == []


def test_the_key_of_a_decision_sends_no_reason_that_stands_there_already(signed_in, live_server, flags):
    """What was begun and left stands there when the page is opened again, perhaps out of sight."""
    grave, lesser = flags
    page = f"{live_server.url}/admin/audits/flag/{grave.pk}/change/"
    signed_in.open(page)
    for key in ("r", "N", "o"):
        signed_in.press(key)
    signed_in.open(page)
    signed_in.press("c")
    assert signed_in.run("document.querySelector('.decide .chosen').value") == "confirmed"
    assert signed_in.run("document.activeElement.value") == "No"
    assert not Review.objects.exists()
    signed_in.press("Control+Enter")
    signed_in.wait_for(f"/admin/audits/flag/{lesser.pk}/change/")
    assert Review.objects.get().reason == "No"


def test_what_was_typed_outlives_a_session_that_ended(signed_in, live_server, flags):
    grave, lesser = flags
    kind = reasons_for([grave.rule])[1].code
    signed_in.open(f"{live_server.url}/admin/audits/flag/{grave.pk}/change/")
    signed_in.press("2")
    signed_in.press("d")
    for letter in "long":
        signed_in.press(letter)
    Session.objects.all().delete()
    signed_in.press("Control+Enter")
    signed_in.wait_for("/admin/login/")
    signed_in.log_in("ana")
    signed_in.wait_for(f"/admin/audits/flag/{grave.pk}/change/")
    assert signed_in.run("document.querySelector('.decide textarea').value") == "long"
    assert signed_in.run("document.querySelector('.kinds :checked')?.value") == kind
    signed_in.click("button[value=dismissed]")
    signed_in.wait_for(f"/admin/audits/flag/{lesser.pk}/change/")
    assert [(review.reason, review.reason_code) for review in Review.objects.all()] == [("long", kind)]
    signed_in.open(f"{live_server.url}/admin/audits/flag/{grave.pk}/change/")
    assert signed_in.run("document.querySelector('.decide textarea').value") == ""
    assert signed_in.run("document.querySelector('.kinds :checked')") is None


def test_a_note_and_a_blind_look_outlive_a_session_that_ended(signed_in, live_server, make_user, monkeypatch, flags):
    """Whatever has a large field is long enough to be missed."""
    monkeypatch.setattr(IsSampled, "template", "length(%(expressions)s) > 0")
    grave, lesser = flags
    berta = make_user(groups.AUDITORS, name="berta")
    review_flag(flag=lesser, reviewer=berta, decision=Review.Decision.DISMISSED, reason="One bid is usual.")
    for address, form in (
        (f"/admin/audits/flag/{grave.pk}/change/", ".note-form"),
        ("/admin/audits/blindreview/next/", ".together"),
    ):
        signed_in.open(live_server.url + address)
        signed_in.run("document.querySelector('.note-form')?.closest('details').setAttribute('open', ''); 0")
        signed_in.click(f"{form} textarea")
        for letter in "long":
            signed_in.press(letter)
        signed_in.run("document.querySelector('.together input[type=radio]')?.click(); 0")
        Session.objects.all().delete()
        signed_in.click(f"{form} button")
        signed_in.wait_for("/admin/login/")
        signed_in.log_in("ana")
        signed_in.wait_for(address)
        assert signed_in.run(f"document.querySelector('{form} textarea').value") == "long"
        signed_in.click(f"{form} textarea")  # it is seen
        signed_in.run("document.querySelector('.together input[type=radio]')?.click(); 0")
        signed_in.click(f"{form} button")
        signed_in.wait("document.querySelector('.messagelist .success') && document.readyState === 'complete'")
        assert signed_in.run("Object.values(sessionStorage)") == []
    assert [FlagNote.objects.get().text, BlindReview.objects.get().reason] == ["long", "long"]
    assert signed_in.complaints == []


def test_what_one_person_typed_is_not_written_for_the_next_one(signed_in, live_server, make_user, flags):
    """At a shared desk the words of one person would be kept as the reason of another."""
    grave, lesser = flags
    together = f"{live_server.url}/admin/audits/flag/together/?flags={grave.pk}-{lesser.pk}"
    alone = f"{live_server.url}/admin/audits/flag/{grave.pk}/change/"
    field = "document.querySelector('.decide textarea, .together textarea').value"
    for page in (alone, together):
        signed_in.open(page)
        signed_in.press("r")
        signed_in.press("x")
    signed_in.sign_out()
    make_user(groups.AUDITORS, name="bea", password=PASSWORD)
    signed_in.open(f"{live_server.url}/admin/login/?next=/admin/audits/flag/")
    signed_in.log_in("bea")
    signed_in.wait_for("/admin/audits/flag/")
    for page in (alone, together):
        signed_in.open(page)
        assert signed_in.run(field) == ""


def test_every_page_that_shows_the_record_keeps_the_policy_and_opens_no_dialog(signed_in, live_server, flags):
    grave, _lesser = flags
    process = grave.process
    addresses = [
        "/admin/",
        "/admin/audits/flag/?state=all&q=Tula",
        f"/admin/audits/flag/{grave.pk}/change/",
        f"/admin/audits/audit/{grave.last_audit_id}/change/",
        "/admin/audits/review/",
        f"/admin/contracts/contractingprocess/{process.pk}/change/",
        f"/admin/contracts/organization/{process.buyer_id}/change/",
        "/admin/contracts/release/",
        "/admin/contracts/submission/",
        "/admin/audits/lexiconterm/",
    ]
    for address in addresses:
        signed_in.open(live_server.url + address)
        assert "Veedor" in signed_in.text()
        assert signed_in.complaints == [], address
        assert signed_in.run("document.querySelectorAll('[onerror], [onload], .hostile').length") == 0


def test_what_breaks_the_policy_would_be_noticed(signed_in):
    signed_in.run("""document.body.insertAdjacentHTML("beforeend", '<p style="color: red">x</p>')""")
    assert any("Content Security Policy" in complaint for complaint in signed_in.complaints)


def test_on_an_upright_tablet_flags_are_decided_beside_their_passage(signed_in, live_server, flags):
    """Of a question one read "Safe …", and the form stood below the whole rule."""
    signed_in.resize(800, 1100)
    signed_in.open(f"{live_server.url}/admin/audits/flag/")
    assert signed_in.run("document.querySelector('.field-question .subject').getBoundingClientRect().width") >= 180
    signed_in.open(f"{live_server.url}/admin/audits/flag/{flags[0].pk}/change/")
    assert signed_in.run("document.querySelector('button[value=confirmed]').getBoundingClientRect().bottom") <= 1100


@pytest.mark.parametrize("width", [360, 800, 1280])
def test_the_page_of_a_flag_fits_its_screen(signed_in, live_server, flags, width):
    signed_in.resize(width, 800)
    together = f"/admin/audits/flag/together/?flags={flags[0].pk}-{flags[1].pk}"
    for address in ("/admin/audits/flag/", f"/admin/audits/flag/{flags[0].pk}/change/", together):
        signed_in.open(live_server.url + address)
        assert signed_in.run("document.documentElement.scrollWidth") <= width
