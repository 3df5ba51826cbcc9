"""Files on disk as responses: whole, or the range that a resumed download requests."""

import re
from collections.abc import Iterator
from pathlib import Path

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import http_date, quote_etag
from drf_spectacular.types import OpenApiTypes

CHUNK_BYTES = 256 * 1024
# OpenAPI responses of an operation that returns a file.
FILE_RESPONSES = {
    (200, "application/octet-stream"): OpenApiTypes.BINARY,
    (206, "application/octet-stream"): OpenApiTypes.BINARY,
}
FILE_PROBLEMS = {"416": "The file ends before the range begins: it may be whole already."}
_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")


def file_answer(request: HttpRequest, path: Path, *, media_type: str, digest: str, name: str = "") -> HttpResponseBase:
    """
    Return the response for a file whose content never changes: the whole file, one range of bytes, or 304.

    :param digest: SHA-256 of the file, in hexadecimal digits
    :param name: file name for saving, by default the name on disk
    :raises OSError: if the file does not exist
    """
    stat = path.stat()
    etag = quote_etag(digest)
    headers = {
        "ETag": etag,
        "Last-Modified": http_date(stat.st_mtime),
        "Accept-Ranges": "bytes",
        "Content-Disposition": f'attachment; filename="{name or path.name}"',
    }
    # A compressed response had a weak ETag.
    known = get_conditional_response(request, etag, int(stat.st_mtime), HttpResponse(headers=headers))
    if known is not None and known.status_code != 200:
        return known
    span, status = range(stat.st_size), 200
    # `If-Range` names another version of the file, so all of it is sent.
    asked = _RANGE.fullmatch(request.headers.get("Range", "").strip())
    if asked and (asked[1] or asked[2]) and request.headers.get("If-Range", etag) == etag:
        span, status = _part(asked[1], asked[2], stat.st_size), 206
        if not span:
            return HttpResponse(status=416, headers={**headers, "Content-Range": f"bytes */{stat.st_size}"})
        headers["Content-Range"] = f"bytes {span.start}-{span.stop - 1}/{stat.st_size}"
    headers["Content-Length"] = str(len(span))
    if request.method == "HEAD":
        return HttpResponse(status=status, content_type=media_type, headers=headers)
    return StreamingHttpResponse(_piece(path, span), status=status, content_type=media_type, headers=headers)


def _part(first: str, last: str, size: int) -> range:
    """Return the bytes that a range selects; an empty range if it starts after the end, or ends before it starts."""
    if not first:
        return range(max(size - int(last), 0), size)
    return range(int(first), min(int(last) + 1, size) if last else size)


def _piece(path: Path, span: range) -> Iterator[bytes]:
    # Opened on the first read, so that an unread response holds no open file.
    with path.open("rb") as file:
        file.seek(span.start)
        left = len(span)
        while left and (piece := file.read(min(left, CHUNK_BYTES))):
            left -= len(piece)
            yield piece
