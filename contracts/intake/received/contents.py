"""
Storage of contents: PostgreSQL, or a Django storage backend (`VEEDOR_STORAGE`), such as those of django-storages.

In a storage, a file is written before its row is committed, and deleted after its row: an interruption leaves a file
without a row, never a row without its file, and ``remove_strays`` finds it.
"""

import hashlib
import itertools
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import IO

import psycopg
from django.core.files.base import File
from django.core.files.storage import Storage, storages
from django.db import connection, transaction
from django.utils import timezone
from django.utils.deconstruct import deconstructible

from contracts.files.chunks import as_file
from contracts.intake.received.spooling import CHUNK_BYTES
from contracts.models import Content, ContentChunk
from contracts.postgres.copying import copy_rows
from contracts.postgres.isolating import StorageError
from contracts.postgres.locks import lock_until_commit


@deconstructible
class DatabaseStorage(Storage):
    """
    Stores files as chunks in PostgreSQL: one transaction, one backup, no volume shared by web and workers.

    The last part of a name is the SHA-256 of a content, whose row already exists.
    """

    def get_available_name(self, name: str, max_length: int | None = None) -> str:  # noqa: ARG002  -- of Django
        """Return the name unchanged: equal names have equal bytes."""
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
    Yield the chunks of a content, in PostgreSQL's binary format, half as long as text.

    :raises FileNotFoundError: if they were deleted meanwhile
    """
    size = 0
    for number in itertools.count():
        connection.ensure_connection()
        # Django's own cursors only support text.
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


# Maximum duration of a transaction's write.
_STRAY_AFTER = timedelta(days=1)
_DATABASE = DatabaseStorage()


def write(sha256: str, file: IO[bytes]) -> None:
    """
    Write the bytes of a content, within the transaction that creates its row and holds its lock.

    :param file: the bytes, read from the beginning
    :raises StorageError: if the storage refuses them
    """
    storage, name = _storage(), _name(sha256)
    file.seek(0)
    if storage is _DATABASE:
        storage.save(name, File(file, name))
        return
    try:
        if storage.exists(name):  # Left by an interruption: it may be incomplete.
            storage.delete(name)
        storage.save(name, File(file, name))
    except Exception as error:  # Clients of backends raise various errors.
        # What was written of it would keep a full disk full, and so refuse smaller ones too.
        with suppress(Exception):
            storage.delete(name)
        raise StorageError(f"the storage of received bytes does not take any: {error}") from error


def read(sha256: str) -> Iterator[bytes]:
    """
    Yield the bytes of a content, also those stored before the installation named a storage.

    :raises OSError: if they are missing or, after the last chunk, if they differ from those received
    """
    storage, name = _storage(), _name(sha256)
    if storage is not _DATABASE and not storage.exists(name):
        storage = _DATABASE
    found = hashlib.sha256()
    with storage.open(name) as file:
        for chunk in file.chunks(CHUNK_BYTES):
            found.update(chunk)
            yield chunk
    if found.hexdigest() != sha256:
        raise OSError(f"what is kept as {sha256} is not what was received")


def remove(keys: Sequence[str]) -> None:
    """
    Delete the bytes of contents whose locks the transaction holds; in a storage, after commit.

    The rows stay, with the day.
    """
    ContentChunk.objects.filter(content__in=keys).delete()
    Content.objects.filter(pk__in=keys).update(removed_on=timezone.now().date())
    if _storage() is not _DATABASE:
        transaction.on_commit(lambda: [_remove_unless_kept(sha256) for sha256 in keys])


def remove_strays() -> int:
    """Delete files without a content, from yesterday or earlier; return their number."""
    storage = _storage()
    if storage is _DATABASE:
        return 0
    before, removed = timezone.now() - _STRAY_AFTER, 0
    for folder in _folders(storage):
        files = storage.listdir(folder)[1]
        kept = set(Content.objects.filter(pk__in=files, removed_on=None).values_list("pk", flat=True))
        for sha256 in set(files) - kept:
            if storage.get_modified_time(_name(sha256)) < before:
                removed += _remove_unless_kept(sha256)
    return removed


def _remove_unless_kept(sha256: str) -> bool:
    """Delete a file, unless somebody has sent the same since; return whether it was deleted."""
    with transaction.atomic():
        lock_until_commit([sha256])
        if Content.objects.filter(pk=sha256, removed_on=None).exists():
            return False
        _storage().delete(_name(sha256))
    return True


def _folders(storage: Storage) -> list[str]:
    try:
        return storage.listdir("")[0]
    except FileNotFoundError:  # Nothing was ever written.
        return []


def _storage() -> Storage:
    storage = storages["received"]
    return _DATABASE if isinstance(storage, DatabaseStorage) else storage


def _name(sha256: str) -> str:
    """Return the name of a file, such that folders stay small."""
    return f"{sha256[:2]}/{sha256}"
