"""
Different entries of a list that share an id, and repeated entries without an id.

The standard's merge routine treats objects of a list with the same id as one, and takes the last value of each member:
of two documents with the id ``1`` only the second is left, with members that only the first had. The compiled release
stays as that routine makes it; such entries are kept beside it as written, to be read instead of the merged one::

    {"apart": [{"list": "/contracts/0/documents", "index": 0, "entries": [{"id": "1", …}, {"id": "1", …}]}]}

That routine adds an entry without an id once for each release: two releases with the same contract of 62,000 leave two
of them. Such an entry is not read (``"entries": []``) if a later release repeats it with at least the same content.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import chain, groupby
from operator import itemgetter
from typing import Any

from contracts.ocds.codelists.codes import OUR_MEMBER
from contracts.ocds.corrections import Correction, shorten
from contracts.ocds.fixture_tables import as_listed
from contracts.ocds.merging.kinds_of_entries import TELLING, as_text, is_empty, kinds_of_entries
from contracts.ocds.pointers import escape

Json = dict[str, Any]

# Members that a later release may change for the same thing.
_STATES = frozenset({"status", "statusDetails"})
# With this many entries equal in texts and numbers, only one is compared.
_COMPARED = 20


def find_same_ids(compiled: Json, releases: Sequence[Json]) -> tuple[list[Json], list[Correction]]:
    """
    Return the entries to read separately, and what else the merge overwrote within one release.

    :param compiled: the compiled release of ``releases``
    :param releases: in merge order: an entry repeated by a later one replaces the earlier
    """
    finder = _Finder()
    finder.look(compiled, [[release] for release in releases], "")
    return finder.apart, finder.corrections


def has_entries_without_id(value: Any) -> bool:
    """Return whether an object, at any depth, has a list in which an object has no id."""
    if isinstance(value, dict):
        return any(isinstance(member, dict | list) and has_entries_without_id(member) for member in value.values())
    return any(isinstance(entry, dict) and (_id_of(entry) is None or has_entries_without_id(entry)) for entry in value)


def entries_apart(release: Json) -> dict[str, list[tuple[str, Json]]]:
    """Return, by pointer of a merged entry, the entries that it stands for, each with its own pointer."""
    ours = release.get(OUR_MEMBER)
    listed = ours.get("apart") if isinstance(ours, dict) else None
    found = {}
    for number, place in enumerate(listed if isinstance(listed, list) else ()):
        # A record that was not compiled here may have anything under this name.
        if isinstance(place, dict) and isinstance(entries := place.get("entries"), list):
            at = f"/{OUR_MEMBER}/apart/{number}/entries"
            found[f"{place.get('list')}/{place.get('index')}"] = [
                (f"{at}/{position}", entry) for position, entry in enumerate(entries) if isinstance(entry, dict)
            ]
    return found


class _Finder:
    def __init__(self) -> None:
        self.apart: list[Json] = []
        self.corrections: list[Correction] = []
        # Contents of lists of the compiled release, by address: one may be compared with thousands.
        self._listed: dict[int, set[str]] = {}

    def look(self, merged: Json, parts: Sequence[Sequence[Json]], path: str) -> None:
        """Compare an object of the compiled release with the objects, by release, that were merged into it."""
        members = list(map(_nested, parts))
        for key, member in merged.items():
            if not isinstance(member, dict | list):
                continue
            given = [nested.get(key, []) for nested in members]
            at = f"{path}/{escape(key)}"
            if isinstance(member, dict):
                self.look(member, [[value for value in values if isinstance(value, dict)] for values in given], at)
            else:
                lists = [[value for value in values if isinstance(value, list)] for values in given]
                self._look_at_list(key, member, [list(chain.from_iterable(values)) for values in lists], at)

    def _look_at_list(self, key: str, merged: Sequence[Any], given: Sequence[Sequence[Any]], at: str) -> None:
        self._look_for_repeated(merged, given, at)
        ids = Counter(map(_id_of, merged))
        by_id = list(map(_by_id, given))
        done = set()
        for index, entry in enumerate(merged):
            own = _id_of(entry)
            if own in done:
                # For the ids 1 and "1", ocdsmerge may leave two entries, each with a part.
                self.apart.append({"list": at, "index": index, "entries": []})
            if own is None or own in done or (ids[own] > 1 and key not in TELLING):
                continue
            groups = [entries.get(own, []) for entries in by_id]
            last: Sequence[Json] = next((group for group in reversed(groups) if group), [])
            entries = kinds_of_entries(key, last)
            if len(entries) > 1:
                self.apart.append({"list": at, "index": index, "entries": entries})
                done.add(own)
            for other in last if len(last) > 1 else ():
                reason = "duplicate_id_apart" if len(entries) > 1 else "duplicate_id_merged"
                self.corrections.extend(
                    Correction(pointer, shorten(lost), None if len(entries) > 1 else shorten(kept), reason)
                    for pointer, lost, kept in _contradictions(other, entry, f"{at}/{index}")
                )
            if len(entries) < 2:  # An entry read separately is read as written, completely.
                self.look(entry, groups, f"{at}/{index}")

    def _look_for_repeated(self, merged: Sequence[Any], given: Sequence[Sequence[Any]], at: str) -> None:
        """Leave out entries without an id that a later release repeats; two in one release are two."""
        places = [index for index, entry in enumerate(merged) if _has_no_id(entry)]
        origins = [number for number, entries in enumerate(given) for entry in entries if _has_no_id(entry)]
        if len(places) != len(origins):  # Only the last release's list was kept.
            return
        standing: dict[Any, list[int]] = defaultdict(list)
        for _number, group in groupby(zip(origins, places, strict=True), key=itemgetter(0)):
            indexes = [index for _origin, index in group]
            for index in indexes:
                known = standing[_plain_members(merged[index])]
                again = next((one for one in known[:_COMPARED] if self._holds(merged[index], merged[one])), None)
                if again is not None:
                    known.remove(again)
                    self.apart.append({"list": at, "index": again, "entries": []})
                    self.corrections.append(
                        Correction(f"{at}/{again}", shorten(merged[again]), None, "repeated_without_id")
                    )
            for index in indexes:
                standing[_plain_members(merged[index])].append(index)

    def _holds(self, later: Any, earlier: Any) -> bool:
        """Return whether a later value includes everything in an earlier one, except states."""
        if isinstance(earlier, dict) and isinstance(later, dict):
            return all(key in _STATES or self._holds(later.get(key), value) for key, value in earlier.items())
        if isinstance(earlier, list) and isinstance(later, list):
            return self._texts_of(earlier) <= self._texts_of(later)
        return bool(later == earlier)

    def _texts_of(self, values: list[Any]) -> set[str]:
        if id(values) not in self._listed:
            self._listed[id(values)] = set(map(as_text, values))
        return self._listed[id(values)]


def _nested(parts: Sequence[Json]) -> dict[str, list[Any]]:
    """Return the objects and lists in objects, by name of their member."""
    found: dict[str, list[Any]] = defaultdict(list)
    for part in parts:
        for key, value in part.items():
            if isinstance(value, dict | list):
                found[key].append(value)
    return found


def _has_no_id(entry: Any) -> bool:
    return isinstance(entry, dict) and _id_of(entry) is None


def _plain_members(entry: Json) -> frozenset[tuple[str, Any]]:
    """Return the texts and numbers of an entry, except states."""
    return frozenset(
        (key, value) for key, value in entry.items() if key not in _STATES and not isinstance(value, dict | list)
    )


def _by_id(entries: Sequence[Any]) -> dict[str | None, list[Any]]:
    found: dict[str | None, list[Any]] = defaultdict(list)
    for entry in entries:
        found[_id_of(entry)].append(entry)
    return found


def _id_of(entry: Any) -> str | None:
    # For ocdsmerge, 1 and "1" are the same id.
    return str(entry["id"]) if isinstance(entry, dict) and entry.get("id") is not None else None


def _differ(one: Any, two: Any) -> bool:
    """Return whether two values are present and differ by more than case, accents and spaces."""
    if isinstance(one, str) and isinstance(two, str):
        one, two = as_listed(one), as_listed(two)
    return not is_empty(one) and not is_empty(two) and bool(one != two)


def _contradictions(lost: Json, kept: Json, at: str) -> Iterator[tuple[str, Any, Any]]:
    """Yield where the merged entry differs from one that it was merged from, except for lists in it."""
    for key, value in lost.items():
        pointer, other = f"{at}/{escape(key)}", kept.get(key)
        if isinstance(value, dict) and isinstance(other, dict):
            yield from _contradictions(value, other, pointer)
        elif not isinstance(value, list) and _differ(value, other):
            yield pointer, value, other
