from django.db import migrations

# Rows of before were written in the Portuguese of Brazil, which had no region then.
_TABLES = ("audits_savedsearch", "audits_export")


class Migration(migrations.Migration):
    dependencies = [
        ("audits", "0053_retired_from_shadow"),
    ]

    operations = [
        migrations.RunSQL(
            f"UPDATE {table} SET language = 'pt-br' WHERE language = 'pt'",
            # Which rows had no region is not known any more.
            migrations.RunSQL.noop,
        )
        for table in _TABLES
    ]
