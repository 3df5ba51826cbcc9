"""
Where the bytes of contents lie: in PostgreSQL, or in the storage that an installation names (`VEEDOR_STORAGE`), by any
backend of Django, as those of django-storages.

Elsewhere than in PostgreSQL a file is written before its row is committed, and goes after its removal was: what breaks
off between leaves a file without a row, never a row without its file, and ``remove_strays`` finds it.
"""

import hashlib
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import IO

from django.core.files.base import File
from django.core.files.storage import Storage, storages
from django.db import transaction
from django.utils import timezone

from contracts.intake.received.byte_storage import DatabaseStorage
from contracts.intake.received.spooling import CHUNK_BYTES
from contracts.models import Content, ContentChunk
from contracts.postgres.locks import lock_until_commit

# What a transaction writes may take so long.
_STRAY_AFTER = timedelta(days=1)
_DATABASE = DatabaseStorage()


def write(sha256: str, file: IO[bytes]) -> None:
    """
    Write the bytes of a content that has none, within the transaction that makes its row and holds its lock.

    :param file: of all of them, to be read from its beginning
    """
    storage, name = _storage(), _name(sha256)
    if storage is not _DATABASE and storage.exists(name):  # broken off once: it may not be whole
        storage.delete(name)
    file.seek(0)
    storage.save(name, File(file, name))


def read(sha256: str) -> Iterator[bytes]:
    """
    Yield the bytes of a content; those that were kept before a storage was named are where they were.

    :raises OSError: if they are nowhere, or, after the last, if they are not those that were received
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
    Remove the bytes of contents whose locks the transaction holds; elsewhere once it is committed.

    The rows stay, with the day.
    """
    ContentChunk.objects.filter(content__in=keys).delete()
    Content.objects.filter(pk__in=keys).update(removed_on=timezone.now().date())
    if _storage() is not _DATABASE:
        transaction.on_commit(lambda: [_remove_unless_kept(sha256) for sha256 in keys])


def remove_strays() -> int:
    """Remove files that no content has, of yesterday or before; return how many."""
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
    """Remove a file, unless somebody has sent the same since; return whether it went."""
    with transaction.atomic():
        lock_until_commit([sha256])
        if Content.objects.filter(pk=sha256, removed_on=None).exists():
            return False
        _storage().delete(_name(sha256))
    return True


def _folders(storage: Storage) -> list[str]:
    try:
        return storage.listdir("")[0]
    except FileNotFoundError:  # nothing was ever written
        return []


def _storage() -> Storage:
    storage = storages["received"]
    return _DATABASE if isinstance(storage, DatabaseStorage) else storage


def _name(sha256: str) -> str:
    """Return the name of a file: few in each folder."""
    return f"{sha256[:2]}/{sha256}"
