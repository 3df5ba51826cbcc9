"""Summaries of the desk: asked for, sent once, about the right days, and silent about what is not public."""

import re
from datetime import UTC, datetime, timedelta

import pgtrigger
import pytest
from django.core import mail
from django.test import Client

from audits import groups
from audits.admin.summaries import sending
from audits.desk import assign
from audits.models import BlindReview, DeskEntry, DeskSummary, Flag, Review, Verdict
from audits.models.override import RuleState
from audits.triage import review_flag
from contracts.models import ContractingProcess
from tests.audits.admin.desk import flag_with
from tests.audits.following.saving import refuse
from tests.support.pages import change_page

PAGE = "/admin/summary/"
# A Wednesday, after the hour of sending.
NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
YESTERDAY = NOW - timedelta(days=1)
TITLE = "Cámaras para el mercado"


@pytest.fixture
def at(monkeypatch):
    """Send what is due at a moment; return how many summaries were sent."""

    def send(moment=NOW):
        with monkeypatch.context() as then:
            then.setattr(sending, "database_now", lambda: moment)
            return sending.send_due()

    return send


@pytest.fixture
def dora(make_user):
    return make_user(groups.AUDITORS, name="dora", email="dora@desk.example")


@pytest.fixture
def emma(make_user):
    return make_user(groups.AUDITORS, name="emma")


@pytest.fixture
def ask(dora):
    def asked(person=dora, **given):
        given = {"rhythm": "daily", "language": "en", "has_titles": True, "told_to": YESTERDAY.date()} | given
        return DeskSummary.objects.create(person=person, **given)

    return asked


@pytest.fixture
def hand(dora, emma):
    """Hand a new flag to a person, yesterday."""

    def handed(to=dora, on=YESTERDAY, release=None):
        flag = flag_with(release=release)
        assign([flag.pk], assignee=to, by=emma)
        _backdate(flag.desk_entries.get(), on)
        return flag

    return handed


def _backdate(entry, moment):
    """Set when something was noted, which nobody else can."""
    with pgtrigger.ignore("audits.DeskEntry:append_only"):
        DeskEntry.objects.filter(pk=entry.pk).update(at=moment)


def sections(message) -> list[str]:
    return re.findall(r"^(.+): \d+\n", message.body.partition("What waits at the desk")[0], re.MULTILINE)


