"""The parties of a release, including those that are only referenced."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from msgspec import structs

from contracts.ocds.codelists.codes import buys, code_of
from contracts.ocds.codelists.countries import country_code
from contracts.ocds.corrections import MemberReader
from contracts.ocds.folding import folded
from contracts.ocds.merging.same_ids import entries_apart
from contracts.ocds.parsing.objects import Award, Bid, Contract, OrganizationReference, Party
from contracts.ocds.parsing.places import point_of
from contracts.ocds.placeholders import NAME, NUMBER, is_row_number
from contracts.ocds.pointers import escape, resolve

Json = dict[str, Any]


def read_parties(
    reader: MemberReader, release: Json, referred: Iterable[tuple[str, OrganizationReference]]
) -> tuple[Party, ...]:
    """
    Return the parties of a release, then those that only its stages name (all of them, in OCDS 1.0).

    The roles of a party are those that the record states and those that its references show.

    :param referred: role and reference of every organization that the stages name
    """
    referred = list(referred)
    listed = [
        _named(reader, _party(reader, entry, path), referred)
        for path, entry in reader.mappings(release, "parties", "")
    ]
    known = {party.id for party in listed if party.id}
    # Several parties with one id are distinguished by their names.
    named = {(party.id, party.name) for party in listed} if len(known) < len(listed) else set()
    shown: dict[tuple[str, str], set[str]] = defaultdict(set)
    strangers: dict[str, OrganizationReference] = {}
    for role, reference in referred:
        key = reference.id or reference.name
        if not key:
            continue
        shown[key, reference.name if (key, reference.name) in named else ""].add(role)
        if key not in known:
            strangers.setdefault(key, reference)
    return (
        # A party without id cannot be referenced.
        *(
            _with_roles(party, shown[party.id, ""] | shown[party.id, party.name]) if party.id else party
            for party in listed
        ),
        *(_stranger(reader, release, key, reference, shown[key, ""]) for key, reference in strangers.items()),
    )


def referred_to(
    buyers: Iterable[OrganizationReference | None],
    entity: OrganizationReference | None,
    tenderers: Iterable[OrganizationReference],
    bids: Iterable[Bid],
    stages: Iterable[Award | Contract],
) -> list[tuple[str, OrganizationReference]]:
    """Return role and reference of every organization that the stages of a process name."""
    return [
        *[("buyer", buyer) for buyer in buyers if buyer],
        *([("procuringEntity", entity)] if entity else []),
        *[("tenderer", reference) for reference in tenderers],
        *[("tenderer", reference) for bid in bids for reference in bid.tenderers],
        *[("supplier", reference) for stage in stages for reference in stage.suppliers],
    ]


def country_of(parties: tuple[Party, ...], buyer: OrganizationReference | None) -> str:
    """Return the country of the buyer's address, or else of any buyer or procuring entity, or else ``""``."""
    for party in parties:
        if buyer and party.id == buyer.id and party.country:
            return party.country
    for party in parties:
        if party.country and buys(party.roles):
            return party.country
    return ""


def buyer_among(parties: tuple[Party, ...]) -> OrganizationReference | None:
    """Return the only party that buys, or leads those who buy, in a release that does not name its buyer."""
    for role in ("buyer", "leadBuyer"):
        found = {(party.id, party.name): party for party in parties if role in party.roles and party.id}
        if len(found) == 1:
            (party,) = found.values()
            return OrganizationReference(path=party.path, id=party.id, name=party.name)
    return None


def party_names(release: Json) -> dict[str, str]:
    """Return the original names of listed parties by id; ``""`` if several have one id, or none has a name."""
    names: dict[str, str] = {}
    reader = MemberReader(apart=entries_apart(release))  # Corrections are reported where the parties are parsed.
    for path, entry in reader.mappings(release, "parties", ""):
        party, key = _party(reader, entry, path), str(entry.get("id"))
        names[key] = party.name if names.get(key, party.name) == party.name else ""
    return names


def _party(reader: MemberReader, entry: Json, at: str) -> Party:
    identifier = reader.mapping(entry, "identifier", at)
    numbered, inside = _numbered(reader, entry, identifier, at)
    address = reader.mapping(entry, "address", at)
    name = reader.text(entry, "name", at, kind=NAME)
    legal_name = reader.text(identifier, "legalName", f"{at}/identifier", kind=NAME)
    country = reader.text(address, "countryName", f"{at}/address") or reader.text(address, "country", f"{at}/address")
    own_id = reader.text(entry, "id", at, kind=NUMBER)
    if not own_id and entry.get("id") not in (None, ""):
        own_id = name or legal_name  # As for those that only the stages name.
    return Party(
        path=at,
        id=own_id,
        name=name or legal_name,
        legal_name=legal_name,
        scheme=reader.text(numbered, "scheme", inside),
        identifier=reader.text(numbered, "id", inside, kind=NUMBER),
        country=country_code(country),
        region=reader.text(address, "region", f"{at}/address"),
        point=point_of(address, entry.get("location"), address.get("location")),
        roles=_roles(reader, entry, at),
        member_of=tuple(
            OrganizationReference(
                path=path, id=reader.text(group, "id", path, kind=NUMBER), name=reader.text(group, "name", path)
            )
            for path, group in reader.mappings(entry, "memberOf", at)
        ),
    )


def _numbered(reader: MemberReader, entry: Json, identifier: Json, at: str) -> tuple[Json, str]:
    """Return the identifier with a number, and its pointer: the first additional one if its own has none."""
    if identifier.get("id") in (None, "") and "additionalIdentifiers" in entry:
        for path, other in reader.mappings(entry, "additionalIdentifiers", at):
            if other.get("id") not in (None, ""):
                return other, path
    return identifier, f"{at}/identifier"


def _roles(reader: MemberReader, entry: Json, at: str) -> tuple[str, ...]:
    written = reader.texts(entry, "roles", at)
    roles = tuple(code_of(role, "roles") for role in written)
    if roles != written:
        key = reader.name_of(entry, "roles", at)
        reader.note(f"{at}/{escape(key)}", ", ".join(written), ", ".join(roles), "code_read")
    return roles


def _has_row_number(party: Party) -> bool:
    """Return whether a party is only identified by a number of a few digits, which is not a register number."""
    has_register = party.scheme and party.identifier
    return bool(not party.name and party.id and not has_register and is_row_number(party.id))


def _named(reader: MemberReader, party: Party, referred: Iterable[tuple[str, OrganizationReference]]) -> Party:
    """Give a party identified only by a row number the name that all references to it use."""
    if not _has_row_number(party):
        return party
    names = {folded(entry.name): entry.name for _role, entry in referred if entry.id == party.id and entry.name}
    name = next(iter(names.values())) if len(names) == 1 else ""
    reader.note(f"{party.path}/id", party.id, name or None, "id_is_row_number")
    return structs.replace(party, name=name)


def _with_roles(party: Party, shown: set[str]) -> Party:
    if shown <= set(party.roles):
        return party
    return structs.replace(party, roles=tuple(sorted({*party.roles, *shown})))


def _stranger(
    reader: MemberReader, release: Json, key: str, reference: OrganizationReference, roles: set[str]
) -> Party:
    named = resolve(release, reference.path)
    party = _party(reader, named[0] if isinstance(named, list) else named, reference.path)
    return structs.replace(party, id=key, name=reference.name or party.name, roles=tuple(sorted(roles)))
