"""Which attachments there were when a claim was decided on; of decisions of before all that there are now."""

from typing import Any

from django.db import migrations, models


class AddColumn(migrations.AddField):
    """Add it with another value for the rows of before, which nothing may update."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        newest = "SELECT coalesce(max(id), 0) FROM contracts_attachment"
        with schema_editor.connection.cursor() as cursor:
            cursor.execute(newest)
            (last,) = cursor.fetchone()
        table = "ALTER TABLE contracts_claimdecision"
        schema_editor.execute(f"{table} ADD COLUMN last_attachment bigint NOT NULL DEFAULT {int(last)}")
        schema_editor.execute(f"{table} ALTER COLUMN last_attachment SET DEFAULT 0")


class Migration(migrations.Migration):
    dependencies = [("contracts", "0058_maybe_published")]

    operations = [
        AddColumn("claimdecision", "last_attachment", models.BigIntegerField(db_default=0, editable=False)),
    ]
