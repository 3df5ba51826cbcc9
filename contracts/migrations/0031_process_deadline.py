from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    # The version before goes on working while it is built.
    atomic = False

    dependencies = [
        ("contracts", "0030_place_of_buyer"),
    ]

    operations = [
        # what an attempt that was broken off has left
        migrations.RunSQL("DROP INDEX CONCURRENTLY IF EXISTS process_deadline", migrations.RunSQL.noop),
        AddIndexConcurrently(
            model_name="contractingprocess",
            index=models.Index(
                fields=["buyer", "tender_end"],
                condition=models.Q(tender_end__isnull=False),
                name="process_deadline",
            ),
        ),
    ]
