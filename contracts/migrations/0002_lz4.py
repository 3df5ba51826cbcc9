from django.db import migrations

# Whole documents are read rarely and compress well; lz4 is as small as needed and several times as fast as pglz.
# A server built without it (the private one of `make demo` is) keeps pglz.
COLUMNS = [
    ("contracts_contentchunk", "data"),
    ("contracts_release", "content"),
    ("contracts_contractingprocess", "compiled_release"),
    ("contracts_contractingprocess", "corrections"),
]


def set_compression(method):
    def alter(apps, schema_editor):
        with schema_editor.connection.cursor() as cursor:
            cursor.execute("SELECT 'lz4' = ANY(enumvals) FROM pg_settings WHERE name = 'default_toast_compression'")
            if not cursor.fetchone()[0]:
                return
            for table, column in COLUMNS:
                cursor.execute(f"ALTER TABLE {table} ALTER COLUMN {column} SET COMPRESSION {method}")

    return alter


class Migration(migrations.Migration):
    dependencies = [("contracts", "0001_initial")]

    operations = [migrations.RunPython(set_compression("lz4"), set_compression("default"))]
