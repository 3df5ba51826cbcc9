"""Saved searches: news is sent once, by e-mail or webhook, and only if it is public."""

import re
import socket
from datetime import timedelta

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import connection
from django.utils import timezone

from audits.following import delivering, news
from audits.models import Delivery, Flag, RuleState, SavedSearch
from contracts.models import Change, ContractingProcess
from contracts.postgres.time_limits import statement_timeout
from tests.audits.following.saving import HOOK, SEARCHES, refuse, save
from tests.support.buying import TITLE, purchase
from tests.support.clients import client_with_token

pytestmark = pytest.mark.django_db


class TestMail:
    def test_news_come_once_a_day_with_what_happened(self, reader, buy, confirm):
        buy(purchase(1))
        save(reader, language="es")
        assert delivering.deliver_all() == 0, "what was there before is no news"

        buy(purchase(2), purchase(3, country="Perú"), purchase(4, title="Servicio de nube para oficinas"))
        assert delivering.deliver_all() == 1
        (message,) = mail.outbox
        assert message.to == ["desk@newsroom.example"]
        assert "ocds-test01-2/" in message.body
        assert "registro publicado" in message.body
        assert not re.search("ocds-test01-[134]/", message.body)

        buy(purchase(2, description="Otra", date="2025-01-01T00:00:00Z", id="2"))
        assert delivering.deliver_all() == 0, "one message a day"
        SavedSearch.objects.update(told_on=timezone.now().date() - timedelta(days=1))
        assert delivering.deliver_all() == 1
        assert "registro modificado" in mail.outbox[1].body

    def test_a_flag_is_news_when_it_is_confirmed_and_not_before(self, settings, reader, buy, confirm):
        settings.VEEDOR_PUBLICATION = "reviewed"
        buy(purchase(1, title="Cámaras de reconocimiento facial y videovigilancia", method="direct"))
        assert Flag.objects.filter(rule="T01").exists()
        save(reader)
        assert delivering.deliver_all() == 0
        flag = confirm("T01")
        assert delivering.deliver_all() == 1
        assert (
            f"flag decided: T01 Surveillance technology http://127.0.0.1:8000/flags/{flag.pk}/\n"
            "The record speaks of technology that watches or identifies people: "
        ) in mail.outbox[0].body

    def test_followers_of_a_confirmed_flag_hear_once_that_it_is_no_longer_shown(self, reader, buy, confirm, dismiss):
        buy(purchase(1, title="Cámaras de reconocimiento facial y videovigilancia", method="direct"))
        confirm("T01")
        save(reader)
        flag = dismiss("T01")
        assert delivering.deliver_all() == 1
        assert f"\nflag no longer shown http://127.0.0.1:8000/flags/{flag.pk}/\n" in mail.outbox[0].body
        assert "T01" not in mail.outbox[0].body
        SavedSearch.objects.update(told_on=None)
        Flag.objects.filter(pk=flag.pk).update(state="changed")
        Change.objects.filter(number=None).update(at=timezone.now() + timedelta(hours=1))
        assert delivering.deliver_all() == 0, "what the desk does with it since is its own"

    def test_followers_of_a_rule_hear_of_a_withdrawal_and_nothing_else(self, reader, buy, confirm, dismiss):
        buy(purchase(1, title=TITLE, method="direct"), purchase(2, title="Sillas de oficina"))
        confirm("T01")
        save(reader, query="rule=T01&country=MX")
        flag = dismiss("T01")
        assert delivering.deliver_all() == 1
        assert f"\nflag no longer shown http://127.0.0.1:8000/flags/{flag.pk}/\n" in mail.outbox[0].body
        SavedSearch.objects.update(told_on=None)
        buy(purchase(1, title=TITLE, description="Otra", date="2999-01-01T00:00:00Z", id="2"))
        assert delivering.deliver_all() == 0

    def test_a_flag_that_left_the_shadow_is_not_told_as_gone(self, settings, reader, buy):
        settings.VEEDOR_PUBLICATION = "all"
        title = "Cámaras de reconocimiento facial y videovigilancia"
        buy(purchase(1, title=title, method="direct", amount=5_000_000))
        save(reader)
        state = RuleState.objects.create(rule="T01", value="shadow", source="s")
        state.value = "live"
        state.save()
        assert delivering.deliver_all() == 1
        assert "flag raised" in mail.outbox[0].body
        assert "flag no longer shown" not in mail.outbox[0].body

    def test_context_is_told_to_nobody_though_it_is_public(self, settings, reader, buy):
        settings.VEEDOR_PUBLICATION = "all"
        buy(purchase(1, title="Cámaras de reconocimiento facial y videovigilancia", method="direct"))
        before = Change.objects.filter(kind="flag_raised").exists()
        save(reader)
        Flag.objects.update(severity="context", judged_digest=b"1")
        assert before
        assert Change.objects.filter(kind="flag_changed").exists()
        assert delivering.deliver_all() == 0
        Flag.objects.update(severity="low", judged_digest=b"2")
        assert delivering.deliver_all() == 1
        assert "flag changed" in mail.outbox[0].body

    def test_what_has_no_title_is_called_by_its_description_as_on_pages(self, reader, buy):
        save(reader)
        untitled = purchase(1, title="")
        untitled["tender"]["description"] = "Cámaras para el puerto"
        buy(untitled)
        assert delivering.deliver_all() == 1
        assert "\nCámaras para el puerto\n" in mail.outbox[0].body

    def test_a_title_adds_no_line_of_its_own(self, reader, buy):
        save(reader)
        buy(purchase(1, title="Cámaras de videovigilancia\n\nhttps://stranger.example"))
        assert delivering.deliver_all() == 1
        assert "\nCámaras de videovigilancia https://stranger.example\n" in mail.outbox[0].body

    def test_what_is_held_or_taken_back_is_told_to_nobody(self, reader, buy):
        save(reader)
        buy(purchase(1), purchase(2))
        ContractingProcess.objects.filter(ocid="ocds-test01-1").update(verification="retired")
        delivering.deliver_all()
        assert "ocds-test01-2/" in mail.outbox[0].body
        assert "ocds-test01-1" not in mail.outbox[0].body

    def test_who_has_a_message_may_end_them_without_signing_in(self, client, reader, buy):
        save(reader)
        buy(purchase(1))
        delivering.deliver_all()
        stop = re.search(r"/search/stop/\S+", mail.outbox[0].body).group()
        assert mail.outbox[0].extra_headers["List-Unsubscribe"].endswith(f"{stop}>")
        assert "Cameras in Mexico" in client.get(stop).content.decode()
        assert SavedSearch.objects.get().enabled, "a look ends nothing"
        assert client.post(stop, {"List-Unsubscribe": "One-Click"}).status_code == 200
        assert not SavedSearch.objects.get().enabled
        assert client.get("/search/stop/1:forged/").status_code == 404

    def test_a_mail_server_that_is_away_loses_nothing(self, monkeypatch, reader, buy):
        save(reader)
        buy(purchase(1))
        with monkeypatch.context() as away:
            away.setattr("django.core.mail.EmailMessage.send", refuse)
            assert delivering.deliver_all() == 0
        SavedSearch.objects.update(next_try_at=timezone.now())
        assert delivering.deliver_all() == 1

    def test_a_mail_server_that_never_reacts_delays_the_others_for_seconds(self, settings, reader, buy, posted):
        save(reader)
        save(reader, url=HOOK)
        buy(purchase(1))
        with socket.create_server(("127.0.0.1", 0)) as silent:
            settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
            settings.EMAIL_HOST, settings.EMAIL_PORT = silent.getsockname()
            assert settings.EMAIL_TIMEOUT <= 10
            settings.EMAIL_TIMEOUT /= 20
            assert delivering.deliver_all() == 1
        assert [url for url, _message, _headers in posted] == [HOOK]
        failed = SavedSearch.objects.get(url="")
        assert failed.failures == 1
        assert failed.deliveries.get().status == "failed"

    def test_a_message_whose_receipt_was_lost_comes_again_under_its_id(self, monkeypatch, settings, reader, buy):
        settings.VEEDOR_SITE = "https://veedor.example:8443"
        taken = EmailBackend.send_messages

        def lose_the_answer(server, messages):
            taken(server, messages)
            raise ConnectionResetError

        save(reader)
        buy(purchase(1))
        monkeypatch.setattr(EmailBackend, "send_messages", lose_the_answer)
        assert delivering.deliver_all() == 0
        monkeypatch.undo()
        SavedSearch.objects.update(next_try_at=None)
        assert delivering.deliver_all() == 1
        delivering.ask_again(SavedSearch.objects.get().deliveries.first())
        assert delivering.deliver_all() == 1
        lost, same, asked_for = (message.message()["Message-ID"] for message in mail.outbox)
        assert lost == same != asked_for, "a mailbox hides a second message of the same id"
        assert re.fullmatch(r"<search_\d+_\d+@veedor\.example>", lost)

    def test_a_clock_that_was_ahead_silences_no_search(self, reader, buy):
        save(reader)
        buy(purchase(1))
        day = timezone.now() + timedelta(days=400)
        SavedSearch.objects.update(told_on=day.date(), next_try_at=day)
        assert delivering.deliver_all() == 1
        search = SavedSearch.objects.get()
        assert (search.told_on, search.next_try_at) == (timezone.now().date(), None)
        buy(purchase(2))
        assert delivering.deliver_all() == 0, "it was told today"

    def test_an_account_whose_address_was_removed_is_told_nothing_and_loses_nothing(self, journalist, reader, buy):
        save(reader)
        buy(purchase(1))
        journalist.email, address = "", journalist.email
        journalist.save()
        assert delivering.deliver_all() == 0
        (delivery,) = Delivery.objects.all()
        assert (delivery.status, delivery.reason) == ("failed", "the account has no e-mail address any more")
        journalist.email = address
        journalist.save()
        SavedSearch.objects.update(next_try_at=timezone.now())
        assert delivering.deliver_all() == 1
        assert "ocds-test01-1/" in mail.outbox[0].body

    def test_a_search_that_cannot_be_read_holds_up_no_other(self, monkeypatch, reader, buy):
        save(reader, query="country=MX")
        save(reader)
        buy(purchase(1))
        monkeypatch.setattr(delivering, "news_of", _fail_for("country=MX"))
        assert delivering.deliver_all() == 1
        failed, told = SavedSearch.objects.order_by("pk")
        assert (failed.failures, failed.next_try_at is None, failed.telling) == (1, False, None)
        assert (told.failures, told.told > failed.told) == (0, True)

    def test_a_search_that_takes_too_long_holds_up_no_other(self, monkeypatch, reader, buy):
        save(reader, query="country=MX")
        save(reader)
        buy(purchase(1))
        monkeypatch.setattr(delivering, "news_of", _sleep_for("country=MX"))
        assert delivering.deliver_all() == 1
        late, told = SavedSearch.objects.order_by("pk")
        assert (late.failures, late.next_try_at is None) == (1, False)
        assert (told.failures, told.told > late.told) == (0, True)

    def test_a_search_of_an_earlier_version_that_is_not_understood_now_fails_and_loses_nothing(self, reader, buy):
        save(reader)
        SavedSearch.objects.update(query="country=Narnia")
        buy(purchase(1))
        before = SavedSearch.objects.get().told
        assert delivering.deliver_all() == 0
        search = SavedSearch.objects.get()
        assert (search.failures, search.told) == (1, before)

    def test_a_delivery_that_cannot_be_read_is_tried_once(self, monkeypatch, reader, buy):
        save(reader)
        buy(purchase(1))
        assert delivering.deliver_all() == 1
        waiting, _is_new = delivering.ask_again(Delivery.objects.get())
        monkeypatch.setattr(delivering, "news_of", _fail_for(waiting.query))
        assert delivering.deliver_all() == 0
        waiting.refresh_from_db()
        assert (waiting.status, waiting.problem) == ("failed", "KeyError")


