"""The highlights of a document, in reading order: passages that flags rest on, and clauses."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from audits.matching.documents.clauses import SUPPLIER, passages
from audits.models import Flag
from audits.pages.labels import rule_name
from audits.wording import note_in_words
from contracts.documents.texts import ReadPage
from contracts.intake.documents.attaching import processes_of
from contracts.ocds.codelists.countries import country_name
from contracts.pages.display import admin_url


class Hit(NamedTuple):
    """A passage on a page: what it shows, and the flag that rests on it, if any."""

    page: int
    start: int
    end: int
    label: str
    flag: str = ""

    @property
    def anchor(self) -> str:
        return f"c={self.start}-{self.end}"


class Piece(NamedTuple):
    """A stretch of a page's text; ``anchors`` are the passages and ``paragraph`` the paragraph that begin here."""

    text: str
    is_marked: bool
    anchors: tuple[str, ...]
    paragraph: int | None


def hits_of(sha256: str, texts: Mapping[int, str]) -> list[Hit]:
    """Return the passages of a document in reading order, from page number → text."""
    found = {*_of_flags(sha256), *_of_clauses(texts)}
    return sorted(hit for hit in found if 0 <= hit.start < hit.end <= len(texts.get(hit.page, "")))


def _of_flags(sha256: str) -> Iterator[Hit]:
    prefix = f"/documents/{sha256}/pages/"
    for flag in Flag.objects.standing().out_of_shadow().filter(process__any_of=processes_of(sha256)).order_by("pk"):
        for place in flag.evidence:
            number = place["path"].removeprefix(prefix)
            if number.isdecimal() and place["start"] is not None:
                label = rule_name(flag.rule)
                yield Hit(int(number), place["start"], place["end"], label, admin_url(Flag, flag.pk))


def _of_clauses(texts: Mapping[int, str]) -> Iterator[Hit]:
    for number, text in texts.items():
        for passage in passages(text):
            label = f"{passage.rule} {note_in_words(passage.clause)}"
            if passage.favours == SUPPLIER:
                label = _("%(clause)s, in favour of the supplier") % {"clause": label}
            elif passage.countries:
                countries = (country_name(code, get_language() or "en") for code in passage.countries)
                label = f"{label}: {', '.join(countries)}"
            yield Hit(number, passage.start, passage.end, label)


def pieces_of(page: ReadPage, hits: Iterable[Hit]) -> list[Piece]:
    """Return the text of a page in pieces, marked or not; in a DOCX no piece spans paragraphs."""
    hits, text, numbers = list(hits), page.text, dict(page.paragraphs)
    cuts = sorted({0, len(text), *numbers, *(edge for hit in hits for edge in (hit.start, hit.end))})
    return [
        Piece(
            text[first:last],
            any(hit.start <= first < hit.end for hit in hits),
            tuple(dict.fromkeys(hit.anchor for hit in hits if hit.start == first)),
            numbers.get(first),
        )
        for first, last in pairwise(cuts)
    ]


def neighbours(hits: Sequence[Hit], page: int, spot: int) -> tuple[Hit | None, Hit | None]:
    """Return the passages before and after a position: a page, and an offset in its text."""
    before = [hit for hit in hits if (hit.page, hit.start) < (page, spot)]
    after = [hit for hit in hits if (hit.page, hit.start) > (page, spot)]
    return before[-1] if before else None, after[0] if after else None
