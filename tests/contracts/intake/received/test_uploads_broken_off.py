"""A file of the form that breaks off takes no disk once its request is over, whenever the garbage collector comes."""

import errno
import gc
import tempfile
import weakref

import pytest
from django.test import Client

from contracts.intake.received import spooling

BOUNDARY = "a-boundary"
KIND = f"multipart/form-data; boundary={BOUNDARY}"
HEAD = (
    f"--{BOUNDARY}\r\n"
    'Content-Disposition: form-data; name="files"; filename="scan.pdf"\r\n'
    "Content-Type: application/pdf\r\n\r\n%PDF-1.4\n"
).encode()


@pytest.fixture
def opened(monkeypatch):
    """The files that uploads were spooled to, as far as anything still holds them open."""
    made: list[weakref.ref] = []

    class Watched(tempfile.SpooledTemporaryFile):
        def __init__(self, **options):
            super().__init__(**options)
            made.append(weakref.ref(self))

    monkeypatch.setattr(spooling.tempfile, "SpooledTemporaryFile", Watched)
    gc.collect()
    gc.disable()
    yield lambda: [file for file in (found() for found in made) if file is not None and not file.closed], made
    gc.enable()


@pytest.mark.django_db
def test_an_aborted_upload_leaves_no_file(opened):
    left, made = opened
    Client().post("/submit/", HEAD + b"x" * 3_000_000, content_type=KIND)
    assert len(made) == 1
    assert left() == []


@pytest.mark.django_db
def test_a_full_disk_is_not_kept_full_by_what_did_not_get_onto_it(opened, monkeypatch):
    left, made = opened

    def full(handler, raw_data, _start):
        handler.file.write(raw_data)
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(spooling.SpoolUploadHandler, "receive_data_chunk", full)
    body = HEAD + b"x" * 3_000_000 + f"\r\n--{BOUNDARY}--\r\n".encode()
    client = Client(raise_request_exception=False)
    assert client.post("/submit/", body, content_type=KIND).status_code == 503
    assert len(made) == 1
    assert left() == []
