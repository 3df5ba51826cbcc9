"""Pages of documents that hold the words of a search, as a list of results quotes them."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from django.urls import reverse


class Quoted(NamedTuple):
    """A page of a published document: ``passages`` are pieces of text, each with whether it is marked."""

    sha256: str
    number: int
    is_recognised: bool
    address: str
    copy: str
    passages: list[list[tuple[str, bool]]]


def quoted(page: Mapping[str, Any]) -> Quoted:
    """Return a page as a list shows it, from what `include=pages` has of it."""
    sha256 = page["sha256"]
    return Quoted(
        sha256,
        page["page"],
        page["source"] == "ocr",
        page["text"],
        reverse("document-copy", args=[sha256]),
        [list(_pieces(found["passage"], found["marks"])) for found in page["passages"]],
    )


def _pieces(passage: str, marks: list[list[int]]) -> Iterator[tuple[str, bool]]:
    here = 0
    for first, last in marks:
        yield passage[here:first], False
        yield passage[first:last], True
        here = last
    yield passage[here:], False
