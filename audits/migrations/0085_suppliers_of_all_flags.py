from django.db import migrations

from contracts.postgres.slices import fill_by_slices

# As ``audits.engine.suppliers`` reads it; an audit that is written meanwhile has it from there. What was withdrawn cites
# places of an earlier record, so it stands with all suppliers of this one.
# Processes are held in the order in which audits of the version before hold them, so that no two wait for each other.
_FILL = """
    WITH flags AS (
        SELECT f.id, f.process_id, p.suppliers, CASE WHEN f.withdrawn_at IS NULL THEN f.evidence ELSE '[]' END AS evidence
        FROM audits_flag f JOIN contracts_contractingprocess p ON p.id = f.process_id WHERE f.process_id BETWEEN %s AND %s
        ORDER BY p.id FOR NO KEY UPDATE OF p
    ), flagged AS (
        SELECT DISTINCT process_id FROM flags
    ), named AS (
        SELECT process_id, path, organization_id, coalesce(named_as_id, organization_id) AS id FROM contracts_party
        WHERE process_id IN (TABLE flagged) AND 'supplier' = ANY(roles)
    ), places AS (
        SELECT process_id, path, unnest(suppliers) AS organization_id FROM contracts_award
        WHERE process_id IN (TABLE flagged)
        UNION
        SELECT process_id, path, unnest(suppliers) FROM contracts_contract
        WHERE process_id IN (TABLE flagged) AND basis = 'contract'
        UNION
        SELECT process_id, path, organization_id FROM named
    ), stages AS (
        SELECT DISTINCT id, process_id, substring(place->>'path' FROM '^/[^/]+/[^/]+') AS path
        FROM flags CROSS JOIN LATERAL jsonb_array_elements(evidence) AS place
    ), cited AS (
        SELECT id, process_id, organization_id FROM stages JOIN places USING (process_id, path)
    ), about AS (
        TABLE cited
        UNION
        SELECT id, process_id, unnest(suppliers) FROM flags WHERE id NOT IN (SELECT id FROM cited)
    ), written AS (
        SELECT about.id, array_agg(DISTINCT coalesce(named.id, organization_id)) AS suppliers
        FROM about LEFT JOIN named USING (process_id, organization_id) GROUP BY about.id
    )
    UPDATE audits_flag flag SET suppliers = written.suppliers FROM written WHERE flag.id = written.id
"""
# As that of migration 0047; of a supplier, what cites others of its process alone is left out. The version before goes
# on calling that one, which takes no suppliers.
_FUNCTION = """
    CREATE OR REPLACE FUNCTION flag_is_suppressed(flag_rule text, process bigint, organization bigint, cited bigint[])
    RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE AS $$
        SELECT EXISTS (
            SELECT FROM audits_suppression s
            JOIN contracts_organization named ON named.id = s.organization_id
            CROSS JOIN LATERAL (SELECT coalesce(named.merged_into_id, named.id) AS kept) body
            WHERE s.enabled AND s.until >= CURRENT_DATE AND s.rule = flag_rule AND (
                body.kept = (
                    SELECT coalesce(o.merged_into_id, o.id) FROM contracts_organization o WHERE o.id = organization
                )
                OR s.role = 'buyer' AND body.kept = (
                    SELECT p.buyer_id FROM contracts_contractingprocess p WHERE p.id = process
                )
                OR s.role = 'supplier' AND EXISTS (
                    SELECT FROM contracts_organization o
                    WHERE o.id = ANY(cited) AND coalesce(o.merged_into_id, o.id) = body.kept
                )
            )
        )
    $$
"""


class Migration(migrations.Migration):
    # The version before goes on working while it runs.
    atomic = False

    dependencies = [("audits", "0082_flag_suppliers")]

    operations = [
        fill_by_slices("contracts_contractingprocess", _FILL),
        migrations.RunSQL(_FUNCTION, "DROP FUNCTION flag_is_suppressed(text, bigint, bigint, bigint[])"),
    ]
