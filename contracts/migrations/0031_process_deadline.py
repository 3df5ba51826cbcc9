from django.db import migrations, models

from contracts.postgres.indexes import AddIndexConcurrently


class Migration(migrations.Migration):
    # The version before goes on working while it is built.
    atomic = False

    dependencies = [
        ("contracts", "0030_place_of_buyer"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="contractingprocess",
            index=models.Index(
                fields=["buyer", "tender_end"],
                condition=models.Q(tender_end__isnull=False),
                name="process_deadline",
            ),
        ),
    ]
