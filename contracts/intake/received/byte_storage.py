"""A storage of files whose bytes are rows of PostgreSQL."""

import itertools
from collections.abc import Iterator

import psycopg
from django.core.files.base import File
from django.core.files.storage import Storage
from django.db import connection
from django.utils.deconstruct import deconstructible

from contracts.files.chunks import as_file
from contracts.intake.received.spooling import CHUNK_BYTES
from contracts.models import Content, ContentChunk
from contracts.postgres.copying import copy_rows


@deconstructible
class DatabaseStorage(Storage):
    """
    Keeps files as chunks of contents: one transaction, one backup, no volume that web and workers must share.

    The last part of a name is the SHA-256 of a content, whose row is there before.
    """

    def get_available_name(self, name: str, max_length: int | None = None) -> str:  # noqa: ARG002  -- of Django
        """Return the name as it is: who has the same has the same bytes."""
        return name

    def _save(self, name: str, content: File) -> str:
        rows = ((_sha256(name), number, chunk) for number, chunk in enumerate(content.chunks(CHUNK_BYTES)))
        copy_rows(ContentChunk, ("content_id", "number", "data"), rows)
        return name

    def _open(self, name: str, _mode: str = "rb") -> File:
        if not self.exists(name):
            raise FileNotFoundError(name)
        return File(as_file(_stored_chunks(_sha256(name)), CHUNK_BYTES), name)

    def exists(self, name: str) -> bool:
        return ContentChunk.objects.filter(content=_sha256(name)).exists()

    def delete(self, name: str) -> None:
        ContentChunk.objects.filter(content=_sha256(name)).delete()


def _stored_chunks(sha256: str) -> Iterator[bytes]:
    """
    Yield the chunks of a content one by one, in PostgreSQL's binary form: as text they are twice as long.

    Raises FileNotFoundError if they were removed meanwhile.
    """
    size = 0
    for number in itertools.count():
        connection.ensure_connection()
        # Django's own cursors know text alone.
        with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
            cursor.execute(
                "SELECT data FROM contracts_contentchunk WHERE content_id = %s AND number = %s",
                [sha256, number],
                binary=True,
            )
            found = cursor.fetchone()
        if found is None:
            if not Content.objects.filter(pk=sha256, size=size).exists():
                raise FileNotFoundError(sha256)
            return
        size += len(found[0])
        yield found[0]


def _sha256(name: str) -> str:
    return name.rpartition("/")[2]
