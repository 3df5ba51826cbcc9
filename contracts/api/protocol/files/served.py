"""Files as answers: whole, or the part that a resumed download asks for."""

import re
from collections.abc import Iterator
from pathlib import Path

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import http_date, quote_etag
from drf_spectacular.types import OpenApiTypes

CHUNK_BYTES = 256 * 1024
# What the description says of an address with a file.
FILE_RESPONSES = {
    (200, "application/octet-stream"): OpenApiTypes.BINARY,
    (206, "application/octet-stream"): OpenApiTypes.BINARY,
}
FILE_PROBLEMS = {"416": "The file ends before the range begins: it may be whole already."}
_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")


def file_answer(request: HttpRequest, path: Path, *, media_type: str, digest: str, name: str = "") -> HttpResponseBase:
    """
    Answer with a file that does not change under its name: a whole, one range of its bytes, or that it is known.

    :param digest: SHA-256 of the file, in hexadecimal digits
    :param name: what it is called where it is saved, by default as it is here
    :raises OSError: if it is not there
    """
    stat = path.stat()
    etag = quote_etag(digest)
    headers = {
        "ETag": etag,
        "Last-Modified": http_date(stat.st_mtime),
        "Accept-Ranges": "bytes",
        "Content-Disposition": f'attachment; filename="{name or path.name}"',
    }
    # Of an answer that was compressed the ETag came as a weak one.
    known = get_conditional_response(request, etag, int(stat.st_mtime), HttpResponse(headers=headers))
    if known is not None and known.status_code != 200:
        return known
    span, status = range(stat.st_size), 200
    # `If-Range` names another version of the file: send all of it.
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
    """Return the bytes that a range names; none if it is past the end, or backwards."""
    if not first:
        return range(max(size - int(last), 0), size)
    return range(int(first), min(int(last) + 1, size) if last else size)


def _piece(path: Path, span: range) -> Iterator[bytes]:
    # Opened on the first read, so that an unread answer holds no file open.
    with path.open("rb") as file:
        file.seek(span.start)
        left = len(span)
        while left and (piece := file.read(min(left, CHUNK_BYTES))):
            left -= len(piece)
            yield piece
