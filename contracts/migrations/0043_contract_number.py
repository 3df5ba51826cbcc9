"""Contracts are found by their numbers; the index is built while the site goes on working."""

from django.db import migrations, models
from django.db.models.functions import Left

from contracts.postgres.indexes import AddIndexConcurrently


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("contracts", "0042_licence_looked_for")]

    operations = [
        AddIndexConcurrently(
            "contract",
            models.Index(
                Left("contract_id", 100),
                condition=models.Q(("contract_id", ""), _negated=True),
                name="contract_number",
            ),
        ),
    ]
