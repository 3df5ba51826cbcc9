"""The processes of a region are found by an index, as those of a country are."""

from django.db import migrations, models

from contracts.postgres.indexes import AddIndexConcurrently


class Migration(migrations.Migration):
    # The version before goes on working while the index is built.
    atomic = False

    dependencies = [("contracts", "0065_published_twice_amounts")]

    operations = [
        AddIndexConcurrently(
            model_name="contractingprocess",
            index=models.Index(fields=["region", "id"], name="process_region"),
        ),
    ]