def _fail_for(failing):
    """Return what finds the news of all queries but one."""

    def news_of(query, *given):
        if query == failing:
            raise KeyError(query)
        return news.news_of(query, *given)

    return news_of


def _sleep_for(late):
    """Return what finds the news of all queries but one, which the database stops."""

    def news_of(query, *given):
        if query == late:
            with statement_timeout(0.01), connection.cursor() as cursor:
                cursor.execute("SELECT pg_sleep(60)")
        return news.news_of(query, *given)

    return news_of


class TestAccounts:
    def test_searches_are_of_one_account(self, reader, make_user):
        search = save(reader)
        other = client_with_token(make_user(name="other", email="other@x.example"), "follow")
        assert [row["id"] for row in reader.get(SEARCHES).json()] == [search["id"]]
        assert other.get(SEARCHES).json() == []
        assert other.get(f"{SEARCHES}{search['id']}/").status_code == 404
        assert other.delete(f"{SEARCHES}{search['id']}/").status_code == 404
        assert "secret" not in reader.get(f"{SEARCHES}{search['id']}/").json()
        assert reader.delete(f"{SEARCHES}{search['id']}/").status_code == 204
        assert not SavedSearch.objects.exists()

    def test_what_changes_nothing_of_what_is_found_is_taken(self, reader):
        save(reader, query="?country=MX&in=processes&order_by=date&page=2&lang=es")

    @pytest.mark.parametrize("host", ["veedor.example", "[veedor", "veedor.example:x"])
    def test_a_whole_address_is_taken_for_what_follows_its_question_mark(self, reader, host):
        """Whatever stands before it, as where somebody copied half of a link."""
        assert save(reader, query=f"https://{host}/search/?country=MX&q=a#results")["query"] == "country=MX&q=a"

    def test_an_account_without_an_address_needs_a_webhook(self, make_user):
        client = client_with_token(make_user(name="nobody"), "follow")
        given = {"name": "x", "query": "country=MX"}
        assert client.post(SEARCHES, given, content_type="application/json").status_code == 400
        assert client.post(SEARCHES, given | {"url": HOOK}, content_type="application/json").status_code == 201

    def test_there_is_a_most(self, journalist, reader):
        SavedSearch.objects.bulk_create(
            SavedSearch(owner=journalist, name=str(number), language="en") for number in range(50)
        )
        answer = reader.post(SEARCHES, {"name": "x", "query": "country=MX"}, content_type="application/json")
        assert answer.status_code == 400
        assert "50" in answer.json()["errors"][0]["detail"]

    def test_a_token_that_may_stand_in_a_shared_script_neither_reads_nor_changes_them(self, journalist, reader):
        """It would learn what somebody looks into, and where to; or have the news brought elsewhere."""
        search = save(reader, url=HOOK)
        address = f"{SEARCHES}{search['id']}/"
        other = client_with_token(journalist, "read", "submit", "review")
        sent = {"content_type": "application/json"}
        answers = [
            other.get(SEARCHES),
            other.post(SEARCHES, {"name": "x", "query": "country=MX", "url": HOOK}, **sent),
            other.get(address),
            other.patch(address, {"url": "https://elsewhere.example/"}, **sent),
            other.delete(address),
            other.get(f"{address}deliveries/"),
            other.post(f"{address}deliveries/", {"delivery": 1}, **sent),
        ]
        assert [answer.status_code for answer in answers] == [403] * 7
        assert "follow" in answers[0].json()["detail"]
        assert reader.get(SEARCHES).json() == [{name: search[name] for name in search if name != "secret"}]

    def test_a_stranger_has_none(self, client):
        assert client.get(SEARCHES).status_code == 401
