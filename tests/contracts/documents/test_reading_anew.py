"""Documents that an earlier version of the reader read are read again, by a sweep that takes one worker at most."""

from contextlib import contextmanager
from datetime import date

import pytest
from msgspec import structs

from contracts import tasks
from contracts.documents.reading import READER_VERSION
from contracts.erasing import erase_submission
from contracts.intake.documents import filing
from contracts.intake.documents.attaching import attach
from contracts.intake.processing import process_submission
from contracts.models import Content, ContentChunk, ContractingProcess, Document, DocumentPage, Submission
from contracts.ocds.problems import Problem, RefusedError
from contracts.submitting import submit
from tests.support.documents import bytes_of, send
from tests.support.papers import telling_docx
from tests.support.records import load, release
from tests.support.waiting import held_elsewhere

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("nudged")]


@pytest.fixture
def earlier():
    """A DOCX as the version before read it, without its paragraphs."""
    send(telling_docx("Contrato", "Se entregará el código fuente."))
    DocumentPage.objects.update(paragraphs=[])
    Document.objects.update(reader_version=2)
    return Document.objects.get()


def test_one_that_is_read_anew_has_its_pages_all_the_while_and_those_alone_afterwards(monkeypatch):
    submission = send()
    document = Document.objects.get()
    kept = list(document.texts.values_list("number", "text", "places"))
    document.texts.update(places=b"")
    DocumentPage.objects.create(document=document, number=3, offset=0, text="of an earlier reading")
    Document.objects.update(reader_version=1)
    Submission.objects.update(processed_at=None, attempted_at=None)
    seen = []
    read = filing.read_with_lists

    def read_and_look(file, *, keep):
        seen.append(document.texts.count())
        return read(file, keep=keep)

    monkeypatch.setattr(filing, "read_with_lists", read_and_look)
    process_submission(submission.pk)
    assert seen == [3]
    assert list(document.texts.values_list("number", "text", "places")) == kept


def test_what_an_earlier_version_read_is_read_again_by_the_sweep_and_once(earlier, announced):
    load(release())
    attach(Submission.objects.get(content=earlier.pk), process=ContractingProcess.objects.get())
    announced.clear()
    submissions = list(Submission.objects.values())
    tasks.read_documents_anew()
    assert earlier.texts.get().paragraphs == [[0, 1], [9, 2]]
    assert Document.objects.get().reader_version == READER_VERSION
    assert announced == [ContractingProcess.objects.get().pk]
    # Whoever sent it is told of nothing.
    assert list(Submission.objects.values()) == submissions
    assert filing.read_anew(9) == 0


def test_a_kind_that_is_read_as_before_is_not_read_again(earlier, monkeypatch):
    monkeypatch.setitem(filing.SAME_SINCE, "PDF", 2)
    paper = send()
    Document.objects.filter(pk=paper.content_id).update(reader_version=2)
    assert filing.read_anew(9) == 1
    assert Document.objects.get(pk=paper.content_id).reader_version == 2
    monkeypatch.setattr(filing, "read_with_lists", lambda *_, **__: pytest.fail("read twice"))
    assert send(channel=Submission.Channel.ADMIN).counts["pages_read"] == 2


def test_one_that_can_be_read_no_more_stays_as_it_was_read(earlier, monkeypatch):
    def refuse(*_, **__):
        raise RefusedError(Problem("document_refused", "time"))

    monkeypatch.setattr(filing, "read_with_lists", refuse)
    assert filing.read_anew(9) == 1
    assert earlier.texts.get().text == "Contrato\nSe entregará el código fuente."
    assert filing.read_anew(9) == 0


def test_one_whose_bytes_are_altered_holds_up_no_other_and_is_tried_again(earlier, caplog):
    other = send(telling_docx("Otro"))
    Document.objects.update(reader_version=2)
    chunk = ContentChunk.objects.get(content=earlier.pk)
    ContentChunk.objects.filter(pk=chunk.pk).update(data=b"altered")
    assert filing.read_anew(9) == 1
    assert Document.objects.get(reader_version=READER_VERSION).pk == other.content_id
    assert f"Document {earlier.pk} could not be read again" in caplog.text
    assert earlier.texts.exists()
    ContentChunk.objects.filter(pk=chunk.pk).update(data=bytes(chunk.data))
    assert filing.read_anew(9) == 1
    assert earlier.texts.get().paragraphs


def test_one_that_another_worker_reads_is_left_to_it(earlier, monkeypatch):
    @contextmanager
    def held(_name):
        yield False

    monkeypatch.setattr(filing, "hold_if_free", held)
    assert filing.read_anew(9) == 0


def test_one_worker_at_a_time_reads_anew(earlier):
    with held_elsewhere(tasks.read_documents_anew.name):
        tasks.read_documents_anew()
        assert Document.objects.get().reader_version == 2
    tasks.read_documents_anew()
    assert Document.objects.get().reader_version == READER_VERSION


def test_who_publishes_it_meanwhile_has_their_way(earlier, monkeypatch, make_user):
    clean = filing.clean_copy

    def publish_and_clean(*values):
        Document.objects.update(published_on=date(2026, 11, 28), published_by=make_user())
        return clean(*values)

    monkeypatch.setattr(filing, "clean_copy", publish_and_clean)
    filing.read_anew(9)
    assert Document.objects.get().published_on == date(2026, 11, 28)


class TestCopyOfBefore:
    """Reading anew may make another copy: that of before must not outlive whoever takes the document back."""

    @pytest.fixture
    def sent(self, monkeypatch):
        """A DOCX that an earlier version read, of which another copy is made now."""
        submission = send(telling_docx("Contrato"))
        Document.objects.update(reader_version=2)
        clean = filing.clean_copy

        def clean_otherwise(*values):
            copy = clean(*values)
            return structs.replace(copy, content=copy.content + b"by another cleaner")

        monkeypatch.setattr(filing, "clean_copy", clean_otherwise)
        return submission

    def test_it_goes(self, sent):
        before = Document.objects.get().cleaned_id
        assert filing.read_anew(9) == 1
        now = Document.objects.get().cleaned_id
        assert now != before
        assert set(ContentChunk.objects.values_list("content", flat=True)) == {sent.content_id, now}
        assert Content.objects.get(pk=before).removed_on
        erase_submission(sent, actor=None, with_records=True)
        assert not ContentChunk.objects.exists()

    def test_it_stays_where_somebody_sent_it(self, sent):
        before = Document.objects.get().cleaned_id
        copy = bytes_of(before)
        submission, *_ = submit(iter([copy]), channel=Submission.Channel.API, user=None)
        assert submission.content_id == before
        assert filing.read_anew(9) == 1
        assert bytes_of(before) == copy

    def test_the_same_copy_stays(self, earlier):
        before = bytes_of(earlier.cleaned_id)
        assert filing.read_anew(9) == 1
        assert bytes_of(Document.objects.get().cleaned_id) == before
