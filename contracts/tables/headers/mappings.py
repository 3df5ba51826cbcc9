"""
Which headers hold which fact: of known exports, and of tables in general.

The mappings are the files of ``fixtures/tables``; its README describes their form.
"""

import itertools
from collections import Counter
from functools import cache
from typing import Any

from msgspec import Struct, convert

from contracts.tables.headers.columns import bare_key, parts
from contracts.tables.headers.names import FOLDER, GENERAL, any_order, key, read_names
from contracts.tables.headers.units import NESTED

OCDS = "ocds"
LANGUAGES = ("es", "pt", "en")


class Mapping(Struct, frozen=True, forbid_unknown_fields=True):
    """The headers of a publisher's exports by fact, and defaults for values that its rows do not state."""

    name: str
    title: str
    columns: dict[str, tuple[str, ...]]
    publisher: str = ""
    source: str = ""
    country: str = ""
    currency: str = ""
    language: str = ""
    decimal_mark: str = ""
    id_prefixes: tuple[str, ...] = ()
    fixed: dict[str, Any] = {}

    def header_keys(self) -> frozenset[str]:
        """Return the headers of all facts, as ``key`` gives them."""
        return frozenset(
            key(part) for headers in self.columns.values() for header in headers for part in (header, *parts(header))
        )


@cache
def known_mappings() -> tuple[Mapping, ...]:
    names = sorted(path.stem for path in FOLDER.glob("*.toml") if path.stem != GENERAL)
    return tuple(convert({"name": name, **read_names(name)}, Mapping) for name in names)


def _languages() -> list[tuple[str, dict[str, list[str]]]]:
    """Return each language with its general headers: fact → headers."""
    return [(language, read_names(GENERAL)["languages"][language]) for language in LANGUAGES]


@cache
def keys_only_in(language: str) -> frozenset[str]:
    """Return the general headers that only this language has."""
    found = {name: {key(header) for headers in facts.values() for header in headers} for name, facts in _languages()}
    return frozenset(found[language]).difference(*(found[other] for other in LANGUAGES if other != language))


@cache
def general_mapping() -> Mapping:
    """Return the headers of all languages as one mapping."""
    columns: dict[str, list[str]] = {}
    for _language, facts in _languages():
        for fact, headers in facts.items():
            columns.setdefault(fact, []).extend(headers)
    return Mapping(
        name=GENERAL,
        title=read_names(GENERAL)["title"],
        columns={fact: tuple(found) for fact, found in columns.items()},
    )


@cache
def ocds_mapping() -> Mapping:
    return Mapping(name=OCDS, title="OCDS", columns={})


@cache
def header_weights() -> dict[str, float]:
    """Return how strongly a header identifies a publisher: 1 if a single mapping has it, 0 if it is a common one."""
    files = Counter(name for mapping in known_mappings() for name in mapping.header_keys())
    ordinary = general_mapping().header_keys() | set(map(key, read_names(GENERAL)["ordinary"]))
    return {name: 1 / count for name, count in files.items()} | dict.fromkeys(ordinary, 0.0)


@cache
def known_keys() -> frozenset[str]:
    return frozenset(header_weights())


@cache
def known_orders() -> frozenset[str]:
    """Return the words of all general headers, as ``any_order`` gives them."""
    return frozenset(map(any_order, itertools.chain(*general_mapping().columns.values()))) - {""}


def is_unknown(header: str) -> bool:
    """Return whether no mapping contains a header, with or without its unit and taxes."""
    return known_keys().isdisjoint((key(header), bare_key(header)))


def names_office(header: str) -> bool:
    """Return whether a header names an office within a body: "Unidad compradora"."""
    return key(header.rpartition(NESTED)[2]) in _offices()


@cache
def _offices() -> frozenset[str]:
    return frozenset(map(key, read_names(GENERAL)["offices"]))


def template_headers(language: str) -> dict[str, str]:
    """Return fact → header of the template in a language."""
    languages = read_names(GENERAL)["languages"]
    return {fact: headers[0] for fact, headers in languages[language].items() if "/" not in fact}


def general_headers(fact: str) -> tuple[str, ...]:
    return general_mapping().columns.get(fact, ())
