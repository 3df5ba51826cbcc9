"""
Releases with different structures for one member → releases that can be merged.

One release has the buyer as an object, another as a list, a third only its name. The merge routine fails on these, or
one silently hides the other; and where OCDS has a list, such as ``contracts``, it merges two single objects into one.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from contracts.ocds.corrections import ARRAY, OBJECT, Correction, are_entries, shorten
from contracts.ocds.pointers import escape

Json = dict[str, Any]

# Lists of objects in OCDS; in parties, ``details`` is an object.
_OBJECT_LISTS = frozenset(
    {
        *("additionalClassifications", "additionalIdentifiers", "amendments", "awards", "contracts", "documents"),
        *("items", "lots", "milestones", "parties", "relatedProcesses", "suppliers", "tenderers", "transactions"),
    }
)
_OTHER_LISTS = frozenset({"/bids/details"})


class _DisagreeError(Exception):
    """Raised if releases have a member in several structures."""


def in_one_shape(releases: Sequence[Json], *, within: bool = False) -> tuple[list[Json], list[Correction]]:
    """
    Return releases unchanged, or copies with equal structures, with the corrections.

    :param within: whether entries that share an id within one release may disagree too, which takes longer
    """
    try:
        _Agreement(None, within=within).unify_structures([(release, "") for release in releases])
    except _DisagreeError:
        corrections: list[Correction] = []
        copies = [_copy(release) for release in releases]
        _Agreement(corrections, within=within).unify_structures([(release, "") for release in copies])
        return copies, corrections
    return list(releases), []


class _Agreement:
    """Compares what releases say about one thing; without a list of corrections it changes nothing."""

    def __init__(self, corrections: list[Correction] | None, *, within: bool) -> None:
        self.corrections = corrections
        self.fewest = 1 if within else 2

    def unify_structures(self, objects: Sequence[tuple[Json, str]]) -> None:
        """Unify objects that are the same thing, each with its pointer in its release."""
        if len(objects) < self.fewest:
            return
        for key in dict.fromkeys(key for value, _path in objects for key in value):
            holders = [(value, f"{path}/{escape(key)}") for value, path in objects if value.get(key) is not None]
            if len(holders) < self.fewest or not any(isinstance(value[key], dict | list) for value, _path in holders):
                continue
            self._give_one_shape(key, holders)
            self.unify_structures([(value[key], at) for value, at in holders if isinstance(value.get(key), dict)])
            for entries in _by_id((value.get(key), at) for value, at in holders):
                self.unify_structures(entries)

    def _give_one_shape(self, key: str, holders: Sequence[tuple[Json, str]]) -> None:
        has_object = any(isinstance(value[key], dict) for value, _path in holders)
        has_list = any(isinstance(value[key], list) for value, _path in holders)
        for value, at in holders:
            member = value[key]
            if key in _OBJECT_LISTS or at in _OTHER_LISTS:
                if isinstance(member, dict) and are_entries(member):
                    entries = list(member.values())
                    self._put(value, key, entries, Correction(at, shorten(member), ARRAY, "object_of_entries"))
                elif isinstance(member, dict):
                    self._put(value, key, [member], Correction(at, shorten(member), ARRAY, "object_where_array"))
                elif not isinstance(member, list):
                    self._put(value, key, None, Correction(at, shorten(member), None, "array_expected"))
            elif has_object and not isinstance(member, dict):
                if isinstance(member, list) and len(member) == 1 and isinstance(member[0], dict):
                    self._put(value, key, member[0], Correction(at, shorten(member), OBJECT, "array_where_object"))
                else:
                    self._put(value, key, None, Correction(at, shorten(member), None, "object_expected"))
            elif has_list and not isinstance(member, dict | list):
                self._put(value, key, [member], Correction(at, shorten(member), ARRAY, "text_where_array"))
        self._leave_out_what_is_no_object(key, [(value, at) for value, at in holders if value.get(key)])

    def _leave_out_what_is_no_object(self, key: str, holders: Sequence[tuple[Json, str]]) -> None:
        """Keep only the objects of lists, if the routine would merge one list by id and replace another as a whole."""
        lists = [(value, at) for value, at in holders if isinstance(value[key], list)]
        if len({all(isinstance(entry, dict) for entry in value[key]) for value, _at in lists}) < 2:
            return
        for value, at in lists:
            objects = [entry for entry in value[key] if isinstance(entry, dict)]
            if len(objects) < len(value[key]):
                correction = Correction(at, shorten(value[key]), shorten(objects), "object_expected")
                self._put(value, key, objects or None, correction)

    def _put(self, value: Json, key: str, member: Any, correction: Correction) -> None:
        if self.corrections is None:
            raise _DisagreeError
        self.corrections.append(correction)
        if member is None:
            del value[key]
        else:
            value[key] = member


def _by_id(lists: Iterable[tuple[Any, str]]) -> Iterator[list[tuple[Json, str]]]:
    """Yield the objects of lists with a common id, each with its pointer; an object without an id stands alone."""
    found: dict[str, list[tuple[Json, str]]] = defaultdict(list)
    for entries, at in lists:
        for index, entry in enumerate(entries if isinstance(entries, list) else ()):
            if isinstance(entry, dict):
                pointer = f"{at}/{index}"
                found[str(entry["id"]) if "id" in entry else pointer].append((entry, pointer))
    yield from found.values()


def _copy(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _copy(member) for key, member in value.items()}
    return [_copy(entry) for entry in value] if isinstance(value, list) else value
