"""The source of a record becomes a column of its observation: to read it anew for each count cost the whole record."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("audits", "0034_order_indexes"),
        ("contracts", "0023_order_indexes"),
    ]

    operations = [
        migrations.AddField(
            model_name="observation", name="source", field=models.TextField(db_default="", default="")
        ),
    ]
