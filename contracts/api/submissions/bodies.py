"""The body of a submission, read as a stream: never whole in memory, never parsed before the input gate."""

import codecs
from collections.abc import Collection, Iterator
from email.message import Message
from typing import Any, NamedTuple

from django.conf import settings
from django.core.exceptions import BadRequest, SuspiciousOperation
from django.http import HttpRequest
from django.http.multipartparser import MultiPartParserError
from django.utils.translation import gettext as _
from rest_framework.request import Request

from contracts.api.protocol.problems import ProblemError, nearest
from contracts.intake.received.spooling import CHUNK_BYTES
from contracts.ocds.problems import Problem, RefusedError

MEDIA_TYPES = (
    "application/json",
    "application/jsonl",
    "application/x-ndjson",
    "application/gzip",
    "application/x-gzip",
    "application/octet-stream",
    "text/csv",
    "text/tab-separated-values",
    "application/vnd.ms-excel",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.oasis.opendocument.spreadsheet",
    "application/pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/vnd.oasis.opendocument.text",
    "application/rtf",
    "text/rtf",
    "text/plain",
    "application/zip",
    "application/x-zip-compressed",
    "message/rfc822",
    "image/png",
    "image/jpeg",
    "image/tiff",
)
FORM = "multipart/form-data"
_CHARSETS = frozenset({"utf-8", "utf-16", "ascii", "iso8859-1", "cp1252"})
_ENCODINGS = frozenset({"", "identity", "gzip", "x-gzip"})


class Body(NamedTuple):
    """
    The bytes of a submission, its file name, and the form's fields, such as the publisher.

    ``length`` is the announced number of bytes, 0 if none was announced.
    """

    chunks: Iterator[bytes]
    file_name: str = ""
    publisher: str = ""
    about: str = ""
    length: int = 0


def open_body(framed: Request, fields: Collection[str]) -> Body:
    """
    Return the body of a request as chunks; nothing is stored.

    It may be JSON, JSON Lines, CSV, gzip of these (with or without `Content-Encoding: gzip`), a workbook, or a form
    with one part named `file`. The content decides which it is.

    :param fields: form fields permitted beside the file
    :raises ProblemError: if its type, charset or encoding is not supported, or it has no length
    :raises RefusedError: if its Content-Length exceeds the limit
    """
    # The framework's request would parse the body; Django's provides its stream.
    request: HttpRequest = framed._request  # noqa: SLF001
    media_type, charset = _content_type(request)
    _check_encoding(request, media_type)
    length = _length(request)
    limit = settings.VEEDOR_MAX_BODY_BYTES
    if length is not None and length > limit + (CHUNK_BYTES if media_type == FORM else 0):
        raise RefusedError(Problem("body_too_large", "length", {"length": length, "limit": limit}, offset=limit))
    if media_type == FORM:
        return _form(request, fields)
    chunks = _chunks(request, length)
    if charset == "utf-16":
        chunks = _with_byte_order_mark(chunks)
    return Body(chunks, length=length or 0)


def _content_type(request: HttpRequest) -> tuple[str, str]:
    """Return the media type and Python's name of the charset (empty if none is given)."""
    message = Message()
    written = message["Content-Type"] = request.META.get("CONTENT_TYPE", "")[:300]
    # Python treats an invalid media type as plain text.
    media_type = message.get_content_type() if "/" in written else written
    if media_type not in MEDIA_TYPES and media_type != FORM and not media_type.endswith("+json"):
        allowed = ", ".join((*MEDIA_TYPES, FORM))
        detail = _("The Content-Type %(type)s is not supported.") % {"type": repr(media_type)}
        hint = _("Send one of %(allowed)s; with curl: -H 'Content-Type: application/json' --data-binary @FILE.")
        raise _unsupported("unsupported_media_type", detail, hint % {"allowed": allowed}, [*MEDIA_TYPES, FORM])
    name = message.get_param("charset", "")
    if not name or media_type == FORM:
        return media_type, ""
    try:
        charset = codecs.lookup(str(name)).name
    except (LookupError, ValueError):
        charset = ""
    if charset not in _CHARSETS:
        detail = _("The charset %(name)s is not supported.") % {"name": repr(str(name)[:40])}
        raise _unsupported("charset", detail, _("Send UTF-8."), sorted(_CHARSETS))
    return media_type, charset