class TestSending:
    def test_a_day_is_told_once(self, ask, at, hand):
        ask()
        flag = hand()
        assert at(NOW.replace(hour=4)) == 0, "too early in the day"
        assert (at(), at(), at(NOW + timedelta(hours=3))) == (1, 0, 0)
        (message,) = mail.outbox
        assert message.to == ["dora@desk.example"]
        assert sections(message) == ["Assigned to you"]
        assert TITLE in message.body
        assert f"http://127.0.0.1:8000{change_page(flag)}" in message.body
        assert "Mine: 1\nhttp://127.0.0.1:8000/admin/audits/flag/?queue=mine" in message.body
        assert message.subject == "Veedor: summary of the desk"
        assert message.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert at(NOW + timedelta(days=1)) == 1, "it waits still"
        assert sections(mail.outbox[1]) == []
        assert mail.outbox[0].extra_headers["Message-ID"] != mail.outbox[1].extra_headers["Message-ID"]

    def test_what_came_today_is_told_tomorrow(self, ask, at, hand):
        ask()
        hand(on=NOW)
        at()
        at(NOW + timedelta(days=1))
        assert [sections(message) for message in mail.outbox] == [[], ["Assigned to you"]]

    def test_a_week_is_told_on_its_monday_or_when_a_worker_is_back(self, ask, at, hand):
        asked = ask(rhythm="weekly")
        hand()
        monday = NOW + timedelta(days=5)
        assert [at(monday - timedelta(days=1)), at(monday + timedelta(days=1)), at(monday + timedelta(days=2))] == [
            *(0, 1, 0)
        ]
        assert sections(mail.outbox[0]) == ["Assigned to you"]
        asked.refresh_from_db()
        assert asked.told_to == monday.date()

    def test_nothing_to_tell_is_not_sent(self, ask, at, dora):
        asked = ask()
        assert at() == 0
        asked.refresh_from_db()
        assert asked.told_to == NOW.date()

    def test_what_a_mail_server_refused_is_sent_later_under_the_same_id(self, ask, at, hand, monkeypatch):
        asked, seen = ask(), []
        hand()
        with monkeypatch.context() as away:
            away.setattr("django.core.mail.EmailMessage.send", lambda message: seen.append(message) or refuse())
            assert at() == 0
            assert at(NOW + timedelta(seconds=1)) == 0, "not before its next try"
        assert len(seen) == 1
        asked.refresh_from_db()
        assert (asked.failures, asked.told_to) == (1, YESTERDAY.date())
        assert at(NOW + timedelta(minutes=1)) == 1
        assert mail.outbox[0].extra_headers["Message-ID"] == seen[0].extra_headers["Message-ID"]
        asked.refresh_from_db()
        assert (asked.failures, asked.next_try_at) == (0, None)

    def test_it_stops_after_twenty_failures_until_its_person_saves_again(self, ask, at, hand, dora, client):
        asked = ask(failures=20)
        hand()
        assert at() == 0
        client.force_login(dora)
        assert "Nothing is sent any more, because 20 attempts in a row failed" in client.get(PAGE).content.decode()
        client.post(PAGE, {"rhythm": "daily", "language": "en", "has_titles": "on"})
        asked.refresh_from_db()
        assert asked.told_to == YESTERDAY.date(), "nothing is left out"
        assert at() == 1

    def test_a_defect_in_one_holds_up_no_other(self, ask, at, hand, emma, monkeypatch, caplog):
        ask()
        emma.email = "emma@desk.example"
        emma.save()
        ask(emma)
        hand()
        true = sending.summary_of
        monkeypatch.setattr(
            sending,
            "summary_of",
            lambda person, *days: 1 / 0 if person.username == "dora" else true(person, *days),
        )
        assert at() == 1
        assert "could not be written" in caplog.text
        assert DeskSummary.objects.get(person__username="dora").failures == 1

    @pytest.mark.parametrize("lost", [{"is_active": False}, {"is_staff": False}, {"email": ""}])
    def test_who_has_no_access_or_no_address_any_more_gets_none(self, ask, at, hand, dora, lost):
        ask()
        hand()
        for name, value in lost.items():
            setattr(dora, name, value)
        dora.save()
        assert at() == 0

    def test_who_left_the_group_gets_none(self, ask, at, hand, dora):
        ask()
        hand()
        dora.groups.clear()
        assert at() == 0

    def test_without_a_mail_server_nothing_is_written_to_a_log(self, ask, at, hand, settings):
        asked = ask()
        hand()
        settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
        assert at() == 0
        asked.refresh_from_db()
        assert asked.told_to == YESTERDAY.date()


