"""The column in whose place ``settled`` came: no version that still runs writes it."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("audits", "0071_cancelled_purchases")]

    operations = [
        # The model has lost it already.
        migrations.RunSQL(
            "ALTER TABLE audits_audit DROP COLUMN settled_in",
            "ALTER TABLE audits_audit ADD COLUMN settled_in varchar(16) NOT NULL DEFAULT ''",
        ),
    ]
