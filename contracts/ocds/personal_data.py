"""
Records as the public may see them: without the persons who are contact points, and without numbers of natural persons.

Publishers print the tax and identity numbers of suppliers who are natural persons. Names stay, because a purchase is a
public act; numbers republished beside those of other sources would serve those who steal identities.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from contracts.ocds.codelists.codes import buys
from contracts.ocds.codelists.countries import country_code
from contracts.ocds.gate.document import decode_value, encode
from contracts.ocds.parsing.contact_points import withhold_contact_points
from contracts.ocds.problems import Limits
from contracts.ocds.written.person_numbers import (
    countries_known,
    masked,
    masked_id,
    names_scheme,
)

# Stored records passed the gate, whose limits may be lower by now. Python parses no longer numbers.
_LIMITS = Limits(digits=4300)
# Members that hold organizations, who may be natural persons; those that buy are none.
_PARTIES = frozenset(
    {"parties", "suppliers", "supplier", "tenderers", "bidders", "candidates", "invitedSuppliers", "payee", "payer"}
    | {"sourceParty", "memberOf", "relatedParties", "subcontractors", "beneficialOwners", "people", "persons"}
    | {"signatories", "identifier", "additionalIdentifiers"}
)
_BUYERS = frozenset({"buyer", "procuringEntity"})
# Texts for people: what is a number there is not looked for.
_PROSE = frozenset({"title", "description", "rationale", "date"})
_MAX_TEXT = 200
_SCHEME = re.compile(r"([A-Z]{2})-[A-Z]")
_IDENTIFIER = re.compile(
    r"/(additionalI|i)dentifiers?(/\d+)?(/id)?$|/(parties|suppliers|tenderers|payee|payer)(/\d+)?/id$"
)
# What may be a number within a text: with its punctuation, or without.
_PUNCTUATED = re.compile(r"(?<![0-9A-Za-z])\d[\d.\-/]{3,24}[\dA-Za-z](?![0-9A-Za-z])")
_WORD = re.compile(r"[0-9A-Za-zÑñ&]{4,}")
_DIGITS = re.compile(r"(?:\d\D?){5}")

Json = dict[str, Any]


def without_personal_data(record: bytes, *, with_contact_points: bool = False, country: str = "") -> bytes:
    """
    Return a stored record (JSON in UTF-8) as the public may see it.

    Of contact points, at any depth, the web address stays. A number of a natural person is masked wherever it stands
    as a whole value, or as part of an id or a name; different numbers stay different in one record. A record without
    either is returned byte by byte, others as canonical JSON.

    :param country: ISO 3166-1 alpha-2, of the record, where more is known of it than it says itself
    """
    value = decode_value(record, _LIMITS)
    has_changed = not with_contact_points and withhold_contact_points(value)
    return encode(value) if mask_person_numbers(value, country) or has_changed else record


def tells_number(pointer: str, *values: Any) -> bool:
    """Return whether a correction, by its JSON Pointer and its values, may tell the number of a natural person."""
    return bool(_IDENTIFIER.search(pointer)) and any(_DIGITS.search(str(value)) for value in values)


def mask_person_numbers(record: Any, country: str = "") -> bool:
    """Mask the numbers of natural persons in a decoded record, in place; return whether there were any."""
    objects = list(_objects(record))
    countries = list(dict.fromkeys([*([country] if country else []), *_countries(objects)]))
    masks = _Masks()
    # In one order, so that releases of one process agree on which number is which.
    for number, mask in sorted(set(_numbers(objects, countries))):
        masks.add(number, mask)
    if masks.known:
        masks.apply(record)
    return bool(masks.known)


class _Masks:
    """Number as it is written, without punctuation → what stands for it in a record."""

    def __init__(self) -> None:
        self.known: dict[str, str] = {}
        self._times = Counter[str]()

    def add(self, number: str, mask: str) -> None:
        if number in self.known:
            return
        bare = _bare(number)
        if bare not in self.known:
            self._times[mask] += 1
            # The ends of two numbers may be the same, and their parties are not.
            self.known[bare] = mask if self._times[mask] == 1 else f"{mask} ({self._times[mask]})"
        self.known[number] = self.known[bare]

    def apply(self, record: Any) -> None:
        remaining = [record]
        while remaining:
            value = remaining.pop()
            pairs = value.items() if isinstance(value, dict) else enumerate(value)
            for key, entry in pairs:
                if isinstance(entry, dict | list):
                    remaining.append(entry)
                elif (public := self._public(key, entry)) is not entry:
                    value[key] = public

    def _public(self, key: Any, value: Any) -> Any:
        if type(value) is int:
            is_id = isinstance(key, str) and (key.casefold().endswith("id") or names_scheme(key))
            return self.known.get(str(value), value) if is_id else value
        if not isinstance(value, str) or len(value) > _MAX_TEXT or key in _PROSE or not any(map(str.isdigit, value)):
            return value
        return self.known.get(_bare(value)) or _WORD.sub(self._masked, _PUNCTUATED.sub(self._masked, value))

    def _masked(self, found: re.Match[str]) -> str:
        return self.known.get(_bare(found[0]), found[0])


def _bare(number: str) -> str:
    return re.sub(r"[\s.\-/]", "", number).upper()


def _countries(objects: Iterable[tuple[str, Json]]) -> Iterator[str]:
    """Yield the countries that a record is of: by addresses, then by schemes of registers and by currencies."""
    behind: list[str] = []
    for _key, value in objects:
        if code := _country_named(value):
            yield code
        if isinstance(scheme := value.get("scheme"), str) and (found := _SCHEME.match(scheme)):
            behind.append(found[1])
        if isinstance(currency := value.get("currency"), str):
            behind.append(currency[:2].upper())
    yield from (code for code in behind if code in countries_known())


def _objects(record: Any) -> Iterator[tuple[str, Json]]:
    """Yield each object of a record, with the name of the member that holds it, or the list that it stands in."""
    remaining: list[tuple[str, Any]] = [("", record)]
    while remaining:
        key, value = remaining.pop()
        if isinstance(value, dict):
            yield key, value
            remaining.extend((name, entry) for name, entry in value.items() if isinstance(entry, dict | list))
        elif isinstance(value, list):
            remaining.extend((key, entry) for entry in value)


def _numbers(objects: Sequence[tuple[str, Json]], countries: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield the numbers of natural persons, as they are written, with their masks."""
    others = {found for key, value in objects for found in _ids_of_others(key, value)}
    for key, value in objects:
        number, named_scheme = _written(value.get("id")), value.get("scheme")
        scheme = named_scheme.strip() if isinstance(named_scheme, str) else ""
        named = list(filter(names_scheme, value))
        # Most objects of a record are items, amounts and documents.
        if not (named or (number and (scheme or key in _PARTIES or "identifier" in value))):
            continue
        own = _country_named(value.get("address"))
        among = [own] if own else countries or [""]
        if number and scheme:
            yield from _found(number, (masked(scheme, number, country) for country in among))
        elif number and (key in _PARTIES or "identifier" in value):
            yield from _found(number, [masked_id(number, () if key in _BUYERS or number in others else among)])
        for name in named:
            text = _written(value[name])
            yield from _found(text, (masked(name, text, country) for country in among))


def _found(number: str, masks: Iterable[str]) -> Iterator[tuple[str, str]]:
    if mask := next(filter(None, masks), ""):
        yield number, mask


def _ids_of_others(key: str, value: Json) -> Iterator[str]:
    """Yield the ids that are a person's number only if they say so: of bodies that buy, and beside identifiers."""
    identifier, roles = value.get("identifier"), value.get("roles")
    does_buy = key in _BUYERS or (isinstance(roles, list) and buys([role for role in roles if isinstance(role, str)]))
    if isinstance(identifier, dict):
        if does_buy:
            yield _written(identifier.get("id"))
        if identifier.get("scheme") and identifier.get("id"):
            yield _written(value.get("id"))
    if does_buy:
        yield _written(value.get("id"))


def _country_named(address: Any) -> str:
    written = (address.get("countryName") or address.get("country")) if isinstance(address, dict) else None
    return country_code(written) if isinstance(written, str) else ""


def _written(value: Any) -> str:
    return value.strip() if isinstance(value, str) else str(value) if type(value) is int else ""
