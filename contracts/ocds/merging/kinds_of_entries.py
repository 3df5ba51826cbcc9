"""
Entries of a list that share an id → those that are not one thing; those that are one are joined.

A list may hold thousands of entries under one id, and an entry lists with thousands of values: nothing here compares
each with each.
"""

import json
from bisect import insort
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from contracts.ocds.fixture_tables import as_listed

Json = dict[str, Any]
# What an entry says of what tells entries apart, None where it says nothing.
Traits = tuple[Any, ...]

# What tells entries of a list apart. Of other lists none is read twice: a sum of the same money would double.
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
    Return entries that are not one thing; those that are one are joined.

    An entry is one with the first that says nothing else in what both say.

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
    """What known kinds say, found by any part of it."""

    def __init__(self) -> None:
        self._traits: list[Traits] = []
        # Which parts a kind says, and which of these are asked → what it says in them → its places in the list.
        self._places: dict[tuple[Traits, Traits], dict[Traits, list[int]]] = defaultdict(lambda: defaultdict(list))
        self._shapes: set[Traits] = set()

    def add(self, place: int, traits: Traits) -> None:
        """Note what a kind says, be it new or joined with one more."""
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
        """Return the first kind that says nothing else than an entry, in what both say."""
        found = [self._first_of(shape, traits) for shape in self._shapes]
        return min((place for place in found if place is not None), default=None)

    def _first_of(self, shape: Traits, traits: Traits) -> int | None:
        asked = tuple(map(bool.__and__, shape, _shape(traits)))
        said = _only(traits, asked)
        places = self._places[shape, asked].get(said, [])
        # Those that were joined since say more, and stand elsewhere.
        while places and (_shape(self._traits[places[0]]) != shape or _only(self._traits[places[0]], asked) != said):
            del places[0]
        return places[0] if places else None


class _Joining:
    """Joins values one after the other; what was joined grows, and is not copied again."""

    def __init__(self) -> None:
        # Objects and lists made here, with what the lists hold. They are held, so that no other has their address.
        self._made: dict[int, tuple[Any, set[str]]] = {}

    def join(self, one: Any, two: Any) -> Any:
        """Return the second value over the first: of objects each member, of lists what either holds."""
        if isinstance(one, dict) and isinstance(two, dict):
            joined, _held = self._growing(one)
            for key, value in two.items():
                joined[key] = self.join(joined[key], value) if key in joined else value
            return joined
        if isinstance(one, list) and isinstance(two, list):
            joined, held = self._growing(one)
            joined += [value for value in two if _as_text(value) not in held]
            held.update(map(_as_text, two))
            return joined
        return one if is_empty(two) else two

    def _growing(self, value: Any) -> tuple[Any, set[str]]:
        """Return an object or a list that was made here as it is, a copy of what was sent, with what a list holds."""
        if id(value) not in self._made:
            held = set(map(_as_text, value)) if isinstance(value, list) else set()
            value = value.copy()
            self._made[id(value)] = value, held
        return self._made[id(value)]


def is_empty(value: Any) -> bool:
    return value is None or value in ("", [], {})


def _shape(traits: Traits) -> Traits:
    return tuple(value is not None for value in traits)


def _parts_of(shape: Traits) -> list[Traits]:
    """Return the shapes that ask some of what a shape says, or all of it."""
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
    """Return a value without case, accents and superfluous space, None if it says nothing."""
    if isinstance(value, str):
        value = as_listed(value)
    if is_empty(value):
        return None
    return (type(value).__name__, _as_text(value)) if isinstance(value, dict | list) else value


def _as_text(value: Any) -> str:
    return json.dumps(value, sort_keys=True, default=str)
