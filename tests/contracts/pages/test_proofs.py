"""Signed proofs: offered if a lead wishes, about bytes and a day alone, kept nowhere; checked by page or command."""

import base64
import hashlib
import re
from datetime import date
from html import unescape
from io import StringIO

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils import timezone

from contracts.models import Content, IntakePolicy
from contracts.proofs import BadProofError, Proof, prove, read_proof
from contracts.signing_key import public_key
from tests.contracts.pages.sending import FACTS
from tests.support.pages import alive, text_of
from tests.support.pdfs import pdf

PAPER = pdf("Contrato")
SHA256 = hashlib.sha256(PAPER).hexdigest()
DAY = date(2026, 11, 27)
OTHER_KEY = base64.b64encode(bytes(32)).decode()


@pytest.fixture
def offered(db):
    IntakePolicy.objects.create(pk=1, offers_proof=True)


def send(client, **fields) -> str:
    files = [SimpleUploadedFile("ana-persona.pdf", PAPER)]
    return client.post("/submit/?lang=en", {"step": "send", **FACTS, "files": files, **fields}).content.decode()


def proofs_of(page: str) -> list[str]:
    return re.findall(r"veedor-proof-1:[\w:=-]+", page)


class TestProof:
    def test_a_proof_contains_only_digest_and_day(self):
        proof = prove(SHA256, DAY)
        assert proof.split(":")[:3] == ["veedor-proof-1", SHA256, "2026-11-27"]
        assert read_proof(proof, public_key()) == Proof(SHA256, DAY)
        assert prove(SHA256, DAY) == proof, "nothing in it is of the moment or of the sender"

    def test_a_proof_may_contain_line_breaks(self):
        proof = prove(SHA256, DAY)
        assert read_proof("\r\n ".join((proof[:40], proof[40:99], proof[99:])), public_key()).sha256 == SHA256

    @pytest.mark.parametrize(
        "change",
        [
            lambda proof: proof.replace("2026-11-27", "2026-11-26"),
            lambda proof: proof.replace(SHA256, "0" * 64),
            lambda proof: proof[:-4] + "AAA=",
            lambda proof: proof[:-1],
            lambda proof: "",
            lambda proof: "ñ" * 5000,
        ],
        ids=["day", "bytes", "signature", "cut off", "nothing", "long"],
    )
    def test_a_changed_proof_is_invalid(self, change):
        with pytest.raises(BadProofError):
            read_proof(change(prove(SHA256, DAY)), public_key())

    def test_a_proof_of_another_key_is_invalid(self):
        with pytest.raises(BadProofError):
            read_proof(prove(SHA256, DAY), OTHER_KEY)

    def test_without_a_key_no_proof_is_made(self, settings):
        settings.VEEDOR_SIGNING_KEY = b""
        assert prove(SHA256, DAY) is None


@pytest.mark.django_db
class TestForm:
    def test_proofs_are_offered_only_if_a_lead_enables_them(self, client):
        page = client.post("/submit/?lang=en", {"step": "check", **FACTS}).content.decode()
        assert 'name="proof"' not in page
        assert proofs_of(send(client, proof="yes")) == []

    @pytest.mark.parametrize(
        ("language", "danger"),
        [("en", "A proof is dangerous."), ("es", "Una prueba es peligrosa."), ("pt", "Uma prova é perigosa.")],
    )
    def test_the_risk_of_a_proof_is_explained_before_the_choice(self, client, offered, language, danger):
        page = client.post(f"/submit/?lang={language}", {"step": "check", **FACTS}).content.decode()
        assert 0 < page.index(danger) < page.index('name="proof"')
        assert "checked" not in page[page.index('name="proof"') : page.index('value="send"')]

    def test_each_submission_gets_a_proof_on_request(self, client, offered):
        page = send(client, proof="yes")
        facts, paper = (read_proof(proof, public_key()) for proof in proofs_of(page))
        assert paper == Proof(SHA256, timezone.now().date())
        assert {facts.sha256, paper.sha256} == set(Content.objects.values_list("sha256", flat=True))
        (written,) = re.findall(r"<textarea[^>]*readonly>([^<]+)</textarea>", page)
        assert hashlib.sha256(unescape(written).encode()).hexdigest() == facts.sha256
        as_browsers_send_it = unescape(written).replace("\n", "\r\n") + "\r\n"
        said = client.post("/submit/proof/?lang=en", {"proof": proofs_of(page)[0], "written": as_browsers_send_it})
        assert "It is about this." in said.content.decode()
        assert alive(page) == []

    def test_no_proof_is_made_without_request(self, client, offered):
        page = send(client)
        assert proofs_of(page) == []
        assert "readonly" not in page

    def test_the_request_for_a_proof_is_not_stored(self, client, offered):
        before = _rows()
        send(client)
        plain = _rows()
        send(client, proof="yes", title="Otras cámaras")
        with_proof = _rows()
        grown = {table: plain[table] - before[table] for table in plain}
        again = {table: with_proof[table] - plain[table] for table in plain}
        # The document is known by now; all else is as without a proof.
        kept = {"contracts_content", "contracts_contentchunk"}
        assert {table: number for table, number in again.items() if table not in kept} == {
            table: number for table, number in grown.items() if table not in kept
        }


