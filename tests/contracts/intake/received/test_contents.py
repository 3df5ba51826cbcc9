"""Received bytes in PostgreSQL, and in storages that an installation names."""

import errno
import io
import os
import time
from hashlib import sha256

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.files.storage import storages

from config.environment import storage
from contracts.erasing import erase_submission
from contracts.intake.received import contents
from contracts.intake.received.receiving import StoredSource, keep_bytes
from contracts.models import Content, ContentChunk, Document, Submission
from contracts.postgres.isolating import StorageError
from contracts.retention import keep_retention
from tests.contracts.api.sending import send as send_by_api
from tests.support.documents import send
from tests.support.receiving import receive
from tests.support.records import release

BYTES = b'{"releases": []}' + bytes(range(256)) * 12_000  # of several chunks
NAME = contents._name(sha256(BYTES).hexdigest())
DATABASE = storage("")
MEMORY = {"BACKEND": "django.core.files.storage.InMemoryStorage"}

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(settings, tmp_path):
    """A folder that the installation names."""
    location = tmp_path / "received"
    named = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(location)}}
    settings.STORAGES = settings.STORAGES | {"received": named}
    return location


def sent() -> Submission:
    submission, _is_new = receive([BYTES], channel=Submission.Channel.COMMAND)
    return submission


def kept(submission: Submission) -> bytes:
    return b"".join(StoredSource(submission.content).chunks())


@pytest.mark.parametrize("named", [DATABASE, MEMORY])
def test_bytes_are_returned_unchanged(settings, named):
    settings.STORAGES = settings.STORAGES | {"received": named}
    assert kept(sent()) == BYTES
    assert ContentChunk.objects.exists() == (named == DATABASE)
    with StoredSource(keep_bytes(b"made here")).open() as file:
        file.seek(0)
        assert file.read() == b"made here"


def test_bytes_are_stored_in_the_configured_storage(folder):
    sent()
    assert (folder / NAME).read_bytes() == BYTES
    assert not ContentChunk.objects.exists()


def test_a_document_and_its_copy_are_kept_and_read_there(folder):
    send()
    copy = Document.objects.get().cleaned
    assert b"".join(StoredSource(copy).chunks())[:4] == b"%PDF"
    assert sorted(file.name for file in folder.rglob("*") if file.is_file()) == sorted(
        Content.objects.values_list("pk", flat=True)
    )


def test_what_was_there_before_is_found(settings, folder, tmp_path):
    named, settings.STORAGES = settings.STORAGES, settings.STORAGES | {"received": DATABASE}
    submission = sent()
    settings.STORAGES = named
    assert kept(submission) == BYTES
    erase_submission(submission, actor=None)
    assert not ContentChunk.objects.exists()


@pytest.mark.parametrize("named", [DATABASE, MEMORY])
def test_missing_bytes_raise_an_error(settings, named):
    settings.STORAGES = settings.STORAGES | {"received": named}
    submission = sent()
    storages["received"].delete(NAME)
    with pytest.raises(FileNotFoundError):
        kept(submission)


def test_bytes_that_are_removed_while_they_are_read_are_missed():
    content = sent().content
    chunks = StoredSource(content).chunks()
    next(chunks)
    ContentChunk.objects.filter(content=content).last().delete()
    with pytest.raises(FileNotFoundError):
        list(chunks)


@pytest.mark.parametrize("altered", [BYTES + b" ", BYTES[:-1], b"0" + BYTES[1:], b""])
def test_bytes_that_were_altered_where_they_lie_are_not_taken_for_those_that_came(folder, altered):
    submission = sent()
    (folder / NAME).write_bytes(altered)
    with pytest.raises(OSError, match="not what was received"):
        kept(submission)


def test_erased_bytes_go_when_it_is_committed(folder, django_capture_on_commit_callbacks):
    submission = sent()
    with django_capture_on_commit_callbacks(execute=True):
        erase_submission(submission, actor=None)
        assert (folder / NAME).exists()
    assert not (folder / NAME).exists()


def test_bytes_that_somebody_sent_again_meanwhile_stay(folder, django_capture_on_commit_callbacks):
    submission = sent()
    with django_capture_on_commit_callbacks(execute=True):
        erase_submission(submission, actor=None)
        again = sent()
    assert kept(again) == BYTES


def test_a_file_that_was_broken_off_is_written_anew(folder):
    (folder / NAME).parent.mkdir(parents=True)
    (folder / NAME).write_bytes(BYTES[:100])
    assert kept(sent()) == BYTES


class Filling(io.BytesIO):
    """Bytes of which a disk takes the first ones."""

    def read(self, size: int | None = -1) -> bytes:
        if self.tell():
            raise OSError(errno.ENOSPC, "No space left on device")
        return super().read(size)


def test_what_a_full_disk_took_of_a_file_leaves_its_room_to_others(folder):
    with pytest.raises(StorageError, match="No space left"):
        contents.write(sha256(BYTES).hexdigest(), Filling(BYTES))
    assert not (folder / NAME).exists()


def test_files_without_a_row_go_after_a_day(folder):
    assert contents.remove_strays() == 0, "nothing was ever written"
    sent()
    old, new = (folder / contents._name(sha256(text).hexdigest()) for text in (b"old", b"new"))
    for file in (old, new):
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(b"of nobody")
    yesterday = time.time() - 25 * 3600
    for file in (old, folder / NAME):
        os.utime(file, (yesterday, yesterday))
    keep_retention()
    assert [file.exists() for file in (old, new, folder / NAME)] == [False, True, True]


@pytest.mark.parametrize("text", ["s3", "[]", "{}", '{"BACKEND": 1}', '{"BACKEND": "a.B", "bucket": "x"}'])
def test_an_invalid_storage_is_refused(text):
    with pytest.raises(ImproperlyConfigured, match="VEEDOR_STORAGE"):
        storage(text)


def test_a_file_that_the_storage_rejects_is_requested_again_and_not_stored_in_part(folder, sender):
    folder.touch()  # a volume that is not there, or one that takes nothing
    refused = send_by_api(sender, release())
    assert (refused.status_code, refused.json()["code"]) == (503, "unavailable")
    assert refused["Retry-After"]
    assert not Content.objects.exists()
    assert not Submission.objects.exists()

    folder.unlink()
    assert send_by_api(sender, release()).status_code == 202
