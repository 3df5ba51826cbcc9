"""Purchases by their contest: what is added to the sums by month asks whether one was counted."""

from django.contrib.postgres.indexes import HashIndex
from django.db import migrations, models
from django.db.models.functions import Cast, Coalesce, NullIf

from contracts.postgres.indexes import AddIndexConcurrently


class Migration(migrations.Migration):
    # The version before goes on working while it runs.
    atomic = False

    dependencies = [
        ("audits", "0085_suppliers_of_all_flags"),
        ("contracts", "0065_published_twice_amounts"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="purchase",
            index=HashIndex(
                Coalesce(NullIf("contest", models.Value("")), Cast("process_id", models.TextField())),
                name="purchase_contest",
            ),
        ),
    ]
