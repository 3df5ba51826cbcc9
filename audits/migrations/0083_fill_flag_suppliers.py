from django.db import migrations

from contracts.postgres.slices import fill_by_slices

# As ``audits.engine.suppliers`` reads it; an audit that is written meanwhile has it from there. What was withdrawn cites
# places of an earlier record, so it stands with all suppliers as before.
_FILL = """
    WITH several AS (
        SELECT id FROM contracts_contractingprocess
        WHERE id BETWEEN %s AND %s AND (award_count > 1 OR contract_count > 1 OR cardinality(suppliers) > 1)
    ), places AS (
        SELECT process_id, path, unnest(suppliers) AS supplier FROM contracts_award WHERE process_id IN (TABLE several)
        UNION
        SELECT process_id, path, unnest(suppliers) FROM contracts_contract WHERE process_id IN (TABLE several)
        UNION
        SELECT process_id, path, organization_id FROM contracts_party
        WHERE process_id IN (TABLE several) AND 'supplier' = ANY(roles)
    ), stages AS (
        SELECT flag.id, flag.process_id, substring(place->>'path' FROM '^/[^/]+/[^/]+') AS path
        FROM audits_flag flag CROSS JOIN LATERAL jsonb_array_elements(flag.evidence) AS place
        WHERE flag.process_id IN (TABLE several) AND flag.withdrawn_at IS NULL
    ), cited AS (
        SELECT stages.id, array_agg(DISTINCT places.supplier ORDER BY places.supplier) AS suppliers
        FROM stages JOIN places USING (process_id, path) GROUP BY stages.id
    )
    UPDATE audits_flag flag SET suppliers = cited.suppliers FROM cited WHERE flag.id = cited.id
"""


class Migration(migrations.Migration):
    # The version before goes on working while it runs.
    atomic = False

    dependencies = [("audits", "0082_flag_suppliers")]

    operations = [fill_by_slices("contracts_contractingprocess", _FILL)]
