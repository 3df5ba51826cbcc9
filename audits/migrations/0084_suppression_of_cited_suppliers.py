from django.db import migrations

# As that of migration 0047; of a supplier, what cites others of its process alone is left out. The version before goes
# on calling that one, which takes no suppliers.
_FUNCTION = """
    CREATE FUNCTION flag_is_suppressed(flag_rule text, process bigint, organization bigint, cited bigint[])
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
                OR s.role = 'supplier' AND (
                    cited = '{}' OR EXISTS (
                        SELECT FROM contracts_organization o
                        WHERE o.id = ANY(cited) AND coalesce(o.merged_into_id, o.id) = body.kept
                    )
                ) AND EXISTS (
                    SELECT FROM contracts_award a
                    WHERE a.process_id = process AND body.kept = ANY(a.suppliers)
                )
            )
        )
    $$
"""


class Migration(migrations.Migration):
    dependencies = [("audits", "0083_fill_flag_suppliers")]

    operations = [migrations.RunSQL(_FUNCTION, "DROP FUNCTION flag_is_suppressed(text, bigint, bigint, bigint[])")]
