"""What finds contracts of one amount and day, and processes that another one counts for; built while the site works."""

from django.contrib.postgres.operations import RemoveIndexConcurrently
from django.db import migrations, models

from contracts.postgres.indexes import AddIndexConcurrently


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("contracts", "0063_published_twice")]

    operations = [
        AddIndexConcurrently(
            "contractingprocess",
            models.Index(condition=models.Q(("same_as__isnull", False)), fields=["same_as"], name="process_same_as"),
        ),
        AddIndexConcurrently(
            "contract", models.Index(fields=["currency", "amount", "date"], name="contract_amount_and_date")
        ),
        RemoveIndexConcurrently("contract", "contract_amount"),
    ]
