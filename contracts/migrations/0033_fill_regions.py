from django.db import migrations

from contracts.postgres.slices import fill_by_slices

# What is compiled anew is written by `contracts.intake.rows.process_rows`; points of records that are there come with that.
FILL = """
    UPDATE contracts_contractingprocess p SET region = left(btrim(found.region), 400)
    FROM (
        SELECT DISTINCT ON (y.process_id) y.process_id,
               q.compiled_release #>> (string_to_array(substr(y.path, 2), '/') || '{address,region}') AS region
        FROM contracts_party y JOIN contracts_contractingprocess q ON q.id = y.process_id
        WHERE y.process_id BETWEEN %s AND %s
              AND y.organization_id = coalesce(q.buyer_id, q.procuring_entity_id) AND y.path LIKE '/parties/%%'
        ORDER BY y.process_id, y.id
    ) AS found
    WHERE p.id = found.process_id AND found.region IS NOT NULL
"""


class Migration(migrations.Migration):
    # The version before goes on working while it runs.
    atomic = False

    dependencies = [("contracts", "0031_process_deadline")]

    operations = [fill_by_slices("contracts_contractingprocess", FILL)]
