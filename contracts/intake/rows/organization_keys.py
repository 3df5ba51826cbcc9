"""The key of an organization: its register number, or else its name and country."""

import hashlib

from msgspec import structs

from contracts.models.organization import OF_PROCESS
from contracts.names.spelling import normal_number
from contracts.ocds.codelists.codes import buys
from contracts.ocds.folding import folded
from contracts.ocds.parsing.objects import Party
from contracts.ocds.placeholders import is_row_number, names_nobody, registers_nobody
from contracts.ocds.written.tax_numbers import REGISTERS, own_number

# So many letters a column has that an index begins with: a row of an index holds 2,704 bytes, a letter has up to four,
# and an index of processes has three codes. The whole text is in the compiled release.
MAX_KEY = 400
MAX_CODE = 150
# Scheme → the country of its register, wherever the organization has its seat.
_COUNTRIES = {register.scheme: country for country, register in REGISTERS.items()}


class OrganizationKeys(dict[str, int]):
    """Key of an organization → primary key of the one kept; ``merged`` are the keys of those merged into it."""

    def __init__(self) -> None:
        super().__init__()
        self.merged: dict[str, int] = {}


def with_register(party: Party, country: str) -> Party:
    """
    Return a party with the register of its country, if the check digit or the name of the register shows it.

    Hundreds of Brazilian municipalities have a "Secretaria Municipal de Educação": names alone made them one buyer.
    """
    place = _COUNTRIES.get(party.scheme.upper()) or party.country or country
    register = REGISTERS.get(place)
    if register is None or not party.identifier or (party.scheme and not register.is_called(party.scheme)):
        return party
    written = normal_number(register.without_account(party.identifier))
    # "NIT 900.504.030" is a number after the name of its register; an RFC may itself begin with these letters.
    bare = written.removeprefix(normal_number(party.scheme)).removeprefix(register.scheme[3:]).lstrip(":")
    own = own_number(written, place) or own_number(bare, place)
    if not own and not party.scheme:
        return party
    known = own or bare
    is_whole = known == normal_number(party.identifier)
    return structs.replace(party, scheme=register.scheme, identifier=party.identifier if is_whole else known)


def organization_key(party: Party, country: str, ocid: str) -> str:
    """
    Return the identity of an organization: scheme and identifier, or else normalized name and country.

    Placeholders such as ``N/A`` or ``0000`` identify nobody: ``contracts.ocds`` removes them. Nor does a number that a
    tax office uses for anybody. Without a name, or with only a kind of supplier (``persona natural``), an organization
    is identified by a number without a register, or else only within its process; a buyer by the row number in its
    publisher's table of offices.
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
    """Shorten a key to what an index accepts; a longer one is replaced by a digest."""
    if len(key) <= MAX_KEY:
        return key
    return f"{key[:MAX_KEY]}…{hashlib.sha256(key.encode()).hexdigest()}"
