"""ZIPs and e-mails: each file in them becomes a submission, as if it had been sent by itself."""

import json
from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from contracts import receipts, tasks
from contracts.admin.beside import count_documents, documents_of_claim
from contracts.erasing import erase_submission
from contracts.intake import opening
from contracts.intake.processing import process_submission
from contracts.models import (
    Attachment,
    BundleMember,
    Claim,
    Content,
    ContentChunk,
    ContractingProcess,
    Document,
    DocumentPage,
    Receipt,
    Submission,
    SubmissionOrigin,
)
from contracts.retention import keep_retention
from tests.contracts.api.sending import ADDRESS, SIMPLE
from tests.contracts.api.sending import send as send_to_api
from tests.contracts.pages.sending import FACTS, ask, file, send
from tests.support.bundles import NAMED, locked, mail_of
from tests.support.clients import client_with_token, new_user
from tests.support.pages import text_of, words_of
from tests.support.papers import telling_docx, telling_odt
from tests.support.pdfs import pdf
from tests.support.records import release
from tests.support.stored import dump, is_stored
from tests.support.workbooks import xlsx, zipped

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("nudged")]

TABLE = b"title;buyer;amount;currency\nNube;Tula;5;MXN\n"
LETTER = "Señores:\nEl contrato se firmó sin licitación.\n".encode()
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 504 + "WordDocument".encode("utf-16-le")


@pytest.fixture
def sender():
    user = new_user("sender")
    user.user_permissions.add(Permission.objects.get(codename="add_submission"))
    return client_with_token(user, "read", "submit")


def process_all() -> None:
    while due := list(Submission.objects.filter(processed_at=None, failed_at=None)):
        for submission in due:
            process_submission(submission.pk)


def post(sender, content: bytes, status: int = 202, name: str = "envio.zip", **fields):
    answer = sender.post(ADDRESS, {"file": SimpleUploadedFile(name, content), **fields})
    assert answer.status_code == status, answer.content
    return answer.json()


def mixed() -> bytes:
    return zipped(
        {
            "carta.txt": LETTER,
            "anexos/contrato.pdf": pdf("Contrato de cámaras"),
            "anexos/lista.csv": TABLE,
            "anexos/datos.json": json.dumps(release("ocds-zip-1")).encode(),
            "viejo.doc": OLE,
            "correo.eml": mail_of("Les mando el acta.", {"acta.odt": telling_odt("Acta"), "vacio.txt": b""}),
        }
    )


def test_each_file_of_a_zip_is_read_as_if_it_had_been_sent_by_itself(sender):
    content = mixed()
    told = post(sender, content)
    assert told["kind"] == "bundle"
    refused = [(problem["where"], problem["variant"], problem["code"]) for problem in told["left_out"]]
    assert refused == [
        ("file 5, viejo.doc", "writing", "file_refused"),
        ("file 8, correo.eml/vacio.txt", "", "empty_body"),
    ]
    process_all()
    status = sender.get(told["status_url"]).json()
    assert [(row["number"], row["file"], row["kind"], row["state"]) for row in status["members"]] == [
        (1, "carta.txt", "document", "processed"),
        (2, "anexos/contrato.pdf", "document", "processed"),
        (3, "anexos/lista.csv", "table", "processed"),
        (4, "anexos/datos.json", "ocds", "processed"),
        (6, "correo.eml/", "document", "processed"),
        (7, "correo.eml/acta.odt", "document", "processed"),
    ]
    assert status["counts"] == {"members": 8, "members_taken": 6}
    assert [(row["where"], row["variant"]) for row in status["problems"]] == [row[:2] for row in refused]
    assert sender.get(status["members"][2]["status_url"]).json()["counts"]["releases_read"] == 1
    assert ContractingProcess.objects.count() == 2
    assert set(Document.objects.values_list("kind", flat=True)) == {"TXT", "PDF", "ODT"}
    assert post(sender, content, 200)["unchanged"]


def test_headers_of_a_mail_stand_nowhere_but_in_the_sealed_original(sender, client):
    words = words_of(
        send(client, files=[file(mail_of("Les mando el contrato.", {"c.docx": telling_docx("C")}), "x.eml")])
    )
    process_all()
    assert DocumentPage.objects.filter(text="Les mando el contrato.").exists()
    bundle = Submission.objects.get(kind="bundle")
    page = text_of(ask(client, words))
    ContentChunk.objects.filter(content=bundle.content_id).delete()
    # The DOCX names its author too, and lies in the mail and sealed by itself.
    kept = dump()
    assert not [name for name in NAMED if name in page or name in kept or name.encode().hex() in kept]


