"""Webhooks: signed, repeated after a failure, and never sent to internal addresses."""

import base64
import hashlib
import hmac
import json

import pytest
from django.utils import timezone

from audits.following import delivering, webhooks
from audits.models import SavedSearch
from contracts.api.protocol.rows.opaque import hidden
from tests.audits.following.saving import HOOK, SEARCHES, not_delivered, refuse, save
from tests.support.buying import purchase

pytestmark = pytest.mark.django_db


class TestWebhooks:
    def test_a_message_is_signed_and_says_what_happened(self, reader, buy, posted):
        search = save(reader, url=HOOK)
        buy(purchase(1))
        assert delivering.deliver_all() == 1
        ((url, message, headers),) = posted
        assert url == HOOK
        (process,) = message["data"]["processes"]
        assert process["ocid"] == "ocds-test01-1"
        assert (process["kinds"], process["flags"]) == (["created"], [])
        assert process["url"].startswith("http")
        key = base64.b64decode(search["secret"].removeprefix("whsec_"))
        signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.{json.dumps(message, ensure_ascii=False)}"
        signature = base64.b64encode(hmac.digest(key, signed.encode(), hashlib.sha256)).decode()
        assert headers["webhook-signature"] == f"v1,{signature}"

    def test_it_says_which_question_was_decided(self, reader, buy, confirm, posted):
        buy(purchase(1, title="Cámaras de reconocimiento facial y videovigilancia", method="direct"))
        save(reader, url=HOOK)
        flag = confirm("T01")
        assert delivering.deliver_all() == 1
        (process,) = posted[0][1]["data"]["processes"]
        url = f"http://127.0.0.1:8000/flags/{flag.pk}/"
        assert process["kinds"] == ["flag_decided"]
        assert process["flags"] == [{"id": flag.pk, "kind": "flag_decided", "rule": "T01", "url": url}]

    def test_what_was_not_delivered_is_sent_again_the_same(self, monkeypatch, reader, buy, posted):
        save(reader, url=HOOK)
        buy(purchase(1))
        with monkeypatch.context() as away:
            away.setattr(webhooks, "send", not_delivered)
            assert delivering.deliver_all() == 0
        assert delivering.deliver_all() == 0, "not before the delay"
        buy(purchase(2))
        SavedSearch.objects.update(next_try_at=timezone.now())
        assert delivering.deliver_all() == 1
        assert delivering.deliver_all() == 1
        told = [[process["ocid"] for process in message["data"]["processes"]] for _url, message, _headers in posted]
        assert told == [["ocds-test01-1"], ["ocds-test01-2"]]
        assert posted[0][2]["webhook-id"] != posted[1][2]["webhook-id"]

    def test_a_receiver_that_never_answers_or_is_gone_is_left_alone(self, monkeypatch, reader, buy):
        search = save(reader, url=HOOK)
        buy(purchase(1))
        monkeypatch.setattr(webhooks, "send", not_delivered)
        for _ in range(delivering.MAX_FAILURES):
            SavedSearch.objects.update(next_try_at=None)
            delivering.deliver_all()
        assert not SavedSearch.objects.get().enabled

        change = {"enabled": True}
        assert reader.patch(f"{SEARCHES}{search['id']}/", change, content_type="application/json").status_code == 200
        monkeypatch.setattr(webhooks, "send", _gone)
        delivering.deliver_all()
        assert not SavedSearch.objects.get().enabled
        assert SavedSearch.objects.get().failures == 1

    def test_what_was_told_can_be_told_again(self, reader, buy, posted):
        described = reader.get("/api/v1/schema/?format=json").json()["components"]["schemas"]
        assert "since" in described["PatchedSavedSearchChange"]["properties"]
        start = reader.get("/api/v1/changes/?since=now").json()["next"].partition("since=")[2]
        search = save(reader, url=HOOK)
        buy(purchase(1))
        delivering.deliver_all()
        change = {"since": start}
        assert reader.patch(f"{SEARCHES}{search['id']}/", change, content_type="application/json").status_code == 200
        delivering.deliver_all()
        assert [message["data"]["processes"][0]["ocid"] for _url, message, _headers in posted] == ["ocds-test01-1"] * 2
        later = {"since": hidden(2**40)}  # of before a backup was restored
        assert reader.patch(f"{SEARCHES}{search['id']}/", later, content_type="application/json").status_code == 400


def _gone(*_arguments):
    raise webhooks.NotDeliveredError("HTTP 410", 410)


class TestAddresses:
    @pytest.mark.parametrize(
        "address",
        [
            "127.0.0.1",
            "10.0.0.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "224.0.0.1",
            "192.0.0.8",
            "192.88.99.1",
            "255.255.255.255",
            "::1",
            "::",
            "::ffff:127.0.0.1",
            "::127.0.0.1",
            "64:ff9b::a9fe:a9fe",
            "64:ff9b:1::1",
            "2002:7f00:1::",
            "2001:0:7f00:1::",
            "fec0::1",
            "fe80::1%eth0",
            "fd00::1",
            "ff02::1",
            "5f00::1",
        ],
    )
    def test_no_address_leads_inside(self, monkeypatch, address):
        found = [(None, None, None, "", ("93.184.215.14", 443)), (None, None, None, "", (address, 443))]
        monkeypatch.setattr("socket.getaddrinfo", lambda *_arguments, **_options: found)
        monkeypatch.setattr("socket.create_connection", _never)
        with pytest.raises(webhooks.NotDeliveredError, match="not a public address"):
            webhooks.send("https://inside.example/", b"{}", {})

    @pytest.mark.parametrize("address", ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"])
    def test_a_public_address_is_what_is_connected_to(self, monkeypatch, address):
        tried = []
        monkeypatch.setattr(
            "socket.getaddrinfo", lambda *_arguments, **_options: [(None, None, None, "", (address, 443))]
        )
        monkeypatch.setattr("socket.create_connection", lambda target, *_rest: tried.append(target) or refuse())
        with pytest.raises(webhooks.NotDeliveredError, match="ConnectionRefusedError"):
            webhooks.send("https://outside.example/", b"{}", {})
        assert tried == [(address, 443)]

    @pytest.mark.parametrize(
        "url",
        [
            "http://newsroom.example/",
            "https://newsroom.example:8443/",
            "https://user:secret@newsroom.example/",
            "https:///nothing",
            "ftp://newsroom.example/",
            "https://newsroom.example:0x1bb/",
        ],
    )
    def test_what_cannot_be_a_webhook_is_refused(self, reader, url):
        given = {"name": "x", "query": "", "url": url}
        answer = reader.post(SEARCHES, given | {"query": "country=MX"}, content_type="application/json")
        assert answer.status_code == 400
        assert "url" in answer.content.decode()


def _never(*_arguments, **_options):
    raise AssertionError("a connection was tried")
