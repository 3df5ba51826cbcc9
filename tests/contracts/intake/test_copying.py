import pytest
from django.db import connection
from django.utils import timezone

from contracts.intake.copying import copy_rows, upsert_rows
from contracts.intake.storing import RELEASE_COLUMNS
from contracts.models import ContentChunk, Release
from tests.records import load, release

pytestmark = pytest.mark.django_db

ODD_BYTES = [b"", b"\x00", bytes(range(256)) * 50, b"\\x00\\N\t\n", "ñ €".encode()]


@pytest.fixture
def submission():
    return load(release())


def release_row(submission, content, digest):
    now = timezone.now()
    return ("ocds-copy01-1", "", "release", digest, content, submission.pk, "/releases/0", 7, now)


def test_bytes_are_copied_as_they_are(submission):
    rows = [(submission.content_id, number, data) for number, data in enumerate(ODD_BYTES, 100)]
    assert copy_rows(ContentChunk, ("content_id", "number", "data"), rows, binary=True) == len(ODD_BYTES)
    stored = ContentChunk.objects.filter(number__gte=100).order_by("number").values_list("data", flat=True)
    assert [bytes(data) for data in stored] == ODD_BYTES


def test_rows_in_binary_form_are_those_in_text(submission):
    rows = [release_row(submission, content, bytes([number])) for number, content in enumerate(ODD_BYTES)]
    stored = []
    for binary in (False, True):
        Release.objects.filter(ocid="ocds-copy01-1").delete()
        new = upsert_rows(
            Release, RELEASE_COLUMNS, rows, conflict=("ocid", "digest"), returning=("ocid",), binary=binary
        )
        assert len(new) == len(rows)
        assert upsert_rows(Release, RELEASE_COLUMNS, rows, conflict=("ocid", "digest"), binary=binary) == []
        stored.append(
            list(Release.objects.filter(ocid="ocds-copy01-1").order_by("digest").values_list(*RELEASE_COLUMNS))
        )
    assert [list(map(plain, row)) for row in stored[0]] == [list(map(plain, row)) for row in stored[1]]
    assert [bytes(row[4]) for row in stored[1]] == ODD_BYTES


def plain(value):
    return bytes(value) if isinstance(value, memoryview) else value


def test_the_twin_of_a_table_compresses_as_the_table_does(submission):
    # What the twin compressed is taken over as it is: by the server's default method, it would stay so for good.
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # none may wait for the end where a table is altered
        cursor.execute("DROP TABLE IF EXISTS pg_temp.load_contracts_release")
        cursor.execute("ALTER TABLE contracts_release ALTER COLUMN content SET COMPRESSION pglz")
        row = release_row(submission, b"a", b"d")
        for _ in range(2):
            upsert_rows(Release, RELEASE_COLUMNS, [row], conflict=("ocid", "digest"), binary=True)
        cursor.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid = 'pg_temp.load_contracts_release'::regclass"
            " AND attcompression = 'p'"
        )
        assert cursor.fetchall() == [("content",)]