def test_the_form_tells_at_once_what_is_not_read_by_path_and_keeps_no_names(client):
    page = send(client, files=[file(mixed(), "ana-persona.zip")])
    text = text_of(page)
    assert "ana-persona.zip: received; 6 files in it are being read" in text
    assert "file 5, viejo.doc: The file type is DOC. Print it to a PDF, or save it as DOCX." in text
    assert "file 8, correo.eml/vacio.txt: The submission is empty." in text
    process_all()
    shown = text_of(ask(client, words_of(page)))
    assert "ZIP or e-mail : opened" in shown
    assert "file 5: The file type is DOC" in shown
    assert shown.count("Document (") == 4
    kept = dump()
    assert not [name for name in ("viejo.doc", "ana-persona", "lista.csv", "correo.eml/") if name in kept]
    assert set(SubmissionOrigin.objects.values_list("file_name", flat=True)) == {""}


def test_documents_in_a_zip_belong_to_the_facts_they_were_sent_with(client):
    send(
        client, **FACTS, files=[file(zipped({"a.pdf": pdf("Uno"), "b.txt": LETTER}), "x.zip"), file(pdf("Tres"), "c")]
    )
    facts = Submission.objects.get(kind="simple_contract")
    assert not Attachment.objects.exists(), "of a bundle that is not open nobody knows what it holds"
    process_all()
    assert set(Attachment.objects.values_list("about", flat=True)) == {facts.pk}
    assert Attachment.objects.count() == 3


def test_documents_of_a_zip_that_is_sent_about_a_contract_belong_to_it(sender):
    contract = send_to_api(sender, SIMPLE).json()
    content = zipped({"a.pdf": pdf("Uno"), "b.csv": TABLE, "c.xlsx": xlsx({"A": [["x"]]})})
    told = post(sender, content, about=contract["id"])
    process_all()
    status = sender.get(told["status_url"]).json()
    assert [(row["file"], row["kind"]) for row in status["members"]] == [("a.pdf", "document"), ("b.csv", "document")]
    assert [(row["where"], row["code"]) for row in status["problems"]] == [("file 3, c.xlsx", "document_refused")]
    attached = Attachment.objects.filter(about=contract["id"]).exclude(submission__kind="bundle")
    assert attached.count() == 2
    claim = Claim.objects.get(submission=contract["id"])
    assert count_documents([claim]) == {claim.pk: 2}
    assert documents_of_claim(claim).count("pages read") == 2


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (locked(zipped({"a.txt": LETTER})), "protected by a password (ZIP)"),
        (zipped({"a.txt": b"\0" * 40 * 1024**2}), "more than 100 times its size"),
        (zipped({}), "There is no file in it that can be read."),
        (zipped({"a.doc": OLE}), "file 1, a.doc: The file type is DOC."),
        (zipped({"a.rar": b"Rar!\x1a\x07\x00"}), "file 1, a.rar: The file is an archive that is not opened here"),
        (b"Rar!\x1a\x07\x00", "The file is an archive that is not opened here"),
        (mail_of(""), "There is no file in it that can be read."),
        (zipped({"a.txt": LETTER})[:-30], "The file is damaged (ZIP)"),
    ],
    ids=["locked", "a bomb", "empty", "unreadable", "an archive in it", "another archive", "an empty mail", "cut off"],
)
def test_what_cannot_be_read_at_all_is_refused_and_not_stored(client, sender, content, why):
    text = text_of(send(client, 400, files=[file(content, "x")]))
    assert why in text
    problems = post(sender, content, 422)["problems"]
    assert any(why in f"{problem['where']}: {problem['detail']}" for problem in problems)
    assert not Submission.objects.exists()


def test_a_dry_run_tells_which_files_cannot_be_read(sender):
    answer = sender.post(f"{ADDRESS}validate/", {"file": SimpleUploadedFile("x.zip", mixed())}).json()
    assert answer["kind"] == "bundle"
    assert [problem["where"] for problem in answer["problems"]] == [
        "file 5, viejo.doc",
        "file 8, correo.eml/vacio.txt",
    ]
    assert not Submission.objects.exists()


def test_an_attempt_goes_on_where_the_one_before_ended(monkeypatch, sender):
    told = post(sender, zipped({"a.txt": LETTER, "b.csv": TABLE}))
    take = opening._Opening.take

    def die_at_the_second(self, member, spooled):
        if member.number == 2:
            raise MemoryError
        return take(self, member, spooled)

    monkeypatch.setattr(opening._Opening, "take", die_at_the_second)
    with pytest.raises(MemoryError):
        process_submission(told["id"])
    monkeypatch.setattr(opening._Opening, "take", take)
    Submission.objects.filter(pk=told["id"]).update(attempted_at=None)
    process_all()
    assert list(BundleMember.objects.values_list("number", flat=True)) == [1, 2]
    assert Submission.objects.count() == 3


