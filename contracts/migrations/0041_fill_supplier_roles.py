"""Rows from before get what `contracts.intake.rows.process_rows` writes; then indexes, built while the site works on."""

from django.contrib.postgres.indexes import GinIndex
from django.db import migrations

from contracts.postgres.slices import fill_by_slices

from contracts.postgres.indexes import AddIndexConcurrently


# Keys of a slice of processes, of which few name groups.
MEMBERS = """
    UPDATE contracts_party y SET member_of = found.groups
    FROM (
        SELECT y.id, array_agg(DISTINCT g.organization_id) AS groups
        FROM contracts_contractingprocess q
        CROSS JOIN LATERAL jsonb_path_query(q.compiled_release, '$.parties[*] ? (exists (@.memberOf))') AS entry
        CROSS JOIN LATERAL jsonb_path_query(entry, '$.memberOf[*].id') AS named
        JOIN contracts_party y ON y.process_id = q.id AND y.party_id = entry ->> 'id'
        JOIN contracts_party g ON g.process_id = q.id AND g.party_id = named #>> '{}'
        WHERE q.id BETWEEN %s AND %s AND g.organization_id <> y.organization_id
        GROUP BY y.id
    ) AS found
    WHERE y.id = found.id
"""
ROLES = """
    UPDATE contracts_contract c SET supplier_roles = found.roles
    FROM (
        SELECT c.id, array_agg(
            CASE
                WHEN EXISTS (
                    SELECT FROM contracts_party y WHERE y.process_id = c.process_id AND s.supplier = ANY (y.member_of)
                ) THEN 'consortium'
                WHEN cardinality(c.suppliers) = 1 THEN 'sole'
                WHEN leads.found = ARRAY[s.supplier] THEN 'lead'
                ELSE 'member'
            END ORDER BY s.place
        ) AS roles
        FROM contracts_contract c
        CROSS JOIN LATERAL unnest(c.suppliers) WITH ORDINALITY AS s (supplier, place)
        CROSS JOIN LATERAL (
            SELECT array_agg(DISTINCT y.organization_id) AS found FROM contracts_party y
            WHERE y.process_id = c.process_id AND 'leadTenderer' = ANY (y.roles)
                AND y.organization_id = ANY (c.suppliers)
        ) AS leads
        WHERE c.id BETWEEN %s AND %s AND c.supplier_roles = '{}'
        GROUP BY c.id
    ) AS found
    WHERE c.id = found.id
"""


class Migration(migrations.Migration):
    # The version before goes on working while it runs.
    atomic = False

    dependencies = [("contracts", "0040_supplier_roles")]

    operations = [
        fill_by_slices("contracts_contractingprocess", MEMBERS),
        fill_by_slices("contracts_contract", ROLES),
        AddIndexConcurrently("party", GinIndex(fields=["member_of"], name="party_member_of")),
        AddIndexConcurrently("contract", GinIndex(fields=["supplier_roles"], name="contract_supplier_roles")),
    ]
