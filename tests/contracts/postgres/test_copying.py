from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from django.db import connection

from contracts.intake.storing import RELEASE_COLUMNS
from contracts.models import ContentChunk, ContractingProcess, Release
from contracts.postgres.copying import copy_rows, upsert_rows
from tests.support.records import load, release

pytestmark = pytest.mark.django_db

ODD_BYTES = [b"", b"\x00", bytes(range(256)) * 50, b"\\x00\\N\t\n", "ñ €".encode()]


@pytest.fixture
def submission():
    return load(release())


def release_row(submission, content, digest):
    now = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)
    return ("ocds-copy01-1", "", "release", digest, content, submission.pk, None, "/releases/0", 7, now)


def test_bytes_are_copied_as_they_are(submission):
    rows = [(submission.content_id, number, data) for number, data in enumerate(ODD_BYTES, 100)]
    assert copy_rows(ContentChunk, ("content_id", "number", "data"), rows) == len(ODD_BYTES)
    stored = ContentChunk.objects.filter(number__gte=100).order_by("number").values_list("data", flat=True)
    assert [bytes(data) for data in stored] == ODD_BYTES


def test_what_is_known_is_not_written_again(submission):
    rows = [release_row(submission, content, bytes([number])) for number, content in enumerate(ODD_BYTES)]
    new = upsert_rows(Release, RELEASE_COLUMNS, rows, conflict=("ocid", "digest"), returning=("ocid",))
    assert new == [("ocds-copy01-1",)] * len(rows)
    assert upsert_rows(Release, RELEASE_COLUMNS, rows, conflict=("ocid", "digest"), returning=("ocid",)) == []
    stored = Release.objects.filter(ocid="ocds-copy01-1").order_by("digest").values_list(*RELEASE_COLUMNS)
    assert [tuple(bytes(value) if isinstance(value, memoryview) else value for value in row) for row in stored] == rows


@pytest.mark.parametrize(
    "document", ['{"a": ["\\\\N\\t é 🎥", 1.10, null]}', '{"a": 123456789012345678901234567890.5}']
)
def test_values_of_every_type_are_those_that_were_given(document):
    load(release())
    process = ContractingProcess.objects.get()
    given = {
        "ocid": "ocds-copy01-2",
        "digest": b"\x00\xff",
        "compiled_release": document,
        "corrections": document.encode(),
        "release_count": 2**31 - 1,
        "compiled_at": datetime(1850, 1, 1, 0, 0, 0, 1, tzinfo=timezone(timedelta(hours=-5, minutes=30))),
        "title": "comillas \" ' \\ y {llaves}, NULL",
        "suppliers": [process.pk, 2**62],
        "supplier_names": ["", 'a"b', "NULL", "ñ\t,{}"],
        "amount": Decimal("12345678901234567890.0123456789"),
        "number_of_tenderers": None,
        "currency": "MXN",
        **dict.fromkeys(("country", "language", "description", "buyer_name", "status", "category"), ""),
        **dict.fromkeys(("procurement_method", "procurement_method_details", "award_criteria", "tender_currency"), ""),
        **dict.fromkeys(("award_count", "contract_count", "bid_count"), 0),
    }
    copy_rows(ContractingProcess, tuple(given), [tuple(given.values())])
    with connection.cursor() as cursor:
        cursor.execute("SELECT compiled_release = %s::jsonb, corrections = %s::jsonb FROM contracts_contractingprocess"
                       " WHERE ocid = 'ocds-copy01-2'", [document, document])  # fmt: skip
        assert cursor.fetchone() == (True, True)
    names = [name for name in given if name not in {"compiled_release", "corrections"}]
    stored = ContractingProcess.objects.filter(ocid="ocds-copy01-2").values(*names).get()
    assert {**stored, "digest": bytes(stored["digest"])} == {name: given[name] for name in names}


def test_one_transaction_may_fill_a_table_twice(submission):
    first, second = (release_row(submission, b"{}", digest) for digest in (b"1", b"2"))
    upsert_rows(Release, RELEASE_COLUMNS, [first], conflict=("ocid", "digest"))
    Release.objects.filter(digest=b"1").delete()
    upsert_rows(Release, RELEASE_COLUMNS, [second], conflict=("ocid", "digest"))
    assert not Release.objects.filter(digest=b"1").exists()
    assert Release.objects.filter(digest=b"2").exists()


def test_the_twin_of_a_table_compresses_as_the_table_does(submission):
    # What the twin compressed is taken over as it is: by the server's default method, it would stay so for good.
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # none may wait for the end where a table is altered
        cursor.execute("DROP TABLE IF EXISTS pg_temp.load_contracts_release")
        cursor.execute("ALTER TABLE contracts_release ALTER COLUMN content SET COMPRESSION pglz")
        row = release_row(submission, b"a", b"d")
        for _ in range(2):
            upsert_rows(Release, RELEASE_COLUMNS, [row], conflict=("ocid", "digest"))
        cursor.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid = 'pg_temp.load_contracts_release'::regclass"
            " AND attcompression = 'p'"
        )
        assert cursor.fetchall() == [("content",)]
