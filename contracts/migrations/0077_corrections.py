"""The latest records that were taken back, or that sums count otherwise, are found among millions of changes."""

from django.db import migrations, models

from contracts.postgres.indexes import AddIndexConcurrently


class Migration(migrations.Migration):
    # The version before goes on working while the index is built.
    atomic = False

    dependencies = [("contracts", "0076_words_of_items")]

    operations = [
        AddIndexConcurrently(
            "change",
            models.Index(
                fields=["-id"],
                condition=models.Q(("kind__in", ("removed", "record_merged", "record_parted"))),
                name="change_of_records",
            ),
        ),
    ]
