"""Replies as they are sent, followed, decided on and read."""

from django.test import Client

from audits.models import ReplyDecision
from audits.replies import decide_reply
from tests.support.pages import text_of

SENDER = {"REMOTE_ADDR": "203.0.113.77", "HTTP_USER_AGENT": "Telltale/7.7"}
TOLD = {
    "kind": "reply",
    "party": "Cámaras del Norte S.A.",
    "speaker": "Ana Persona, legal department",
    "contact": "ana@example.org",
    "text": "There were two tenderers.\nThe second one withdrew.",
    "link": "https://example.org/minutes.pdf",
}


def send(about, status=200, **fields):
    """Send the form of an address; returns the page."""
    answer = Client().post(f"/reply/?{about}&lang=en", {**TOLD, **fields}, **SENDER)
    assert answer.status_code == status, text_of(answer.content.decode())
    assert "no-store" in answer["Cache-Control"]
    return answer.content.decode()


def ask(words, status=200, **fields):
    answer = Client().post("/reply/status/?lang=en", {"receipt": words, **fields}, **SENDER)
    assert answer.status_code == status
    return text_of(answer.content.decode())


def accept(reply, auditor, kind=ReplyDecision.Kind.ACCEPTED):
    return decide_reply(reply=reply, decided_by=auditor, kind=kind, reason="The register says so.")


def read(address):
    answer = Client().get(address, headers={"Accept-Language": "en"})
    assert answer.status_code == 200, address
    return (b"".join(answer) if answer.streaming else answer.content).decode()
