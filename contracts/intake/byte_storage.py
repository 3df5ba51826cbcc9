"""A storage of files whose bytes are rows of PostgreSQL."""

import io
from collections.abc import Iterator
from typing import Any

from django.core.files.base import File
from django.core.files.storage import Storage
from django.utils.deconstruct import deconstructible

from contracts.intake.spooling import CHUNK_BYTES
from contracts.models import ContentChunk
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
        rows = ContentChunk.objects.filter(content=_sha256(name)).order_by("number").values_list("data", flat=True)
        return File(io.BufferedReader(_Chunks(map(bytes, rows.iterator(chunk_size=4))), CHUNK_BYTES), name)

    def exists(self, name: str) -> bool:
        return ContentChunk.objects.filter(content=_sha256(name)).exists()

    def delete(self, name: str) -> None:
        ContentChunk.objects.filter(content=_sha256(name)).delete()


class _Chunks(io.RawIOBase):
    """Chunks one after another as one file."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks, self._rest = chunks, memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if not self._rest:
            self._rest = memoryview(next(self._chunks, b""))
        size = min(len(buffer), len(self._rest))
        buffer[:size], self._rest = self._rest[:size], self._rest[size:]
        return size


def _sha256(name: str) -> str:
    return name.rpartition("/")[2]
