"""The source of a record becomes a column of its observation: to read it anew for each count cost the whole record."""

from django.db import migrations, models

# As ``audits.contributions.sources`` reads it.
_FILL = """
    UPDATE audits_observation o SET source = coalesce(
        CASE WHEN p.ocid !~* '^ocds-' THEN coalesce(
            'publisher:' || left(coalesce(
                nullif(p.compiled_release #>> '{packageInfo,publisher,name}', ''),
                nullif(p.compiled_release #>> '{publisher,name}', ''),
                nullif(first.package #>> '{publisher,name}', '')
            ), 200),
            CASE WHEN p.ocid LIKE 'veedor-%'
                THEN 'submission:' || left(encode(sha256(first.id::text::bytea), 'hex'), 12) END
        ) END,
        substring(p.ocid from '^[^-]*-?[^-]*')
    )
    FROM contracts_contractingprocess p
    LEFT JOIN LATERAL (
        SELECT submission.id, submission.package
        FROM contracts_release release
        JOIN contracts_submission submission ON submission.id = release.submission_id
        WHERE release.ocid = p.ocid AND release.claim_id IS NULL ORDER BY release.id LIMIT 1
    ) AS first ON p.ocid !~* '^ocds-'
    WHERE p.id = o.process_id
"""


class Migration(migrations.Migration):
    dependencies = [
        ("audits", "0034_order_indexes"),
        ("contracts", "0023_order_indexes"),
    ]

    operations = [
        migrations.AddField(
            model_name="observation",
            name="source",
            field=models.TextField(db_default="", default="", verbose_name="source"),
        ),
        migrations.RunSQL(_FILL, migrations.RunSQL.noop),
    ]
