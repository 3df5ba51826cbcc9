from django.db import migrations, models

# As ``audits.contributions.failed_tenders`` reads them.
_READ = r"""
    UPDATE audits_failedtender failed SET
        object_digest = sha256(convert_to(btrim(regexp_replace(lower(p.title), '\W+', ' ', 'g')), 'UTF8')),
        status = CASE WHEN lower(p.status) = 'cancelled' THEN 'cancelled' ELSE 'unsuccessful' END,
        failed_on = coalesce(
            (SELECT max(a.date) FROM contracts_award a WHERE a.process_id = p.id AND lower(a.status) = 'unsuccessful'),
            failed.date
        )
    FROM contracts_contractingprocess p WHERE p.id = failed.process_id
"""


class Migration(migrations.Migration):
    dependencies = [("audits", "0068_failed_tenders")]

    operations = [
        migrations.RemoveIndex(model_name="failedtender", name="failed_tender_title"),
        migrations.RemoveField(model_name="failedtender", name="title"),
        migrations.AddField(
            model_name="failedtender",
            name="object_digest",
            field=models.BinaryField(default=b""),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="failedtender", name="status", field=models.TextField(default=""), preserve_default=False
        ),
        migrations.AddField(
            model_name="failedtender",
            name="failed_on",
            field=models.DateTimeField(default="1970-01-01T00:00:00Z"),
            preserve_default=False,
        ),
        migrations.RunSQL(_READ, migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name="failedtender",
            index=models.Index(fields=["buyer", "object_digest", "failed_on"], name="failed_tender_object"),
        ),
    ]
