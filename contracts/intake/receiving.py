"""Bytes in: stored as they arrive, with their SHA-256, before anyone looks at what they mean."""

import codecs
import hashlib
import zlib
from collections.abc import Iterable, Iterator
from typing import Any

from django.conf import settings
from django.db import transaction

from contracts.models import Content, ContentChunk, Publisher, Submission, SubmissionOrigin
from contracts.ocds.encodings import MIXED, Utf8Check, mend
from contracts.ocds.problems import Limits, Problem, RefusedError
from contracts.postgres.copying import copy_rows

CHUNK_BYTES = 1024**2
_GZIP = b"\x1f\x8b"
_BOMS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}


def gate_limits() -> Limits:
    """The limits of the input gate, from the settings."""
    return Limits(
        unpacked_bytes=settings.VEEDOR_MAX_UNPACKED_BYTES,
        item_bytes=settings.VEEDOR_MAX_ITEM_BYTES,
        depth=settings.VEEDOR_MAX_DEPTH,
        digits=settings.VEEDOR_MAX_DIGITS,
    )


def receive(
    chunks: Iterable[bytes],
    *,
    channel: Submission.Channel,
    kind: Submission.Kind = Submission.Kind.OCDS,
    user: Any = None,
    publisher: Publisher | None = None,
    file_name: str = "",
    max_bytes: int | None = None,
    max_unpacked_bytes: int | None = None,
) -> tuple[Submission, bool]:
    """
    Store the bytes of a submission.

    :param max_bytes: the limit on what arrives, ``None`` for none (a local file)
    :param max_unpacked_bytes: the limit on what it unpacks to
    :returns: the submission, and whether it is new; the same bytes from the same sender for the same publisher give
        the submission that they gave before
    :raises RefusedError: if there is nothing in it, or more than the limits allow; nothing is stored then
    """
    with transaction.atomic():
        content = _store(chunks, max_bytes, max_unpacked_bytes)
        known = Submission.objects.filter(
            content=content, kind=kind, channel=channel, publisher=publisher, origin__user=user
        ).first()
        if known:
            return known, False
        submission = Submission.objects.create(content=content, kind=kind, channel=channel, publisher=publisher)
        SubmissionOrigin.objects.create(submission=submission, user=user, file_name=file_name)
    return submission, True


def _store(chunks: Iterable[bytes], max_bytes: int | None, max_unpacked_bytes: int | None) -> Content:
    """Write the chunks under a temporary key, then under their digest, unless that is known already."""
    digest = hashlib.sha256()
    probe = _Probe(max_unpacked_bytes)
    # A name that no digest has, for the time until the digest is known.
    draft = Content.objects.create(sha256=f"draft {Submission().pk}", size=0)
    size = 0

    def rows() -> Iterator[tuple[object, ...]]:
        nonlocal size
        for number, chunk in enumerate(_even(chunks)):
            size += len(chunk)
            if max_bytes is not None and size > max_bytes:
                detail = f"The submission is larger than {max_bytes} bytes."
                raise RefusedError(Problem("body_too_large", detail, offset=max_bytes))
            digest.update(chunk)
            probe.feed(chunk)
            yield draft.pk, number, chunk

    copy_rows(ContentChunk, ("content_id", "number", "data"), rows())
    probe.close()
    if not probe.has_text:
        raise RefusedError(Problem("empty_body", "The submission is empty."))
    sha256 = digest.hexdigest()
    content, is_new = Content.objects.get_or_create(
        sha256=sha256, defaults={"size": size, "encoding": probe.encoding, "is_gzip": probe.is_gzip}
    )
    if is_new:
        draft.chunks.update(content=content)
    draft.delete()
    return content


