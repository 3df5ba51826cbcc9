"""Organizations in records → rows: new facts are written, and primary keys returned."""

from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from psycopg import sql

from contracts.intake.rows.organization_keys import OrganizationKeys
from contracts.intake.rows.process_rows import ORGANIZATION_COLUMNS, OrganizationRow
from contracts.models import Organization
from contracts.postgres.copying import upsert_rows


class _Organization(NamedTuple):
    """A stored organization; ``kept`` is the one into which it was merged."""

    pk: int
    kept: int | None
    roles: frozenset[str]


# An organization without roles was named only by claims: the first public record replaces its facts.
_SAID_FIRST = sql.SQL(", ").join(
    sql.SQL(
        "{0} = CASE contracts_organization.roles WHEN '{{}}' THEN EXCLUDED.{0} ELSE contracts_organization.{0} END"
    ).format(sql.Identifier(column))
    for column in ("name", "scheme", "identifier", "country", "masked")
)


def store_organizations(
    organizations: Mapping[str, OrganizationRow], *, public: Collection[str] = ()
) -> OrganizationKeys:
    """
    Add new organizations and new roles; return all primary keys, for merged ones that of the one kept.

    Runs in a transaction that shares the lock ``BODIES``. Most organizations are known with their roles, and are only
    read.

    :param organizations: key → values of ``ORGANIZATION_COLUMNS``
    :param public: keys of those named by a public record
    """
    known = _known_organizations(organizations)
    if any(row.kept for row in known.values()):
        kept = _kept_with_roles(organizations)
        organizations = {**organizations, **kept}
        known |= _known_organizations(kept)
    # Public, but without a role that shows it: facts from claims must not remain here either.
    without = {key for key in public if not organizations[key][5]}
    # One order for all writers, so that batches which share organizations do not deadlock.
    news = [
        key
        for key in sorted(organizations)
        if key not in known
        or not known[key].roles.issuperset(organizations[key][5])
        or (not known[key].roles and key in without)
    ]
    if news:
        upsert_rows(
            Organization,
            ORGANIZATION_COLUMNS,
            [organizations[key] for key in news],
            conflict=("key",),
            update=sql.SQL(
                "{}, roles = ARRAY(SELECT DISTINCT unnest(contracts_organization.roles || EXCLUDED.roles) ORDER BY 1)"
            ).format(_SAID_FIRST),
            where=sql.SQL(
                "NOT contracts_organization.roles @> EXCLUDED.roles"
                " OR contracts_organization.roles = '{{}}' AND EXCLUDED.key = ANY({}::text[])"
            ).format(sql.Literal(sorted(without))),
        )
        known |= _known_organizations([key for key in news if key not in known])
    keys = OrganizationKeys()
    for key, row in known.items():
        keys[key] = row.kept or row.pk
        if row.kept:
            keys.merged[key] = row.pk
    return keys


def _known_organizations(keys: Iterable[str]) -> dict[str, _Organization]:
    """Return the stored organizations, by key; merges wait until this transaction ends."""
    found = Organization.objects.filter(key__any_of=list(keys))
    return {
        key: _Organization(pk, kept, frozenset(roles))
        for key, pk, kept, roles in found.values_list("key", "pk", "merged_into", "roles")
    }


def _kept_with_roles(organizations: Mapping[str, OrganizationRow]) -> dict[str, OrganizationRow]:
    """Return the rows of those into which some of these organizations are merged, with the roles of these too."""
    kept: dict[str, OrganizationRow] = {}
    columns = [f"merged_into__{column}" for column in ORGANIZATION_COLUMNS]
    merged = Organization.objects.filter(key__any_of=organizations, merged_into__isnull=False)
    for key, *row in merged.values_list("key", *columns):
        known = kept.get(row[0]) or organizations.get(row[0]) or row
        kept[row[0]] = (*known[:5], sorted({*known[5], *organizations[key][5]}), *known[6:])
    return kept
