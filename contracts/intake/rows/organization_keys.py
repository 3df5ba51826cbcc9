"""The key of an organization: its number in a register, else its name in its country."""

import hashlib

from msgspec import structs

from contracts.models.organization import OF_PROCESS
from contracts.names.spelling import normal_number
from contracts.ocds.codelists.codes import buys
from contracts.ocds.folding import folded
from contracts.ocds.parsing.objects import Party
from contracts.ocds.placeholders import is_row_number, names_nobody, registers_nobody
from contracts.ocds.written.tax_numbers import REGISTERS, own_number

# As many characters as an index takes.
MAX_KEY = 400
# Scheme → the country whose register it names, wherever a party of it has its seat.
_COUNTRIES = {register.scheme: country for country, register in REGISTERS.items()}


class OrganizationKeys(dict[str, int]):
    """Key of an organization → primary key of the one kept; ``merged`` are the own ones of those merged into it."""

    def __init__(self) -> None:
        super().__init__()
        self.merged: dict[str, int] = {}


def with_register(party: Party, country: str) -> Party:
    """
    Return a party with the register of its country, where its number is of that by its check digit or so called there.

    Hundreds of municipalities of Brazil have a "Secretaria Municipal de Educação": by their names they were one buyer.
    """
    place = _COUNTRIES.get(party.scheme.upper()) or party.country or country
    register = REGISTERS.get(place)
    if register is None or not party.identifier or (party.scheme and not register.is_called(party.scheme)):
        return party
    written = normal_number(party.identifier)
    # "NIT 900.504.030" is a number behind the name of its register; an RFC may begin with these letters itself.
    bare = written.removeprefix(normal_number(party.scheme)).removeprefix(register.scheme[3:]).lstrip(":")
    own = own_number(written, place) or own_number(bare, place)
    if not own and not party.scheme:
        return party
    known = own or bare
    return structs.replace(party, scheme=register.scheme, identifier=party.identifier if known == written else known)


def organization_key(party: Party, country: str, ocid: str) -> str:
    """
    Return the identity of an organization: scheme and number of its identifier, else its folded name in its country.

    Placeholders such as ``N/A`` or ``0000`` identify no organization: ``contracts.ocds`` does not read them. Nor does
    a number that a tax office has for anybody. Who has nothing else, or only what kind of supplier it was (``persona
    natural``), is known by a number of no register; else within its process alone, and a buyer by the row of the
    table that its publisher has of its offices.
    """
    number = normal_number(party.identifier).removeprefix(normal_number(party.scheme))
    if party.scheme and number and not registers_nobody(number):
        return _bounded(f"{party.scheme.upper()}:{number}")
    place = f"name:{party.country or country}:"
    name = folded(party.name or party.id)
    if not names_nobody(name):
        return _bounded(f"{place}{name}")
    own = folded(party.identifier)
    if not names_nobody(own):
        return _bounded(f"{place}{own}")
    if is_row_number(name) and buys(party.roles):
        prefix = "-".join(ocid.split("-")[:2])
        return _bounded(f"{place}{name} {prefix}")
    return _bounded(f"{place}{name}{OF_PROCESS}{ocid}")


def _bounded(key: str) -> str:
    """Keep a key below what an index of PostgreSQL takes; a longer one is replaced by a digest."""
    if len(key) <= MAX_KEY:
        return key
    return f"{key[:MAX_KEY]}…{hashlib.sha256(key.encode()).hexdigest()}"
