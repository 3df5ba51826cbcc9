"""Evidence for people: places with passages; an interval of text is marked once, with everything it shows."""

from collections.abc import Iterable, Sequence
from math import inf

from msgspec import structs

from audits.judging.rule.vocabulary import Evidence
from contracts.documents.places import quads
from contracts.documents.texts import ReadDocument, is_page
from contracts.ocds.parsing.objects import Text

# Length of a passage on either side of a match, in characters.
PASSAGE_REACH = 120


def passage(text: str, start: int, end: int) -> str:
    """Return the text around a match, cut at spaces, with ``…`` where it continues."""
    first, last = max(0, start - PASSAGE_REACH), min(len(text), end + PASSAGE_REACH)
    if first:
        space = text.find(" ", first, start)
        first = space + 1 if space >= 0 else first
    if last < len(text):
        space = text.rfind(" ", end, last)
        last = space if space >= 0 else last
    return ("…" if first else "") + text[first:last] + ("…" if last < len(text) else "")


def evidence_in(text: Text, start: int, end: int, note: str = "") -> Evidence:
    """Return an interval of a text as evidence, with the surrounding passage; offsets refer to the original text."""
    return Evidence(text.path, text.value, passage(text.value, start, end), start, end, note)


def without_repeats(places: Iterable[Evidence]) -> tuple[Evidence, ...]:
    """
    Return the evidence with each interval of a text marked once.

    Overlapping pieces are merged, with the notes of all ("cloud, cloud_product"), at the position of the first. A
    piece without offsets marks the whole value.
    """
    places = list(places)
    if len(places) < 2:
        return tuple(places)
    groups: list[list[int]] = []
    text, reached = ("", ""), -inf
    for ocid, path, start, end, number in sorted(
        (place.ocid, place.path, *_span(place), number) for number, place in enumerate(places)
    ):
        if (ocid, path) == text and start < reached:
            groups[-1].append(number)
            reached = max(reached, end)
        else:
            groups.append([number])
            text, reached = (ocid, path), end
    return tuple(_together([places[number] for number in sorted(group)]) for group in sorted(groups, key=min))


def with_places(places: Sequence[Evidence], documents: Sequence[ReadDocument]) -> tuple[Evidence, ...]:
    """Return the evidence, with positions on page images, or paragraph numbers, for citations of documents."""
    if not documents or not any(is_page(place.path) for place in places):
        return tuple(places)
    pages = {document.path(page.number): page for document in documents for page in document.pages}
    return tuple(
        structs.replace(
            place,
            quads=quads(page.text, page.places, place.start, place.end),
            paragraphs=page.paragraphs_of(place.start, place.end),
        )
        if (page := pages.get(place.path)) and place.start is not None and place.end is not None
        else place
        for place in places
    )


def first_of_each_place(places: Iterable[Evidence]) -> tuple[Evidence, ...]:
    """Return the first of several pieces that begin at the same word: the name of a maker may also be a product."""
    seen: dict[tuple[str, int | None], Evidence] = {}
    for place in places:
        seen.setdefault((place.path, place.start), place)
    return tuple(seen.values())


def _span(place: Evidence) -> tuple[float, float]:
    return (-inf if place.start is None else place.start), (inf if place.end is None else place.end)


def _together(places: list[Evidence]) -> Evidence:
    """Return pieces that overlap as one."""
    first = places[0]
    if len(places) == 1:
        return first
    note = ", ".join(dict.fromkeys(place.note for place in places if place.note))
    whole = next((place for place in places if place.start is None or place.end is None), None)
    if whole:
        return structs.replace(whole, note=note)
    start = min(place.start for place in places if place.start is not None)
    end = max(place.end for place in places if place.end is not None)
    return structs.replace(first, start=start, end=end, passage=passage(str(first.value), start, end), note=note)
