"""Sending by the form: who may, and what is kept of senders."""

import io
import json
import logging

import pytest
from django.conf import settings
from django.test import Client, override_settings
from django.utils import timezone
from prometheus_client import generate_latest
from psycopg.errors import LockNotAvailable

from audits import groups
from audits.models import Audit, Flag, LexiconTerm
from config.logs import ReadableFormatter
from config.monitoring.requests import request_counts
from contracts.intake import processing
from contracts.models import (
    IntakePolicy,
    RetentionPolicy,
    Submission,
    SubmissionOrigin,
    TableMapping,
)
from tests.contracts.pages.sending import FACTS, SENDER, UNKNOWN, ask, file, process_all, send
from tests.support.auditing import settle
from tests.support.pages import text_of, words_of
from tests.support.pdfs import pdf
from tests.support.records import load, release
from tests.support.stored import dump, times_since

pytestmark = pytest.mark.django_db


@pytest.fixture
def log(monkeypatch):
    """What the site writes into its log."""
    (console,) = {
        handler
        for name in ("", "django")
        for handler in logging.getLogger(name).handlers
        if isinstance(handler.formatter, ReadableFormatter)
    }
    stream = io.StringIO()
    monkeypatch.setattr(console, "stream", stream)
    return stream


class TestWhoSendsIt:
    def test_the_cookie_of_the_form_ends_with_the_session(self, client):
        """One that stays tells whoever takes the machine that somebody was here, and when."""
        cookie = client.get("/submit/").cookies["csrftoken"]
        assert (cookie["max-age"], cookie["expires"]) == ("", "")

    def test_tracking_parameters_are_removed_from_links(self, client):
        """A newsletter names who got it, a network who clicked; the link is published, and its bytes are kept."""
        links = {
            "source_url": "https://compras.example/7?id=7&mc_eid=telltale1",
            "links": "https://a.example/?fbclid=telltale2\nhttps://telltale3@b.example/",
        }
        shown = client.post("/submit/?lang=en", {"step": "check", **FACTS, **links}, **SENDER).content.decode()
        assert "https://compras.example/7?id=7</b>" in shown or "https://compras.example/7?id=7</strong>" in shown
        send(client, **FACTS, **links)
        process_all()
        kept = dump()
        assert "compras.example/7?id=7" in kept
        assert "telltale" not in kept.lower()
        assert b"https://compras.example/7?id=7".hex() in kept  # the bytes that were sent
        assert b"telltale".hex() not in kept

    def test_no_stored_data_identifies_the_sender_or_the_time(self, client, log):
        """All tables, the log of the site and what is counted of requests, after it was read and audited."""
        begun = timezone.now()
        words = words_of(send(client, **FACTS, files=[file(name="ana-persona.json"), file(UNKNOWN, "ana.csv")]))
        process_all()
        settle()
        assert Audit.objects.count() == 2
        ask(client, words)
        # Nor of what was refused: an unclear field, words of no receipt, too many fields, a form without its token.
        send(client, status=400, **FACTS | {"value": "mucho"})
        ask(client, "baba " * 9, status=404)
        many = {str(number): "" for number in range(2000)}
        assert client.post("/submit/", many, **SENDER).status_code == 400
        assert Client(enforce_csrf_checks=True).post("/submit/", FACTS, **SENDER).status_code == 403
        client.get("/no-page-of-ours/")
        stored, logged = dump(), log.getvalue()
        counted = generate_latest(request_counts()).decode()
        assert "/no-page-of-ours/" in logged
        for trace in ("203.0.113.77", "Telltale", "ana-persona", "ana.csv", "/submit/", words):
            assert trace not in stored
            assert trace not in logged
            assert trace not in counted
        ids = [str(pk) for pk in Submission.objects.values_list("pk", flat=True)]
        assert not [pk for pk in ids if pk in logged]
        assert times_since(begun) == {}

    def test_answers_and_additions_do_not_reveal_the_time(self, client):
        LexiconTerm.objects.create(
            concept="facial_recognition", language="es", term="reconocimiento facial", source="s"
        )
        named = {**FACTS, "title": "Sistema de reconocimiento facial"}
        lines = ["CONTRATO DE SERVICIOS N.º 7", *["El contratista suministra e instala cámaras.\n" * 20] * 6]
        words = words_of(send(client, **named, files=[file(pdf(*lines), "contract.pdf")]))
        process_all()
        settle()
        assert Flag.objects.standing().filter(rule="T27").exists()
        begun = timezone.now()
        ask(
            client, words, wish="add", files=[file(pdf("Anexo", "Se garantiza el derecho de auditoría."), "annex.pdf")]
        )
        process_all()
        settle()
        assert Flag.objects.get(rule="T27").withdrawn_at is not None
        assert times_since(begun) == {}

    def test_the_log_of_slow_files_does_not_identify_them(self, client, log, monkeypatch):
        store, blocked = processing.store_batch, [LockNotAvailable()]

        def store_at_last(*arguments, **options):
            if blocked:
                raise blocked.pop()
            store(*arguments, **options)

        monkeypatch.setattr(processing, "store_batch", store_at_last)
        long = release("ocds-form-1", tender={"id": "t", "title": "x", "description": "Cámaras " * 30_000})
        with override_settings(CACHES={"default": settings.CACHES["default"] | {"LOCATION": "redis://127.0.0.1:1/0"}}):
            send(client, files=[file(json.dumps(long).encode())])
        process_all()
        settle()
        logged, sent = log.getvalue(), Submission.objects.get()
        assert "blocked by locks" in logged
        assert "Of a text of 239999 characters" in logged
        assert "Requests are not counted" in logged
        for telling in (str(sent.pk), sent.content_id, "ocds-form-1", "forms"):
            assert telling not in logged

    def test_a_failed_submission_does_not_reveal_the_time(self, client):
        begun = timezone.now()
        send(client, **FACTS)
        Submission.objects.update(attempts=3)
        process_all()
        assert Submission.objects.get().state == "failed"
        assert times_since(begun) == {}

    def test_a_held_api_submission_stores_only_its_own_time(self, make_user):
        """When an account sent stands in its submission, and who it was beside it, until retention removes that."""
        begun = timezone.now()
        load(release("ocds-mine-1"), channel=Submission.Channel.API, user=make_user("Submitters"))
        settle()
        assert times_since(begun).keys() <= {"contracts_submission", "contracts_content", "auth_user"}

    def test_a_lead_can_disable_the_form(self, client, sign_in):
        lead = sign_in(groups.LEADS)
        assert lead.post("/admin/contracts/intakepolicy/add/", {"anonymous": ""}).status_code == 302
        assert IntakePolicy.in_force().anonymous is False
        client.logout()
        assert client.get("/submit/").status_code == 403
        send(client, status=403, **FACTS)
        assert not Submission.objects.exists()

    def test_signed_in_senders_submit_with_their_account(self, sign_in):
        IntakePolicy.objects.create(pk=1, anonymous=False)
        client = sign_in(groups.SUBMITTERS)
        send(client, **FACTS)
        assert Submission.objects.get().origin.user.username == "submitters"

    def test_signed_in_senders_are_told_that_their_name_is_stored(self, client, sign_in):
        assert "We store no name" in client.get("/submit/?lang=en").content.decode()
        page = sign_in(groups.SUBMITTERS).get("/submit/?lang=en").content.decode()
        assert "signed in as submitters: the leads of this site can see that you sent it" in page
        assert "We store no name" not in page

    def test_anonymous_submissions_get_no_name_from_a_later_sign_in(self, client, sign_in):
        words = words_of(send(client, files=[file(UNKNOWN, "lista.csv")]))
        (table,) = Submission.objects.all()
        signed_in = sign_in(groups.SUBMITTERS)
        ask(signed_in, words, wish="add", files=[file()])
        said = {"column-0": "title", "column-1": "buyer", "column-2": "supplier", "column-3": "amount"}
        signed_in.post("/submit/table/", {"receipt": words, "submission": str(table.pk), "step": "send", **said})
        table.refresh_from_db()
        assert table.mapping
        assert Submission.objects.count() == 2
        assert not SubmissionOrigin.objects.exclude(user=None).exists()
        assert not TableMapping.objects.exists()

    def test_additions_of_an_account_belong_to_it(self, sign_in):
        client = sign_in(groups.SUBMITTERS)
        words = words_of(send(client, **FACTS))
        ask(client, words, wish="add", files=[file()])
        assert {sent.origin.user.username for sent in Submission.objects.all()} == {"submitters"}

    def test_journalists_cannot_submit_if_only_submitters_may(self, sign_in):
        IntakePolicy.objects.create(pk=1, anonymous=False)
        assert sign_in(groups.JOURNALISTS).get("/submit/").status_code == 403

    def test_the_form_is_protected_against_csrf(self):
        from django.test import Client

        browser = Client(enforce_csrf_checks=True)
        for language, words in (
            ("es", "No se pudo tomar"),
            ("pt", "Não se pôde tomar"),
            ("en", "Go back, copy your text"),
        ):
            refused = browser.post("/submit/", {"step": "send", **FACTS}, headers={"Accept-Language": language})
            assert refused.status_code == 403
            page = refused.content.decode()
            assert words in page
            assert f'<html lang="{language}' in page
        assert not Submission.objects.exists()
        browser.get("/submit/")
        token = browser.cookies["csrftoken"].value
        taken = browser.post("/submit/", {"step": "send", "csrfmiddlewaretoken": token, **FACTS})
        assert taken.status_code == 200
        assert Submission.objects.exists()


def test_senders_are_told_what_is_stored_and_for_how_long(client):
    """Before sending, with the receipt, and wherever they follow it: as the leads have set it."""
    RetentionPolicy.objects.create(pk=1, origin_days=7, refused_days=30, contact_days=None)
    sent = send(client, **FACTS)
    for page in (client.get("/submit/?lang=en").content.decode(), sent, ask(client, words_of(sent))):
        text = text_of(page)
        assert "documents that nobody uses: 30 days, then they are erased" in text
        assert "can see it for 7 days, and longer while it waits" in text
        assert "ask you something: no time is set" in text
        assert "<details><summary>What is kept" in page, "it opens without a script"
