from django.db import migrations

# A suppression is of a whole body: rows of records name the organization under which it is kept.
_FUNCTION = """
    CREATE OR REPLACE FUNCTION flag_is_suppressed(flag_rule text, process bigint, organization bigint)
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
                    SELECT FROM contracts_award a
                    WHERE a.process_id = process AND body.kept = ANY(a.suppliers)
                )
            )
        )
    $$
"""
_BEFORE = """
    CREATE OR REPLACE FUNCTION flag_is_suppressed(flag_rule text, process bigint, organization bigint)
    RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE AS $$
        SELECT EXISTS (
            SELECT FROM audits_suppression s
            WHERE s.enabled AND s.until >= CURRENT_DATE AND s.rule = flag_rule AND (
                s.organization_id = organization
                OR s.role = 'buyer' AND s.organization_id = (
                    SELECT p.buyer_id FROM contracts_contractingprocess p WHERE p.id = process
                )
                OR s.role = 'supplier' AND EXISTS (
                    SELECT FROM contracts_award a
                    WHERE a.process_id = process AND s.organization_id = ANY(a.suppliers)
                )
            )
        )
    $$
"""


class Migration(migrations.Migration):
    dependencies = [
        ("audits", "0046_fill_observation_sources"),
        ("contracts", "0034_same_bodies"),
    ]

    operations = [migrations.RunSQL(_FUNCTION, _BEFORE)]
