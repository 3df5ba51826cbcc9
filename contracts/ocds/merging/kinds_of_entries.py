"""
Distinguish list entries that share an id; entries for the same thing are joined.

A list may have thousands of entries with one id, and an entry lists with thousands of values: nothing here compares
each with each.
"""

import json
from bisect import insort
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from contracts.ocds.fixture_tables import as_listed

Json = dict[str, Any]
# The distinguishing values of an entry; None if it has none.
Traits = tuple[Any, ...]

# Members that distinguish entries, by list. In other lists nothing is kept twice: sums would double.
TELLING: Mapping[str, Sequence[Sequence[str]]] = {
    "amendments": (("date",), ("rationale",), ("description",)),
    "awards": (("value", "amount"),),
    "contracts": (("value", "amount"), ("dateSigned",)),
    "documents": (("url",), ("title",)),
    "parties": (("identifier", "id"), ("name",)),
    "suppliers": (("name",),),
    "tenderers": (("name",),),
    "transactions": (("value", "amount"), ("date",)),
}


def kinds_of_entries(key: str, entries: Sequence[Json]) -> list[Json]:
    """
    Return distinct entries; entries for the same thing are joined.

    An entry is joined with the first one that does not contradict it.

    :param key: the name of their list
    """
    paths = TELLING.get(key, ())
    kinds: list[Json] = []
    known, joining = _Known(), _Joining()
    for entry in entries:
        place = known.first(traits := tuple(_plain(_at(entry, path)) for path in paths))
        if place is None:
            known.add(len(kinds), traits)
            kinds.append(entry)
        else:
            kinds[place] = joining.join(kinds[place], entry)
            known.add(place, tuple(_plain(_at(kinds[place], path)) for path in paths))
    return kinds


class _Known:
    """Known kinds of entries, indexed by their parts."""

    def __init__(self) -> None:
        self._traits: list[Traits] = []
        # Parts that a kind has, and which of these to compare → their values → its positions in the list.
        self._places: dict[tuple[Traits, Traits], dict[Traits, list[int]]] = defaultdict(lambda: defaultdict(list))
        self._shapes: set[Traits] = set()

    def add(self, place: int, traits: Traits) -> None:
        """Index a kind, whether new or joined with an entry."""
        if place == len(self._traits):
            self._traits.append(traits)
        elif self._traits[place] == traits:
            return
        self._traits[place] = traits
        shape = _shape(traits)
        self._shapes.add(shape)
        for asked in _parts_of(shape):
            insort(self._places[shape, asked][_only(traits, asked)], place)

    def first(self, traits: Traits) -> int | None:
        """Return the first kind that does not contradict an entry."""
        found = [self._first_of(shape, traits) for shape in self._shapes]
        return min((place for place in found if place is not None), default=None)

    def _first_of(self, shape: Traits, traits: Traits) -> int | None:
        asked = tuple(map(bool.__and__, shape, _shape(traits)))
        said = _only(traits, asked)
        places = self._places[shape, asked].get(said, [])
        # Those joined since have more values, and another index.
        while places and (_shape(self._traits[places[0]]) != shape or _only(self._traits[places[0]], asked) != said):
            del places[0]
        return places[0] if places else None


class _Joining:
    """Joins values one after the other; joined ones grow without being copied again."""

    def __init__(self) -> None:
        # Objects and lists created here, with the contents of lists. They are held, so that addresses are not reused.
        self._made: dict[int, tuple[Any, set[str]]] = {}

    def join(self, one: Any, two: Any) -> Any:
        """Return the second value merged over the first: objects by member, lists as union."""
        if isinstance(one, dict) and isinstance(two, dict):
            joined, _held = self._growing(one)
            for key, value in two.items():
                joined[key] = self.join(joined[key], value) if key in joined else value
            return joined
        if isinstance(one, list) and isinstance(two, list):
            joined, held = self._growing(one)
            joined += [value for value in two if as_text(value) not in held]
            held.update(map(as_text, two))
            return joined
        return one if is_empty(two) else two

    def _growing(self, value: Any) -> tuple[Any, set[str]]:
        """Return an object or list created here unchanged, otherwise a copy, with the contents of a list."""
        if id(value) not in self._made:
            held = set(map(as_text, value)) if isinstance(value, list) else set()
            value = value.copy()
            self._made[id(value)] = value, held
        return self._made[id(value)]


def as_text(value: Any) -> str:
    """Return a value as JSON, the same for objects with the same members."""
    return json.dumps(value, sort_keys=True, default=str)


def is_empty(value: Any) -> bool:
    return value is None or value in ("", [], {})


def _shape(traits: Traits) -> Traits:
    return tuple(value is not None for value in traits)


def _parts_of(shape: Traits) -> list[Traits]:
    """Return the subsets of parts to compare for a set of parts."""
    parts: list[Traits] = [()]
    for is_said in shape:
        parts = [(*part, asked) for part in parts for asked in ((False, True) if is_said else (False,))]
    return parts


def _only(traits: Traits, asked: Traits) -> Traits:
    return tuple(value if is_asked else None for value, is_asked in zip(traits, asked, strict=True))


def _at(entry: Any, path: Sequence[str]) -> Any:
    for name in path:
        entry = entry.get(name) if isinstance(entry, dict) else None
    return entry


def _plain(value: Any) -> Any:
    """Return a value without case, accents and superfluous spaces; None if it is empty."""
    if isinstance(value, str):
        value = as_listed(value)
    if is_empty(value):
        return None
    return (type(value).__name__, as_text(value)) if isinstance(value, dict | list) else value
