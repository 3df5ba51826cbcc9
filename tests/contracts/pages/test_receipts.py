"""The receipt: what became of what was sent, and taking it back."""

import json
import re
from datetime import timedelta

import pytest
from django.utils import timezone

from contracts import receipts
from contracts.decisions.claims import decide_claim
from contracts.intake.documents.attaching import processes_of
from contracts.intake.processing import process_submission
from contracts.intake.reading import report
from contracts.models import (
    Claim,
    ClaimDecision,
    ContentChunk,
    ContractingProcess,
    Document,
    Receipt,
    Release,
    Submission,
)
from contracts.pages.sending import views
from contracts.retention import keep_retention
from tests.contracts.pages.sending import FACTS, ask, digest_of, file, process_all, send
from tests.support.pages import text_of, words_of
from tests.support.papers import telling_jpeg
from tests.support.pdfs import pdf
from tests.support.records import load, release
from tests.support.sent import date_all_back
from tests.support.stored import dump

pytestmark = pytest.mark.django_db

TABLE = (
    "Objeto;Entidad;Proveedor;Monto;Moneda\nCámaras para la plaza;Municipio Ficticio;ACME S.A.;1000;PEN\n"
    "Nube para el registro;Municipio Ficticio;ACME S.A.;2000;PEN\n"
).encode()


def send_checked(client) -> str:
    return client.post("/submit/?lang=en", {"step": "check", **FACTS}).content.decode()


def hidden_words(page: str) -> str:
    return re.search(r'name="words" value="([^"]+)"', page)[1]


