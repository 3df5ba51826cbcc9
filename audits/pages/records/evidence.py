"""
Evidence in context: the places in the record that a finding rests on, for people to read.

The input is evidence and a compiled release, the output texts in the reader's language; templates must escape them.
"""

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from audits.judging.rule.evidence import passage
from audits.pages.records.members_in_words import member_in_words
from audits.wording import is_currency, note_in_words, place_name, value_in_words
from contracts.documents.texts import document_of, is_page, passage_address
from contracts.ocds.corrections import MemberReader
from contracts.ocds.pointers import resolve, unescape
from contracts.pages.comparison import member_name

# Characters of text shown on either side of a match.
AROUND = 200
MAX_SIBLINGS = 25


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of the original text; ``notes`` say what it shows if it is marked."""

    text: str
    is_marked: bool = False
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Passage:
    """Original text around one or more matches, and whether it continues beyond."""

    pieces: tuple[Piece, ...]
    goes_before: bool
    goes_on: bool

    @property
    def notes(self) -> tuple[str, ...]:
        """What the matches show, each once, in reading order."""
        return tuple(dict.fromkeys(note for piece in self.pieces for note in piece.notes))


@dataclass(frozen=True, slots=True)
class Member:
    """A member of the object that tells what a cited value is of."""

    name: str
    value: str
    is_cited: bool


class Cited(NamedTuple):
    """
    A cited value: the name of its place, the value that the audit read, and what it shows.

    ``path`` is the JSON Pointer. ``value`` is empty for texts, which have passages.
    """

    path: str
    name: str
    value: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """
    A text or an object of the record, with everything that a flag cites in it.

    ``is_present`` says whether the present compiled release still has it; otherwise what the audit read is shown. A
    text has ``passages``, an object ``members``. ``address`` leads to the first passage on a page of a document.
    """

    cited: tuple[Cited, ...]
    is_present: bool
    passages: tuple[Passage, ...] = ()
    members: tuple[Member, ...] = ()
    address: str = ""

    @property
    def name(self) -> str:
        """Name of the object or the text."""
        return place_name(_around(self.cited[0].path)) if self.members else self.cited[0].name


def read_places(evidence: Iterable[Mapping[str, Any]], release: Any) -> list[Place]:
    """
    Return the cited places of a flag's evidence, in the order of citation and each once.

    Places in other processes are left out. In a document without pages each paragraph is a place; an unpublished
    document shows only its digest, no passage.
    """
    together: dict[tuple[str, bool, str, tuple[int, ...]], list[Mapping[str, Any]]] = {}
    for entry in evidence:
        if entry.get("ocid"):
            continue
        is_text = entry.get("start") is not None and entry.get("end") is not None
        text = entry["value"] if isinstance(entry["value"], str) else ""
        key = (entry["path"], True, text, _paragraphs(entry)) if is_text else (_around(entry["path"]), False, "", ())
        together.setdefault(key, []).append(entry)
    return [
        _text_place(path, text, cited, release) if is_text else _object_place(path, cited, release)
        for (path, is_text, text, _of), cited in together.items()
    ]


def _text_place(path: str, text: str, cited: list[Mapping[str, Any]], release: Any) -> Place:
    """
    Return the place of a cited text.

    :param text: the whole text if it was stored with the flag; otherwise the present text is shown if it is unchanged,
        else the stored passages
    """
    if is_page(path):
        name = place_name(path, _paragraphs(cited[0]))
        passages = tuple(_kept_passage(entry) for entry in cited if entry["passage"])
        if not passages:
            told = _("its text is not published; SHA-256 of the document: %(digest)s")
            return Place((Cited(path, name, told % {"digest": document_of(path)}),), is_present=True)
        address = passage_address(path, cited[0]["start"], cited[0]["end"])
        return Place((Cited(path, name, ""),), is_present=True, passages=passages, address=address)
    present = present_text(release, path)
    if text:
        is_present = present == text
    else:
        is_present = present is not None and all(
            passage(present, entry["start"], entry["end"]) == entry["passage"] for entry in cited
        )
        text = present if is_present and present else ""
    if text:
        passages = tuple(_passage(text, group) for group in _neighbours(_marks(text, cited)))
    else:
        passages = tuple(_kept_passage(entry) for entry in cited)
    return Place((Cited(path, place_name(path), ""),), is_present=is_present, passages=passages)


def _paragraphs(entry: Mapping[str, Any]) -> tuple[int, ...]:
    """Return the cited paragraphs of a document that has no pages."""
    return tuple(entry.get("paragraphs", ()))


def _around(path: str) -> str:
    """
    Return the path of the object that tells what a value is of: the nearest entry of a list, as a bid of its amount.

    Where there is none, or the value is an entry itself, it is what holds the value.
    """
    holder, _slash, name = path.rpartition("/")
    above = holder
    while above and not name.isdecimal():
        above, _slash, last = (entry := above).rpartition("/")
        if last.isdecimal():
            return entry
    return holder


def _kept_passage(entry: Mapping[str, Any]) -> Passage:
    kept = str(entry["passage"])
    notes = _notes(entry)
    piece = Piece(kept.strip("…"), notes=notes)
    return Passage((piece,), goes_before=kept.startswith("…"), goes_on=kept.endswith("…"))


def present_text(release: Any, path: str) -> str | None:
    """Return the text at a path, normalized as rules read it, because offsets refer to that."""
    try:
        found = resolve(release, path)
    except LookupError:
        return None
    return MemberReader().text({"text": found}, "text", "")


def _marks(text: str, cited: Iterable[Mapping[str, Any]]) -> list[tuple[int, int, tuple[str, ...]]]:
    """Return ``(start, end, notes)`` of the matches in reading order; overlapping ones are merged."""
    marks: list[tuple[int, int, tuple[str, ...]]] = []
    for entry in sorted(cited, key=lambda entry: (entry["start"], entry["end"])):
        start, end = (min(max(int(entry[edge]), 0), len(text)) for edge in ("start", "end"))
        notes = _notes(entry)
        if marks and start < marks[-1][1]:
            first, last, earlier = marks.pop()
            start, end, notes = first, max(last, end), tuple(dict.fromkeys(earlier + notes))
        marks.append((start, end, notes))
    return marks


def _neighbours(marks: Iterable[tuple[int, int, tuple[str, ...]]]) -> list[list[tuple[int, int, tuple[str, ...]]]]:
    """Group marks so close together that their surrounding texts would overlap."""
    groups: list[list[tuple[int, int, tuple[str, ...]]]] = []
    for mark in marks:
        if groups and mark[0] - groups[-1][-1][1] <= 2 * AROUND:
            groups[-1].append(mark)
        else:
            groups.append([mark])
    return groups


def _passage(text: str, marks: list[tuple[int, int, tuple[str, ...]]]) -> Passage:
    first, last = _cut_before(text, marks[0][0]), _cut_after(text, marks[-1][1])
    pieces = []
    here = first
    for start, end, notes in marks:
        pieces.append(Piece(text[here:start]))
        pieces.append(Piece(text[start:end], is_marked=True, notes=notes))
        here = end
    pieces.append(Piece(text[here:last]))
    return Passage(tuple(piece for piece in pieces if piece.text), goes_before=first > 0, goes_on=last < len(text))


def _cut_before(text: str, start: int) -> int:
    """Return where an excerpt begins: ``AROUND`` characters before ``start``, or at the next word."""
    first = max(start - AROUND, 0)
    space = text.find(" ", first, min(first + 20, start)) if first else -1
    return space + 1 if space >= 0 else first


def _cut_after(text: str, end: int) -> int:
    last = min(end + AROUND, len(text))
    space = text.rfind(" ", max(last - 20, end), last) if last < len(text) else -1
    return space if space >= 0 else last


def _notes(entry: Mapping[str, Any]) -> tuple[str, ...]:
    note = note_in_words(entry.get("note"))
    return (note,) if note else ()


def _cited_value(entry: Mapping[str, Any], holder: Any) -> Cited:
    """
    Return a cited value; a note that the value already expresses, as the currency of an amount, is not repeated.

    :param holder: the object that holds the value, with the currency of an amount
    """
    note = str(entry.get("note") or "")
    written = value_in_words(entry["path"], entry["value"], note)
    if isinstance(holder, dict) and isinstance(holder.get("currency"), str) and not is_currency(note):
        written = value_in_words(entry["path"], entry["value"], holder["currency"])
    is_written = written is not None and note and note in written
    value = member_in_words(entry["path"], entry["value"]) if written is None else written
    return Cited(entry["path"], place_name(entry["path"]), value, "" if is_written else note_in_words(note))


def _cited_values(entries: Iterable[Mapping[str, Any]], holders: Iterable[Any]) -> tuple[Cited, ...]:
    cited = (_cited_value(entry, holder) for entry, holder in zip(entries, holders, strict=True))
    return tuple(dict.fromkeys(cited))


def _object_place(path: str, entries: list[Mapping[str, Any]], release: Any) -> Place:
    try:
        holders = [resolve(release, entry["path"].rpartition("/")[0]) for entry in entries]
        for entry in entries:
            resolve(release, entry["path"])
        around = resolve(release, path)
    except LookupError:
        return Place(_cited_values(entries, [None] * len(entries)), is_present=False)
    cited = _cited_values(entries, holders)
    names = {unescape(entry.path.removeprefix(f"{path}/").partition("/")[0]) for entry in cited}
    if isinstance(around, list) and len(around) == 1 and not any(name.isdecimal() for name in names):
        around = around[0]
    return Place(cited, is_present=True, members=tuple(_members(around, names)))


def _members(around: Any, cited: Container[str]) -> Iterable[Member]:
    pairs = around.items() if isinstance(around, dict) else enumerate(around) if isinstance(around, list) else ()
    # Entries of a list are numbered from 1, as in the names of places.
    members = [
        Member(
            member_name(key) if isinstance(key, str) else str(key + 1),
            member_in_words(f"/{key}", value),
            str(key) in cited,
        )
        for key, value in pairs
    ]
    return [member for place, member in enumerate(members) if place < MAX_SIBLINGS or member.is_cited]
