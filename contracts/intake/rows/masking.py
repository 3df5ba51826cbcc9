"""Mask the numbers of stored natural persons: after an upgrade, and when more schemes are known."""

from typing import Any

from django.db import connection as default

from contracts.ocds.written.person_numbers import masked, masked_id
from contracts.postgres.slices import slices

# One id that a record gives to the organization, which may be its only number.
_ORGANIZATIONS = """
    SELECT o.id, o.scheme, o.identifier, o.country, o.masked, o.roles && '{buyer,procuringEntity}', coalesce(
        (SELECT y.party_id FROM contracts_party y WHERE y.organization_id = o.id AND y.party_id <> '' LIMIT 1), '')
    FROM contracts_organization o WHERE o.id BETWEEN %s AND %s
"""
_WRITE = """
    UPDATE contracts_organization o SET masked = given.masked
    FROM unnest(%s::bigint[], %s::text[]) AS given (id, masked) WHERE o.id = given.id
"""


def mask_stored(connection: Any = default) -> int:
    """
    Mask stored organizations whose number is known to be of a natural person by now; return how many changed.

    The others are not written, and each slice by itself, so that readers and writers go on.
    """
    written = 0
    for bounds in slices(connection, "contracts_organization"):
        with connection.cursor() as cursor:
            cursor.execute(_ORGANIZATIONS, bounds)
            changed = {
                pk: mask
                for pk, scheme, number, country, present, does_buy, party_id in cursor.fetchall()
                if (mask := _mask(scheme, number, country, party_id, does_buy=does_buy)) != present
            }
            if changed:
                cursor.execute(_WRITE, [list(changed), list(changed.values())])
                written += cursor.rowcount
    return written


def _mask(scheme: str, number: str, country: str, party_id: str, *, does_buy: bool) -> str:
    """As ``contracts.intake.rows.process_rows.mask_of``."""
    if number and (scheme or not does_buy):
        return masked(scheme, number, country)
    return masked_id(party_id, () if does_buy else (country,))
