from django.db import migrations

# A function has a price that the planner knows: as subqueries it took them for dearer than to read all that waits.
_FUNCTION = """
    CREATE OR REPLACE FUNCTION flag_is_unsettled(process bigint, audit bigint, raised timestamptz)
    RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE AS $$
        SELECT coalesce(
            (SELECT min(c.written_at) FROM audits_populationchange c) <= raised, false
        )
        OR EXISTS (SELECT FROM audits_audit a WHERE a.id = audit AND a.is_due)
        OR EXISTS (
            SELECT FROM contracts_contractingprocess p JOIN audits_peergroup g ON g.buyer_id = p.buyer_id
            WHERE p.id = process AND g.version > g.checked
        )
    $$
"""


class Migration(migrations.Migration):
    dependencies = [("audits", "0056_settled_figures")]

    operations = [
        migrations.RunSQL(_FUNCTION, "DROP FUNCTION flag_is_unsettled(bigint, bigint, timestamptz)"),
    ]