def test_a_worker_queues_the_files_at_once(monkeypatch, sender):
    told = post(sender, zipped({"a.txt": LETTER, "b.csv": TABLE}))
    queued: list[str] = []
    monkeypatch.setattr(tasks, "enqueue", lambda pk, **_options: queued.append(pk))
    tasks.process_submission(told["id"])
    assert set(queued) == {str(pk) for pk in BundleMember.objects.values_list("submission", flat=True)}


def bytes_kept() -> set[str]:
    return set(ContentChunk.objects.values_list("content", flat=True))


def test_a_bundle_is_erased_with_the_files_that_came_in_it_alone(sender):
    alone = post(sender, TABLE, name="lista.csv")
    bundle = post(sender, zipped({"a.txt": LETTER, "b.csv": TABLE}))
    process_all()
    assert BundleMember.objects.get(number=2).submission_id.hex == alone["id"].replace("-", "")
    erase_submission(Submission.objects.get(pk=bundle["id"]), actor=None, with_records=True)
    assert set(Submission.objects.filter(erased_on=None).values_list("pk", flat=True)) == {
        Submission.objects.get(kind="table").pk
    }
    assert bytes_kept() == {Submission.objects.get(kind="table").content_id}
    assert not DocumentPage.objects.exists()


def test_a_file_is_erased_with_the_bundle_that_holds_it_and_the_other_files_stay(sender):
    bundle = post(sender, zipped({"a.txt": LETTER, "b.csv": TABLE}))
    process_all()
    erase_submission(Submission.objects.get(kind="document"), actor=None)
    assert Submission.objects.get(pk=bundle["id"]).erased_on
    assert Submission.objects.filter(erased_on=None).get().kind == "table"
    assert not is_stored("carta.txt")


def test_what_was_sent_as_a_zip_is_taken_back_with_its_receipt(client):
    words = words_of(send(client, files=[file(zipped({"a.txt": LETTER, "b.csv": TABLE}), "x.zip")]))
    process_all()
    receipt = Receipt.objects.get()
    assert receipt.submissions.count() == 3
    receipts.take_back(receipt)
    assert not bytes_kept()
    assert not Submission.objects.filter(erased_on=None).exists()
    assert "Taken back" in text_of(ask(client, words))


def test_a_zip_alone_can_be_taken_back_and_a_corrected_one_sent(client):
    words = words_of(send(client, **FACTS, files=[file(zipped({"a.txt": LETTER, "b.csv": TABLE}), "x.zip")]))
    process_all()
    bundle = Submission.objects.get(kind="bundle")
    receipts.take_back(receipts.find_receipt(words), only=bundle)
    assert Submission.objects.filter(erased_on=None).get().kind == "simple_contract"


def test_an_account_that_sends_a_zip_again_finds_its_files_with_the_new_receipt(client):
    client.force_login(new_user("ana"))
    content = zipped({"a.txt": LETTER, "b.csv": TABLE})
    send(client, files=[file(content, "x.zip")])
    process_all()
    send(client, files=[file(content, "x.zip")])
    assert [receipt.submissions.count() for receipt in Receipt.objects.all()] == [3, 3]


def test_the_original_stays_while_a_file_of_it_does(sender):
    post(sender, zipped({"a.txt": LETTER, "b.csv": TABLE}))
    process_all()
    old = timezone.now() - timedelta(days=91)
    Submission.objects.update(received_at=old)
    Content.objects.update(received_at=old)
    keep_retention(trusts_clock=True)
    bundle = Submission.objects.get(kind="bundle")
    assert Content.objects.get(pk=bundle.content_id).removed_on is None
    assert not SubmissionOrigin.objects.filter(submission__kind="bundle").exists()


def test_the_admin_shows_files_and_bundle(sign_in, sender):
    post(sender, zipped({"a.txt": LETTER, "viejo.doc": OLE}))
    process_all()
    lead = sign_in("Leads")
    bundle, member = Submission.objects.get(kind="bundle"), Submission.objects.get(kind="document")
    address = "/admin/contracts/submission/{}/change/"
    page = lead.get(address.format(bundle.pk), headers={"accept-language": "en"}).content.decode()
    assert address.format(member.pk) in page
    assert "file 2" in text_of(page)
    assert address.format(bundle.pk) in lead.get(address.format(member.pk)).content.decode()
