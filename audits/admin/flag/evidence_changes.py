"""The evidence of a flag at two times, with the words that differ."""

import itertools
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from difflib import SequenceMatcher
from typing import Any, NamedTuple

from django.utils.translation import gettext

from audits.pages.records.evidence import present_text
from audits.pages.records.members_in_words import member_in_words
from audits.wording import place_name
from contracts.documents.texts import is_page
from contracts.models import Organization
from contracts.ocds.pointers import resolve

# Maximum number of changes shown.
MAX_CHANGES = 10
# In a longer text, only this beginning is searched for a changed passage, in characters.
MAX_TEXT = 100_000
# Number of words of a text that are shown if nothing of the passage is left in it.
MAX_WORDS = 60

_WORD = re.compile(r"\S+\s*")

Evidence = Iterable[Mapping[str, Any]]
Entries = list[Mapping[str, Any]]


class Stretch(NamedTuple):
    """A stretch of text; ``differs`` if it is not in the text beside it."""

    text: str
    differs: bool


_AND = Stretch(" · ", differs=False)


class Change(NamedTuple):
    """
    A cited place, its earlier and its present text; no stretches if there is none.

    ``name`` describes the place, ``path`` is its JSON Pointer; for other processes with their ocid.
    """

    name: str
    path: str
    then: list[Stretch]
    now: list[Stretch]


def changes_between(then: Evidence, now: Evidence, release: Any = None) -> list[Change]:
    """
    Return the changes between two readings of a subject.

    A rule may cite less of the same text, or more; if the record is given, it decides whether a place changed.

    :param release: the present compiled release of a process
    """
    earlier, later = _by_place(then), _by_place(now)
    places = dict.fromkeys((*earlier, *later))
    return list(_changes((place, *_texts(place, earlier.get(place), later.get(place), release)) for place in places))


def changes_in_record(then: Evidence, release: Any) -> list[Change]:
    """Return the changes between a reading and the present compiled release, which no rule has read in this form."""
    own = [entry for entry in then if not entry.get("ocid")]
    return list(
        _changes((place, _write(entries), _present(entries, release)) for place, entries in _by_place(own).items())
    )


def places_in_words(then: Evidence) -> list[tuple[str, str]]:
    """Return the names of the first places that a flag cites, each with its text."""
    places = itertools.islice(_by_place(then).items(), MAX_CHANGES)
    return [(f"{ocid} {place_name(path)}".strip(), _write(entries)) for (ocid, path), entries in places]


def other_suppliers(then: Collection[int], now: Collection[int]) -> list[Change]:
    """Return the change of suppliers since a flag was judged, if any."""
    if set(then) == set(now):
        return []
    names = dict(Organization.objects.filter(pk__in={*then, *now}).order_by("name", "pk").values_list("pk", "name"))
    return [Change(gettext("suppliers"), "/awards", *(_names(names, *keys) for keys in ((then, now), (now, then))))]


def _names(names: Mapping[int, str], keys: Collection[int], beside: Collection[int]) -> list[Stretch]:
    stretches = [stretch for pk in names if pk in keys for stretch in (_AND, Stretch(names[pk], pk not in beside))]
    return stretches[1:]


def _changes(places: Iterable[tuple[tuple[str, str], str, str]]) -> Iterator[Change]:
    found = ((place, then, now) for place, then, now in places if then != now)
    for ((ocid, path), then, now), _number in zip(found, range(MAX_CHANGES), strict=False):
        yield Change(f"{ocid} {place_name(path)}".strip(), f"{ocid}{path}", *_compare(then, now))


def _by_place(evidence: Evidence) -> dict[tuple[str, str], Entries]:
    """Return (ocid, path) → entries cited there; the ocid is that of an organization's process, else ""."""
    places: dict[tuple[str, str], Entries] = {}
    for entry in evidence:
        places.setdefault((entry.get("ocid", ""), entry["path"]), []).append(entry)
    return places


def _texts(place: tuple[str, str], then: Entries | None, now: Entries | None, release: Any) -> tuple[str, str]:
    """Return the earlier and the present text of a place, including one that only the record still has."""
    text_then, text_now = _write(then), _write(now)
    ocid, path = place
    is_text = now is None or any(entry.get("passage") for entry in now)
    if text_then == text_now or not then or not is_text or ocid or release is None or is_page(path):
        return text_then, text_now
    return text_then, _present(then, release)


def _write(entries: Evidence | None) -> str:
    """Return a place as text: the passages of a text, else the value."""
    written = (entry.get("passage") or member_in_words(entry["path"], entry["value"]) for entry in entries or ())
    return " · ".join(dict.fromkeys(written))


def _present(entries: Entries, release: Any) -> str:
    """Return the record's text at a place, limited to what ``_write`` shows of the earlier reading."""
    try:
        found = resolve(release, entries[0]["path"])
    except LookupError:
        return ""
    if not any(entry.get("passage") for entry in entries):
        return member_in_words(entries[0]["path"], found)
    text = (present_text(release, entries[0]["path"]) or "")[:MAX_TEXT]
    return " · ".join(dict.fromkeys(_nearest(entry["passage"], text) for entry in entries if entry.get("passage")))


def _nearest(passage: str, text: str) -> str:
    """Return the passage if the text contains it, else the most similar stretch of the text."""
    kept = passage.strip("…")
    if kept in text:
        return passage
    old, new = _WORD.findall(kept), _WORD.findall(text)
    match = SequenceMatcher(None, old, new, autojunk=False).find_longest_match()
    first = max(match.b - match.a, 0) if match.size else 0
    last = first + (len(old) if match.size else MAX_WORDS)
    return ("…" if first else "") + "".join(new[first:last]).strip() + ("…" if last < len(new) else "")


def _compare(then: str, now: str) -> tuple[list[Stretch], list[Stretch]]:
    old, new = _WORD.findall(then), _WORD.findall(now)
    left, right = [], []
    for kind, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        earlier, later = "".join(old[a:b]), "".join(new[c:d])
        differs = kind != "equal" and not _is_cut(earlier, later)
        left.append(Stretch(earlier, differs))
        right.append(Stretch(later, differs))
    return [stretch for stretch in left if stretch.text], [stretch for stretch in right if stretch.text]


def _is_cut(then: str, now: str) -> bool:
    """Return whether two passages differ only in where they were cut."""
    if not then.strip("…") or not now.strip("…"):
        return False
    ends = {then[-1], now[-1]}, {then[0], now[0]}
    shorter, longer = sorted((then.strip("… "), now.strip("… ")), key=len)
    return ("…" in ends[0] and longer.startswith(shorter)) or ("…" in ends[1] and longer.endswith(shorter))
