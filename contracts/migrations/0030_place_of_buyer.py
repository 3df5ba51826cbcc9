from django.db import migrations, models

# What is compiled anew is written by `contracts.intake.rows`; points of records that are there come with that.
FILL = """
    UPDATE contracts_contractingprocess p SET region = left(btrim(found.region), 400)
    FROM (
        SELECT DISTINCT ON (y.process_id) y.process_id,
               q.compiled_release #>> (string_to_array(substr(y.path, 2), '/') || '{address,region}') AS region
        FROM contracts_party y JOIN contracts_contractingprocess q ON q.id = y.process_id
        WHERE y.organization_id = coalesce(q.buyer_id, q.procuring_entity_id) AND y.path LIKE '/parties/%'
        ORDER BY y.process_id, y.id
    ) AS found
    WHERE p.id = found.process_id AND found.region IS NOT NULL
"""


class Migration(migrations.Migration):
    dependencies = [("contracts", "0029_replies")]

    operations = [
        migrations.AddField(
            "contractingprocess",
            "region",
            models.TextField(blank=True, db_default="", default="", verbose_name="region"),
        ),
        migrations.AddField("contractingprocess", "latitude", models.FloatField(null=True, verbose_name="latitude")),
        migrations.AddField("contractingprocess", "longitude", models.FloatField(null=True, verbose_name="longitude")),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
