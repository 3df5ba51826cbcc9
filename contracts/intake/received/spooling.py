"""
Received bytes in an unnamed temporary file.

A sender on a slow line takes minutes. Until the last byte has arrived, no connection or transaction is held, and a
killed process leaves nothing behind: the kernel frees an unnamed file.
"""

import codecs
import hashlib
import tempfile
import threading
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import IO, Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.core.signals import request_finished
from django.dispatch import receiver

from contracts.files.kinds import GZIP, is_wide
from contracts.ocds.gate.encodings import MIXED, NAMES, Utf8Check, decode_mixed
from contracts.ocds.problems import Problem, RefusedError

CHUNK_BYTES = 1024**2
_BOMS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}


class Spool:
    """
    The bytes of a submission before they are stored, with properties detected on arrival.

    ``sha256`` is of the bytes as received; ``encoding`` and ``is_gzip`` say how to read them.
    """

    def __init__(self, file: IO[bytes], probe: "_Probe", size: int, sha256: str) -> None:
        self._file = file
        self.size = size
        self.sha256 = sha256
        self.encoding = probe.encoding
        self.is_gzip = probe.is_gzip

    @contextmanager
    def open(self) -> Iterator[IO[bytes]]:
        """Provide the bytes as a file with a descriptor."""
        yield self._file

    def chunks(self) -> Iterator[bytes]:
        """Yield the bytes as received, in chunks of ``CHUNK_BYTES``."""
        self._file.seek(0)
        while chunk := self._file.read(CHUNK_BYTES):
            yield chunk

    def text(self, problems: list[Problem]) -> Iterator[bytes]:
        """Yield the text as UTF-8; see ``read_text``."""
        return read_text(self.chunks(), self.encoding, problems, is_gzip=self.is_gzip)


@contextmanager
def spool(
    chunks: Iterable[bytes], *, max_bytes: int | None = None, max_unpacked_bytes: int | None = None
) -> Iterator[Spool]:
    """
    Read a stream to its end; the bytes are gone after the block.

    :param max_bytes: limit of the received size, ``None`` for none (a local file)
    :param max_unpacked_bytes: limit of the unpacked size
    :raises RefusedError: if it is empty, or exceeds a limit
    """
    digest = hashlib.sha256()
    probe = _Probe(max_unpacked_bytes)
    size = 0
    # Small files never reach the disk.
    with tempfile.SpooledTemporaryFile(max_size=CHUNK_BYTES) as file:
        for chunk in chunks:
            size += len(chunk)
            if max_bytes is not None and size > max_bytes:
                limit = {"limit": max_bytes}
                raise RefusedError(Problem("body_too_large", "limit", limit, offset=max_bytes))
            digest.update(chunk)
            probe.feed(chunk)
            file.write(chunk)
        probe.close()
        if not probe.has_text:
            raise RefusedError(Problem("empty_body"))
        yield Spool(file, probe, size, digest.hexdigest())


class SpoolUploadHandler(FileUploadHandler):
    """
    Stores an uploaded file as ``spool`` does; Django's own has a name and outlives a killed process.

    Django closes what arrived whole. What breaks off is closed when its request is over: else it would stay open, and
    its disk full, until the garbage collector comes by.

    :raises RequestDataTooBig: for a form larger than a submission may be, whatever its address; nothing is written
    """

    def handle_raw_input(self, *args: Any, **kwargs: Any) -> None:
        _input, _headers, length, *_more = args
        if length > settings.VEEDOR_MAX_BODY_BYTES + CHUNK_BYTES:
            raise RequestDataTooBig("The files of the form are larger than a submission may be.")
        super().handle_raw_input(*args, **kwargs)

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.file = tempfile.SpooledTemporaryFile(max_size=CHUNK_BYTES)  # noqa: SIM115 - closed with the request
        _of_request.files = [*getattr(_of_request, "files", []), self.file]

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:  # noqa: ARG002 - Django's signature
        self.file.write(raw_data)

    def file_complete(self, file_size: int) -> UploadedFile:
        self.file.seek(0)
        return UploadedFile(self.file, self.file_name, self.content_type, file_size, self.charset)


# A thread is at one request at a time.
_of_request = threading.local()


@receiver(request_finished)
def _close_uploads(**_signal: object) -> None:
    for file in vars(_of_request).pop("files", []):
        with suppress(OSError):  # what it has not written yet, where the disk is full
            file.close()


class _Probe:
    """Detects in passing: compression, encoding, whether there is any text, the unpacked size."""

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
            self.is_gzip = chunk.startswith(GZIP)
        for part in self.unpacker.feed(chunk) if self.is_gzip else [chunk]:
            if not self.unpacked:
                unmarked = "utf-16-le" if is_wide(part) else "utf-8"
                self.encoding = next((name for bom, name in _BOMS.items() if part.startswith(bom)), unmarked)
            self.unpacked += len(part)
            if self.max_unpacked_bytes is not None and self.unpacked > self.max_unpacked_bytes:
                raise RefusedError(Problem("unpacked_too_large", values={"limit": self.max_unpacked_bytes}))
            self.has_text = self.has_text or bool(part.strip(b" \t\r\n\xef\xbb\xbf\xff\xfe\x00"))
            if self.encoding.startswith("utf-8"):
                self.check.feed(part)

    def close(self) -> None:
        if self.is_gzip:
            self.unpacker.close()
        self.check.feed(b"", final=True)
        if self.check.encoding != "utf-8":
            # A byte order mark still declares UTF-8.
            marked = MIXED if self.encoding == "utf-8-sig" else ""
            self.encoding = marked + self.check.encoding.removeprefix(marked)


class _Gunzip:
    """Unpacks a gzip stream, member by member, in bounded memory."""

    def __init__(self) -> None:
        self.inflater = zlib.decompressobj(wbits=31)

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        data, part = chunk, b""
        try:
            # A full chunk means that there is more of the same input.
            while data or len(part) == CHUNK_BYTES:
                if self.inflater.eof:
                    data = data.lstrip(b"\x00")  # Padding between members.
                    if not data:
                        return
                    self.inflater = zlib.decompressobj(wbits=31)
                part = self.inflater.decompress(data, CHUNK_BYTES)
                if part:
                    yield part
                data = self.inflater.unused_data if self.inflater.eof else self.inflater.unconsumed_tail
        except zlib.error as error:
            raise RefusedError(Problem("gzip_damaged", values={"message": str(error)})) from error

    def close(self) -> None:
        if not self.inflater.eof:
            raise RefusedError(Problem("gzip_damaged", "early_end"))


def read_text(chunks: Iterator[bytes], encoding: str, problems: list[Problem], *, is_gzip: bool) -> Iterator[bytes]:
    """
    Yield the text of a content as UTF-8 without byte order mark, in chunks.

    Bytes that are not UTF-8 are decoded with the encoding detected on arrival.

    :param problems: receives a problem for each guess of the encoding, while the chunks are read
    """
    if is_gzip:
        unpacker = _Gunzip()
        chunks = (part for packed in chunks for part in unpacker.feed(packed))
    if encoding == "utf-8":
        yield from chunks
        return
    if encoding.startswith(MIXED):
        yield from decode_mixed(chunks, encoding.removeprefix(MIXED), problems)
        return
    if name := NAMES.get(encoding):
        problems.append(Problem("looks_like_latin1", values={"encoding": name}))
    # cp1252 has five undefined bytes; a stray one must not stop the file.
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    for chunk in chunks:
        yield decoder.decode(chunk).encode("utf-8", "replace")
    yield decoder.decode(b"", final=True).encode("utf-8", "replace")