class TestReceipt:
    def test_the_words_of_a_receipt_are_not_stored(self, client):
        words = words_of(send(client, **FACTS))
        assert len({words_of(send(client, **FACTS, description=str(number))) for number in range(20)} | {words}) == 21
        assert receipts.find_receipt(f"  {words.upper()} ").pk
        assert words not in dump()
        listed = "\n".join(f"{number}. {word}," for number, word in enumerate(words.split(), 1))
        assert receipts.find_receipt(listed) == receipts.find_receipt(words.replace(" ", "-"))
        assert receipts.find_receipt(words.replace(" ", "-")) == receipts.find_receipt(words)
        assert receipts.find_receipt(words.replace(" ", "")) == receipts.find_receipt(words)
        assert receipts.find_receipt(words.replace("a", "á").replace("o", "Ó")) == receipts.find_receipt(words)
        assert receipts.find_receipt(words[:-1]) is None
        assert ask(client, "baba " * 9, status=404)

    def test_resending_a_page_gives_the_same_receipt_without_duplicates(self, client):
        """Whose line breaks sees no receipt: what came would be there, and nobody could take it back."""
        page = send_checked(client)
        given = {"words": hidden_words(page)}
        contents = {"files": [file(pdf("Contrato"), "a.pdf")]}
        first, again = (words_of(send(client, **FACTS, **given, **contents)) for _ in range(2))
        assert first == again
        assert (Receipt.objects.count(), Submission.objects.count()) == (1, 2)
        # What is corrected after going back joins it.
        assert words_of(send(client, **{**FACTS, "supplier": "ACME"}, **given)) == first
        assert Receipt.objects.get().submissions.count() == 3
        process_all()
        ask(client, first, wish="take back")
        assert not Submission.objects.filter(erased_on=None).exists()
        again = send(client, **{**FACTS, "supplier": "Another"}, **given)
        assert "Taken back on" in again
        assert "It was taken back meanwhile: nothing sent after that is kept." in again
        assert not Submission.objects.filter(erased_on=None).exists()

    def test_each_page_has_its_own_words(self, client):
        pages = [send_checked(client) for _ in range(2)]
        assert hidden_words(pages[0]) != hidden_words(pages[1])
        kept = client.post("/submit/?lang=en", {"step": "check", **FACTS, "words": hidden_words(pages[0])})
        assert hidden_words(kept.content.decode()) == hidden_words(pages[0])

    @pytest.mark.parametrize("chosen", ["baba " * 9, '"baba"', "WyJiYWJhIl0:x", "\0", ""])
    def test_the_sender_cannot_choose_the_words(self, client, chosen):
        page = send(client, **FACTS, words=chosen)
        assert words_of(page)
        assert receipts.find_receipt("baba " * 9) is None
        assert receipts.find_receipt("baba") is None

    def test_a_refused_resubmission_leaves_the_earlier_receipt(self, client):
        given = {"words": hidden_words(send_checked(client))}
        words = words_of(send(client, **FACTS, **given))
        send(client, status=400, **given, files=[file(b"\x7fELF" + b"x" * 99, "a.exe")])
        assert receipts.find_receipt(words).submissions.count() == 1

    def test_a_page_that_is_sent_twice_at_once_and_refused_both_times_says_so(self, client, monkeypatch):
        """The first of both removes the receipt, with which nothing came, while the second is at it."""

        def removed_by_the_other(words):
            receipt = receipts.receipt_of(words)
            receipts.drop_unused(receipt)
            return receipt

        monkeypatch.setattr(views, "receipt_of", removed_by_the_other)
        given = {"words": hidden_words(send_checked(client))}
        page = send(client, status=400, **given, files=[file(b"\x7fELF" + b"x" * 99, "a.exe")])
        assert "Nothing of it could be taken." in page
        assert not Receipt.objects.exists()
        # What is taken is kept, with the words that the page was given.
        files = [file(pdf("Contrato")), file(pdf("Contrato", "Anexo"))]
        words = words_of(send(client, **FACTS, **given, files=files))
        assert receipts.find_receipt(words).submissions.count() == 3

    def test_the_receipt_lists_submissions_in_order_of_arrival(self, client):
        files = [file(pdf(*["Contrato"] * pages)) for pages in (3, 1, 5, 2, 4)]
        words = words_of(send(client, **FACTS, files=files))
        ask(client, words, wish="add", files=[file(pdf(*["Otro"] * pages)) for pages in (7, 6)])
        process_all()
        page = ask(client, words)
        assert re.findall(r"<strong>(.*?)</strong>", page)[0] == "What you wrote"
        assert re.findall(r"pages read: (\d) of \d", page) == ["3", "1", "5", "2", "4", "7", "6"]

    def test_the_holder_sees_an_acceptance_with_its_address(self, client, make_user):
        words = words_of(send(client, **FACTS))
        process_all()
        decide_claim(
            claim=Claim.objects.get(), kind=ClaimDecision.Kind.ACCEPTED, reason="Seen.", decided_by=make_user("Leads")
        )
        page = ask(client, words)
        assert "accepted by a person" in page
        assert f"/process/?ocid={ContractingProcess.objects.get().ocid}" in page
        assert "cannot be taken back" in ask(client, words, wish="take back")
        assert Submission.objects.filter(erased_on=None).exists()

    def test_the_holder_sees_a_rejection(self, client, make_user):
        words = words_of(send(client, **FACTS))
        process_all()
        decide_claim(
            claim=Claim.objects.get(),
            kind=ClaimDecision.Kind.REJECTED,
            reason="Secret reason",
            decided_by=make_user("Leads"),
        )
        page = ask(client, words)
        assert "not accepted" in page
        assert "Secret reason" not in page

    def test_the_holder_can_withdraw_undecided_submissions(self, client):
        words = words_of(send(client, **FACTS))
        process_all()
        assert "It was taken back and erased." in ask(client, words, wish="take back")
        assert not ContentChunk.objects.exists()
        assert "Cámaras para la plaza" not in dump()
        assert "Taken back on" in ask(client, words, wish="add", files=[file()])
        assert Submission.objects.count() == 1

    @pytest.mark.parametrize(
        ("language", "kept", "erased"),
        [
            (
                "es",
                "Tabla : espera la revisión de una persona",
                "Tabla : se borró; quedan el día, su tamaño, los ocids de sus contratos y",
            ),
            (
                "pt",
                "Tabela : espera a revisão de uma pessoa",
                "Tabela : foi tudo apagado; restam o dia, o tamanho, os ocids dos contratos e",
            ),
        ],
    )
    def test_the_state_fits_every_kind_of_submission(self, client, language, kept, erased):
        words = words_of(send(client, files=[file(TABLE, "tabla.csv")]))
        process_all()
        address = f"/submit/status/?lang={language}"
        assert kept in text_of(client.post(address, {"receipt": words}).content.decode())
        ask(client, words, wish="take back")
        assert erased in text_of(client.post(address, {"receipt": words}).content.decode())

    def test_the_receipt_shows_the_meaning_of_each_column(self, client):
        """One that is taken for another thing shows in no remark."""
        words = words_of(send(client, files=[file(TABLE.replace(b"Moneda", b"Estado"), "tabla.csv")]))
        process_all()
        page = text_of(ask(client, words))
        for told in ("Objeto: What was bought", "Entidad: Who bought it", "Estado: State of the process"):
            assert told in page

    def test_a_duplicate_of_another_sender_is_not_revealed(self, client, make_user):
        """The first is read and rejected; the second sees what the first one saw, and not the decision at once."""
        first = words_of(send(client, **FACTS))
        process_all()
        decide_claim(
            claim=Claim.objects.get(), kind=ClaimDecision.Kind.REJECTED, reason="No.", decided_by=make_user("Leads")
        )
        page = send(client, **FACTS)
        second = words_of(page)
        assert "received; it will be read soon" in ask(client, second)
        process_all()
        assert Claim.objects.filter(ocid=Claim.objects.earliest("pk").ocid).count() == 1
        page = ask(client, second)
        assert "waits for a person to look at it" in page
        assert "Take it back" in page
        # On another day a person may have decided on it.
        Submission.objects.update(received_at=timezone.now() - timedelta(days=2))
        assert "not accepted" in ask(client, second)
        assert "not accepted" in ask(client, first)

    def test_a_duplicate_read_by_an_earlier_version_is_not_revealed(self, client, monkeypatch):
        """A later version of this site may read more of a table: its rows are others then."""
        rows = file(b"Objeto;Entidad;Proveedor;Monto (Q);Fecha\nNube;Muni;ACME;5000;03/02/24\n", "a.csv")
        with monkeypatch.context() as earlier:
            earlier.setattr("contracts.ocds.written.days._FIRST_LIKELY_YEAR", "49")
            send(client, files=[rows])
            process_all()
        rows.seek(0)
        words = words_of(send(client, files=[rows]))
        process_all()
        assert Claim.objects.values("ocid").distinct().count() == 2
        assert "same receipt" not in text_of(ask(client, words))

    def test_a_duplicate_survives_the_withdrawal_of_one_sender(self, client):
        first, second = words_of(send(client, **FACTS)), words_of(send(client, **FACTS))
        process_all()
        assert (Submission.objects.count(), Claim.objects.count()) == (2, 1)
        holder = Claim.objects.get().submission
        words, others = (first, second) if holder.receipts.get().digest == digest_of(first) else (second, first)
        held = text_of(ask(client, others))
        ask(client, words, wish="take back")
        assert not Release.objects.exists()
        # Before it is read again, as after: who looks does not learn that another took the same back.
        assert text_of(ask(client, others)) == held
        process_all()
        assert text_of(ask(client, others)) == held
        assert Release.objects.get().submission.receipts.get().digest == digest_of(others)
        assert "waits for a person to look at it" in ask(client, others)
        assert ContentChunk.objects.exists()
        ask(client, others, wish="take back")
        assert not ContentChunk.objects.exists()

    def test_a_table_saved_anew_is_reported_like_the_first(self, client, make_user):
        """Other bytes that say the same: of what the first sender sent, nothing is accepted for the second one."""
        send(client, files=[file(TABLE, "a.csv")])
        process_all()
        # Saved by another program, with one more row.
        more = TABLE.replace(b"\n", b"\r\n") + b"Radios para bomberos;Cuerpo de Bomberos;Otra S.A.;1000;PEN\r\n"
        again, longer = (words_of(send(client, files=[file(body, "b.csv")])) for body in (TABLE + b"\n", more))
        process_all()
        assert Submission.objects.count() == 3
        assert Claim.objects.count() == 3
        for words in (again, longer):
            page = ask(client, words)
            assert "waits for a person to look at it" in page
            assert "accepted" not in page
        lead = make_user("Leads")
        for claim in Claim.objects.all():
            decide_claim(claim=claim, kind=ClaimDecision.Kind.ACCEPTED, reason="Yes.", decided_by=lead)
        assert "waits for a person to look at it" in ask(client, again)
        Submission.objects.update(received_at=timezone.now() - timedelta(days=2))
        assert "accepted by a person" in ask(client, again)

    def test_partial_acceptance_is_not_reported_as_accepted(self, client, make_user):
        """Of a table of which one contract was accepted and one was not, and of one of which a part was."""
        lead = make_user("Leads")
        words = words_of(send(client, files=[file(TABLE, "a.csv")]))
        process_all()
        first, second = Claim.objects.order_by("ocid")
        decide_claim(claim=first, kind=ClaimDecision.Kind.ACCEPTED, reason="Yes.", decided_by=lead)
        decide_claim(claim=second, kind=ClaimDecision.Kind.REJECTED, reason="No.", decided_by=lead)
        assert "accepted in part by a person" in ask(client, words)
        other = words_of(send(client, **FACTS))
        process_all()
        decide_claim(
            claim=Claim.objects.get(decision=None),
            kind=ClaimDecision.Kind.ACCEPTED_IN_PART,
            reason="The buyer.",
            decided_by=lead,
            members=["/buyer"],
        )
        assert "accepted in part by a person" in ask(client, other)

    def test_an_official_record_is_reported_as_public(self, client):
        """Somebody else claims the same ocid, and waits; the record that was sent here is the publisher's own."""
        load(release("ocds-form-1"))
        send(client, files=[file(json.dumps(release("ocds-form-1", id="other")).encode())])
        words = words_of(
            send(client, files=[file(json.dumps(release("ocds-form-1"), indent=1).encode()), file(pdf("A"))])
        )
        process_all()
        assert Claim.objects.count() == 1
        page = ask(client, words)
        assert "OCDS file</strong>: part of the public record" in page
        assert f"/process/?ocid={ContractingProcess.objects.public().get().ocid}" in page
        # Nobody accepted the document beside it.
        assert re.search(r"Document</strong> \(PDF, [^)]*\): waits for a person", page)

    def test_a_table_saved_anew_stays_when_the_first_one_is_taken_back(self, client):
        first = words_of(send(client, files=[file(TABLE, "a.csv")]))
        process_all()
        again = words_of(send(client, files=[file(TABLE + b"\n", "b.csv")]))
        process_all()
        ask(client, first, wish="take back")
        assert not Release.objects.exists()
        process_all()
        assert Release.objects.count() == 2
        assert "waits for a person to look at it" in ask(client, again)
        ask(client, again, wish="take back")
        assert not Release.objects.exists()

    def test_every_record_of_a_large_file_is_considered(self, client, make_user, monkeypatch):
        """A submission tells the first ocids of it; what it repeats of others may be any of them."""
        monkeypatch.setattr(report, "MAX_OCIDS", 1)
        last = words_of(send(client, files=[file(TABLE.replace(TABLE.splitlines(keepends=True)[1], b""), "a.csv")]))
        process_all()
        both = words_of(send(client, files=[file(TABLE, "b.csv")]))
        process_all()
        first, repeated = (Claim.objects.get(submission__receipts__digest=digest_of(it)) for it in (both, last))
        assert Submission.objects.get(receipts__digest=digest_of(both)).ocids == [first.ocid]
        decide_claim(claim=first, kind=ClaimDecision.Kind.REJECTED, reason="No.", decided_by=make_user("Leads"))
        assert "waits for a person to look at it" in ask(client, both)
        ask(client, last, wish="take back")
        assert not Release.objects.filter(ocid=repeated.ocid).exists()
        process_all()
        assert Release.objects.get(ocid=repeated.ocid).submission.receipts.get().digest == digest_of(both)

    def test_added_and_refused_files_are_reported_first(self, client):
        words = words_of(send(client, **FACTS))
        of_word = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(504)
        page = ask(client, words, wish="add", files=[file(of_word, "carta.doc"), file(pdf("A"), "a.pdf")])
        assert page.index("carta.doc: <span") < page.index("a.pdf: received") < page.index("<ol>")

    def test_an_unreadable_photo_waits_for_review(self, client, monkeypatch):
        monkeypatch.setattr("contracts.documents.reading.missing_for_ocr", lambda: ("tesseract",))
        words = words_of(send(client, files=[file(telling_jpeg()), file(pdf("A")[:200])]))
        process_all()
        page = text_of(ask(client, words))
        assert re.search(r"Document \(JPEG, [^)]*\): waits for a person to look at it.* \(pages read: 0 of 1\)", page)
        assert "Document : nothing in it could be read" in page, "what does not open shows nobody anything"

    def test_a_document_deleted_by_retention_no_longer_waits(self, client):
        words = words_of(send(client, files=[file(pdf("A"))]))
        process_all()
        assert re.search(r"Document</strong> \(PDF, [^)]*\): waits for a person", ask(client, words))
        date_all_back(days=91)
        assert keep_retention().contents == 1
        page = ask(client, words)
        assert "Document</strong>: erased; what remains is the day" in page

    def test_a_document_beside_several_contracts_waits_when_they_are_accepted(self, client, make_user):
        several = b"\n".join(json.dumps(release(f"ocds-form-{number}")).encode() for number in (1, 2))
        words = words_of(send(client, files=[file(several), file(pdf("A"))]))
        process_all()
        lead = make_user("Leads")
        for claim in Claim.objects.all():
            decide_claim(claim=claim, kind=ClaimDecision.Kind.ACCEPTED, reason="Seen.", decided_by=lead)
        page = ask(client, words)
        assert "OCDS file</strong>: accepted by a person" in page
        assert re.search(r"Document</strong> \(PDF, [^)]*\): waits for a person", page)

    def test_documents_of_a_second_sender_belong_to_their_submission(self, client):
        words_of(send(client, **FACTS))
        process_all()
        words_of(send(client, **FACTS, files=[file(b"%PDF-1.7 a document", "a.pdf")]))
        document = Submission.objects.get(kind="document")
        process_submission(Submission.objects.exclude(pk=document.pk).get(processed_at=None).pk)
        Document.objects.create(content=document.content, reader_version=1, pages=1, pages_read=1)
        assert processes_of(document.content_id) == [ContractingProcess.objects.get().pk]
