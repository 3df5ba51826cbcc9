"""What tests of the form send, and how they come back with a receipt."""

import json

from django.core.files.uploadedfile import SimpleUploadedFile

from contracts import receipts
from contracts.intake.processing import process_submission
from contracts.models import Submission
from tests.support.pages import text_of
from tests.support.records import release

FACTS = {"title": "Cámaras para la plaza", "buyer": "Municipio Ficticio", "country": "Perú"}
SENDER = {"REMOTE_ADDR": "203.0.113.77", "HTTP_USER_AGENT": "Telltale/7.7"}
HEADER = ["Lo que compraron", "Quién pagó", "A quién se lo dieron", "Costo"]
UNKNOWN = (
    ";".join(HEADER)
    + "\nCámaras para la plaza del mercado;Alcaldía;ACME;1.250.000,50\nNube para el registro civil;;;\n;;;98.000,00\n"
).encode()


def file(content: bytes = b"", name: str = "ana-persona.json"):
    return SimpleUploadedFile(name, content or json.dumps(release("ocds-form-1")).encode())


def send(client, status=200, **fields):
    """Send the form; returns its page."""
    answer = client.post("/submit/?lang=en", {"step": "send", **fields}, **SENDER)
    assert answer.status_code == status, text_of(answer.content.decode())
    assert "no-store" in answer["Cache-Control"]
    return answer.content.decode()


def ask(client, words, status=200, **fields):
    answer = client.post("/submit/status/?lang=en", {"receipt": words, **fields}, **SENDER)
    assert answer.status_code == status
    return answer.content.decode()


def process_all():
    for submission in Submission.objects.filter(processed_at=None):
        process_submission(submission.pk)


def digest_of(words: str) -> bytes:
    return receipts._digest(words)
