"""Headers → their columns, including headers that span two rows, name a unit or mention taxes."""

from collections.abc import Collection, Sequence
from typing import Literal, NamedTuple

from msgspec import Struct

from contracts.tables.headers.composed import bare_name
from contracts.tables.headers.names import any_order, key
from contracts.tables.headers.units import NESTED, with_unit


class Source(Struct, frozen=True):
    """Columns that hold a fact, joined by a space; ``part``, if set, selects one half of ``CODE - NAME``."""

    columns: tuple[int, ...]
    part: Literal["", "code", "name"] = ""


# Fact → its sources; the first that is not empty counts.
Sources = dict[str, tuple[Source, ...]]


def columns_of(sources: Sources) -> set[int]:
    """Return all columns that hold some fact."""
    return {column for found in sources.values() for source in found for column in source.columns}


class Known(NamedTuple):
    """
    Keys that identify a nested header: those of both its rows together, and of its last row alone.

    A header of another publisher does not identify both rows of a nested one.
    """

    together: frozenset[str] = frozenset()
    alone: frozenset[str] = frozenset()


def find(names: Sequence[str], wanted: dict[str, tuple[str, ...]], taken: set[int], known: Known) -> Sources:
    places = _places(names, taken, known)
    # "Monto Gs." beside "Monto USD": each row has one of them.
    in_currencies = [(key(name), column) for column, (name, unit) in enumerate(map(with_unit, names)) if unit.currency]
    found: Sources = {}
    for fact, headers in wanted.items():
        sources = [source for header in headers if (source := _source(header, places))]
        if sources:
            keys = {key(header) for header in headers}
            sources += [Source((column,)) for name, column in in_currencies if name in keys and column not in taken]
            found[fact] = tuple(dict.fromkeys(sources))
    loose = _in_any_order(names, taken | columns_of(found), known)
    for fact, headers in wanted.items() if loose else ():
        words = next((words for header in headers if (words := any_order(header)) in loose), None)
        if fact not in found and words is not None:
            found[fact] = (Source((loose.pop(words),)),)
    return found


def _in_any_order(names: Sequence[str], taken: Collection[int], known: Known) -> dict[str, int]:
    """Return words in alphabetical order → column, for headers that no mapping contains."""
    places: dict[str, int] = {}
    for column, name in enumerate(names) if known.alone else ():
        if column not in taken and known.alone.isdisjoint((key(name), bare_key(name))):
            places.setdefault(any_order(bare_name(name)), column)
    places.pop("", None)
    return places


def _places(names: Sequence[str], taken: set[int], known: Known) -> dict[str, int]:
    """
    Return key → column; a nested header is also found by its last or first row, if nothing else is.

    A header known by both rows ("Entidad / NIT" as "NIT entidad") is not found by a single one, which may belong to
    another column; nor is it found by its first row if its last one identifies it.
    """
    free = [(column, name) for column, name in enumerate(names) if name and column not in taken]
    places: dict[str, int] = {}
    for column, name in free:
        places.setdefault(key(name), column)
    for column, name in free:
        places.setdefault(bare_key(name), column)
    for column, name in free:
        for both in _both_ways(name) & known.together:
            places.setdefault(both, column)
    single = [(column, name) for column, name in free if NESTED in name and not _both_ways(name) & known.together]
    for column, name in single:
        places.setdefault(key(name.split(NESTED)[-1]), column)
    for column, name in single:
        places.setdefault(bare_key(name.split(NESTED)[-1]), column)
    for column, name in single:
        last = name.split(NESTED)[-1]
        if known.alone.isdisjoint((key(last), bare_key(last))):
            places.setdefault(key(name.split(NESTED)[0]), column)
    return places


def bare_key(name: str) -> str:
    """Return the key of a header without its unit and words about taxes: "Monto con IVA (MXN)" is "Monto"."""
    return key(bare_name(name))


def _both_ways(name: str) -> set[str]:
    """Return the keys of a nested header as words: "Fechas / Firma" is "Fecha firma", "A / NIT" is "NIT A"."""
    group, nested, last = name.partition(NESTED)
    groups = (group, group.removesuffix("s")) if nested else ()
    return {key(text) for one in groups for text in (f"{one} {last}", f"{last} {one}")}


def _source(header: str, places: dict[str, int]) -> Source | None:
    if key(header) in places:
        return Source((places[key(header)],))
    bare, part = _without_part(header)
    columns = [places[key(name)] for name in bare.split(" + ") if key(name) in places]
    if not columns or key(bare.split(" + ")[0]) not in places:
        return None
    return Source(tuple(columns), part)  # type: ignore[arg-type]  # one of the two that end it


def parts(header: str) -> list[str]:
    """Return the headers that an entry of a mapping joins: "Código + Nombre:name"."""
    return _without_part(header)[0].split(" + ")


def _without_part(header: str) -> tuple[str, str]:
    """Return the header of an entry of a mapping, and the part of its column, if it names one."""
    bare, _colon, part = header.rpartition(":")
    return (bare, part) if part in {"code", "name"} and bare else (header, "")