def _rows() -> dict[str, int]:
    return {model._meta.db_table: model._default_manager.count() for model in apps.get_models()}


@pytest.mark.django_db
class TestChecking:
    def ask(self, client, status=200, **fields) -> str:
        answer = client.post("/submit/proof/?lang=en", fields)
        assert answer.status_code == status
        assert "no-store" in answer["Cache-Control"]
        return text_of(answer.content.decode())

    def test_the_page_explains_a_proof_and_compares_a_file(self, client):
        proof = prove(SHA256, DAY)
        assert "was sent here on Nov. 27, 2026" in self.ask(client, proof=proof)
        assert "It is about this." in self.ask(client, proof=proof, file=SimpleUploadedFile("x", PAPER))
        assert "something else" in self.ask(client, proof=proof, file=SimpleUploadedFile("x", PAPER + b" "))
        assert "is not valid" in self.ask(client, 400, proof=proof[:-1])
        assert "is not valid" in self.ask(client, 400, proof="<script>alert(1)</script>")
        assert not Content.objects.exists()

    @pytest.mark.parametrize("language", ["es", "pt-br", "pt-pt", "en"])
    def test_the_page_is_translated_and_needs_no_script(self, client, language):
        page = client.get("/submit/proof/", headers={"accept-language": language}).content.decode()
        assert f'<html lang="{language}">' in page
        assert public_key() in page
        assert "<script" not in page

    def test_without_a_key_the_page_says_so(self, client, settings):
        settings.VEEDOR_SIGNING_KEY = b""
        assert "no key" in self.ask(client, proof="x", status=400)


class TestCommand:
    def run(self, *arguments) -> tuple[int, str]:
        out = StringIO()
        try:
            call_command("verifyproof", *arguments, stdout=out, stderr=out)
        except SystemExit as ended:
            return int(ended.code or 0), out.getvalue()
        return 0, out.getvalue()

    def test_the_command_explains_a_proof(self, tmp_path):
        path = tmp_path / "paper"
        path.write_bytes(PAPER)
        proof = prove(SHA256, DAY)
        assert self.run(proof, "--file", str(path)) == (
            0,
            f"Bytes of SHA-256 {SHA256} were sent on 2026-11-27.\nThe file has the same SHA-256.\n",
        )
        path.write_bytes(b"other")
        assert self.run(proof, "--file", str(path))[0] == 1
        assert self.run(proof, "--key", OTHER_KEY)[0] == 1
        assert self.run(proof[:-1])[0] == 1
        assert self.run() == (0, f"{public_key()}\n")

    def test_an_unverifiable_proof_is_reported(self, settings, tmp_path):
        proof = prove(SHA256, DAY)
        with pytest.raises(CommandError, match="32 bytes"):
            call_command("verifyproof", proof, "--key", "x")
        with pytest.raises(CommandError, match="No such file"):
            call_command("verifyproof", proof, "--file", str(tmp_path / "none"))
        settings.VEEDOR_SIGNING_KEY = b""
        with pytest.raises(CommandError, match="no key"):
            call_command("verifyproof", proof)