class TestContent:
    def test_disagreements_and_changes_of_ones_own_decisions_are_told(self, ask, at, dora, emma, two_persons):
        moments = {"told_to": datetime.now(UTC).date()}
        ask(**moments)
        overturned, looked, changed = flag_with(), flag_with(), flag_with()
        for flag in (overturned, looked, changed):
            review_flag(flag=flag, reviewer=dora, decision=Review.Decision.DISMISSED, reason="One bidder is usual.")
        review_flag(flag=overturned, reviewer=emma, decision=Review.Decision.CONFIRMED, reason="Not here.")
        BlindReview.objects.create(
            review=looked.reviews.get(),
            reviewer=emma,
            decision=Review.Decision.CONFIRMED,
            verdict=Verdict.RIGHT,
            reason="It is.",
            agrees=False,
        )
        Flag.objects.filter(pk=changed.pk).update(
            state=Flag.State.CHANGED, changed_because=Flag.Cause.REFERENCE, changed_at=datetime.now(UTC)
        )
        tomorrow = datetime.now(UTC).replace(hour=12) + timedelta(days=1)
        assert at(tomorrow) == 1
        assert sections(mail.outbox[0]) == [
            "A colleague decided otherwise than you",
            "A second look disagrees",
            "You decided, and record, rule or lists changed since",
        ]
        assert "One bidder" not in mail.outbox[0].body, "reasons stay at the desk"

    def test_of_what_is_not_public_no_title_leaves(self, ask, at, hand):
        ask()
        flag = hand()
        ContractingProcess.objects.filter(pk=flag.process_id).update(verification="unverified")
        assert at() == 1
        assert TITLE not in mail.outbox[0].body
        assert flag.process.ocid not in mail.outbox[0].body
        assert "a record that is not public" in mail.outbox[0].body

    def test_a_title_adds_no_line_of_its_own(self, ask, at, hand):
        ask()
        flag = hand()
        ContractingProcess.objects.filter(pk=flag.process_id).update(title="Cámaras\r\n\nhttps://stranger.example")
        assert at() == 1
        assert "Cámaras https://stranger.example" in mail.outbox[0].body

    def test_flags_of_rules_in_shadow_are_for_leads(self, ask, at, hand):
        ask()
        flag = hand()
        RuleState.objects.create(rule=flag.rule, value="shadow", source="s")
        at()
        assert not mail.outbox or sections(mail.outbox[0]) == []

    def test_numbers_alone_where_titles_are_not_wanted(self, ask, at, hand):
        ask(has_titles=False)
        flag = hand()
        assert at() == 1
        assert TITLE not in mail.outbox[0].body
        assert change_page(flag) not in mail.outbox[0].body
        assert "Assigned to you: 1" in mail.outbox[0].body

    def test_what_is_left_out_is_counted(self, ask, at, hand):
        ask()
        for _number in range(22):
            hand()
        at()
        assert mail.outbox[0].body.count(TITLE) == 20
        assert "and 2 more flags" in mail.outbox[0].body

    @pytest.mark.parametrize(("language", "words"), [("es", "Se le asignaron"), ("pt-br", "Atribuídos a você")])
    def test_it_is_in_the_language_of_its_person(self, ask, at, hand, language, words):
        ask(language=language)
        hand()
        at()
        assert words in mail.outbox[0].body
        assert "Assigned" not in mail.outbox[0].body

    def test_one_does_not_tell_oneself(self, ask, at, dora):
        ask()
        flag = flag_with()
        assign([flag.pk], assignee=dora, by=dora)
        _backdate(flag.desk_entries.get(), YESTERDAY)
        at()
        assert sections(mail.outbox[0]) == []


class TestPage:
    def test_a_person_asks_for_them_and_ends_them(self, dora, client):
        client.force_login(dora)
        assert "dora@desk.example" in client.get(PAGE).content.decode()
        answer = client.post(PAGE, {"rhythm": "weekly", "language": "es", "has_titles": "on"}, follow=True)
        assert "The first summary is about today" in answer.content.decode()
        asked = DeskSummary.objects.get()
        assert (asked.person, asked.rhythm, asked.language, asked.has_titles) == (dora, "weekly", "es", True)
        assert asked.told_to == datetime.now(UTC).date()
        client.post(PAGE, {"rhythm": "never", "language": "es"})
        assert not DeskSummary.objects.exists()

    def test_what_is_missing_is_said(self, emma, client, settings):
        client.force_login(emma)
        settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
        html = client.get(PAGE).content.decode()
        assert "no mail server" in html
        assert "Your account has no e-mail address" in html

    def test_a_choice_that_is_none_is_refused_with_its_place(self, dora, client):
        client.force_login(dora)
        answer = client.post(PAGE, {"rhythm": "hourly", "language": "es"})
        assert answer.status_code == 400
        assert not DeskSummary.objects.exists()

    def test_it_is_for_those_who_decide(self, sign_in):
        assert sign_in(groups.JOURNALISTS).get(PAGE).status_code == 403

    def test_the_link_of_a_message_ends_them_without_signing_in(self, ask, at, hand):
        ask()
        hand()
        at()
        stop = re.search(r"http://127.0.0.1:8000(/summary/stop/\S+)", mail.outbox[0].body)[1]
        stranger = Client(enforce_csrf_checks=True)
        assert "You get summaries of the desk" in stranger.get(stop).content.decode()
        assert DeskSummary.objects.exists(), "a program that looks at links ends nothing"
        assert "no more of these messages" in stranger.post(stop).content.decode()
        assert not DeskSummary.objects.exists()
        assert stranger.get(stop).status_code == 200
        assert stranger.get("/summary/stop/1:forged/").status_code == 404