def _check_encoding(request: HttpRequest, media_type: str) -> None:
    encoding = request.META.get("HTTP_CONTENT_ENCODING", "").strip().lower()
    if encoding not in _ENCODINGS or (media_type == FORM and encoding not in {"", "identity"}):
        detail = _("The Content-Encoding %(name)s is not supported.") % {"name": repr(encoding[:40])}
        raise _unsupported("unsupported_encoding", detail, _("Send gzip, or no encoding."), ["gzip", "identity"])


def _unsupported(code: str, detail: str, hint: str, allowed: list[str]) -> ProblemError:
    return ProblemError(code, detail, errors=[{"code": code, "detail": detail, "hint": hint}], allowed=allowed)


def _length(request: HttpRequest) -> int | None:
    """Return the Content-Length; `None` for a chunked body, which the server delimits."""
    declared = request.META.get("CONTENT_LENGTH", "")
    if declared.isascii() and declared.isdigit():
        return int(declared) if len(declared) < 20 else 10**19  # exceeds any limit
    if "chunked" in request.META.get("HTTP_TRANSFER_ENCODING", "").lower():
        if request.META.get("wsgi.input_terminated"):
            return None
        hint = _("Send the body with its Content-Length.")
        raise ProblemError("length_required", errors=[{"code": "length_required", "detail": hint}])
    return 0


def _chunks(request: HttpRequest, length: int | None) -> Iterator[bytes]:
    # Django limits the stream to the Content-Length, and does not limit it if there is none.
    stream: Any = request if length is not None else _Delimited(request.META["wsgi.input"])
    size = 0
    while chunk := stream.read(CHUNK_BYTES):
        size += len(chunk)
        yield chunk
    if length is not None and size < length:
        detail = _("Of %(length)d bytes only %(size)d arrived.") % {"length": length, "size": size}
        raise ProblemError("body_incomplete", detail)


class _Delimited:
    """A chunked body; the web server's errors while reading it become a ProblemError."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def read(self, size: int) -> bytes:
        try:
            return bytes(self._stream.read(size))
        except MemoryError:
            raise
        except Exception as error:  # the exception class is the web server's
            detail = _("The chunks of the body end early, or their sizes are wrong.")
            raise ProblemError("body_incomplete", detail) from error


def _with_byte_order_mark(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Refuse UTF-16 without a byte order mark, because guessing the byte order could alter the record."""
    first = next(chunks, b"")
    if first and not first.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        detail = _("The body is declared as UTF-16 and has no byte order mark.")
        raise _unsupported("charset", detail, _("Send UTF-8."), sorted(_CHARSETS))
    yield first
    yield from chunks


def _form(request: HttpRequest, known: Collection[str]) -> Body:
    """Read a form; Django's parser streams its file to disk."""
    hint = _("Send one part named file; with curl: -F file=@FILE.")
    try:
        fields, files = request.POST, request.FILES
    except (MultiPartParserError, BadRequest, SuspiciousOperation) as error:
        detail = _("The form is not valid.")
        errors = [{"code": "bad_request", "detail": detail, "hint": hint}]
        raise ProblemError("bad_request", detail, errors=errors) from error
    uploads = files.getlist("file")
    if len(uploads) != 1 or len(files) != 1:
        raise ProblemError("file_missing", errors=[{"code": "file_missing", "detail": hint}])
    for name in fields:
        if name not in known:
            detail = _("The form field %(name)s is not known.") % {"name": name[:60]}
            problem = {"code": "bad_request", "detail": detail, "hint": nearest(name, ["file", *known])}
            raise ProblemError("bad_request", detail, errors=[problem])
    (upload,) = uploads
    return Body(upload.chunks(CHUNK_BYTES), upload.name or "", fields.get("publisher", ""), fields.get("about", ""))