def _even(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Cut or join chunks to ``CHUNK_BYTES``."""
    pending = bytearray()
    for chunk in chunks:
        pending += chunk
        while len(pending) >= CHUNK_BYTES:
            yield bytes(pending[:CHUNK_BYTES])
            del pending[:CHUNK_BYTES]
    if pending:
        yield bytes(pending)


class _Probe:
    """Finds out, while bytes pass by: compressed? which encoding? any text at all? too large when unpacked?"""

    def __init__(self, max_unpacked_bytes: int | None) -> None:
        self.max_unpacked_bytes = max_unpacked_bytes
        self.unpacker = _Gunzip()
        self.is_gzip = False
        self.has_text = False
        self.encoding = ""
        self.unpacked = 0
        self.check = Utf8Check()

    def feed(self, chunk: bytes) -> None:
        if not self.unpacked and not self.is_gzip:
            self.is_gzip = chunk.startswith(_GZIP)
        for part in self.unpacker.feed(chunk) if self.is_gzip else [chunk]:
            if not self.unpacked:
                self.encoding = next((name for bom, name in _BOMS.items() if part.startswith(bom)), "utf-8")
            self.unpacked += len(part)
            if self.max_unpacked_bytes is not None and self.unpacked > self.max_unpacked_bytes:
                detail = f"It unpacks to more than {self.max_unpacked_bytes} bytes."
                raise RefusedError(Problem("unpacked_too_large", detail))
            self.has_text = self.has_text or bool(part.strip(b" \t\r\n\xef\xbb\xbf\xff\xfe\x00"))
            if self.encoding.startswith("utf-8"):
                self.check.feed(part)

    def close(self) -> None:
        if self.is_gzip:
            self.unpacker.close()
        self.check.feed(b"", final=True)
        if self.check.encoding != "utf-8":
            # A byte order mark says that it is UTF-8 all the same.
            self.encoding = MIXED if self.encoding == "utf-8-sig" else self.check.encoding


class _Gunzip:
    """A gzip stream, member after member, in bounded memory."""

    def __init__(self) -> None:
        self.inflater = zlib.decompressobj(wbits=31)

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        data, part = chunk, b""
        try:
            # A full part means that more of the same input waits inside.
            while data or len(part) == CHUNK_BYTES:
                if self.inflater.eof:
                    data = data.lstrip(b"\x00")  # padding between members
                    if not data:
                        return
                    self.inflater = zlib.decompressobj(wbits=31)
                part = self.inflater.decompress(data, CHUNK_BYTES)
                if part:
                    yield part
                data = self.inflater.unused_data if self.inflater.eof else self.inflater.unconsumed_tail
        except zlib.error as error:
            raise RefusedError(Problem("gzip_damaged", f"The gzip data is damaged: {error}.")) from error

    def close(self) -> None:
        if not self.inflater.eof:
            raise RefusedError(Problem("gzip_damaged", "The gzip data ends early."))


def open_content(content: Content, problems: list[Problem] | None = None) -> Iterator[bytes]:
    """
    Yield the text of a content as UTF-8 without byte order mark, in chunks.

    What is not UTF-8 is read as the encoding that was found when it arrived.

    :param problems: takes what had to be guessed, while the chunks are read
    """
    noted: list[Problem] = [] if problems is None else problems
    chunks: Iterator[bytes] = (
        bytes(data) for data in content.chunks.order_by("number").values_list("data", flat=True).iterator(chunk_size=4)
    )
    if content.is_gzip:
        unpacker = _Gunzip()
        chunks = (part for chunk in chunks for part in unpacker.feed(chunk))
    if content.encoding == "utf-8":
        yield from chunks
        return
    if content.encoding == MIXED:
        yield from mend(chunks, noted)
        return
    if content.encoding == "cp1252":
        noted.append(Problem("looks_like_latin1", "The file is not valid UTF-8."))
    # cp1252 has five undefined bytes; a stray one must not stop the file.
    decoder = codecs.getincrementaldecoder(content.encoding)("replace")
    for chunk in chunks:
        yield decoder.decode(chunk).encode("utf-8", "replace")
    yield decoder.decode(b"", final=True).encode("utf-8", "replace")
